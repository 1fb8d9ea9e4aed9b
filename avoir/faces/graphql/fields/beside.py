"""What is kept beside documents: whether they were imported, what was noted, what they were merged into."""

from typing import Any

import msgspec

from avoir.core.account import Account
from avoir.core.invoice import DELETED, Invoice
from avoir.core.legacy import LegacyDocument
from avoir.core.money import major_of
from avoir.core.payment import Payment
from avoir.core.remark import ACCOUNT, INVOICE, INVOICE_LINE, INVOICE_MAIL, Merge, Remark
from avoir.faces.graphql.fields.common import Resolver, each, many, one
from avoir.faces.graphql.loader import Batch
from avoir.faces.graphql.request import Info

MERGED_INTO, SOURCES = Batch(Merge, "invoice_id"), Batch(Merge, "target_id", rest="ORDER BY t.invoice_id")


def is_legacy(subject: str) -> Resolver:
    """Whether a document was imported by its totals."""
    batch = _imported(subject)

    async def resolve(row: Any, info: Info) -> bool:
        return bool(await many(info, batch, row.id))

    return resolve


async def fees(payment: Payment, info: Info) -> Any:
    """What the bank kept of a payment that was entered by hand."""
    found = await many(info, _imported("payment"), payment.id)
    return major_of(found[0].fee_minor, payment.currency) if found and found[0].fee_minor else None


async def internal_notes(invoice: Invoice, info: Info) -> str | None:
    """What we noted for ourselves."""
    return await _remark(info, INVOICE, invoice.id)


async def sent_to(invoice: Invoice, info: Info) -> str | None:
    """Where the invoice was mailed last."""
    return await _remark(info, INVOICE_MAIL, invoice.id)


async def comment(item: Any, info: Info) -> str | None:
    """What was said about a line."""
    return await _remark(info, INVOICE_LINE, item.line.id)


def other_name(name: str) -> Resolver:
    """What another system calls a ledger account."""

    async def resolve(account: Account, info: Info) -> Any:
        text = await _remark(info, ACCOUNT, account.id)
        return msgspec.json.decode(text).get(name) if text else None

    return resolve


async def merged_into(invoice: Invoice, info: Info) -> Invoice | None:
    """The invoice that stands in the place of one that was merged."""
    found = await many(info, MERGED_INTO, invoice.id) if invoice.state == DELETED else []
    merged: Invoice | None = await one(info, Invoice, found[0].target_id) if found else None
    return merged


async def merged_from(invoice: Invoice, info: Info) -> list[Invoice]:
    """The invoices that were merged into one."""
    merges = await many(info, SOURCES, invoice.id)
    return await each(info, Invoice, [merge.invoice_id for merge in merges])


def _imported(subject: str) -> Batch:
    return Batch(LegacyDocument, "subject_id", "t.subject = :subject", "", (("subject", subject),))


async def _remark(info: Info, subject: str, id: int) -> str | None:
    batch = Batch(Remark, "subject_id", "t.subject = :subject", "", (("subject", subject),))
    found = await many(info, batch, id)
    return found[0].text or None if found else None
