"""Lists: pages both ways, sorting, filtering, and no statement more than it takes."""

import pytest

from avoir.app.credit_notes import DeleteCreditNote
from avoir.app.reads.query import Query
from tests.ledger import line

PAGE = """query ($first: Int, $after: String, $last: Int, $before: String, $sort: String, $filter: String) {
    invoices(first: $first, after: $after, last: $last, before: $before, sort: $sort, filter: $filter) {
        edges { cursor node { id } } nodes { id } totalCount
        pageInfo { startCursor endCursor hasNextPage hasPreviousPage } } }"""
AMOUNTS = [30, 10, 20, 10, 50]


@pytest.fixture
def listed(shop):
    """Five invoices of which two amount to the same."""
    for amount in AMOUNTS:
        shop.invoice(line(amount))

    def ask(**asked):
        connection = shop.data(PAGE, asked)["invoices"]
        ids = [node["id"] for node in connection["nodes"]]
        assert [edge["node"]["id"] for edge in connection["edges"]] == ids
        info = connection["pageInfo"]
        if ids:
            ends = connection["edges"][0]["cursor"], connection["edges"][-1]["cursor"]
            assert (info["startCursor"], info["endCursor"]) == ends
        return "".join(ids), info["hasPreviousPage"], info["hasNextPage"], info

    return ask


SORTS = {
    None: "12345",
    "": "12345",
    "id desc": "54321",
    "amount asc": "24315",
    "amount": "24315",
    "amount DESC": "51342",
    "created_at desc": "54321",
    "number asc": "12345",
    "state asc": "12345",
    "amount, createdAt desc": "42315",
    "amount desc, id asc": "51324",
    "amount asc,id desc": "42315",
    "state, amount desc, id": "51324",
    "currency_id asc, id desc": "54321",
}


def test_a_list_is_walked_forwards_and_backwards_without_missing_or_repeating(listed):
    for sort, order in SORTS.items():
        assert listed(sort=sort)[:3] == (order, False, False)
        assert walked(listed, sort) == (order, order)


def test_a_loop_begins_with_no_cursor_or_with_an_empty_one(listed):
    for nothing in (None, ""):
        assert listed(first=2, after=nothing, before=nothing)[:3] == ("12", False, True)
        assert listed(last=2, before=nothing)[:3] == ("45", True, False)


def walked(listed, sort) -> tuple[str, str]:
    """What pages of two find, forwards and backwards."""
    forwards, backwards = [], []
    after = before = None
    for n in range(3):
        ids, previous, next_, info = listed(sort=sort, first=2, after=after)
        assert (previous, next_) == (n > 0, n < 2)
        forwards.append(ids)
        after = info["endCursor"]
        ids, previous, next_, info = listed(sort=sort, last=2, before=before)
        assert (previous, next_) == (n < 2, n > 0)
        backwards.insert(0, ids)
        before = info["startCursor"]
    return "".join(forwards), "".join(backwards)


def test_windows_between_two_cursors_and_the_last_of_the_first(listed):
    first, last = listed(first=1)[3]["startCursor"], listed(last=1)[3]["startCursor"]
    assert listed(after=first, before=last)[:3] == ("234", True, True)
    assert listed(first=2, after=first, before=last)[:3] == ("23", True, True)
    assert listed(last=2, after=first, before=last)[:3] == ("34", True, True)
    assert listed(first=4, last=2)[:3] == ("34", True, True)
    assert listed(first=0)[:3] == ("", False, True)


def test_a_page_has_fifty_elements_unless_said_and_never_more_than_a_hundred(shop):
    for n in range(103):
        shop.data(f'mutation {{ disputeReasonCreate(attributes: {{name: "R{n}"}}) {{ errors }} }}')
    sizes = [
        shop.data(f"{{ disputeReasons{window} {{ nodes {{ id }} totalCount }} }}")["disputeReasons"]
        for window in ("", "(first: 100)", "(first: 1000)", "(last: 1000)")
    ]
    assert [len(each["nodes"]) for each in sizes] == [50, 100, 100, 100]
    assert {each["totalCount"] for each in sizes} == {103}


MALFORMED = {
    "first: -1": "malformed_page",
    "last: -1": "malformed_page",
    'after: "nonsense"': "malformed_cursor",
    'after: "é"': "malformed_cursor",
    'before: "WyJpZCIsMV0"': "malformed_cursor",
    'sort: "amount desc", after: "WyJpZCIsMSwxXQ"': "malformed_cursor",
    'after: "WyJpZCIsIngiLDFd"': "malformed_cursor",
    'sort: "nothing"': "malformed_sort",
    'sort: "amount,"': "malformed_sort",
    'sort: "amount, id, number, state, dueAt"': "malformed_sort",
    'sort: "amount, id desc", after: "WyJhbW91bnQgQVNDLCBudW1iZXIgQVNDIiwxLDFd"': "malformed_cursor",
    'sort: "id; drop table invoices"': "malformed_sort",
    'filter: "id ="': "malformed_filter",
}


def test_what_no_list_understands_is_refused(shop):
    for arguments, code in MALFORMED.items():
        assert shop.no(f"{{ payments({arguments}) {{ nodes {{ id }} }} }}")["extensions"]["code"] == code
        answer = shop.answer(f"{{ invoices({arguments}) {{ nodes {{ id }} }} }}")
        assert answer["data"] is None, "the list is never null, so nothing is"
        assert [error["extensions"]["code"] for error in answer["errors"]] == [code]


FILTERS = [
    ("", "12345"),
    ("  ", "12345"),
    ("amount = 10", "24"),
    ("amount = 10.00", "24"),
    ("amount = '10'", "24"),
    ("amount = 10.001", ""),
    ("amount != 10.001", "12345"),
    ("amount > 20", "15"),
    ("amount > 19.999", "135"),
    ("amount => 20", "135"),
    ("amount >= 20 and amount < 50", "13"),
    ("amount_due <= 10.005", "24"),
    ("id in [1, 3, '5']", "135"),
    ("id not in [1, 3]", "245"),
    ("id = 1 or id = 2 and amount = 99", "1"),
    ("(id = 1 or id = 2) and amount = 10", "2"),
    ("(id = 1 OR id = 2) AND (amount = 30)", "1"),
    ("state = 'NOT_DUE'", "1235"),
    ("state = 'not_due' or state = paid", "12345"),
    ("number = 'INV-00004'", "4"),
    ("number contains '0004' or number begins_with 'inv-00001'", "14"),
    ("number ends_with '5'", "5"),
    ("number contains_not '000'", ""),
    ("number contains '%'", ""),
    ("poNumber is blank", "1234"),
    ("po_number is not blank", "5"),
    ("poNumber = 'O\\'Neill'", "5"),
    ('poNumber = "O\'Neill"', "5"),
    ("dueAt > 2026-12-01", "5"),
    ("due_at = '2026-12-01'", "1234"),
    ("createdAt > 2020-01-01 and createdAt < '2100-01-01T00:00:00'", "12345"),
    ("currencyId equals 'USD' and accountId = 1", "12345"),
]


def test_a_filter_is_a_condition_on_the_fields(shop):
    invoices = [shop.invoice(line(amount)) for amount in AMOUNTS[:4]]
    shop.invoice(line(50), reference="O'Neill", due_on="2099-01-01")
    shop.paid(invoices[3], 10)
    found = {
        words: "".join(node["id"] for node in shop.data(PAGE, {"filter": words})["invoices"]["nodes"])
        for words, _ in FILTERS
    }
    assert found == dict(FILTERS)


NO_FILTERS = [
    ("amount", 7), ("amount =", 9), ("amount = 'x'", 10), ("nothing = 1", 1), ("amount = 1 and", 15),
    ("(amount = 1", 12), ("amount = 1)", 11), ("amount ~ 1", 8), ("amount = 1 amount = 2", 12),
    ("id = 1.5", 6), ("id in 1", 7), ("id in [1", 9), ("id in []", 8), ("memo is ~", 9),
    ("memo = 'x", 8), ("amount contains '1'", 8), ("memo = [", 8), ("id = 99999999999999999999", 6),
    ("memo = '\0'", 8), ("(" * 30 + "id = 1" + ")" * 30, 22), ("' or 1 = 1 --", 1),
    (" or ".join(["id = 1"] * 51), 501), ("x" * 5000, 4000),
]  # fmt: skip


def test_a_malformed_filter_is_told_where(shop):
    for words, position in NO_FILTERS:
        error = shop.no(
            "query ($filter: String) { payments(filter: $filter) { totalCount } }", {"filter": words}
        )
        assert error["message"].startswith(f"Malformed filter at character {position}: "), words
        assert error["extensions"] == {
            "code": "malformed_filter", "kind": "invalid", "facts": {"position": position},
        }  # fmt: skip


def test_amounts_of_every_currency_are_compared_in_major_units(shop):
    for currency, amount in (("JPY", 150), ("KWD", "1.005"), ("CLF", "150.0001"), ("USD", 150)):
        shop.invoice(line(amount), currency=currency, rate=None if currency == "USD" else 1)
    for words, ids in (
        ("amount = 150", "14"),
        ("amount > 150", "3"),
        ("amount < 1.0051", "2"),
        ("amount >= 1.005", "1234"),
    ):
        nodes = shop.data(PAGE, {"filter": words})["invoices"]["nodes"]
        assert "".join(node["id"] for node in nodes) == ids, words


def test_a_note_that_is_no_more_is_in_no_list(shop):
    for issue in (True, False, True):
        shop.credit_note(line(10), issue=issue)
    shop.ask(DeleteCreditNote(credit_note_id=1))
    shop.ask(DeleteCreditNote(credit_note_id=2))
    listed = """{ creditNotes { nodes { id state } totalCount }
        a: creditNote(id: 1) { id } b: creditNote(id: 3) { id } }"""
    assert shop.data(listed) == {
        "creditNotes": {"nodes": [{"id": "3", "state": "READY"}], "totalCount": 1},
        "a": None, "b": {"id": "3"},
    }  # fmt: skip


@pytest.fixture
def statements(monkeypatch):
    """The statements that reads run."""
    run: list[str] = []
    real = Query.all

    def counted(self, sql, **params):
        run.append(sql)
        return real(self, sql, **params)

    monkeypatch.setattr(Query, "all", counted)
    return run


NESTED = """query ($first: Int) { creditNotes(first: $first) {
    nodes { id account { id name entity { name } } creditedInvoice { id number account { name }
            creditNotes { id } invoiceItems { id taxCode taxRate } payments { nodes { id } } paidAt taxRate }
        creditNoteItems { id taxCode invoiceItem { id } } appliedToInvoices { nodes { id } totalCount }
        filtered: appliedToInvoices(filter: "amount > 0") { nodes { id } }
        disputeReason { name } refunds { id } entity { name } warren { name } }
    totalCount } }"""


def test_a_page_takes_as_many_statements_whatever_its_length(shop, statements):
    rate = shop.tax(20)
    for n in range(6):
        invoice = shop.invoice(line(10, rate))
        if n % 2:
            shop.paid(invoice, 12)
            shop.data(f"mutation {{ invoiceRefund(invoiceId: {invoice.id}) {{ errors }} }}")
        else:
            shop.data(f"mutation {{ invoiceCredit(invoiceId: {invoice.id}) {{ errors }} }}")
    counts = []
    # How long the whole list is, is remembered from here on.
    shop.data(NESTED, {"first": 1})
    for first in (2, 6):
        shop.data("{ __typename }")
        statements.clear()
        nodes = shop.data(NESTED, {"first": first})["creditNotes"]["nodes"]
        assert len(nodes) == first
        assert nodes[0]["appliedToInvoices"]["nodes"] == nodes[0]["filtered"]["nodes"] == [{"id": "1"}]
        assert nodes[1]["creditedInvoice"]["taxRate"] == 20
        counts.append(len([sql for sql in statements if "FROM clients" not in sql]))
    assert counts[0] == counts[1] <= 20


def test_what_is_not_asked_for_is_not_read(shop, statements):
    shop.invoice(line(10))
    shop.data("{ __typename }")
    statements.clear()
    assert shop.data("{ invoices { totalCount } }") == {"invoices": {"totalCount": 1}}
    # The worker looks for its own errands meanwhile.
    (only,) = (sql for sql in statements if "FROM invoices" in sql)
    assert "count(*)" in only
