"""How long `avoir verify` takes over so many entries: `python -m bench.proving --entries 1000000`.

One organization is written by the clerk; its rows are then copied to as many others as are needed. Both the
time and the largest memory of the process are told.
"""

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from decimal import Decimal
from pathlib import Path

from avoir.app.credit_notes import CreateCreditNote
from avoir.app.invoices import CreateInvoice
from avoir.app.payments import ReceivePayment
from avoir.app.refunds import RefundCreditNote
from avoir.core.books import KINDS
from avoir.core.document import Line, Wording
from avoir.core.journal import Event
from avoir.core.receiving import Portion
from avoir.store.database import open_database
from tests.ledger import Ledger, ask_of

EACH, AT_ONCE = 20_000, 200


def write(url: str) -> Ledger:
    """An organization of that many entries: a quarter each of invoices, payments, notes and refunds."""
    ledger = Ledger(url)
    tax = ledger.tax(20)
    wording = Wording((Line(Decimal(1), Decimal(10), tax_rate_ids=(tax,)),))
    for _ in range(EACH // 4 // AT_ONCE):
        for make in (
            lambda n: CreateInvoice(customer_id=1, issued_on="2026-11-01", wording=wording, issue=True),
            lambda n: ReceivePayment(
                customer_id=1,
                account_id=1000,
                received_on="2026-11-02",
                amount=Decimal(12),
                portions=(Portion(n),),
            ),
            lambda n: CreateCreditNote(customer_id=1, issued_on="2026-11-03", wording=wording, issue=True),
            lambda n: RefundCreditNote(
                credit_note_id=n, account_id=1000, amount=Decimal(12), refunded_on="2026-11-04"
            ),
        ):
            first = write.done + 1
            asks = [ask_of(ledger.organization_id, make(first + i)) for i in range(AT_ONCE)]
            for said in ledger.record(*asks):
                if isinstance(said, BaseException):
                    raise said
        write.done += AT_ONCE
    return ledger


write.done = 0


def copy(ledger: Ledger, times: int) -> None:
    """The same books, for as many other organizations."""
    for n in range(times):
        id = ledger.organization_id + 1 + n
        statements = []
        for kind in KINDS:
            columns = kind.__struct_fields__
            kept = ", ".join(columns[1:])
            told = (
                f"""replace(body, '"organization_id":{ledger.organization_id},', '"organization_id":{id},')"""
            )
            said = kept.replace("body", told) if kind is Event else kept
            statements.append(
                f"INSERT INTO {kind.TABLE} (organization_id, {kept}) SELECT {id}, {said} FROM {kind.TABLE}"
                f" WHERE organization_id = {ledger.organization_id}"
            )
        ledger.database.execute(statements)


def main() -> None:
    """Write, copy, verify, tell."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--entries", type=int, default=1_000_000)
    parser.add_argument("--database", default="")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as home:
        url = given.database or f"sqlite:///{Path(home) / 'books.db'}"
        database = open_database(url)
        database.migrate()
        database.close()
        ledger = write(url)
        copy(ledger, max(given.entries // EACH - 1, 0))
        counted = ledger.database.all("SELECT count(*) FROM journal_entries")[0][0]
        ledger.close()
        started = time.monotonic()
        done = subprocess.run(
            [sys.executable, "-m", "avoir", "verify", "--database", url, "--json"],
            capture_output=True,
            check=False,
        )
        seconds = time.monotonic() - started
        said = json.loads(done.stdout)
        used = resource.getrusage(resource.RUSAGE_CHILDREN)
        print(json.dumps({
            "entries": counted, "seconds": round(seconds, 1), "ok": said["ok"], "broken": said["broken"],
            "processor_seconds": round(used.ru_utime + used.ru_stime, 1), "megabytes": used.ru_maxrss // 1024,
        }))  # fmt: skip


if __name__ == "__main__":
    main()
