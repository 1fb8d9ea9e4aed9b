"""The posting rules: one function per business event, and nowhere else is a ledger account named.

Amounts are in minor units; a positive side is a debit, a negative one a credit. Every entry balances in
the document's currency and in the base currency. The table is design.md, section 6.
"""

from collections.abc import Iterable, Sequence

from avoir.core.account import (
    ACCOUNTS_BY_ROLE,
    BAD_DEBT,
    BANK_FEES,
    DISCOUNT,
    DISPUTED_FUNDS,
    EXCHANGE,
    OTHER_CHARGES,
    RECEIVABLE,
    REFUNDS_IN_TRANSIT,
    TAX_PAYABLE,
    Account,
)
from avoir.core.credit_note import WRITE_OFF, CreditNote
from avoir.core.desk import Desk, Side, Source
from avoir.core.dispute import Dispute
from avoir.core.exchange import to_base
from avoir.core.invoice import Invoice
from avoir.core.journal import ManualJournal, ManualJournalLine
from avoir.core.money import split
from avoir.core.organization import Entity, Organization
from avoir.core.payment import Payment
from avoir.core.refund import Refund

EVENTS = (
    "invoice_issued", "credit_note_issued", "payment_received", "payment_fee", "refund_by_bank",
    "refund_requested", "refund_by_dispute", "refund_settled", "dispute_opened", "dispute_lost",
    "exchange_difference", "manual_journal",
)  # fmt: skip
"""What entries are of: each is the function of the same name. The mirror of one is its `_reversed`."""
Earned = Iterable[tuple[int, int]]
"""Income account id and net amount, by line."""
Taxes = Iterable[tuple[int, int]]
"""Tax rate id and tax, by rate."""


def invoice_issued(desk: Desk, x: Invoice, earned: Earned, taxes: Taxes) -> int | None:
    """Dr Receivable, Discount. Cr income by account, Tax payable by rate, Other charges."""
    rest = _claim(desk, x, earned, taxes)
    return _post_claim(desk, "invoice_issued", _source("invoice", x), x, rest, sign=1)


def credit_note_issued(
    desk: Desk, x: CreditNote, earned: Earned, taxes: Taxes, lost_to: int | None = None
) -> int | None:
    """Dr income by account, Tax payable by rate, Other charges. Cr Receivable, Discount.

    A write-off: Dr Bad debt (or `lost_to`), Tax payable if the organization reclaims it. Cr Receivable.
    """
    source = _source("credit_note", x)
    if x.kind == WRITE_OFF:
        reclaimed = list(taxes) if desk.get(Organization).write_off_tax else []
        lost = x.total_minor - sum(tax for _, tax in reclaimed)
        rest = [(lost_to or role(desk, BAD_DEBT), lost, None), *_tax_sides(desk, reclaimed)]
        return _post_claim(desk, "credit_note_issued", source, x, rest, sign=-1)
    return _post_claim(desk, "credit_note_issued", source, x, _claim(desk, x, earned, taxes), sign=-1)


def payment_received(desk: Desk, x: Payment) -> int | None:
    """Dr the deposit account. Cr Receivable."""
    return desk.post("payment_received", _source("payment", x), x.received_on, (
        Side(x.account_id, x.amount_minor, x.base_amount_minor),
        Side(role(desk, RECEIVABLE), -x.amount_minor, -x.base_amount_minor, x.customer_id),
    ))  # fmt: skip


def payment_fee(desk: Desk, x: Payment, fee: int, base_fee: int) -> int | None:
    """Dr Bank fees. Cr the deposit account: what the bank kept of a payment, besides."""
    return desk.post("payment_fee", _source("payment", x), x.received_on, (
        Side(role(desk, BANK_FEES), fee, base_fee),
        Side(x.account_id, -fee, -base_fee),
    ))  # fmt: skip


def refund_by_bank(desk: Desk, x: Refund) -> int | None:
    """Dr Receivable (the claim it relieves), Exchange gain or loss (the difference). Cr the account."""
    return _relieve(desk, "refund_by_bank", x, x.account_id)


def refund_requested(desk: Desk, x: Refund) -> int | None:
    """Dr Receivable, Exchange gain or loss. Cr Refunds in transit: promised, not yet paid."""
    return _relieve(desk, "refund_requested", x, role(desk, REFUNDS_IN_TRANSIT))


def refund_by_dispute(desk: Desk, x: Refund) -> int | None:
    """Dr Receivable, Exchange gain or loss. Cr Disputed funds: a bank has taken the money for good."""
    return _relieve(desk, "refund_by_dispute", x, role(desk, DISPUTED_FUNDS))


def refund_settled(desk: Desk, x: Refund, *, on: str) -> int | None:
    """Dr Refunds in transit. Cr the gateway's clearing account."""
    return desk.post("refund_settled", _refund(x), on, (
        Side(role(desk, REFUNDS_IN_TRANSIT), x.amount_minor, x.base_amount_minor),
        Side(x.account_id, -x.amount_minor, -x.base_amount_minor),
    ))  # fmt: skip


def dispute_opened(desk: Desk, x: Dispute, payment: Payment, base_fee: int) -> int | None:
    """Dr Disputed funds (what the bank took), Bank fees. Cr the payment's deposit account."""
    return desk.post("dispute_opened", _dispute(x, payment), x.opened_on, (
        Side(role(desk, DISPUTED_FUNDS), x.amount_minor, x.base_amount_minor),
        Side(role(desk, BANK_FEES), x.fee_minor, base_fee),
        Side(payment.account_id, -x.amount_minor - x.fee_minor, -x.base_amount_minor - base_fee),
    ))  # fmt: skip


def dispute_lost(desk: Desk, x: Dispute, payment: Payment, minor: int, base: int, *, on: str) -> int | None:
    """Dr Bad debt (what no invoice and no customer bears). Cr Disputed funds."""
    return desk.post("dispute_lost", _dispute(x, payment), on, (
        Side(role(desk, BAD_DEBT), minor, base),
        Side(role(desk, DISPUTED_FUNDS), -minor, -base),
    ))  # fmt: skip


def exchange_difference(
    desk: Desk, source: Payment | CreditNote, invoice: Invoice, gain: int, *, on: str
) -> int | None:
    """What an allocation realises. A gain: Dr Receivable, Cr Exchange gain or loss; a loss the reverse."""
    if gain == 0:
        return None
    kind = "payment" if isinstance(source, Payment) else "credit_note"
    return desk.post("exchange_difference", _source(kind, source), on, (
        Side(role(desk, RECEIVABLE), 0, gain, invoice.customer_id),
        *_difference(desk, gain),
    ))  # fmt: skip


def manual_journal(desk: Desk, x: ManualJournal, lines: Sequence[ManualJournalLine]) -> int | None:
    """As given. In base currency each side shares what the whole is worth, so that they balance there too."""
    base = desk.get(Entity, x.entity_id).base_currency
    worth = to_base(x.amount_minor, x.currency, x.rate_nano, base)
    debits, credits_ = ([y for y in lines if sign * y.minor > 0] for sign in (1, -1))
    in_base = dict(zip((y.position for y in debits), split(worth, [y.minor for y in debits]), strict=True))
    in_base |= zip((y.position for y in credits_), split(-worth, [-y.minor for y in credits_]), strict=True)
    sides = [
        Side(y.account_id, y.minor, in_base[y.position], y.customer_id, branch_id=y.branch_id) for y in lines
    ]
    source = Source("manual_journal", x.id, x.entity_id, x.branch_id, x.currency)
    return desk.post("manual_journal", source, x.journal_on, sides)


def role(desk: Desk, name: str) -> int:
    """The id of the account that plays a part."""
    return desk.one(Account, ACCOUNTS_BY_ROLE, name).id


def _source(kind: str, x: Invoice | CreditNote | Payment) -> Source:
    return Source(kind, x.id, x.entity_id, x.branch_id, x.currency)


def _refund(x: Refund) -> Source:
    return Source("refund", x.id, x.entity_id, x.branch_id, x.currency)


def _dispute(x: Dispute, payment: Payment) -> Source:
    return Source("dispute", x.id, x.entity_id, payment.branch_id, x.currency)


def _relieve(desk: Desk, event: str, x: Refund, out_of: int) -> int | None:
    return desk.post(event, _refund(x), x.refunded_on, (
        Side(role(desk, RECEIVABLE), x.amount_minor, x.base_relieved_minor, x.customer_id),
        Side(out_of, -x.amount_minor, -x.base_amount_minor),
        *_difference(desk, x.base_relieved_minor - x.base_amount_minor),
    ))  # fmt: skip


def _difference(desk: Desk, gain: int) -> tuple[Side, ...]:
    return (Side(role(desk, EXCHANGE), 0, -gain),) if gain else ()


def _tax_sides(desk: Desk, taxes: Taxes) -> list[tuple[int, int, int | None]]:
    return [(role(desk, TAX_PAYABLE), minor, rate_id) for rate_id, minor in taxes if minor]


def _claim(
    desk: Desk, x: Invoice | CreditNote, earned: Earned, taxes: Taxes
) -> list[tuple[int, int, int | None]]:
    """What stands against the receivable: (account, amount, tax rate), positive as the receivable is."""
    income: dict[int, int] = {}
    for account_id, net in earned:
        income[account_id] = income.get(account_id, 0) + net
    sides: list[tuple[int, int, int | None]] = [(account_id, net, None) for account_id, net in income.items()]
    sides += _tax_sides(desk, taxes)
    if x.adjustment_minor:
        sides.append((role(desk, OTHER_CHARGES), x.adjustment_minor, None))
    if x.discount_after_tax_minor:
        sides.append((role(desk, DISCOUNT), -x.discount_after_tax_minor, None))
    return sides


def _post_claim(
    desk: Desk,
    event: str,
    source: Source,
    x: Invoice | CreditNote,
    against: list[tuple[int, int, int | None]],
    *,
    sign: int,
) -> int | None:
    """The receivable takes the document's base total; the other sides share what balances it."""
    base = desk.get(Entity, x.entity_id).base_currency
    with_it = [(account, minor, rate) for account, minor, rate in against if minor < 0]
    other = [(account, minor, rate) for account, minor, rate in against if minor > 0]
    with_base = [-to_base(-minor, x.currency, x.rate_nano, base) for _, minor, _ in with_it]
    other_base = split(x.base_total_minor - sum(with_base), [minor for _, minor, _ in other])
    sides = [Side(role(desk, RECEIVABLE), sign * x.total_minor, sign * x.base_total_minor, x.customer_id)]
    for (account, minor, rate), in_base in zip(with_it + other, with_base + other_base, strict=True):
        sides.append(Side(account, -sign * minor, -sign * in_base, None, rate))
    return desk.post(event, source, x.issued_on, sides)
