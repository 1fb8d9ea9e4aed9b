"""The chart of accounts: a tree of one type and currency, and what may leave it."""

from decimal import Decimal

import pytest

from avoir.app.accounts import (
    ActivateAccount,
    CreateAccount,
    DeleteAccount,
    EditAccount,
    InactivateAccount,
)
from avoir.app.gateways import SetGateway
from avoir.app.invoice_credits import WriteOffInvoice
from avoir.app.invoices import CreateInvoice
from avoir.app.items import CreateItem
from avoir.app.journals import CreateJournal
from avoir.app.payments import ReceivePayment
from avoir.app.refunds import RefundCreditNote
from avoir.core.account import Account
from avoir.core.document import Wording
from avoir.core.manual_journal import JournalSide
from tests import invariants
from tests.ledger import BANK, SALES_OF_SERVICE, Paper, line

RENT, FEES, OFFICE = 1021, 1023, 1020


def account(books, name, type="expense", **other) -> Account:
    return books.ask(CreateAccount(name=name, type=type, **other))


def test_a_tree_of_accounts_is_grown_moved_and_cut(ledger):
    costs = account(ledger, "Running costs", code="401")
    power = account(ledger, "Power", parent_id=costs.id)
    water = account(ledger, "Water", parent_id=costs.id, description="Hot and cold")
    assert (power.parent_id, water.slug, water.active) == (costs.id, "water", 1)
    ledger.refused(DeleteAccount(account_id=costs.id), "account_has_children")
    ledger.ask(EditAccount(account_id=water.id, name="Waste water", code="402", parent_id=power.id))
    ledger.ask(EditAccount(account_id=power.id, parent_id=0))
    moved = ledger.get(Account, water.id)
    assert (moved.name, moved.slug, moved.code, moved.description) == (
        "Waste water", "waste-water", "402", "Hot and cold"
    )  # fmt: skip
    assert (moved.parent_id, ledger.get(Account, power.id).parent_id) == (power.id, None)
    ledger.ask(DeleteAccount(account_id=costs.id))
    ledger.refused(DeleteAccount(account_id=costs.id), "not_found")
    # What is gone leaves its name and code to another, and its id to nobody.
    again = account(ledger, "Running costs", code="401")
    assert again.id == water.id + 1
    invariants.hold(ledger)


def test_the_tree_has_five_levels_at_most_however_it_is_grown():
    books = Paper()
    ids = [account(books, "Level 1").id]
    for level in range(2, 6):
        ids.append(account(books, f"Level {level}", parent_id=ids[-1]).id)
    books.refused(CreateAccount(name="Level 6", type="expense", parent_id=ids[-1]), "chart_too_deep")
    pair = account(books, "Upper")
    account(books, "Lower", parent_id=pair.id)
    books.refused(EditAccount(account_id=pair.id, parent_id=ids[3]), "chart_too_deep")
    books.ask(EditAccount(account_id=pair.id, parent_id=ids[2]))
    top = account(books, "Top")
    books.refused(EditAccount(account_id=ids[0], parent_id=top.id), "chart_too_deep")


def test_no_account_stands_under_itself():
    books = Paper()
    upper = account(books, "Upper")
    lower = account(books, "Lower", parent_id=upper.id)
    lowest = account(books, "Lowest", parent_id=lower.id)
    for below in (upper, lower, lowest):
        books.refused(EditAccount(account_id=upper.id, parent_id=below.id), "parent_is_below")


REFUSED = [
    (CreateAccount(name="A", type="stock"),                                        "unknown_account_type"),
    (CreateAccount(name="A", type="expense", currency="XXX"),                      "unknown_currency"),
    (CreateAccount(name="A", type="expense", currency="EUR"),             "account_type_not_multi_currency"),
    (CreateAccount(name="A", type="expense", parent_id=7),                         "unknown_parent"),
    (CreateAccount(name="A", type="expense", parent_id=1000),    "parent_has_different_type"),
    (CreateAccount(name="A", type="bank", currency="EUR", parent_id=1000),   "parent_has_different_currency"),
    (CreateAccount(name="Rent", type="expense"),                                   "account_name_taken"),
    (CreateAccount(name="A", type="expense", code="40004"),                        "account_code_taken"),
    (CreateAccount(name="A" * 256, type="expense"),                                "text_too_long"),
    (CreateAccount(name="A", type="expense", code="4" * 256),                      "text_too_long"),
    (EditAccount(account_id=7, name="A"),                                          "not_found"),
    (EditAccount(account_id=RENT, type="income"),                                  "account_type_stays"),
    (EditAccount(account_id=RENT, name="Office expenses"),                         "account_name_taken"),
    (EditAccount(account_id=RENT, code="40003"),                                   "account_code_taken"),
    (EditAccount(account_id=RENT, parent_id=7),                                    "unknown_parent"),
    (EditAccount(account_id=RENT, parent_id=1000),    "parent_has_different_type"),
    (EditAccount(account_id=RENT, description="x" * 65_536),                       "text_too_long"),
    (ActivateAccount(account_id=7),                                                "not_found"),
    (InactivateAccount(account_id=7),                                              "not_found"),
    (InactivateAccount(account_id=1006),                                           "account_has_role"),
    (InactivateAccount(account_id=FEES),                                           "account_has_role"),
    (DeleteAccount(account_id=7),                                                  "not_found"),
    (DeleteAccount(account_id=1000),                                               "account_predefined"),
    (DeleteAccount(account_id=1006),                                               "account_predefined"),
    (DeleteAccount(account_id=FEES),                                               "account_has_role"),
]  # fmt: skip


@pytest.mark.parametrize(("command", "code"), REFUSED)
def test_what_does_not_fit_the_chart_is_refused(command, code):
    Paper().refused(command, code)


def test_an_account_may_keep_its_own_name_and_code_and_type():
    books = Paper()
    same = books.ask(EditAccount(account_id=RENT, name="Rent", code="40004", type="expense"))
    assert (same.name, same.code) == ("Rent", "40004")


def journal(account_id: int) -> CreateJournal:
    one = Decimal(1)
    return CreateJournal(
        journal_on="2026-11-05", sides=(JournalSide(account_id, debit=one), JournalSide(BANK, credit=one))
    )


def drawn(books, account_id: int) -> None:
    note = books.credit_note(line(5))
    books.ask(
        RefundCreditNote(
            credit_note_id=note.id, account_id=account_id, amount=Decimal(1), refunded_on="2026-11-11"
        )
    )


NAMING = {
    "a line of an invoice": ("income", lambda books, id: books.invoice(line(5, account_id=id))),
    "a line of a draft": ("income", lambda books, id: books.invoice(line(5, account_id=id), issue=False)),
    "a line of a credit note": ("income", lambda books, id: books.credit_note(line(5, account_id=id))),
    "an item": ("income", lambda books, id: books.ask(CreateItem(name="Advice", account_id=id))),
    "a payment": ("bank", lambda books, id: books.paid(None, 5, account=id)),
    "a refund": ("cash", drawn),
    "a draft journal": ("expense", lambda books, id: books.ask(journal(id))),
    "a gateway": ("bank", lambda books, id: books.ask(SetGateway(name="sandbox", account_id=id))),
    "a write-off": (
        "expense",
        lambda books, id: books.ask(WriteOffInvoice(invoice_id=books.invoice(line(5)).id, account_id=id)),
    ),
}


@pytest.mark.parametrize(("type", "name_it"), NAMING.values(), ids=NAMING.keys())
def test_what_something_names_stays_in_the_chart_but_may_be_inactive(ledger, type, name_it):
    named, other = account(ledger, "Named", type), account(ledger, "Other", type)
    name_it(ledger, named.id)
    ledger.refused(DeleteAccount(account_id=named.id), "account_is_used")
    ledger.ask(InactivateAccount(account_id=named.id))
    ledger.refused(DeleteAccount(account_id=named.id), "account_is_used")
    ledger.ask(DeleteAccount(account_id=other.id))
    invariants.hold(ledger)


def test_an_inactive_account_takes_nothing_new_until_it_is_active_again():
    books = Paper()
    for id in (SALES_OF_SERVICE, RENT, 1001):
        assert books.ask(InactivateAccount(account_id=id)).active == 0
    earned = Wording((line(1, account_id=SALES_OF_SERVICE),))
    invoice = CreateInvoice(customer_id=1, issued_on="2026-11-05", wording=earned, issue=True)
    payment = ReceivePayment(customer_id=1, account_id=1001, received_on="2026-11-05", amount=Decimal(1))
    books.refused(invoice, "not_an_income_account")
    books.refused(payment, "account_not_for_money")
    books.refused(journal(RENT), "account_inactive")
    for id in (SALES_OF_SERVICE, RENT, 1001):
        assert books.ask(ActivateAccount(account_id=id)).active == 1
    for command in (invoice, payment, journal(RENT)):
        books.ask(command)
    invariants.hold(books)


def test_a_claim_is_written_off_to_an_account_of_profit_and_loss():
    books = Paper()
    invoice = books.invoice(line(5))
    for id in (BANK, 1006, 1015):
        books.refused(WriteOffInvoice(invoice_id=invoice.id, account_id=id), "not_an_income_account")
    books.ask(WriteOffInvoice(invoice_id=invoice.id, account_id=OFFICE))
    assert books.trial_balance() == {"Office expenses": "5.00", "sales": "-5.00"}
