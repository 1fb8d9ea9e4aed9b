"""What can be exported: each resource as one question that is read page by page, a row for each line.

The columns have the names that imports know, so that what was exported can be imported elsewhere.
"""

from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal
from typing import Any, NamedTuple

import msgspec

from avoir.app.reads.amounts import DUE, LEFT
from avoir.app.reads.query import Query
from avoir.core.errors import Kind, Refusal
from avoir.core.money import major_of, unscaled

Value = str | int | Decimal | None
Row = Mapping[str, Any]
AT_ONCE = 5000


class ResourceNotExportable(Refusal):
    """There is no such resource, or its rows cannot be exported."""

    code, kind = "resource_not_exportable", Kind.INVALID


class TooLongForPaper(Refusal):
    """A table of more than twenty thousand cells is no PDF: it is asked for as CSV or as a spreadsheet."""

    code, kind = "too_long_for_paper", Kind.INVALID


class Out(NamedTuple):
    """A column: its name, the SQL behind it, and how the value is written. `group` is that of a line."""

    key: str
    sql: str
    write: Callable[[Any, Row], Value] = lambda value, row: value
    group: str = ""


class Export(NamedTuple):
    """A resource: its columns, where they come from, and by what its rows are told apart, in order."""

    columns: tuple[Out, ...]
    tables: str
    where: str
    keys: tuple[str, ...]
    first: tuple[Any, ...]
    beside: str = "NULL"  # What columns are worked out of and that is none itself: a currency, details.


def flag(value: Any, row: Row) -> Value:
    """Yes or no."""
    return "true" if value else "false"


def micro(value: Any, row: Row) -> Value:
    """A quantity, a price, a percentage."""
    return None if value is None else unscaled(value, 6)


def nano(value: Any, row: Row) -> Value:
    """An exchange rate."""
    return unscaled(value, 9)


def minor(value: Any, row: Row) -> Value:
    """An amount of the row's currency; nothing is left out."""
    return major_of(value, row["beside"]) if value else None


def amount(value: Any, row: Row) -> Value:
    """An amount of the row's currency."""
    return major_of(value, row["beside"])


def detail(value: Any, row: Row) -> Value:
    """What stands in a customer's details."""
    said: dict[str, str] = msgspec.json.decode(row["beside"])
    return said.get(value)


def _named(table: str, alias: str, id: str, column: str = "name") -> str:
    """A row's name beside its id, by a question of its own: there may be none."""
    return (
        f"(SELECT {alias}.{column} FROM {table} AS {alias} WHERE {alias}.organization_id = t.organization_id"
        f" AND {alias}.id = {id})"
    )


def _account(id: str) -> str:
    return _named("accounts", "a", id, "code")


def _branch(id: str) -> str:
    return _named("branches", "b", id)


def _tax(document: str) -> str:
    return f"""(SELECT min(r.code) FROM {document}_taxes AS x JOIN tax_rates AS r
        ON r.organization_id = x.organization_id AND r.id = x.tax_rate_id
        WHERE x.organization_id = t.organization_id AND x.{document}_id = t.id AND x.position = l.position)"""


def _entries(document: str) -> tuple[Out, ...]:
    return (
        Out("itemId", _named("items", "i", "l.item_id"), group="entries"),
        Out("description", "l.description", group="entries"),
        Out("quantity", "l.quantity_micro", micro, "entries"),
        Out("rate", "l.price_micro", micro, "entries"),
        Out("discount", "nullif(l.discount_micro, 0)", micro, "entries"),
        Out("discountType", "l.discount_kind", group="entries"),
        Out("taxCode", _tax(document), group="entries"),
        Out("sellAccountId", _account("l.account_id"), group="entries"),
    )


def _document(document: str, *own: Out) -> Export:
    return Export(
        (
            *own,
            Out("currencyCode", "t.currency"),
            Out("exchangeRate", "CASE t.rate_nano WHEN 1000000000 THEN NULL ELSE t.rate_nano END",
                lambda value, row: None if value is None else unscaled(value, 9)),
            Out("referenceNo", "t.reference"),
            Out("isInclusiveTax", "t.is_tax_inclusive", flag),
            Out("discount", "nullif(t.discount_micro, 0)", micro),
            Out("discountType", "t.discount_kind"),
            Out("adjustment", "t.adjustment_minor", minor),
            Out("branchId", _branch("t.branch_id")),
            *_entries(document),
        ),
        f"{document}s AS t JOIN {document}_lines AS l ON l.organization_id = t.organization_id"
        f" AND l.{document}_id = t.id",
        "t.state IN ('draft', 'issued')",
        ("t.id", "l.position"),
        (0, -1),
        "t.currency",
    )  # fmt: skip


CUSTOMER = _named("customers", "c", "t.customer_id")
EXPORTS: dict[str, Export] = {
    "Customer": Export(
        (
            Out("displayName", "t.name"), Out("customerType", "t.type"), Out("currencyCode", "t.currency"),
            Out("email", "t.email"), Out("code", "t.code"), Out("active", "t.active", flag),
            *(
                Out(name, f"'{name}'", detail)
                for name in (
                    "salutation", "firstName", "lastName", "companyName", "workPhone", "personalPhone",
                    "website", "note",
                    *(
                        f"{which}Address{part}"
                        for which in ("billing", "shipping")
                        for part in ("1", "2", "City", "Country", "Email", "Postcode", "Phone", "State")
                    ),
                )
            ),
        ),
        "customers AS t", "1 = 1", ("t.id",), (0,), "t.details",
    ),
    "Item": Export(
        (
            Out("name", "t.name"), Out("type", "t.type"), Out("code", "t.code"),
            Out("sellable", "t.sellable", flag), Out("purchasable", "t.purchasable", flag),
            Out("active", "t.active", flag), Out("sellPrice", "t.price_micro", micro),
            Out("sellAccountId", _account("t.account_id")),
            Out("sellTaxRateId", _named("tax_rates", "r", "t.tax_rate_id", "code")),
            Out("sellDescription", "t.description"), Out("note", "t.note"),
        ),
        "items AS t", "1 = 1", ("t.id",), (0,),
    ),
    "Account": Export(
        (
            Out("name", "t.name"), Out("code", "t.code"), Out("accountType", "t.type"),
            Out("currencyCode", "t.currency"), Out("description", "t.description"),
            Out("parentAccountId", _account("t.parent_id")), Out("active", "t.active", flag),
        ),
        "accounts AS t", "1 = 1", ("t.id",), (0,),
    ),
    "TaxRate": Export(
        (
            Out("name", "t.name"), Out("code", "t.code"), Out("rate", "t.percent_micro", micro),
            Out("description", "t.description"), Out("isNonRecoverable", "t.is_non_recoverable", flag),
            Out("isCompound", "t.is_compound", flag), Out("active", "t.active", flag),
        ),
        "tax_rates AS t", "1 = 1", ("t.id",), (0,),
    ),
    "SaleInvoice": _document(
        "invoice",
        Out("invoiceNo", "t.number"), Out("customerId", CUSTOMER), Out("invoiceDate", "t.issued_on"),
        Out("dueDate", "t.due_on"), Out("delivered", "CASE t.state WHEN 'issued' THEN 1 ELSE 0 END", flag),
        Out("invoiceMessage", "t.message"), Out("termsConditions", "t.terms"),
        Out("total", "t.total_minor", amount),
        Out("dueAmount", DUE, amount),
    ),
    "CreditNote": _document(
        "credit_note",
        Out("creditNoteNumber", "t.number"), Out("customerId", CUSTOMER),
        Out("creditNoteDate", "t.issued_on"),
        Out("open", "CASE t.state WHEN 'issued' THEN 1 ELSE 0 END", flag),
        Out("note", "t.note"), Out("termsConditions", "t.terms"), Out("total", "t.total_minor", amount),
        Out("creditsRemaining", LEFT, amount),
    ),
    "PaymentReceive": Export(
        (
            Out("paymentReceiveNo", "t.number"), Out("customerId", CUSTOMER),
            Out("paymentDate", "t.received_on"), Out("depositAccountId", _account("t.account_id")),
            Out("amount", "t.amount_minor", amount), Out("currencyCode", "t.currency"),
            Out("exchangeRate", "t.rate_nano", nano), Out("referenceNo", "t.reference"),
            Out("statement", "t.memo"), Out("branchId", _branch("t.branch_id")),
            Out("invoiceId", _named("invoices", "i", "l.invoice_id", "number"), group="entries"),
            Out("paymentAmount", "l.amount_minor", lambda value, row: value and amount(value, row),
                "entries"),
        ),
        """payments AS t LEFT JOIN allocations AS l ON l.organization_id = t.organization_id
            AND l.payment_id = t.id AND l.deallocated_on = ''""",
        "t.state = 'received'", ("t.id", "coalesce(l.id, 0)"), (0, -1), "t.currency",
    ),
    "RefundCreditNote": Export(
        (
            Out("number", "t.number"), Out("customerId", CUSTOMER),
            Out("creditNoteId", _named("credit_notes", "n", "t.credit_note_id", "number")),
            Out("fromAccountId", _account("t.account_id")), Out("rail", "t.rail"),
            Out("amount", "t.amount_minor", amount), Out("currencyCode", "t.currency"),
            Out("exchangeRate", "t.rate_nano", nano), Out("date", "t.refunded_on"),
            Out("state", "t.state"), Out("referenceNo", "t.reference"),
            Out("description", "t.description"), Out("branchId", _branch("t.branch_id")),
        ),
        "refunds AS t", "1 = 1", ("t.id",), (0,), "t.currency",
    ),
    "ManualJournal": Export(
        (
            Out("journalNumber", "t.number"), Out("date", "t.journal_on"),
            Out("currencyCode", "t.currency"), Out("exchangeRate", "t.rate_nano", nano),
            Out("reference", "t.reference"), Out("description", "t.description"),
            Out("publish", "CASE t.state WHEN 'published' THEN 1 ELSE 0 END", flag),
            Out("accountId", _account("l.account_id"), group="entries"),
            Out("debit", "CASE WHEN l.minor > 0 THEN l.minor ELSE 0 END", minor, "entries"),
            Out("credit", "CASE WHEN l.minor < 0 THEN -l.minor ELSE 0 END", minor, "entries"),
            Out("note", "l.note", group="entries"),
            Out("contactId", _named("customers", "c", "l.customer_id"), group="entries"),
            Out("branchId", _branch("l.branch_id"), group="entries"),
        ),
        """manual_journals AS t JOIN manual_journal_lines AS l ON l.organization_id = t.organization_id
            AND l.journal_id = t.id""",
        "t.state IN ('draft', 'published')", ("t.id", "l.position"), (0, -1), "t.currency",
    ),
    "ExchangeRate": Export(
        (
            Out("currencyCode", "t.currency"), Out("baseCurrency", "t.base_currency"),
            Out("date", "t.valid_on"), Out("exchangeRate", "t.rate_nano", nano),
        ),
        "exchange_rates AS t", "1 = 1", ("t.currency", "t.base_currency", "t.valid_on"), ("", "", ""),
    ),
}  # fmt: skip


def export_of(name: str) -> Export:
    """The resource of that name. Refuses `ResourceNotExportable`."""
    if name not in EXPORTS:
        raise ResourceNotExportable(f"what can be exported: {', '.join(EXPORTS)}", resource=name[:255])
    return EXPORTS[name]


def exported(query: Query, export: Export) -> Iterator[list[Value]]:
    """Every row, as its columns are written; some thousand are read at a time."""
    keys = ", ".join(export.keys)
    columns = ", ".join(column.sql for column in export.columns)
    behind = ", ".join(f":k{place}" for place in range(len(export.keys)))
    sql = f"""SELECT {keys}, {export.beside}, {columns} FROM {export.tables}
        WHERE t.organization_id = :o AND {export.where} AND ({keys}) > ({behind})
        ORDER BY {keys} LIMIT {AT_ONCE}"""
    last, wide = export.first, len(export.keys)
    while True:
        rows = query.all(sql, **{f"k{place}": value for place, value in enumerate(last)})
        for row in rows:
            beside = {"beside": row[wide]}
            yield [
                column.write(value, beside)
                for column, value in zip(export.columns, row[wide + 1 :], strict=True)
            ]
        if len(rows) < AT_ONCE:
            return
        last = rows[-1][:wide]
