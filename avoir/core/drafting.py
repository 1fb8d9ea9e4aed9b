"""Drafting: what an invoice and a credit note standing alone are asked to say, and the columns they share."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any, NamedTuple

from avoir.core.branch import known_branch
from avoir.core.command import Command
from avoir.core.credit_note import CreditNote
from avoir.core.customer import Customer
from avoir.core.day import checked_day
from avoir.core.desk import Desk
from avoir.core.document import Reckoned, Wording, reckoned
from avoir.core.invoice import DRAFT, Invoice
from avoir.core.numbering import chosen
from avoir.core.organization import Organization
from avoir.core.row import Columns, Row
from avoir.core.text import fits


class Drafted(NamedTuple):
    """A draft worked out: for whom, in figures, and the columns that every document has."""

    customer: Customer
    document: Reckoned
    columns: dict[str, Any]


class DocumentDraft(Command, frozen=True, kw_only=True):
    """What a document says. Amounts in major units, dates YYYY-MM-DD."""

    customer_id: int
    issued_on: str
    wording: Wording
    currency: str = ""  # The customer's, if not given.
    exchange_rate: Decimal | None = None
    number: str = ""
    reference: str = ""
    branch_id: int | None = None
    terms: str = ""

    def needs(self) -> Iterator[tuple[type[Row], Any]]:
        yield Customer, self.customer_id
        yield Organization, ()

    def well_formed(self) -> None:
        """What only this kind of document says. Refuses what cannot be read."""

    def drafted(
        self, desk: Desk, kind: type[Invoice | CreditNote], by: Columns, old: Invoice | CreditNote | None
    ) -> Drafted:
        """Work the draft out; in the place of `old`, if given.

        Refuses an unknown customer or branch, a date that is none, a missing rate, `NumberTaken`, and
        whatever is wrong with the lines.
        """
        customer = desk.get(Customer, self.customer_id)
        fits(self.reference, "referenceNo")
        known_branch(desk, self.branch_id, customer.entity_id)
        checked_day(self.issued_on, "date")
        self.well_formed()
        document = reckoned(desk, customer, self.wording, self.currency, self.exchange_rate, self.issued_on)
        name = kind.TABLE.removesuffix("s")
        own = (desk.next(name), desk.uuid(), desk.now) if old is None else (old.id, old.uuid, old.created_at)
        id, uuid, created_at = own
        number, sequence = chosen(desk, kind, by, customer.entity_id, self.number, old)
        totals = document.totals
        columns = {
            "organization_id": desk.organization_id,
            "id": id,
            "uuid": uuid,
            "entity_id": customer.entity_id,
            "customer_id": customer.id,
            "branch_id": self.branch_id,
            "number": number,
            "sequence": sequence,
            "reference": self.reference,
            "state": DRAFT,
            "currency": document.currency,
            "rate_nano": document.rate_nano,
            "is_tax_inclusive": int(self.wording.inclusive),
            "issued_on": self.issued_on,
            "discount_kind": self.wording.discount.kind,
            "discount_micro": self.wording.discount.micro,
            "discount_timing": document.timing,
            "subtotal_minor": totals.subtotal,
            "discount_minor": totals.discount,
            "adjustment_minor": totals.adjustment,
            "net_minor": totals.net,
            "tax_minor": totals.tax,
            "total_minor": totals.total,
            "base_total_minor": document.base_total,
            "terms": self.terms,
            "created_at": created_at,
            "updated_at": desk.now,
        }
        return Drafted(customer, document, columns)
