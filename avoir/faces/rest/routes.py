"""Every way into contract B, in one table. The hot one comes first: it is looked for first."""

from starlette.routing import BaseRoute, Route

from avoir.faces.rest import (
    accounts,
    allocations,
    api_keys,
    branches,
    bulk,
    credit_notes,
    currencies,
    customers,
    invoice_payments,
    invoices,
    items,
    organizations,
    payments,
    refunds,
    reports,
    sessions,
    tax_rates,
)
from avoir.faces.rest.endpoint import Endpoint, Gate, Nowhere, Way
from avoir.faces.rest.lists import LIST

ANYBODY, MEMBER = Gate.ANYBODY, Gate.MEMBER
APPLY, PAYMENTS = "apply-invoices", "payments-received"

WAYS: tuple[Way, ...] = (
    Way("POST", "/credit-notes/{id}/refunds", refunds.create, refunds.CREATE, status=201),
    Way("GET", "/credit-notes/{id}/refunds", refunds.index),
    Way("GET", "/credit-notes/refunds/{id}", refunds.show),
    Way("DELETE", "/credit-notes/refunds/{id}", refunds.delete),
    Way("POST", "/credit-notes", credit_notes.create, credit_notes.CREATE, status=201, room="credit-notes"),
    Way("GET", "/credit-notes", credit_notes.index, query=LIST),
    Way("GET", "/credit-notes/state", credit_notes.state),
    *bulk.ways("/credit-notes", credit_notes.deletion),
    Way("PUT", "/credit-notes/{id}", credit_notes.edit, credit_notes.CREATE, room="credit-notes"),
    Way("GET", "/credit-notes/{id}", credit_notes.show, room="credit-note"),
    Way("DELETE", "/credit-notes/{id}", credit_notes.delete),
    Way("PUT", "/credit-notes/{id}/open", credit_notes.open_),
    Way("POST", "/credit-notes/{id}/open", credit_notes.open_, status=201),
    Way("GET", "/credit-notes/{id}/apply-invoices", allocations.candidates),
    Way(
        "POST",
        "/credit-notes/{id}/apply-invoices",
        allocations.create,
        allocations.APPLY,
        status=201,
        room=APPLY,
    ),
    Way("GET", "/credit-notes/{id}/applied-invoices", allocations.index),
    Way("DELETE", "/credit-notes/applied-invoices/{id}", allocations.delete, room=APPLY),
    Way("POST", "/sale-invoices", invoices.create, invoices.CREATE, status=201, room="sale-invoices"),
    Way("GET", "/sale-invoices", invoices.index, query=LIST),
    Way("GET", "/sale-invoices/state", credit_notes.state),
    Way("GET", "/sale-invoices/receivable", invoice_payments.receivable, query=invoice_payments.RECEIVABLE),
    *bulk.ways("/sale-invoices", invoices.deletion, room="sale-invoices"),
    Way(
        "POST",
        "/sale-invoices/{id}/writeoff",
        invoice_payments.write_off,
        invoice_payments.WRITE_OFF,
        room="sale-invoices",
    ),
    Way(
        "POST", "/sale-invoices/{id}/cancel-writeoff", invoice_payments.cancel_write_off, room="sale-invoices"
    ),
    Way("GET", "/sale-invoices/{id}/payments", invoice_payments.index),
    Way("PUT", "/sale-invoices/{id}", invoices.edit, invoices.CREATE, room="sale-invoices"),
    Way("DELETE", "/sale-invoices/{id}", invoices.delete, room="sale-invoices"),
    Way("GET", "/sale-invoices/{id}", invoices.show, room="sale-invoices"),
    Way("PUT", "/sale-invoices/{id}/deliver", invoices.deliver, room="sale-invoices"),
    Way("POST", "/payments-received", payments.create, payments.CREATE, status=201, room=PAYMENTS),
    Way("GET", "/payments-received", payments.index, query=LIST),
    Way("GET", "/payments-received/state", credit_notes.state),
    Way("GET", "/payments-received/{id}/invoices", payments.invoices, room=PAYMENTS),
    Way("GET", "/payments-received/{id}", payments.show, room=PAYMENTS),
    Way("POST", "/customers", customers.create, customers.CREATE, status=201),
    Way("GET", "/customers", customers.index, query=LIST),
    *bulk.ways("/customers", customers.deletion),
    Way("GET", "/customers/{id}", customers.show),
    Way("PUT", "/customers/{id}", customers.edit, customers.EDIT),
    Way("DELETE", "/customers/{id}", customers.delete),
    Way("PUT", "/customers/{id}/opening-balance", customers.set_opening_balance, customers.OPENING),
    Way("GET", "/contacts/auto-complete", customers.auto_complete, query=customers.AUTO_COMPLETE),
    Way("GET", "/contacts/{id}", customers.show),
    Way("PATCH", "/contacts/{id}/activate", customers.activate),
    Way("PATCH", "/contacts/{id}/inactivate", customers.inactivate),
    Way("POST", "/items", items.create, items.CREATE, status=201, room="items"),
    Way("GET", "/items", items.index, query=LIST),
    Way("GET", "/items/{id}", items.show, room="items"),
    Way("POST", "/accounts", accounts.create, accounts.CREATE, status=201, room="new-account"),
    Way("GET", "/accounts", accounts.index, query=accounts.INDEX),
    Way("GET", "/accounts/{id}", accounts.show, room="accounts"),
    Way("GET", "/currencies", currencies.index),
    Way("POST", "/tax-rates", tax_rates.create, tax_rates.CREATE, status=201),
    Way("GET", "/tax-rates", tax_rates.index),
    Way("GET", "/tax-rates/{id}", tax_rates.show, room="tax-rates"),
    Way("POST", "/branches", branches.create, branches.CREATE, status=201),
    Way("GET", "/branches", branches.index),
    Way("GET", "/reports/transactions-by-reference", reports.by_reference, query=reports.BY_REFERENCE),
    Way("GET", "/reports/trial-balance-sheet", reports.trial_balance_sheet, query=reports.TRIAL_BALANCE),
    Way("POST", "/auth/signup", sessions.sign_up, sessions.SIGN_UP, gate=ANYBODY, status=201),
    Way("POST", "/auth/signin", sessions.sign_in, sessions.SIGN_IN, gate=ANYBODY, status=201),
    Way("GET", "/auth/meta", sessions.meta, gate=ANYBODY),
    Way("GET", "/auth/account", sessions.account, gate=ANYBODY),
    Way("POST", "/organization/build", organizations.build, organizations.BUILD, gate=MEMBER),
    Way("GET", "/organization/build/{id}", organizations.job, gate=MEMBER),
    Way("GET", "/organization/current", organizations.current, gate=MEMBER),
    Way("POST", "/api-keys/generate", api_keys.generate, api_keys.GENERATE, gate=MEMBER, status=201),
    Way("GET", "/api-keys", api_keys.index, gate=MEMBER),
    Way("PUT", "/api-keys/{id}/revoke", api_keys.revoke, gate=MEMBER),
)


def rest_routes() -> list[BaseRoute]:
    """The routes of contract B, and the answer to whatever else is asked under /api."""
    found: list[BaseRoute] = [Route(f"/api{way.path}", Endpoint(way), methods=[way.method]) for way in WAYS]
    return [*found, Route("/api/{rest:path}", Nowhere())]
