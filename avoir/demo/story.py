"""The two documents that the demonstration is about: an invoice that is refunded, a credit note paid out."""

from decimal import Decimal

from avoir.app.credit_notes import CreateCreditNote
from avoir.app.invoices import CreateInvoice
from avoir.app.payments import ReceivePayment
from avoir.core.credit_note import CreditNote
from avoir.core.document import Line, Wording
from avoir.core.invoice import Invoice
from avoir.core.receiving import Portion
from avoir.demo import catalog
from avoir.demo.year import BANK, DAYS, TERMS, UNDEPOSITED, Year, major, tax_of

BILLED, PAID, PAID_REST, CREDITED = DAYS - 30, DAYS - 20, DAYS - 12, DAYS - 10
FIRST_PAYMENT = 100_000
"""Of the invoice, in cents; the rest comes later, and into another account."""


class Scene:
    """Puts the story's documents into the year, and remembers what became of them."""

    invoice: Invoice
    note: CreditNote

    def prepare(self, year: Year) -> None:
        """An invoice of two lines and three taxes, paid in two parts; a credit note in euro, still open."""
        lines = (
            self._line(catalog.RETAINER, 1, hardware=False),
            self._line(catalog.PROOFS, 6, hardware=True),
        )
        bill = CreateInvoice(
            customer_id=catalog.HARBOR,
            issued_on=year.on(BILLED),
            due_on=year.on(BILLED + TERMS),
            wording=Wording(lines),
            issue=True,
        )
        year.at(BILLED, bill, lambda invoice: self._paid(year, invoice))
        credit = CreateCreditNote(
            customer_id=catalog.ATELIER,
            issued_on=year.on(CREDITED),
            wording=Wording((Line(Decimal(1), Decimal(300), description="Two prints returned",
                                  tax_rate_ids=tax_of("EUR", hardware=False)),)),
            issue=True,
            exchange_rate=Decimal("1.08"),
        )  # fmt: skip
        year.at(CREDITED, credit, self._credited)

    def _line(self, ware: int, quantity: int, *, hardware: bool) -> Line:
        return Line(
            Decimal(quantity),
            item_id=catalog.FIRST_ITEM + ware,
            description=catalog.WARES[ware].name,
            tax_rate_ids=tax_of(catalog.BASE, hardware=hardware),
        )

    def _paid(self, year: Year, invoice: Invoice) -> None:
        self.invoice = invoice
        for day, account, minor in (
            (PAID, BANK, FIRST_PAYMENT),
            (PAID_REST, UNDEPOSITED, invoice.total_minor - FIRST_PAYMENT),
        ):
            amount = major(minor, invoice.currency)
            payment = ReceivePayment(
                customer_id=invoice.customer_id,
                account_id=account,
                received_on=year.on(day),
                amount=amount,
                portions=(Portion(invoice.id, amount),),
            )
            year.at(day, payment)

    def _credited(self, note: CreditNote) -> None:
        self.note = note
