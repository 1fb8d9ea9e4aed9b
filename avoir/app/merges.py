"""Merging drafts into one, and taking it back."""

from collections.abc import Iterator, Sequence
from typing import Any

from avoir.core.command import Command
from avoir.core.currency import exponent
from avoir.core.desk import Desk
from avoir.core.document import MOST_LINES, NoLines
from avoir.core.errors import Kind, NotFound, Refusal
from avoir.core.exchange import to_base
from avoir.core.invoice import (
    DELETED,
    DRAFT,
    INVOICE_DEDUCTIONS,
    INVOICE_LINES,
    INVOICE_TAXES,
    Invoice,
    InvoiceDeduction,
    InvoiceLine,
    InvoiceTax,
)
from avoir.core.money import MICRO, in_range
from avoir.core.organization import Entity
from avoir.core.remark import MERGES_INTO, Merge
from avoir.core.row import Row, changed

ALIKE = ("entity_id", "customer_id", "currency", "is_tax_inclusive", "discount_timing", "kind")
"""What invoices have in common that are merged."""


class NotMergeable(Refusal):
    """Drafts of one customer in one currency, all with or all without tax in their prices, are merged."""

    code = "invoices_not_mergeable"


class NotMerged(Refusal):
    """The invoice was not made by merging others, or is no draft any more."""

    code = "invoice_not_merged"


class NothingToMerge(Refusal):
    """It takes two to merge."""

    code, kind = "nothing_to_merge", Kind.INVALID


class MergeInvoices(Command, frozen=True, kw_only=True):
    """One new draft with the lines, discounts and taxes of several, which stands in their place."""

    ANSWER = Invoice
    invoice_ids: tuple[int, ...]

    def needs(self) -> Iterator[tuple[type[Row], Any]]:
        for id in self.invoice_ids:
            yield Invoice, id

    def decide(self, desk: Desk) -> Invoice:
        """Refuses `NotFound`, `NothingToMerge`, `NotMergeable`, `NoLines` for too many together."""
        invoices = [desk.get(Invoice, id) for id in dict.fromkeys(self.invoice_ids)]
        if len(invoices) < 2:
            raise NothingToMerge("name at least two invoices to merge")
        first = invoices[0]
        for invoice in invoices:
            differs = [name for name in ALIKE if getattr(invoice, name) != getattr(first, name)]
            if invoice.state != DRAFT or invoice.number or differs:
                raise NotMergeable(
                    "only drafts that are alike are merged", invoiceId=invoice.id, differs=differs
                )
        target = desk.add(_together(desk, invoices))
        self._move_lines(desk, invoices, target)
        desk.tell("invoice.created", target)
        for invoice in invoices:
            merge = desk.add(Merge(desk.organization_id, invoice.id, target.id, desk.now))
            desk.tell("merge.made", merge)
            desk.put(changed(invoice, state=DELETED, updated_at=desk.now))
        return target

    def _move_lines(self, desk: Desk, invoices: Sequence[Invoice], target: Invoice) -> None:
        position = 0
        for invoice in invoices:
            taxes = desk.of(InvoiceTax, INVOICE_TAXES, invoice.id)
            # Each line keeps what was taken off it: off all lines of the new one would be another split.
            deductions = desk.of(InvoiceDeduction, INVOICE_DEDUCTIONS, invoice.id)
            for line in desk.of(InvoiceLine, INVOICE_LINES, invoice.id):
                position += 1
                if position > MOST_LINES:
                    raise NoLines(f"a document has 1 to {MOST_LINES} lines", most=MOST_LINES)
                desk.add(changed(line, invoice_id=target.id, position=position, id=desk.next("line")))
                for tax in (x for x in taxes if x.position == line.position):
                    desk.add(changed(tax, invoice_id=target.id, position=position))
                for row in (x for x in deductions if x.position == line.position):
                    here = {"invoice_id": target.id, "position": position, "id": desk.next("line")}
                    desk.add(changed(row, **here, of_all=0))


class UnmergeInvoice(Command, frozen=True, kw_only=True):
    """Take a merge back: the draft goes, and those that it was made of are drafts again."""

    ANSWER = list[Invoice]
    invoice_id: int

    def needs(self) -> Iterator[tuple[type[Row], Any]]:
        yield Invoice, self.invoice_id

    def decide(self, desk: Desk) -> list[Invoice]:
        """Refuses `NotFound`, `NotMerged`."""
        target = desk.get(Invoice, self.invoice_id)
        if target.state == DELETED:
            raise NotFound("no such Invoice", kind="Invoice", id=self.invoice_id)
        merges = desk.of(Merge, MERGES_INTO, target.id)
        if not merges or target.state != DRAFT:
            raise NotMerged("the invoice is no draft that others were merged into", invoiceId=target.id)
        desk.tell("invoice.deleted", target)
        desk.put(changed(target, state=DELETED, updated_at=desk.now))
        sources = []
        for merge in merges:
            desk.tell("merge.undone", merge)
            desk.remove(merge)
            source = desk.get(Invoice, merge.invoice_id)
            sources.append(desk.put(changed(source, state=DRAFT, updated_at=desk.now)))
        return sources


def _together(desk: Desk, invoices: Sequence[Invoice]) -> Invoice:
    first = invoices[0]
    total = in_range(sum(x.total_minor for x in invoices), "total")
    discount = sum(x.discount_minor for x in invoices)
    branches = {x.branch_id for x in invoices}
    base = desk.get(Entity, first.entity_id).base_currency
    sums = {
        name: sum(getattr(x, name) for x in invoices)
        for name in ("subtotal_minor", "adjustment_minor", "net_minor", "tax_minor")
    }
    issued_on = max(x.issued_on for x in invoices)
    return changed(
        first,
        id=desk.next("invoice"),
        uuid=desk.uuid(),
        branch_id=branches.pop() if len(branches) == 1 else None,
        reissues_id=None,
        issued_on=issued_on,
        due_on=max(first.due_on, issued_on),
        discount_kind="amount",
        discount_micro=discount * MICRO // 10 ** exponent(first.currency),
        discount_minor=discount,
        total_minor=total,
        base_total_minor=to_base(total, first.currency, first.rate_nano, base),
        created_at=desk.now,
        updated_at=desk.now,
        **sums,
    )
