"""Long work that the console begins: how one piece of each kind is done."""

from decimal import Decimal

import msgspec

from avoir.app.customers import CreateCustomer
from avoir.app.invoice_credits import CreditInvoice
from avoir.app.jobs import Outcome
from avoir.app.payments import ReceivePayment
from avoir.app.reads import console_ledger, console_refunding, verify
from avoir.app.refunds import RefundInvoice
from avoir.core.credit import Shape
from avoir.core.job import DONE, REFUSED, Job, JobPiece
from avoir.faces.caller import Caller
from avoir.faces.console import abilities, imports
from avoir.faces.jobs import Work

REFUND_INVOICES, LEDGER, PROOF = "refund_invoices", "ledger", "proof"
encode = msgspec.json.Encoder().encode


class Giving(msgspec.Struct, frozen=True):
    """How each of several invoices is given back: as it was paid, from an account, or kept as credit."""

    where: str
    percent: Decimal | None = None
    account_id: int | None = None
    reason_id: int | None = None
    on: str = ""


class Days(msgspec.Struct, frozen=True):
    """A part of the ledger, both days included."""

    since: str
    until: str


def giving_of(giving: Giving, invoice_id: int, positions: tuple[int, ...]) -> RefundInvoice | CreditInvoice:
    """What is asked for one invoice; `positions` are its lines, for a percentage of each."""
    shapes: tuple[Shape, ...] = ()
    if giving.percent is not None:
        shapes = tuple(Shape(position=each, percent=giving.percent) for each in positions)
    if giving.where == "credit":
        return CreditInvoice(
            invoice_id=invoice_id, dispute_reason_id=giving.reason_id, shapes=shapes, on=giving.on
        )
    return RefundInvoice(
        invoice_id=invoice_id, dispute_reason_id=giving.reason_id, shapes=shapes, refunded_on=giving.on,
        account_id=giving.account_id,
    )  # fmt: skip


def needed(giving: Giving) -> str:
    """The ability that giving back in this way needs."""
    return abilities.ACTS[CreditInvoice if giving.where == "credit" else RefundInvoice]


async def refund_invoice(caller: Caller, job: Job, piece: JobPiece) -> Outcome:
    """One invoice is given back. Refuses what its command refuses."""
    giving, invoice_id = msgspec.json.decode(job.asked, type=Giving), int(piece.asked)
    positions = await caller.read(console_refunding.positions, invoice_id) if giving.percent else ()
    note = await caller.ask(giving_of(giving, invoice_id, positions))
    said = f"{note.number} waits for approval" if note.reserved_minor else note.number
    return Outcome(piece.number, DONE, said, "credit_note", note.id)


async def ledger_part(caller: Caller, job: Job, piece: JobPiece) -> Outcome:
    """Some days of the ledger, every line of them."""
    days = msgspec.json.decode(piece.asked, type=Days)
    lines = await caller.read(console_ledger.every_line, days.since, days.until)
    return Outcome(piece.number, DONE, f"{len(lines)} lines", body=encode(lines).decode())


async def prove(caller: Caller, job: Job, piece: JobPiece) -> Outcome:
    """One promise of the books, recomputed."""
    wrong = await caller.read(verify.broken, piece.asked)
    return (
        Outcome(piece.number, DONE, "Holds") if wrong is None else Outcome(piece.number, REFUSED, str(wrong))
    )


WORKS: dict[str, Work] = {
    REFUND_INVOICES: Work(refund_invoice, lambda job: needed(msgspec.json.decode(job.asked, type=Giving))),
    imports.CUSTOMERS: Work(imports.import_customer, lambda job: abilities.ACTS[CreateCustomer]),
    imports.PAYMENTS: Work(imports.import_payment, lambda job: abilities.ACTS[ReceivePayment]),
    LEDGER: Work(ledger_part, lambda job: abilities.LEDGER_LINES),
    PROOF: Work(prove, lambda job: abilities.PROOF),
}
"""Every kind of long work, and what it needs."""

SHOWS = {
    REFUND_INVOICES: "View CreditNode",
    imports.CUSTOMERS: "View Customer",
    imports.PAYMENTS: "View PaymentReceive",
    LEDGER: abilities.LEDGER_LINES,
    PROOF: abilities.PROOF,
}
"""What the pieces of each kind of work are about, and so its file: the ability to see that."""
