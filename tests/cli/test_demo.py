"""`avoir demo`: a year of sound books, two calls, and nobody's own database made anew."""

import asyncio
import json
import signal
from contextlib import closing
from datetime import date
from pathlib import Path

import httpx
import pytest

from avoir.app.reads.verify import broken_promises
from avoir.cli.office import office
from avoir.config import load
from avoir.core.access import DIRECTORY, User
from avoir.core.invoice import Invoice
from avoir.core.journal import Event
from avoir.core.tax import TaxRate
from avoir.demo.file import NotADemo, make_anew
from avoir.demo.seeding import Seeding
from avoir.store.readers import Readers
from tests.cli.conftest import process


@pytest.fixture(scope="module")
def told(tmp_path_factory):
    """What the demonstration did, as facts."""
    with process("demo", "--exit", "--json", cwd=tmp_path_factory.mktemp("demo")) as demo:
        out, err = demo.communicate(timeout=60)
    assert demo.returncode == 0, err
    return json.loads(out)


def test_both_calls_are_answered_and_posted(told):
    first, second = told["invoice_refund"], told["credit_note_refund"]
    note = first["reply"]["body"]["data"]["invoiceRefund"]["creditNote"]
    assert (note["amount"], note["amountUnapplied"], note["disputeId"]) == (1538.34, 0, None)
    assert [entry["event"] for entry in first["entries"]] == ["credit_note_issued", *["refund_by_bank"] * 2]
    assert second["reply"]["status"] == 201
    assert [entry["event"] for entry in second["entries"]] == ["credit_note_issued", "refund_by_bank"]
    assert second["entries"][1]["sides"][-1]["account"] == "Exchange Gain or Loss"


def test_the_trial_balance_balances(told):
    cents = [(round(100 * each["debit"]), round(100 * each["credit"])) for each in told["trial_balance"]]
    assert sum(debit for debit, _ in cents) == sum(credit for _, credit in cents) > 0


def seeded(url: str, today: date) -> int:
    async def seed() -> int:
        async with office(load({"database_url": url}, {}), create=True) as here:
            seeding = Seeding(here.door, here.access, today)
            await seeding.company()
            await seeding.year()
            return seeding.organization_id

    return asyncio.run(seed())


@pytest.mark.parametrize("today", [date(2027, 1, 31), date(2028, 2, 29)])
def test_the_year_is_sound_on_either_database_and_the_same_but_for_the_calendar(url, today):
    organization = seeded(url, today)
    with closing(Readers(url, size=1)) as readers:
        assert readers.run(broken_promises, organization) == []
        invoices = readers.run(lambda query: query.rows(Invoice, "", "ORDER BY t.id"), organization)
        taxes = readers.run(lambda query: query.rows(TaxRate), organization)
        actors = {each.actor for each in readers.run(lambda query: query.rows(Event), organization)}
        users = readers.run(lambda query: query.rows(User), DIRECTORY)
    # All but the opening of the books was done by people, who have names.
    assert actors - {"demo"} == {f"user:{each.id}" for each in users}
    assert all(each.first_name and each.last_name for each in users)
    assert {each.currency for each in invoices} == {"USD", "EUR", "JPY"}
    assert max(each.issued_on for each in invoices) <= today.isoformat()
    assert (len(invoices), invoices[-1].number) == (209, "INV-00209")
    assert sum(each.is_compound for each in taxes) == 1


def test_it_keeps_serving_until_it_is_told_to_stop(tmp_path):
    with process("demo", "--json", cwd=tmp_path) as demo:
        facts = json.loads(demo.stdout.readline())
        headers = {"authorization": f"Bearer {facts['key']}"}
        path = facts["credit_note_refund"]["request"]["path"]
        refunds = httpx.get(facts["url"] + path, headers=headers)
        assert [each["amount"] for each in refunds.json()] == [250]
        demo.send_signal(signal.SIGTERM)
        assert demo.wait(20) == 0
        with pytest.raises(httpx.TransportError):
            httpx.get(facts["url"] + "/health")


def test_a_demonstration_is_made_anew_and_a_users_books_are_not(tmp_path, avoir):
    file = tmp_path / "books.db"
    avoir("organization", "create", "--name", "Acme", "--currency", "USD", "--database", str(file))
    before = file.read_bytes()
    said = avoir("demo", "--exit", "--database", str(file), "--json")
    assert (said.code, said.json["error"]) == (1, "not_a_demo")
    assert file.read_bytes() == before


@pytest.mark.parametrize("text", [b"Dear Ada", b"x" * 5000])
def test_a_file_that_is_no_database_stays(tmp_path, text):
    file = tmp_path / "letter.txt"
    file.write_bytes(text)
    with pytest.raises(NotADemo):
        make_anew(str(file))
    assert file.read_bytes() == text


def test_a_demonstration_file_is_its_owners_alone(tmp_path):
    file = tmp_path / "demo.db"
    for _ in range(2):
        make_anew(str(file))
        assert Path(file).stat().st_mode & 0o777 == 0o600


def test_the_demonstration_makes_a_file_of_its_own(avoir):
    said = avoir("demo", "--exit", "--database", "postgresql://ada@db.example/books", "--json")
    assert (said.code, said.json["error"]) == (1, "demo_is_embedded")
