"""The clerk on a real database: keys, batches, poison, fairness, and what never reaches a statement."""

import threading
from collections import Counter
from decimal import Decimal

import psycopg
import pytest

from avoir.app.access import SignUp
from avoir.app.clerk import Busy, Clerk, Lanes, Weather
from avoir.app.credit_notes import IssueCreditNote
from avoir.app.customers import CreateCustomer
from avoir.app.organizations import OpenBooks
from avoir.app.refunds import RefundCreditNote, RefundInvoice, ReverseRefund
from avoir.core.command import TOLD, Command, KeyReused, NulCharacter, UnknownOrganization, fingerprint
from avoir.core.customer import Customer
from avoir.core.desk import Desk
from avoir.core.errors import NotFound, Refusal
from avoir.core.journal import Answer, Event
from avoir.core.refund import Refund
from avoir.core.row import changed
from avoir.store.books import Books
from avoir.store.database import open_database
from tests.invariants import hold
from tests.ledger import BANK, Ledger, Paper, ask_of, line


def refund(note_id: int = 1, amount: str = "10.00") -> RefundCreditNote:
    return RefundCreditNote(
        credit_note_id=note_id, account_id=BANK, amount=Decimal(amount), refunded_on="2026-11-11"
    )


class Stumble(Command, frozen=True, kw_only=True):
    """A command with a bug in it: it writes, and then it falls."""

    ANSWER = Customer

    def decide(self, desk: Desk) -> Customer:
        desk.put(changed(desk.get(Customer, 1), name="half done"))
        raise ZeroDivisionError("a bug")


class Overdraw(Command, frozen=True, kw_only=True):
    """A command whose law is wrong: the row that it writes is one that the database refuses."""

    ANSWER = Refund

    def decide(self, desk: Desk) -> Refund:
        return desk.put(changed(desk.get(Refund, 1), amount_minor=-1))


# Keys.


def test_a_key_gives_one_effect_and_the_same_answer(ledger):
    ledger.credit_note(line("100.00"))
    first = ledger.ask(refund(), key="once")
    before = ledger.books()
    assert ledger.ask(refund(), key="once") == first
    assert ledger.books() == before


def test_a_key_that_was_used_for_another_request_is_refused(ledger):
    ledger.credit_note(line("100.00"))
    ledger.ask(refund(), key="once")
    ledger.refused(refund(amount="10.01"), "idempotency_key_reused", key="once")
    ledger.refused(ReverseRefund(refund_id=1), "idempotency_key_reused", key="once")


def test_a_key_is_looked_up_before_the_law_is_asked(ledger):
    """Replay comes before every other refusal: what was granted is granted, whatever became of it since."""
    ledger.credit_note(line("10.00"))
    first = ledger.ask(refund(), key="all of it")
    ledger.refused(refund(), "credit_note_used_up")
    assert ledger.ask(refund(), key="all of it") == first


def test_an_answer_is_kept_once_and_stays_what_it_was(ledger):
    ledger.credit_note(line("30.00"))
    first, second = [ledger.ask(refund(), key=f"kept {n}") for n in range(2)]
    undone = ledger.ask(ReverseRefund(refund_id=first.id), key="undone")
    kept = {answer.idempotency_key: answer.body for answer in ledger.rows(Answer)}
    told = {f"{TOLD}{event.id}": event for event in ledger.rows(Event)}
    # What the event of a new row tells is not written a second time; a row that was changed is.
    assert told[kept["kept 0"]].topic == told[kept["kept 1"]].topic == "refund.settled"
    assert '"state":"reversed"' in kept["undone"]
    for key, command, answer in (
        ("kept 0", refund(), first),
        ("kept 1", refund(), second),
        ("undone", ReverseRefund(refund_id=first.id), undone),
    ):
        assert ledger.ask(command, key=key) == answer
    assert len(ledger.rows(Refund)) == 2


def test_a_refused_key_may_be_tried_again(ledger):
    ledger.credit_note(line("10.00"), issue=False)
    ledger.refused(refund(), "credit_note_not_issued", key="again")
    ledger.ask(IssueCreditNote(credit_note_id=1))
    assert ledger.ask(refund(), key="again").number == "RF-00001"


def test_one_key_many_times_in_one_batch_is_one_effect(ledger):
    ledger.credit_note(line("100.00"))
    ask = ask_of(ledger.organization_id, refund(), key="same")
    other = ask_of(ledger.organization_id, refund(amount="11"), key="same")
    *same, reused = ledger.record(*[ask] * 20, other)
    assert same == [same[0]] * 20
    assert isinstance(reused, KeyReused)
    assert len(ledger.rows(Refund)) == 1
    hold(ledger)


def test_organizations_do_not_share_keys_nor_see_each_other(url):
    one, other = Ledger(url), Ledger(url)
    one.credit_note(line("100.00"))
    before = one.books()
    assert other.refused(refund(), "not_found", key="same").facts == {"kind": "CreditNote", "id": 1}
    assert one.ask(refund(), key="same")
    other.credit_note(line("50.00"))
    assert other.ask(refund(amount="50.00"), key="same").number == "RF-00001"
    hold(one)
    hold(other)
    assert len(one.rows(Refund)) == len(other.rows(Refund)) == 1
    assert before != one.books()
    for ledger in (one, other):
        ledger.close()


def test_an_organization_without_books_is_refused_everything_but_opening_them(ledger):
    for organization_id in (77, 2**40):
        (out,) = ledger.record(ask_of(organization_id, refund()))
        assert isinstance(out, UnknownOrganization)


# What never reaches a statement.


@pytest.mark.parametrize("id", [0, -1, 2**53, 2**63, 2**64 + 1, -(2**70)])
def test_an_id_that_nothing_can_have_is_not_found_and_asked_of_no_database(ledger, id):
    ledger.credit_note(line("100.00"))
    ledger.refused(refund(id), "not_found")
    ledger.refused(RefundInvoice(invoice_id=id), "not_found")
    ledger.refused(RefundInvoice(invoice_id=1, dispute_reason_id=id), "not_found")
    ledger.refused(ReverseRefund(refund_id=id), "not_found")


@pytest.mark.parametrize("name", ["\x00", "a\x00b", "\\\x00", '"\x00"'])
def test_the_character_nul_is_refused_at_the_door(name):
    with pytest.raises(NulCharacter):
        fingerprint(CreateCustomer(name=name, currency="USD"))


@pytest.mark.parametrize(
    "name", ["\\u0000", "\\\\u0000", "u0000", "\x01", "'; DROP TABLE refunds; --", "😀 ß"]
)
def test_any_other_text_is_kept_as_it_is(ledger, name):
    id = ledger.ask(CreateCustomer(name=name, currency="USD")).id
    assert ledger.get(Customer, id).name == name


# Batches.


def test_a_command_with_a_bug_is_undone_and_the_others_go_on(ledger, caplog):
    ledger.credit_note(line("1000.00"))
    asks = [ask_of(ledger.organization_id, refund()) for _ in range(50)]
    asks[20] = ask_of(ledger.organization_id, Stumble())
    outs = ledger.record(*asks)
    assert isinstance(outs.pop(20), ZeroDivisionError)
    assert [out.number for out in outs] == [f"RF-{n:05d}" for n in range(1, 50)]
    assert ledger.get(Customer, 1).name == "Ada"
    assert "a command failed" in caplog.text
    hold(ledger)


def test_a_row_that_the_database_refuses_costs_its_command_alone(ledger, caplog):
    ledger.credit_note(line("1000.00"))
    ledger.ask(refund())
    asks = [ask_of(ledger.organization_id, refund()) for _ in range(50)]
    asks[33] = ask_of(ledger.organization_id, Overdraw())
    outs = ledger.record(*asks)
    guilty = outs.pop(33)
    assert isinstance(guilty, Exception)
    assert not isinstance(guilty, Refusal)
    assert all(isinstance(out, Refund) for out in outs)
    assert len({out.number for out in outs}) == 49
    assert len(ledger.rows(Refund)) == 50
    assert "a command cannot be saved" in caplog.text
    hold(ledger)


def test_the_clerk_serves_on_after_a_bug(ledger):
    for command in (Stumble(), Overdraw()):
        (out,) = ledger.record(ask_of(ledger.organization_id, command))
        assert isinstance(out, Exception)
    assert ledger.credit_note(line("1.00")).number == "CN-00001"


def test_a_batch_does_what_its_commands_do_one_by_one(url):
    together, one_by_one = Ledger(url), Paper()
    commands = [refund(1 + n % 3, f"{n % 7}.00") for n in range(256)]
    for company in (together, one_by_one):
        for _ in range(2):
            company.credit_note(line("300.00"))
        company.paid(company.invoice(line("100.00")), "100.00")
    batches = together.clerk.batches
    outs = together.record(*[ask_of(together.organization_id, command) for command in commands])
    assert together.clerk.batches == batches + 1
    for command, out in zip(commands, outs, strict=True):
        (alone,) = one_by_one.record(ask_of(one_by_one.organization_id, command))
        assert type(out) is type(alone)
        if isinstance(out, Refusal):
            assert (out.code, out.facts) == (alone.code, alone.facts)
        else:
            assert (out.number, out.amount_minor) == (alone.number, alone.amount_minor)
    assert together.trial_balance() == one_by_one.trial_balance()
    hold(together)
    together.close()


def test_a_refusal_in_a_batch_leaves_no_trace_in_the_others(ledger):
    ledger.credit_note(line("25.00"))
    answers = len(ledger.rows(Answer))
    outs = ledger.record(*[ask_of(ledger.organization_id, refund()) for _ in range(5)])
    assert [getattr(out, "code", "granted") for out in outs] == ["granted"] * 2 + ["credit_note_used_up"] * 3
    assert {out.facts["left"] for out in outs[2:]} == {500}
    assert [event.topic for event in ledger.rows(Event)].count("refund.settled") == 2
    assert len(ledger.rows(Answer)) == answers + 2
    assert len(ledger.rows(Refund)) == 2


# The queue.


def test_a_flood_of_one_organization_does_not_keep_another_waiting(url):
    loud, quiet = Ledger(url), Ledger(url)
    order: list[int] = []
    database = open_database(url)
    clerk = Clerk(
        Books(database),
        lambda outs: order.extend(t for t, _ in outs),
        alone=database.alone,
        most_at_once=8,
    )
    for ledger, number in ((loud, 40), (quiet, 3)):
        ledger.credit_note(line("1000.00"))
        for _ in range(number):
            clerk.submit(ask_of(ledger.organization_id, refund()), ledger.organization_id)
    clerk.thread.start()
    clerk.close()
    assert len(order) == 43
    # In turn, as long as both wait: the quiet one's three are among the first six, or in the second batch.
    assert order[: 11 if clerk.alone else 6].count(quiet.organization_id) == 3
    for ledger in (loud, quiet):
        hold(ledger)
        ledger.close()


def waiting(**numbers: int) -> tuple[Lanes, dict[str, int]]:
    """Lanes in which so many asks of each organization wait, in that order; and the organizations' ids."""
    lanes, ids = Lanes(4096, 2048), {name: id for id, name in enumerate(numbers, 1)}
    for name, number in numbers.items():
        for _ in range(number):
            lanes.put(ask_of(ids[name], refund()), name)
    return lanes, ids


def taken(lanes: Lanes, *, alone: bool = False) -> list[str]:
    return [ticket for _, ticket in lanes.take(256, alone=alone)]


def test_who_is_alone_has_the_whole_batch():
    lanes, _ = waiting(loud=300)
    assert taken(lanes) == ["loud"] * 256
    assert taken(lanes) == ["loud"] * 44
    assert taken(lanes) == []
    assert lanes.waiting == 0


def test_while_others_ask_a_flood_has_its_share_of_a_batch_and_no_more():
    lanes, ids = waiting(loud=200, quiet=1)
    # The quiet one's own batch is the smallest: it has all that it asked for.
    assert taken(lanes) == ["loud", "quiet", *["loud"] * (Lanes.SMALL - 1)]
    # The next batch is small as well: whoever comes while it is recorded waits for a small one.
    assert taken(lanes) == ["loud"] * Lanes.SHARE
    lanes.put(ask_of(ids["quiet"], refund()), "quiet")
    assert taken(lanes)[:2] == ["loud", "quiet"]
    assert lanes.waiting == 200 - 2 * Lanes.SMALL - Lanes.SHARE


def test_two_floods_have_their_share_each():
    lanes, _ = waiting(loud=100, louder=100)
    assert taken(lanes) == ["loud", "louder"] * Lanes.SHARE
    lanes, _ = waiting(loud=100, some=Lanes.SHARE - 1)
    # Whoever asks for more than a little is served whole, and then the batch is done.
    assert taken(lanes) == ["loud", "some"] * (Lanes.SHARE - 1)


def test_once_the_others_have_gone_the_whole_batch_is_a_floods_again():
    lanes, ids = waiting(quiet=1, loud=40)
    small = 0
    while len(taken(lanes)) <= Lanes.SHARE + 1:
        small += 1
        while lanes.waiting < 40:
            lanes.put(ask_of(ids["loud"], refund()), "loud")
    assert small == Lanes.COMPANY


def test_many_organizations_fill_a_batch_between_them_each_in_turn():
    lanes, ids = waiting(**{f"o{n}": 3 for n in range(300)})
    first = taken(lanes)
    assert len(first) == len(set(first)) == 256
    second = taken(lanes)
    assert second[:44] == [f"o{n}" for n in range(256, 300)], "whose turn was not yet comes first"
    served = first + second
    while some := taken(lanes):
        served += some
    assert Counter(served) == Counter(dict.fromkeys(ids, 3))


def test_a_batch_of_one_organization_is_all_that_waits_of_it():
    lanes, _ = waiting(loud=300, quiet=2)
    assert taken(lanes, alone=True) == ["loud"] * 256
    assert taken(lanes, alone=True) == ["quiet"] * 2
    assert taken(lanes, alone=True) == ["loud"] * 44


def test_too_much_is_refused_as_busy_and_nothing_that_was_taken_is_lost(ledger):
    outs: list = []
    clerk = Clerk(
        Books(open_database(ledger.url)), outs.extend, most_waiting=30, most_per_lane=20, most_at_once=7
    )
    ledger.credit_note(line("1000.00"))
    busy = 0
    for n in range(40):
        try:
            clerk.submit(ask_of(ledger.organization_id, refund()), n)
        except Busy:
            busy += 1
    assert busy == 20
    clerk.thread.start()
    clerk.close()
    assert sorted(ticket for ticket, _ in outs) == list(range(20))
    assert all(isinstance(out, Refund) for _, out in outs)
    with pytest.raises(Busy):
        clerk.submit(ask_of(ledger.organization_id, refund()), "late")
    hold(ledger)


def test_answers_that_nobody_hears_stop_no_clerk(ledger, caplog):
    ledger.credit_note(line("100.00"))

    def deaf(outs):
        raise RuntimeError("the caller hung up")

    clerk = Clerk(Books(open_database(ledger.url)), deaf, most_at_once=1)
    for _ in range(3):
        clerk.submit(ask_of(ledger.organization_id, refund()), None)
    clerk.thread.start()
    clerk.close()
    assert caplog.text.count("answers not delivered") == 3
    assert len(ledger.rows(Refund)) == 3


# Two processes.


@pytest.fixture
def two(url):
    """The same company, from two server processes."""
    ledger = Ledger(url)
    second = Clerk(Books(open_database(url)), lambda outs: None)
    yield ledger, [ledger.clerk, second]
    second.close()
    ledger.close()


def at_once(clerks, asks) -> list:
    """Each clerk records its share, one ask at a time, all at the same time."""
    outs: list[list] = [[] for _ in clerks]
    start = threading.Barrier(len(clerks))

    def work(i, clerk):
        start.wait()
        for ask in asks[i :: len(clerks)]:
            outs[i].extend(clerk.record([ask]))

    threads = [threading.Thread(target=work, args=each) for each in enumerate(clerks)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return [out for some in outs for out in some]


def test_two_processes_never_overdraw_a_note_nor_give_a_number_twice(two):
    ledger, clerks = two
    ledger.credit_note(line("300.00"))
    outs = at_once(clerks, [ask_of(ledger.organization_id, refund()) for _ in range(60)])
    granted = [out for out in outs if isinstance(out, Refund)]
    assert sorted(out.number for out in granted) == [f"RF-{n:05d}" for n in range(1, 31)]
    assert {out.code for out in outs if isinstance(out, Refusal)} == {"credit_note_used_up"}
    hold(ledger)


def test_one_key_at_two_processes_at_once_is_one_effect(two):
    ledger, clerks = two
    ledger.credit_note(line("1000.00"))
    asks = [ask_of(ledger.organization_id, refund(), key=f"key {n // 2}") for n in range(40)]
    outs = at_once(clerks, asks)
    assert len(outs) == 40
    assert len({out.number for out in outs}) == len(ledger.rows(Refund)) == 20
    hold(ledger)


def test_two_processes_that_open_the_same_books_open_them_once(url):
    clerks = [Clerk(Books(open_database(url)), lambda outs: None) for _ in range(2)]
    for organization_id in range(101, 111):
        command = OpenBooks(public_id=f"o{organization_id}", name="Acme", base_currency="USD")
        outs = at_once(clerks, [ask_of(organization_id, command) for _ in range(2)])
        codes = sorted(getattr(out, "code", "") for out in outs)
        assert codes == ["", "organization_already_built"]
    for clerk in clerks:
        clerk.close()


def test_what_is_unique_is_one_processs_and_refused_to_the_other(two):
    _, clerks = two

    def sign_up(n: int) -> SignUp:
        return SignUp(
            email="same@example.com", first_name="A", last_name="B", password_hash="-", public_id=f"same{n}"
        )

    outs = at_once(clerks, [ask_of(0, sign_up(n)) for n in range(6)])
    assert sorted(getattr(out, "code", "") for out in outs) == ["", *["email_taken"] * 5]


# Weather.


class Stormy:
    """A store whose connection is cut by the server at the moment that it is told of."""

    def __init__(self, books: Books, url: str) -> None:
        self.books, self.url, self.cuts = books, url, {"load": 0, "save": 0}
        self.begin, self.write = books.begin, books.write
        self.rollback, self.close = books.rollback, books.close

    def load(self, desk, wanted):
        self._perhaps("load")
        self.books.load(desk, wanted)

    def save(self, desk):
        self._perhaps("save")
        self.books.save(desk)

    def _perhaps(self, verb):
        if self.cuts[verb]:
            self.cuts[verb] -= 1
            cut(self.url, self.books.database.db.info.backend_pid)


class LostCommit(Stormy):
    """The commit happens, and the news of it is lost on the way."""

    def save(self, desk):
        self.books.save(desk)
        self._perhaps("save")
        self.books.database.all("SELECT 1")


def cut(url: str, pid: int) -> None:
    with psycopg.connect(url, autocommit=True) as other:
        other.execute("SELECT pg_terminate_backend(%s, 5000)", (pid,))


@pytest.fixture
def server_url(databases):
    with databases.fresh("postgres") as url:
        yield url


@pytest.mark.parametrize("store", [Stormy, LostCommit])
@pytest.mark.parametrize(("verb", "times"), [("load", 1), ("save", 1), ("save", 3)])
def test_a_connection_that_is_cut_in_the_middle_is_answered_all_the_same_and_nothing_is_doubled(
    server_url, store, verb, times
):
    ledger = Ledger(server_url, wrap=lambda books: store(books, server_url))
    ledger.credit_note(line("1000.00"))
    ledger.clerk.store.cuts[verb] = times
    outs = ledger.record(*[ask_of(ledger.organization_id, refund()) for _ in range(30)])
    assert [out.number for out in outs] == [f"RF-{n:05d}" for n in range(1, 31)]
    assert ledger.clerk.store.cuts[verb] == 0
    assert len(ledger.rows(Refund)) == 30
    hold(ledger)
    ledger.close()


def test_a_database_that_stays_away_is_told_as_weather_and_not_as_a_refusal(server_url, monkeypatch):
    monkeypatch.setattr("time.sleep", lambda seconds: None)
    ledger = Ledger(server_url, wrap=lambda books: Stormy(books, server_url))
    ledger.credit_note(line("1000.00"))
    ledger.clerk.store.cuts["save"] = 6
    outs = ledger.record(*[ask_of(ledger.organization_id, refund()) for _ in range(3)])
    assert all(isinstance(out, Weather) for out in outs)
    assert ledger.rows(Refund) == []
    assert ledger.ask(refund()).number == "RF-00001"
    hold(ledger)
    ledger.close()


def test_a_row_that_is_not_found_says_what_and_not_where(ledger):
    found = ledger.refused(refund(9), "not_found")
    assert isinstance(found, NotFound)
    assert found.facts == {"kind": "CreditNote", "id": 9}


def test_a_lone_command_waits_for_the_server_twice(databases):
    """Once for what it needs to know, once for the commit."""
    with databases.fresh("postgres") as url:
        ledger = Ledger(url)
        ledger.credit_note(line("1000.00"))
        # What a command of a kind keeps missing is learnt by the third.
        trips = []
        for _ in range(5):
            before = ledger.database.pipeline.trips
            ledger.ask(refund())
            trips.append(ledger.database.pipeline.trips - before)
        hold(ledger)
        ledger.close()
    assert trips[-2:] == [2, 2]
