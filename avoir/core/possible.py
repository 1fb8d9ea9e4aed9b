"""What the law allows of a document as it stands: each act is asked of the rule that refuses it.

Days that are locked, accounts and rates are asked when the act is done; they are no part of a document.
"""

from collections.abc import Callable, Iterable
from functools import partial

from avoir.core.credit_note import CREDIT, DRAFT, REFUND, VOIDED, WRITE_OFF, CreditNote, left_of
from avoir.core.crediting import left_for, unused
from avoir.core.errors import Refusal
from avoir.core.invoice import DRAFT as DRAFT_INVOICE
from avoir.core.invoice import ISSUED as ISSUED_INVOICE
from avoir.core.invoice import Invoice, untouched, voided

Act = tuple[str, Callable[[], object]]


def acts_on_invoice(invoice: Invoice) -> list[str]:
    """What can be done with an invoice now."""
    if invoice.state == DRAFT_INVOICE:
        return ["issue", "void"]
    if invoice.state == ISSUED_INVOICE:
        kinds: list[Act] = [(kind, partial(left_for, invoice, kind)) for kind in (CREDIT, REFUND, WRITE_OFF)]
        return _granted([*kinds, ("void", partial(untouched, invoice))])
    return _granted([("reissue", partial(voided, invoice))])


def acts_on_credit_note(note: CreditNote) -> list[str]:
    """What can be done with a credit note now."""
    if note.state == DRAFT:
        return ["issue", "delete"]
    something = partial(left_of, note, 1)
    acts: list[Act] = [("apply_to_invoices", something), ("refund", something)]
    return _granted([*acts, ("delete", partial(unused, note))]) if note.state != VOIDED else []


def _granted(acts: Iterable[Act]) -> list[str]:
    return [name for name, rule in acts if _grants(rule)]


def _grants(rule: Callable[[], object]) -> bool:
    try:
        rule()
    except Refusal:
        return False
    return True
