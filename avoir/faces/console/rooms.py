"""Every page of the console, and where it is."""

from pathlib import Path

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles

from avoir.faces.console import (
    audit,
    books,
    credit_notes,
    customers,
    disputes,
    home,
    imports,
    invoices,
    jobs,
    keys,
    ledger_exports,
    locks,
    papers,
    payments,
    people,
    refunding,
    refunds,
    roles,
    search,
    settings,
    settings_exports,
    several,
    views,
)
from avoir.faces.console.consent import PATH, authorize
from avoir.faces.console.entrance import Entrance, start
from avoir.faces.console.exports import EXPORTS, exporting
from avoir.faces.console.mailed import PAGES
from avoir.faces.console.sheets import filing
from avoir.faces.console.visit import ROOT, Endpoint, Way, plain_page

STATIC = Path(__file__).parent / "static"

WAYS = (
    Way("/search", search.search),
    Way("", home.show),
    Way("/invoices", invoices.index),
    Way("/invoices/refund-several", several.show, several.submit),
    Way("/invoices/refund-several/preview", several.show, several.show),
    Way("/invoices/{id}.pdf", papers.invoice),
    Way("/invoices/{id}", invoices.show),
    Way("/invoices/{id}/pay", invoices.pay_form, invoices.pay),
    Way("/invoices/{id}/refund", refunding.show, refunding.submit),
    Way("/invoices/{id}/refund/preview", refunding.show, refunding.preview),
    Way("/invoices/{id}/issue", invoices.sure, invoices.done),
    Way("/invoices/{id}/void", invoices.sure, invoices.done),
    Way("/invoices/{id}/reissue", invoices.sure, invoices.done),
    Way("/invoices/{id}/write-off", invoices.sure, invoices.done),
    Way("/invoices/{id}/cancel-write-off", invoices.sure, invoices.done),
    Way("/credit-notes", credit_notes.index),
    Way("/credit-notes/{id}.pdf", papers.credit_note),
    Way("/credit-notes/{id}", credit_notes.show),
    Way("/credit-notes/{id}/refund", credit_notes.refund_form, credit_notes.refund),
    Way("/credit-notes/{id}/refund/preview", credit_notes.refund_form, credit_notes.refund_form),
    Way("/credit-notes/{id}/apply", credit_notes.apply_form, credit_notes.apply),
    Way("/credit-notes/{id}/issue", credit_notes.sure, credit_notes.issue),
    Way("/credit-notes/{id}/void", credit_notes.sure, credit_notes.void),
    Way("/credit-notes/{id}/take-off", credit_notes.show, credit_notes.take_off),
    Way("/refunds", refunds.index),
    Way("/refunds/{id}.pdf", papers.refund),
    Way("/refunds/{id}", refunds.show),
    Way("/refunds/{id}/approve", refunds.sure, refunds.approve),
    Way("/refunds/{id}/reject", refunds.sure, refunds.reject),
    Way("/refunds/{id}/reverse", refunds.sure, refunds.reverse),
    Way("/refunds/{id}/retry", refunds.retry_form, refunds.retry),
    Way("/refunds/{id}/retry/preview", refunds.retry_form, refunds.retry_form),
    Way("/refunds/{id}/cancel", refunds.sure, refunds.cancel),
    Way("/refunds/{id}/fail", refunds.sure, refunds.fail),
    Way("/refunds/{id}/fail/preview", refunds.sure, refunds.sure),
    Way("/payments", payments.index),
    Way("/payments/{id}.pdf", papers.payment),
    Way("/payments/{id}", payments.show),
    Way("/payments/{id}/apply", payments.apply_form, payments.apply),
    Way("/payments/{id}/refund", payments.refund_form, payments.refund),
    Way("/payments/{id}/refund/preview", payments.refund_form, payments.refund_form),
    Way("/payments/{id}/dispute", payments.dispute_form, payments.dispute),
    Way("/payments/{id}/take-off", payments.show, payments.take_off),
    Way("/customers.{form}", filing(ledger_exports.customers)),
    Way("/customers/{id}/statement.pdf", papers.statement),
    Way("/customers/{id}/statement.{form}", filing(ledger_exports.statement)),
    Way("/books/accounts/{id}.{form}", filing(ledger_exports.account)),
    Way("/books/journal.{form}", filing(ledger_exports.journal)),
    Way("/books/journal/{id}.{form}", filing(ledger_exports.entry)),
    Way("/books/locks.{form}", filing(ledger_exports.locks)),
    Way("/jobs.{form}", filing(ledger_exports.works)),
    Way("/settings/audit.{form}", filing(ledger_exports.audit)),
    Way("/views.{form}", filing(settings_exports.views)),
    Way("/settings/people.{form}", filing(settings_exports.people)),
    Way("/settings/roles.{form}", filing(settings_exports.roles)),
    Way("/settings/keys.{form}", filing(settings_exports.keys)),
    Way("/settings/{place}.{form}", filing(settings.file)),
    Way("/customers", customers.index),
    Way("/customers/{id}", customers.show),
    Way("/customers/{id}/statement", customers.statement),
    Way("/customers/{id}/pay", customers.pay_form, customers.pay),
    Way("/disputes", disputes.index),
    Way("/disputes/{id}", disputes.show),
    Way("/disputes/{id}/win", disputes.sure, disputes.win),
    Way("/disputes/{id}/win/preview", disputes.sure, disputes.sure),
    Way("/disputes/{id}/lose", disputes.sure, disputes.lose),
    Way("/disputes/{id}/lose/preview", disputes.sure, disputes.sure),
    Way("/views", views.index, views.submit),
    Way("/jobs", jobs.index),
    Way("/jobs/import", imports.show, imports.submit),
    Way("/jobs/import/preview", imports.show, imports.show),
    Way("/jobs/{id}.{form}", jobs.send_file),
    Way("/jobs/{id}", jobs.show),
    Way("/jobs/{id}/stop", jobs.show, jobs.stop),
    Way("/jobs/{id}/resume", jobs.show, jobs.resume),
    Way("/books", books.index),
    Way("/books/general-ledger/lines", books.show, books.lines),
    Way("/books/journal", books.journal),
    Way("/books/journal/{id}", books.entry),
    Way("/books/accounts/{id}", books.account),
    Way("/books/locks", locks.show, locks.submit),
    Way("/books/{report}", books.show),
    Way("/settings", settings.show, settings.submit),
    Way("/settings/audit", audit.show),
    Way("/settings/proof", audit.proof, audit.prove),
    Way("/settings/people", people.show, people.submit),
    Way("/settings/roles", roles.index),
    Way("/settings/roles/new", roles.show, roles.submit),
    Way("/settings/roles/{id}", roles.show, roles.submit),
    Way("/settings/keys", keys.show, keys.submit),
    Way("/settings/{place}", settings.show, settings.submit),
    *(Way(f"/{room}.{{form}}", exporting(export)) for room, export in EXPORTS.items()),
)


def console_routes() -> list[BaseRoute]:
    """Every route of the console; the address itself leads to it."""
    entrance = Entrance()
    methods = ["GET", "POST"]
    return [
        Route("/", start),
        Route(ROOT, start),
        Mount(f"{ROOT}/static", StaticFiles(directory=STATIC)),
        Route(f"{ROOT}/", start),
        Route(f"{ROOT}/sign-in", entrance.sign_in, methods=methods),
        Route(f"{ROOT}/sign-out", entrance.sign_out, methods=["POST"]),
        *(Route(path, page, methods=methods) for path, page in PAGES),
        Route(PATH, authorize, methods=methods),
        *(Route(f"{ROOT}/{{organization}}{way.path}", Endpoint(way), methods=methods) for way in WAYS),
        Route(f"{ROOT}/{{rest:path}}", nothing, methods=methods),
    ]


async def nothing(request: Request) -> Response:
    """Every other address below."""
    return plain_page(request, 404, "There is nothing here", "Perhaps it was somewhere else.")
