"""Every field that contract B documents of a reply is there, by its name and of its kind.

`fields.json` holds them by the contract's own names for the shapes: kinds of values, each with its fields in
camelCase; a question mark allows null. Clients accept 0 and 1 for no and yes.
"""

import json
import re
from pathlib import Path

import pytest

from tests.faces.rest.api import Api, invoice, note

FIELDS = json.loads(Path(__file__).with_name("fields.json").read_text())

KINDS = {
    "number": lambda value: isinstance(value, int | float) and not isinstance(value, bool),
    "string": lambda value: isinstance(value, str),
    "boolean": lambda value: isinstance(value, bool) or value in (0, 1),
    "any": lambda value: True,
}
ELSEWHERE = {
    "CurrencyResponseDto": {"updatedAt": "null until it is called otherwise"},
    "TaxRateResponseDto": {"updatedAt": "null until it is edited"},
    "ItemResponseDto": {"updatedAt": "null until it is edited"},
    "AccountResponseDto": {
        "bankBalance": "no bank feeds", "lastFeedsUpdatedAt": "no bank feeds",
        "lastFeedsUpdatedAtFormatted": "no bank feeds", "plaidItemId": "no bank feeds",
        "bankBalanceFormatted": "no bank feeds", "updatedAt": "accounts keep no such moment",
    },
    "CustomerResponseDto": {"note": "null where nothing is said", "openingBalanceAt": "null without one"},
    "TransactionLockingResponseDto": {"lockReason": "", "unlockReason": "", "partialUnlockReason": "",
                                      "unlockFromDate": "", "unlockToDate": "", "lockToDate": ""},
    "BranchResponseDto": dict.fromkeys(
        ("address", "city", "country", "phoneNumber", "email", "website", "updatedAt"), "nothing is said"
    ),
    "ItemInvoiceResponseDto": {"referenceNumber": "null where there is none"},
    "SaleInvoiceTaxEntryDto": {},
    "PaymentReceivedResponseDto": {"userId": "who made a document stands in the events"},
}  # fmt: skip
"""Fields that may be null (or, for `delivered`, missing) in a reply, and why."""


@pytest.fixture
def shop(api: Api) -> Api:
    """One of everything."""
    api.made("/tax-rates", {"name": "VAT", "code": "V", "rate": 20})
    invoice(api, 300, entries=[{"itemId": 1000, "rate": 300, "quantity": 1, "taxRateId": 1}])
    invoice(api, 50)
    note(api, 100)
    api.made("/credit-notes/1/refunds", {"fromAccountId": 1000, "amount": 1, "date": "2026-06-20"})
    api.made("/credit-notes/1/apply-invoices", {"entries": [{"invoiceId": 1, "amount": 1}]})
    entry = {"invoiceId": 1, "paymentAmount": 10}
    paid = {"customerId": 1, "paymentDate": "2026-06-10", "depositAccountId": 1000, "entries": [entry]}
    api.made("/payments-received", paid)
    sides = [{"index": 1, "accountId": 1000, "debit": 5}, {"index": 2, "accountId": 1014, "credit": 5}]
    api.made("/manual-journals", {"date": "2026-06-10", "publish": True, "entries": sides})
    return api


SHOWN = [
    # shape                                 address                                       where in the reply
    ("CreditNoteResponseDto",               "/credit-notes/1",                            ""),
    ("ItemEntryDto",                        "/credit-notes/1",                            "entries.0"),
    ("CustomerResponseDto",                 "/credit-notes/1",                            "customer"),
    ("Pagination",                          "/credit-notes",                              "pagination"),
    ("CreditNoteResponseDto",               "/credit-notes",                              "data.0"),
    ("RefundCreditNoteResponseDto",         "/credit-notes/refunds/1",                    ""),
    ("RefundCreditNoteResponseDto",         "/credit-notes/1/refunds",                    "0"),
    ("AppliedCreditNoteInvoiceResponseDto", "/credit-notes/1/applied-invoices",           "0"),
    ("CreditNoteInvoiceToApplyResponseDto", "/credit-notes/1/apply-invoices",             "0"),
    ("SaleInvoiceResponseDto",              "/sale-invoices/1",                           ""),
    ("SaleInvoiceResponseDto",              "/sale-invoices",                             "data.0"),
    ("ItemEntryDto",                        "/sale-invoices/1",                           "entries.0"),
    ("SaleInvoiceTaxEntryDto",              "/sale-invoices/1",                           "taxes.0"),
    ("InvoicePaymentTransactionDto",        "/sale-invoices/1/payments",                  "0"),
    ("PaymentReceivedResponseDto",          "/payments-received/1",                       ""),
    ("PaymentReceivedEntryResponseDto",     "/payments-received/1",                       "entries.0"),
    ("PaymentReceivedResponseDto",          "/payments-received/1/edit-page",             "data"),
    ("PaymentReceivePageEntryDto",          "/payments-received/1/edit-page",             "entries.0"),
    ("PaymentReceiveMailStateResponseDto",  "/payments-received/1/mail",                  ""),
    ("CustomerResponseDto",                 "/customers/1",                               ""),
    ("AccountResponseDto",                  "/accounts/1000",                             ""),
    ("AccountTypeResponseDto",              "/accounts/types",                            "0"),
    ("GetAccountTransactionResponseDto",    "/accounts/transactions?accountId=1000",      "0"),
    ("BranchResponseDto",                   "/branches/1",                                ""),
    ("CurrencyResponseDto",                 "/currencies/USD",                            ""),
    ("TaxRateResponseDto",                  "/tax-rates/1",                               ""),
    ("ItemResponseDto",                     "/items/1000",                                ""),
    ("ItemInvoiceResponseDto",              "/items/1000/invoices",                       "0"),
    ("ManualJournalResponseDto",            "/manual-journals/1",                         ""),
    ("ManualJournalEntryResponseDto",       "/manual-journals/1",                         "entries.0"),
    ("TransactionLockingResponseDto",       "/transactions-locking/all",                  ""),
    ("ExchangeRateLatestResponseDto",       "/exchange-rates/latest",                     ""),
]  # fmt: skip


def snake(name: str) -> str:
    return re.sub(r"(?=[A-Z])", "_", name).lower()


def test_every_documented_field_is_there_and_of_its_kind(shop):
    wrong = []
    for shape, path, where in SHOWN:
        row = shop.get(path).body
        for step in filter(None, where.split(".")):
            row = row[int(step)] if step.isdecimal() else row[step]
        known = ELSEWHERE.get(shape, {})
        for kind, names in FIELDS[shape].items():
            for name in names.split():
                key = snake(name)
                if key not in row:
                    wrong += [] if name in known else [f"{shape} {path}: {key} is missing"]
                elif row[key] is None:
                    wrong += [] if kind.endswith("?") or name in known else [f"{shape} {path}: {key} is null"]
                elif not KINDS[kind.rstrip("?")](row[key]):
                    wrong.append(f"{shape} {path}: {key} is {row[key]!r}")
    assert not wrong, "\n".join(wrong)


def test_every_shape_is_held_against_a_reply():
    assert {shape for shape, _, _ in SHOWN} == set(FIELDS)
