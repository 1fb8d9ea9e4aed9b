"""The demonstration itself: two calls over HTTP, and what they did to the books."""

from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from avoir.app.reads.promises import PROMISES
from avoir.app.reads.verify import broken_promises
from avoir.core.credit_note import CreditNote
from avoir.core.invoice import Invoice
from avoir.demo import books, catalog
from avoir.demo.calls import Calls, Credentials, Exchange
from avoir.demo.telling import Telling
from avoir.demo.year import BANK
from avoir.store.readers import Readers

REASON = 3
"""The place in the catalog of why the invoice is refunded."""
PAID_BACK, RATE = 250, Decimal("1.0925")
"""Euros out of the credit note of 360.00, at another rate than the note's 1.08."""


class Made(NamedTuple):
    """What was written before the show begins."""

    organization_id: int
    invoice: Invoice
    note: CreditNote
    today: date
    commands: int


class Show:
    """Makes the calls against a server, and tells them."""

    def __init__(self, url: str, path: str, credentials: Credentials, made: Made, telling: Telling) -> None:
        self.url, self.path, self.credentials, self.made, self.tell = url, path, credentials, made, telling

    def run(self, seconds: Decimal) -> dict[str, Any]:
        """Everything, in order; the same as facts."""
        readers, calls = Readers(self.path, size=1), Calls(self.url, self.credentials)
        try:
            token = calls.token()
            counts = readers.run(books.counted, self.made.organization_id)
            self.tell.company(counts, self.made.commands, seconds)
            first = self._refund_the_invoice(calls, readers, token)
            second = self._pay_the_note_back(calls, readers)
            totals = self._balance(readers)
        finally:
            calls.close()
            readers.close()
        today = self.made.today.isoformat()
        self.tell.way_in(self.url, self.credentials, token.reply["access_token"], self.made.note.id, today)
        return {
            "counts": counts,
            "invoice_refund": first,
            "credit_note_refund": second,
            "trial_balance": books.as_facts(totals),
        }

    def _refund_the_invoice(self, calls: Calls, readers: Readers, token: Exchange) -> dict[str, Any]:
        self.tell.heading("1. GraphQL: an invoice is refunded")
        self.tell.invoice(self.made.invoice)
        self.tell.token(token)
        exchange = calls.refund_invoice(token.reply["access_token"], self.made.invoice.id, REASON)
        note_id = int(exchange.reply["data"]["invoiceRefund"]["creditNote"]["id"])
        return self._told(exchange, readers, note_id)

    def _pay_the_note_back(self, calls: Calls, readers: Readers) -> dict[str, Any]:
        note = self.made.note
        self.tell.heading("2. REST: a credit note is paid out")
        self.tell.line(
            f"{note.number} of {note.issued_on} to {catalog.CUSTOMERS[note.customer_id - 1][0]}: 360.00 EUR "
            f"at 1.08, all of it still the customer's. {PAID_BACK}.00 of it go out of the bank, at {RATE}."
        )
        asked = {
            "fromAccountId": BANK,
            "amount": PAID_BACK,
            "date": self.made.today.isoformat(),
            "exchangeRate": RATE,
            "referenceNo": "TRANSFER-1",
            "description": "Two prints returned",
        }
        return self._told(calls.refund_credit_note(note.id, asked), readers, note.id)

    def _told(self, exchange: Exchange, readers: Readers, note_id: int) -> dict[str, Any]:
        self.tell.exchange(exchange)
        entries = readers.run(books.entries_of_note, self.made.organization_id, note_id)
        self.tell.entries(entries)
        asked = {"method": exchange.method, "path": exchange.path, "body": exchange.asked}
        reply = {"status": exchange.status, "body": exchange.reply}
        return {"request": asked, "reply": reply, "entries": books.as_facts(entries)}

    def _balance(self, readers: Readers) -> list[books.Total]:
        self.tell.heading("The books balance")
        totals = readers.run(books.trial, self.made.organization_id)
        self.tell.trial(totals, catalog.BASE)
        broken = readers.run(broken_promises, self.made.organization_id)
        kept = len(PROMISES) - len(broken)
        self.tell.line(f"\n{kept} of {len(PROMISES)} promises hold: avoir verify --database {self.path}")
        return totals
