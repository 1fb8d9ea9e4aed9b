"""Remarks: what people note on a thing and no law reads; and which invoices were merged into which."""

from avoir.core.desk import Desk
from avoir.core.row import Row

INVOICE, INVOICE_LINE, INVOICE_MAIL, ACCOUNT = "invoice", "invoice_line", "invoice_mail", "account"


class Remark(Row, frozen=True, gc=False):
    """A text kept beside a thing: an invoice's internal notes or last address, a line's comment, and so on.

    It stands in a table of its own because invoices and their lines are the busiest rows of the books.
    """

    TABLE, KEY = "remarks", ("organization_id", "subject", "subject_id")
    organization_id: int
    subject: str  # account | invoice | invoice_line | invoice_mail
    subject_id: int
    text: str
    updated_at: str


class Merge(Row, frozen=True, gc=False):
    """That a draft was merged into another, which stands in its place until it is undone."""

    TABLE, KEY = "merges", ("organization_id", "invoice_id")
    GROUPS = (("organization_id", "target_id"),)
    organization_id: int
    invoice_id: int
    target_id: int
    created_at: str


MERGES_INTO = Merge.GROUPS[0]


def note(desk: Desk, subject: str, id: int, text: str) -> None:
    """Keep a text beside a thing, in the place of what was kept before."""
    known = desk.find(Remark, subject, id)
    fresh = Remark(desk.organization_id, subject, id, text, desk.now)
    if known is None:
        desk.tell("remark.made", desk.add(fresh))
    else:
        desk.tell("remark.changed", known)
        desk.put(fresh)
