"""Opening balances: what a customer owed, or was owed, when the books were opened."""

from decimal import Decimal
from typing import Any

import msgspec

from avoir.core.account import ACCOUNTS_BY_ROLE, OPENING_BALANCE, Account
from avoir.core.branch import known_branch
from avoir.core.credit_note import CREDIT, CREDIT_NOTES_BY_NUMBER, DRAFT, CreditNote, CreditNoteLine
from avoir.core.credit_note import ISSUED as NOTE_ISSUED
from avoir.core.crediting import void_credit_note
from avoir.core.currency import exponent
from avoir.core.customer import Customer
from avoir.core.day import checked_day
from avoir.core.desk import Desk
from avoir.core.document import BEFORE_TAX
from avoir.core.errors import Refusal
from avoir.core.exchange import rate_on, to_base
from avoir.core.invoice import INVOICES_BY_NUMBER, ISSUED, VOIDED, Invoice, InvoiceLine
from avoir.core.invoice import OPENING_BALANCE as OPENING
from avoir.core.issuing import issue_credit_note, issue_invoice
from avoir.core.money import MICRO, minor_of
from avoir.core.numbering import claim
from avoir.core.organization import Entity
from avoir.core.row import changed
from avoir.core.usage import use


class OpeningBalanceUsed(Refusal):
    """Something was paid on the opening balance, or credited: it stays."""

    code = "opening_balance_used"


class Opening(msgspec.Struct, frozen=True):
    """What a customer owed on a day, in major units; a negative amount is what the customer was owed."""

    amount: Decimal
    on: str
    exchange_rate: Decimal | None = None
    branch_id: int | None = None
    number: str = ""  # Its own, not of the series; OB- and the document's id, if not given.


def open_with(desk: Desk, customer: Customer, opening: Opening) -> Customer:
    """The customer with an open item against Opening Balance Equity; what was said before is voided.

    Refuses a wrong branch, date, amount or rate; `OpeningBalanceUsed`, `NumberTaken`, `DateLocked`.
    """
    if opening.amount:
        known_branch(desk, opening.branch_id, customer.entity_id)
    checked_day(opening.on, "openingBalanceAt")
    minor = minor_of(opening.amount, customer.currency, "openingBalance")
    base = desk.get(Entity, customer.entity_id).base_currency
    rate = rate_on(desk, opening.exchange_rate, customer.currency, base, opening.on) if minor else 0
    _void(desk, customer)
    said = _said(desk, customer, opening, minor)
    said |= {"rate_nano": rate, "base_total_minor": to_base(abs(minor), customer.currency, rate, base)}
    desk.tell("customer.opening_balance_set", customer)
    return desk.put(
        changed(
            use(desk, customer) if minor else customer,
            opening_invoice_id=_owed(desk, opening.number, said) if minor > 0 else None,
            opening_credit_note_id=_owing(desk, opening.number, said) if minor < 0 else None,
            updated_at=desk.now,
        )
    )


def _said(desk: Desk, customer: Customer, opening: Opening, minor: int) -> dict[str, Any]:
    """What an invoice and a credit note have in common, but for the rate."""
    return {
        "organization_id": desk.organization_id,
        "uuid": desk.uuid(),
        "entity_id": customer.entity_id,
        "customer_id": customer.id,
        "branch_id": opening.branch_id,
        "reference": "",
        "state": DRAFT,
        "currency": customer.currency,
        "is_tax_inclusive": 0,
        "issued_on": opening.on,
        "discount_kind": "percentage",
        "discount_micro": 0,
        "discount_timing": BEFORE_TAX,
        "subtotal_minor": abs(minor),
        "discount_minor": 0,
        "adjustment_minor": 0,
        "net_minor": abs(minor),
        "tax_minor": 0,
        "total_minor": abs(minor),
        "terms": "",
        "created_at": desk.now,
        "updated_at": desk.now,
    }


def _void(desk: Desk, customer: Customer) -> None:
    """Take back what was said before, unless it was voided by itself. Refuses `OpeningBalanceUsed`."""
    if customer.opening_invoice_id is not None:
        invoice = desk.get(Invoice, customer.opening_invoice_id)
        if invoice.due_minor != invoice.total_minor or invoice.credited_minor:
            raise OpeningBalanceUsed("the opening balance was paid or credited", customerId=customer.id)
        if invoice.state == ISSUED:
            if invoice.entry_id is not None:
                desk.mirror(invoice.entry_id, on=invoice.issued_on)
            desk.tell("invoice.voided", invoice)
            desk.put(changed(invoice, state=VOIDED, updated_at=desk.now))
    if customer.opening_credit_note_id is not None:
        note = desk.get(CreditNote, customer.opening_credit_note_id)
        if note.used_minor:
            raise OpeningBalanceUsed("the opening balance was paid out or set off", customerId=customer.id)
        if note.state == NOTE_ISSUED:
            void_credit_note(desk, note)


def _owed(desk: Desk, number: str, said: dict[str, Any]) -> int:
    """What the customer owes: an issued invoice with one line on Opening Balance Equity."""
    id = desk.next("invoice")
    number = number or f"OB-{id:05d}"
    number, sequence = claim(desk, Invoice, INVOICES_BY_NUMBER, said["entity_id"], number)
    invoice = desk.add(
        Invoice(
            id=id, kind=OPENING, reissues_id=None, number=number, sequence=sequence,
            due_on=said["issued_on"], message="", **said,
        )
    )  # fmt: skip
    desk.add(InvoiceLine(invoice_id=id, item_id=None, **_line(desk, said)))
    desk.tell("invoice.created", invoice)
    return issue_invoice(desk, invoice).id


def _owing(desk: Desk, number: str, said: dict[str, Any]) -> int:
    """What the customer is owed: a credit note standing alone, with one line on Opening Balance Equity."""
    id = desk.next("credit_note")
    number = number or f"OB-{id:05d}"
    number, sequence = claim(desk, CreditNote, CREDIT_NOTES_BY_NUMBER, said["entity_id"], number)
    note = desk.add(
        CreditNote(
            id=id, kind=CREDIT, invoice_id=None, dispute_reason_id=None, dispute_id=None,
            number=number, sequence=sequence, note="", **said,
        )
    )  # fmt: skip
    desk.add(CreditNoteLine(credit_note_id=id, invoice_position=None, item_id=None, **_line(desk, said)))
    desk.tell("credit_note.created", note)
    return issue_credit_note(desk, note).id


def _line(desk: Desk, said: dict[str, Any]) -> dict[str, Any]:
    return {
        "organization_id": desk.organization_id,
        "position": 1,
        "id": desk.next("line"),
        "account_id": desk.one(Account, ACCOUNTS_BY_ROLE, OPENING_BALANCE).id,
        "description": "",
        "quantity_micro": MICRO,
        "price_micro": said["net_minor"] * MICRO // 10 ** exponent(said["currency"]),
        "discount_kind": "percentage",
        "discount_micro": 0,
        "amount_minor": said["net_minor"],
        "discount_minor": 0,
        "net_minor": said["net_minor"],
        "tax_minor": 0,
    }
