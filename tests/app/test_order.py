"""The order of refusals: does it exist, is it well formed, is it allowed now, is there enough.

A wish with everything wrong is mended fault by fault. After each it is refused for the next one, with the
books as they were, until it is granted.
"""

from decimal import Decimal

import pytest

from avoir.app.accounts import CreateAccount
from avoir.app.allocations import AllocateCreditNote, DeallocateCreditNote, Share
from avoir.app.branches import CreateBranch
from avoir.app.credit_notes import CreateCreditNote, DeleteCreditNote, IssueCreditNote
from avoir.app.customers import CreateCustomer
from avoir.app.dispute_reasons import CreateDisputeReason, DeleteDisputeReason, UpdateDisputeReason
from avoir.app.invoice_credits import CreditInvoice, WriteOffInvoice
from avoir.app.invoices import CreateInvoice, IssueInvoice, ReissueInvoice, VoidInvoice
from avoir.app.items import CreateItem
from avoir.app.organizations import OpenBooks
from avoir.app.payments import ReceivePayment
from avoir.app.refunds import RefundCreditNote, RefundInvoice, ReverseRefund
from avoir.app.tax_rates import CreateTaxRate
from avoir.core.document import Wording
from avoir.core.receiving import Portion
from tests.invariants import hold
from tests.ledger import line

D = Decimal
WRITTEN = Wording((line(10),))

# The wish, and its faults in the order in which they are refused: the code, and what mends it.
WISHES = {
    "refund a credit note": (RefundCreditNote, [
        ("not_found",                 {"credit_note_id": 1}, {"credit_note_id": 99}),
        ("not_found",                 {"account_id": 1025}, {"account_id": 99}),
        ("unknown_branch",            {"branch_id": 1}, {"branch_id": 99}),
        ("text_too_long",             {"reference": "r"}, {"reference": "r" * 256}),
        ("text_too_long",             {"description": ""}, {"description": "d" * 65_536}),
        ("amount_too_fine",           {"amount": D(0)}, {"amount": D("10.001")}),
        ("amount_not_positive",       {"amount": D(60)}, {}),
        ("invalid_date",              {"refunded_on": "2026-11-09"}, {"refunded_on": "2026-02-30"}),
        ("exchange_rate_not_one",     {"exchange_rate": None}, {"exchange_rate": D(2)}),
        ("account_not_for_money",     {"account_id": 1000}, {}),
        ("refund_before_source",      {"refunded_on": "2026-11-10"}, {}),
        ("credit_note_used_up",       {"amount": D(50)}, {}),
    ]),
    "refund an invoice": (RefundInvoice, [
        ("not_found",                 {"invoice_id": 1}, {"invoice_id": 99}),
        ("refund_exceeds_invoice",    {"amount": D(40)}, {"amount": D("40.01")}),
    ]),
    "receive a payment": (ReceivePayment, [
        ("not_found",                 {"customer_id": 1}, {"customer_id": 99}),
        ("not_found",                 {"account_id": 1025}, {"account_id": 99}),
        ("unknown_branch",            {"branch_id": 1}, {"branch_id": 99}),
        ("text_too_long",             {"reference": ""}, {"reference": "r" * 256}),
        ("invalid_date",              {"received_on": "2026-11-02"}, {"received_on": "2026-W08"}),
        ("account_not_for_money",     {"account_id": 1000}, {}),
        ("exchange_rate_not_one",     {"exchange_rate": D(1)}, {"exchange_rate": D(2)}),
        ("amount_too_fine",           {"portions": (Portion(1, D(61)),)},
                                      {"portions": (Portion(1, D("0.001")),)}),
        ("allocation_exceeds_payment", {"amount": D(61)}, {"amount": D(1)}),
        ("allocation_exceeds_due",    {"portions": (Portion(1, D(60)),)}, {}),
    ]),
    "write an invoice": (CreateInvoice, [
        ("not_found",                 {"customer_id": 1}, {"customer_id": 99}),
        ("text_too_long",             {"reference": ""}, {"reference": "r" * 256}),
        ("unknown_branch",            {"branch_id": None}, {"branch_id": 99}),
        ("invalid_date",              {"issued_on": "2026-11-01"}, {"issued_on": "2026"}),
        ("invalid_date",              {"due_on": "2026-10-31"}, {"due_on": "soon"}),
        ("due_before_issue",          {"due_on": "2026-11-01"}, {}),
        ("exchange_rate_required",    {"currency": "USD"}, {"currency": "EUR"}),
        ("lines_required",            {"wording": WRITTEN}, {"wording": Wording(())}),
        ("number_taken",              {"number": "A-2"}, {"number": "INV-00001"}),
    ]),
    "write a credit note": (CreateCreditNote, [
        ("not_found",                 {"customer_id": 1}, {"customer_id": 99}),
        ("unknown_branch",            {"branch_id": None}, {"branch_id": 99}),
        ("invalid_date",              {"issued_on": "2026-11-01"}, {"issued_on": "yesterday"}),
        ("exchange_rate_required",    {"currency": "USD"}, {"currency": "EUR"}),
        ("lines_required",            {"wording": WRITTEN}, {"wording": Wording(())}),
        ("number_taken",              {"number": ""}, {"number": "CN-00001"}),
    ]),
    "set a note against an invoice": (AllocateCreditNote, [
        ("not_found",                 {"credit_note_id": 1}, {"credit_note_id": 99}),
        ("not_found",                 {"shares": (Share(1, D("0.001")),)}, {"shares": (Share(99, D(1)),)}),
        ("amount_too_fine",           {"shares": (Share(1, D(0)),)}, {}),
        ("amount_not_positive",       {"shares": (Share(1, D(51)),)}, {}),
        ("credit_note_used_up",       {"shares": (Share(1, D(50)), Share(1, D("0.01")))}, {}),
        ("credit_note_used_up",       {"shares": (Share(2, D(50)),)}, {}),
        ("invoice_not_issued",        {"shares": (Share(3, D(50)),)}, {}),
        ("customer_mismatch",         {"shares": (Share(1, D(50)),)}, {}),
    ]),
    "open an account": (CreateAccount, [
        ("unknown_parent",            {"parent_id": 1000}, {"parent_id": 99}),
        ("unknown_account_type",      {"type": "income"}, {"type": "shoebox"}),
        ("unknown_currency",          {"currency": "EUR"}, {"currency": "XXX"}),
        ("account_type_not_multi_currency", {"currency": "USD"}, {}),
        ("text_too_long",             {"name": "Bank Account"}, {"name": "n" * 256}),
        ("account_name_taken",        {"name": "Shop"}, {}),
        ("account_code_taken",        {"code": "S-1"}, {"code": "10001"}),
        ("parent_has_different_type", {"parent_id": None}, {}),
    ]),
    "set a tax rate": (CreateTaxRate, [
        ("text_too_long",             {"code": "VAT"}, {"name": "VAT", "code": "c" * 256}),
        ("amount_too_fine",           {"percent": D("1000.000001")}, {"percent": D("0.0000001")}),
        ("tax_rate_out_of_range",     {"percent": D("-0.000001")}, {}),
        ("tax_rate_out_of_range",     {"percent": D(1000)}, {}),
        ("tax_code_taken",            {"code": "VAT2"}, {}),
    ]),
    "sell something": (CreateItem, [
        ("text_too_long",             {"name": "Hour"}, {"name": "n" * 256}),
        ("amount_too_fine",           {"price": D(-1)}, {"price": D("0.0000001")}),
        ("negative_number",           {"price": D(1)}, {}),
        ("item_name_taken",           {"name": "Day"}, {}),
        ("sell_account_unknown",      {"account_id": 1026}, {"account_id": 99}),
        ("not_found",                 {"tax_rate_id": 1}, {"tax_rate_id": 99}),
    ]),
    "know a customer": (CreateCustomer, [
        ("name_required",             {"name": "Bob"}, {"name": " "}),
        ("unknown_currency",          {"currency": "EUR"}, {"currency": "GOLD"}),
    ]),
    "open a branch": (CreateBranch, [
        ("branch_code_taken",         {"code": "2"}, {"name": "Second", "code": "10001"}),
    ]),
    "give a reason": (CreateDisputeReason, [
        ("name_required",             {"name": "Wrong size"}, {"name": "  "}),
    ]),
    "change a reason": (UpdateDisputeReason, [
        ("not_found",                 {"dispute_reason_id": 1}, {"dispute_reason_id": 99}),
        ("name_required",             {"name": "Torn"}, {"name": ""}),
    ]),
}  # fmt: skip


@pytest.fixture
def company(ledger):
    """An invoice of 100.00 with 40.00 paid, a note of 50.00 of the 10th; a draft, and another customer's."""
    ledger.ask(CreateTaxRate(name="VAT", code="VAT", percent=D(20)))
    ledger.ask(CreateItem(name="Hour"))
    ledger.ask(CreateDisputeReason(name="Broken"))
    other = ledger.customer()
    ledger.paid(ledger.invoice(line(100)), 40)
    ledger.invoice(line(100), issue=False)
    ledger.invoice(line(100), customer_id=other)
    ledger.credit_note(line(50))
    return ledger


@pytest.mark.parametrize("wish", WISHES)
def test_a_wish_is_refused_for_its_first_fault_and_changes_nothing_until_it_has_none(company, wish):
    command, faults = WISHES[wish]
    fields = {name: value for _, _, wrong in reversed(faults) for name, value in wrong.items()}
    for code, mended, _ in faults:
        company.refused(command(**fields), code)
        fields |= mended
    company.ask(command(**fields))
    hold(company)


# What is refused because of the state that a thing is in. Everything is asked of the same company.
STATES = [
    # command                                                              code
    (IssueInvoice(invoice_id=1),                                           "invoice_already_issued"),
    (IssueInvoice(invoice_id=99),                                          "not_found"),
    (IssueCreditNote(credit_note_id=1),                                    "credit_note_already_issued"),
    (IssueCreditNote(credit_note_id=99),                                   "not_found"),
    (DeleteCreditNote(credit_note_id=99),                                  "not_found"),
    (RefundInvoice(invoice_id=2),                                          "invoice_not_issued"),
    (RefundInvoice(invoice_id=3),                                          "invoice_not_paid"),
    (RefundInvoice(invoice_id=1, amount=D(0)),                             "amount_not_positive"),
    (RefundInvoice(invoice_id=1, amount=D("0.001")),                       "amount_too_fine"),
    (RefundInvoice(invoice_id=2, amount=D("0.001")),                       "amount_too_fine"),
    (RefundInvoice(invoice_id=2, amount=D(-1)),                            "amount_not_positive"),
    (RefundInvoice(invoice_id=1, amount=D("NaN")),                         "amount_out_of_range"),
    (RefundInvoice(invoice_id=1, amount=D("sNaN")),                        "amount_out_of_range"),
    (RefundInvoice(invoice_id=1, amount=D("Infinity")),                    "amount_out_of_range"),
    (RefundInvoice(invoice_id=1, amount=D("1E+99999999")),                 "amount_out_of_range"),
    (RefundInvoice(invoice_id=1, amount=D("1E-99999999")),                 "amount_too_fine"),
    (RefundInvoice(invoice_id=3, dispute_reason_id=99),                    "not_found"),
    (RefundInvoice(invoice_id=2, dispute_reason_id=99),                    "not_found"),
    (CreditInvoice(invoice_id=2),                                          "invoice_not_issued"),
    (CreditInvoice(invoice_id=99),                                         "not_found"),
    (CreditInvoice(invoice_id=1, dispute_reason_id=99),                    "not_found"),
    (WriteOffInvoice(invoice_id=2),                                        "invoice_not_issued"),
    (WriteOffInvoice(invoice_id=1, account_id=99),                         "not_found"),
    (ReverseRefund(refund_id=99),                                          "not_found"),
    (DeallocateCreditNote(allocation_id=99),                               "not_found"),
    # A payment's allocation is none of a credit note's.
    (DeallocateCreditNote(allocation_id=1),                                "not_found"),
    (DeleteDisputeReason(dispute_reason_id=99),                            "not_found"),
    (OpenBooks(public_id="again", name="Again", base_currency="USD"),      "organization_already_built"),
]  # fmt: skip


@pytest.mark.parametrize(("command", "code"), STATES)
def test_what_is_not_allowed_now_is_refused_and_changes_nothing(company, command, code):
    company.refused(command, code)


def test_a_draft_cannot_be_paid_set_off_or_paid_out(company):
    draft = company.credit_note(line(10), issue=False)
    share = (Share(1, D(1)),)
    refund = RefundCreditNote(credit_note_id=draft.id, account_id=1000, amount=D(1), refunded_on="2026-11-11")
    company.refused(refund, "credit_note_not_issued")
    company.refused(AllocateCreditNote(credit_note_id=draft.id, shares=share), "credit_note_not_issued")
    company.refused(
        ReceivePayment(
            customer_id=1, account_id=1000, received_on="2026-11-02", portions=(Portion(2, D(1)),)
        ),
        "invoice_not_issued",
    )


def test_a_used_note_stays(company):
    note = company.credit_note(line(10))
    refund = company.refund(note, 1)
    company.refused(DeleteCreditNote(credit_note_id=note.id), "credit_note_has_refunds")
    company.ask(ReverseRefund(refund_id=refund.id))
    invoice = company.invoice(line(10))
    (allocation,) = company.allocate(note, (invoice, 1))
    company.refused(DeleteCreditNote(credit_note_id=note.id), "credit_note_has_allocations")
    company.ask(DeallocateCreditNote(allocation_id=allocation.id))
    company.ask(DeleteCreditNote(credit_note_id=note.id))
    hold(company)


def test_a_write_off_serves_its_own_invoice_and_pays_nobody(company):
    note = company.ask(WriteOffInvoice(invoice_id=1))
    refund = RefundCreditNote(credit_note_id=note.id, account_id=1000, amount=D(1), refunded_on="2026-11-22")
    company.refused(refund, "write_off_is_bound")
    company.refused(DeallocateCreditNote(allocation_id=2), "write_off_is_bound")
    company.refused(
        AllocateCreditNote(credit_note_id=note.id, shares=(Share(3, D(1)),)), "write_off_is_bound"
    )
    company.refused(WriteOffInvoice(invoice_id=1), "nothing_to_write_off")


def test_a_reason_that_is_offered_no_longer_is_given_no_more_and_kept_where_it_was(company):
    note = company.ask(RefundInvoice(invoice_id=1, dispute_reason_id=1, amount=D(1)))
    company.ask(DeleteDisputeReason(dispute_reason_id=1))
    company.refused(RefundInvoice(invoice_id=1, dispute_reason_id=1, amount=D(1)), "not_found")
    company.refused(UpdateDisputeReason(dispute_reason_id=1, name="Torn"), "not_found")
    company.refused(DeleteDisputeReason(dispute_reason_id=1), "not_found")
    assert company.rows(type(note))[-1].dispute_reason_id == 1


def test_an_invoice_due_at_the_end_of_time_is_reissued_till_then(company):
    invoice = company.invoice(line(1), issued_on="2026-11-01", due_on="9999-12-31")
    company.ask(VoidInvoice(invoice_id=invoice.id))
    assert company.ask(ReissueInvoice(invoice_id=invoice.id)).due_on == "9999-12-31"
