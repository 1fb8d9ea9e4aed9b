"""Taking in rows from a sheet: which columns are known, what each row asks for; row by row, as a job."""

import csv
import io
from collections.abc import Sequence
from typing import NamedTuple

import msgspec
from starlette.responses import Response

from avoir.app.customers import CreateCustomer
from avoir.app.jobs import Outcome, Piece, StartJob
from avoir.app.payments import ReceivePayment
from avoir.app.reads import console_imports
from avoir.core.command import Command
from avoir.core.errors import NotFound
from avoir.core.job import DONE, MOST_PIECES, REFUSED, Job, JobPiece
from avoir.core.receiving import Portion
from avoir.faces.caller import Caller
from avoir.faces.console import abilities
from avoir.faces.console.forms import BadField, Form
from avoir.faces.console.visit import Visit

CUSTOMERS, PAYMENTS = "import_customers", "import_payments"
SHOWN = 10
encode = msgspec.json.Encoder().encode
Row = dict[str, str]


class Importable(NamedTuple):
    """What can be taken in: its columns (those that must be there first), and how many those are."""

    title: str
    columns: Sequence[str]
    required: int
    command: type[Command]


KINDS = {
    CUSTOMERS: Importable("Customers", ("name", "currency", "email", "code"), 2, CreateCustomer),
    PAYMENTS: Importable(
        "Payments", ("customer", "amount", "date", "account", "invoice", "currency", "reference"), 4,
        ReceivePayment,
    ),
}  # fmt: skip


async def show(visit: Visit) -> Response:
    """Where a sheet is pasted, or a file chosen; and what its first rows are."""
    kind, rows, problem = visit.form.text("kind", CUSTOMERS), list[Row](), visit.problem
    if visit.form.text("sheet") and problem is None:
        try:
            rows = rows_of(kind, visit.form.text("sheet"))
        except BadField as bad:
            problem = bad
    return visit.page(
        "import.html", kinds=KINDS, kind=kind, rows=rows[:SHOWN], total=len(rows), said=problem,
        columns=KINDS[kind].columns if kind in KINDS else (),
    )  # fmt: skip


async def submit(visit: Visit) -> Response:
    """Begin, once for each form. Refuses what `StartJob` refuses."""
    kind = visit.form.text("kind")
    rows = rows_of(kind, visit.form.text("sheet"))
    visit.need(abilities.ACTS[KINDS[kind].command])
    pieces = tuple(Piece(f"Row {n}: {next(iter(row.values()))}"[:255], encode(row).decode())
                   for n, row in enumerate(rows, 2))  # fmt: skip
    name = f"Import {len(rows)} {KINDS[kind].title.lower()}"
    job = await visit.ask(StartJob(kind=kind, name=name, pieces=pieces))
    visit.jobs.news()
    return visit.go(f"/jobs/{job.id}")


def rows_of(kind: str, sheet: str) -> list[Row]:
    """The rows of a sheet by column, its first line naming them. Raises `BadField`."""
    if kind not in KINDS:
        raise BadField("kind", "Say what the rows are")
    wanted = KINDS[kind]
    first = sheet.partition("\n")[0]
    mark = max(",;\t", key=first.count)
    lines = [line for line in csv.reader(io.StringIO(sheet.lstrip("\ufeff")), delimiter=mark) if any(line)]
    heads = [head.strip().lower() for head in lines[0]] if lines else []
    missing = [each for each in wanted.columns[: wanted.required] if each not in heads]
    unknown = [each for each in heads if each not in wanted.columns]
    if missing or unknown or len(set(heads)) != len(heads):
        said = f"missing: {', '.join(missing)}" if missing else f"not known: {', '.join(unknown) or 'twice'}"
        raise BadField("sheet", f"The first line names the columns, {', '.join(wanted.columns)} ({said})")
    if not 1 < len(lines) <= MOST_PIECES + 1:
        raise BadField("sheet", f"There are 1 to {MOST_PIECES} rows below the first line")
    return [dict(zip(heads, (cell.strip() for cell in line), strict=False)) for line in lines[1:]]


async def import_customer(caller: Caller, job: Job, piece: JobPiece) -> Outcome:
    """One customer. Refuses what `CreateCustomer` refuses."""
    row = Form(msgspec.json.decode(piece.asked, type=Row).items())
    made = await caller.ask(
        CreateCustomer(
            name=row.text("name"), currency=row.text("currency").upper(), email=row.text("email"),
            code=row.text("code"),
        )
    )  # fmt: skip
    return Outcome(piece.number, DONE, made.name, "customer", made.id)


async def import_payment(caller: Caller, job: Job, piece: JobPiece) -> Outcome:
    """One payment, set against the invoice it names as far as that is due. Refuses as `ReceivePayment`."""
    row = Form(msgspec.json.decode(piece.asked, type=Row).items())
    words = (row.text("customer"), row.text("account"), row.text("invoice"))
    names = await caller.read(console_imports.payment_names, *words)
    if names.customer is None:
        raise NotFound(f"there is no customer {words[0]!r}, or more than one")
    if names.account is None:
        raise NotFound(f"there is no account {words[1]!r}, or more than one")
    if names.invoice is None and words[2]:
        raise NotFound(f"there is no invoice {words[2]!r}")
    try:
        amount = row.required("amount", "Amount")
    except BadField as bad:
        return Outcome(piece.number, REFUSED, str(bad))
    portions: tuple[Portion, ...] = (Portion(names.invoice.id),) if names.invoice else ()
    made = await caller.ask(
        ReceivePayment(
            customer_id=names.customer.id, account_id=names.account.id, received_on=row.text("date"),
            amount=amount, portions=portions, currency=row.text("currency").upper(),
            reference=row.text("reference"),
        )
    )  # fmt: skip
    return Outcome(piece.number, DONE, made.number, "payment", made.id)
