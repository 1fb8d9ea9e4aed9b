"""A plain model of the books: what a careful person with a pencil would keep. It shares no code with Avoir.

One currency, minor units, no dates. Every `may_…` says whether the thing is possible; the verb of the same
name does it. What is owed, held and left is worked out from what happened, never kept.
"""

from dataclasses import dataclass, field

HOLDS = ("awaiting_approval", "pending", "unknown", "settled")
OUT = ("pending", "unknown", "settled")


@dataclass
class Claim:
    """An invoice or a credit note (`against` is the invoice that it gives back)."""

    total: int
    state: str = "issued"
    against: int | None = None


@dataclass
class Set:
    """Part of a payment or note, set against an invoice."""

    invoice: int
    payment: int | None
    note: int | None
    amount: int
    live: bool = True


@dataclass
class Back:
    """Cash given back, out of a note or a payment; `towards` is the allocation that it came from."""

    amount: int
    rail: str
    state: str
    note: int | None = None
    payment: int | None = None
    invoice: int | None = None
    towards: int | None = None


@dataclass
class Books:
    """All of it, each kind by its id."""

    invoices: dict[int, Claim] = field(default_factory=dict)
    notes: dict[int, Claim] = field(default_factory=dict)
    payments: dict[int, int] = field(default_factory=dict)
    sets: dict[int, Set] = field(default_factory=dict)
    backs: dict[int, Back] = field(default_factory=dict)
    threshold: int = 0

    # What is left.

    def paid(self, invoice: int) -> int:
        return sum(x.amount for x in self.sets.values() if x.live and x.invoice == invoice and x.payment)

    def due(self, invoice: int) -> int:
        claim = self.invoices[invoice]
        return claim.total - sum(x.amount for x in self.sets.values() if x.live and x.invoice == invoice)

    def credited(self, invoice: int) -> int:
        return sum(x.total for x in self.notes.values() if x.against == invoice and x.state == "issued")

    def back_on(self, invoice: int) -> int:
        return sum(x.amount for x in self.backs.values() if x.invoice == invoice and x.state in HOLDS)

    def refundable(self, invoice: int) -> int:
        uncredited = self.invoices[invoice].total - self.credited(invoice)
        return min(self.paid(invoice) - self.back_on(invoice), uncredited)

    def left_of_note(self, note: int) -> int:
        used = sum(x.amount for x in self.sets.values() if x.live and x.note == note)
        used += sum(x.amount for x in self.backs.values() if x.note == note and x.state in HOLDS)
        return self.notes[note].total - used if self.notes[note].state == "issued" else 0

    def left_of_payment(self, payment: int) -> int:
        used = sum(x.amount for x in self.sets.values() if x.live and x.payment == payment)
        used += sum(x.amount for x in self.backs.values() if x.payment == payment and x.state in HOLDS)
        return self.payments[payment] - used

    def left_of_set(self, set_: int) -> int:
        given = sum(x.amount for x in self.backs.values() if x.towards == set_ and x.state in HOLDS)
        return self.sets[set_].amount - given

    def given(self) -> int:
        return sum(x.amount for x in self.backs.values() if x.state in HOLDS)

    # What may be done.

    def may_refund_invoice(self, invoice: int, amount: int | None) -> bool:
        most = self.refundable(invoice)
        return self.invoices[invoice].state == "issued" and 0 < (most if amount is None else amount) <= most

    def may_credit(self, invoice: int, amount: int | None) -> bool:
        most = self.invoices[invoice].total - self.credited(invoice)
        return self.invoices[invoice].state == "issued" and 0 < (most if amount is None else amount) <= most

    def may_void(self, invoice: int) -> bool:
        touched = self.due(invoice) != self.invoices[invoice].total or self.credited(invoice)
        return self.invoices[invoice].state == "issued" and not touched

    def may_delete(self, note: int) -> bool:
        # The refund of an invoice is the reason for its cash back; standing alone, unused is enough.
        return self.notes[note].state == "issued" and self.left_of_note(note) == self.notes[note].total

    def may_allocate(self, note: int, invoice: int, amount: int) -> bool:
        open_ = self.invoices[invoice].state == "issued"
        return open_ and 0 < amount <= min(self.left_of_note(note), self.due(invoice))

    # What money there is, by account.

    def balances(self) -> dict[str, int]:
        """What is in each account that the model knows: bank, clearing, transit, receivable, income."""
        settled = [x for x in self.backs.values() if x.state == "settled"]
        under_way = sum(x.amount for x in self.backs.values() if x.state in ("pending", "unknown"))
        bank = sum(self.payments.values()) - sum(x.amount for x in settled if x.rail == "bank")
        clearing = -sum(x.amount for x in settled if x.rail != "bank")
        income = sum(x.total for x in self.notes.values() if x.state == "issued")
        income -= sum(x.total for x in self.invoices.values() if x.state == "issued")
        receivable = -(bank + clearing - under_way + income)
        found = {
            "Bank Account": bank, "Undeposited Funds": clearing, "refunds_in_transit": -under_way,
            "income": income, "receivable": receivable,
        }  # fmt: skip
        return {name: minor for name, minor in found.items() if minor}

    def receivable(self) -> int:
        """What everybody owes, from the documents: it must be what the accounts say."""
        owed = sum(self.due(id) for id, x in self.invoices.items() if x.state == "issued")
        reserved = sum(x.amount for x in self.backs.values() if x.state == "awaiting_approval")
        owed -= sum(self.left_of_note(id) for id, x in self.notes.items() if x.state == "issued")
        return owed - sum(map(self.left_of_payment, self.payments)) - reserved
