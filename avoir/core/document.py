"""What an invoice and a credit note have in common: lines, discounts, tax, totals."""

from collections.abc import Sequence
from decimal import Decimal

import msgspec

from avoir.core.account import ACCOUNTS_BY_ROLE, SALES, TYPES, Account
from avoir.core.currency import exponent
from avoir.core.customer import Customer, Item
from avoir.core.desk import Desk
from avoir.core.errors import Kind, Refusal
from avoir.core.exchange import rate_on, to_base
from avoir.core.money import MICRO, in_range, minor_of, positive_minor_of, rounded, scaled, split
from avoir.core.organization import Entity, Organization
from avoir.core.tax import PERCENT, Charged, TaxRate, charged
from avoir.core.usage import use

MOST_LINES = 1000
"""Lines of one document: a batch must stay a batch."""

BEFORE_TAX, AFTER_TAX = "before_tax", "after_tax"
ZERO = Decimal(0)


class NoLines(Refusal):
    """A document says what it is for: at least one line, and not more than fit."""

    code, kind = "lines_required", Kind.INVALID


class NegativeNumber(Refusal):
    """Quantities, prices and discounts are not negative: what takes away is another document."""

    code, kind = "negative_number", Kind.INVALID


class DiscountTooLarge(Refusal):
    """A discount takes away no more than there is."""

    code, kind = "discount_too_large", Kind.INVALID


class DeductionTooLarge(Refusal):
    """A deduction takes no more off a draft's lines than they ask for, and something."""

    code, kind = "deduction_too_large", Kind.INVALID


class NegativeTotal(Refusal):
    """A document's total is not negative, nor is what a line earns."""

    code, kind = "negative_total", Kind.INVALID


class ItemNotSellable(Refusal):
    """The item is not for sale, or not active."""

    code, kind = "item_not_sellable", Kind.INVALID


class NotAnIncomeAccount(Refusal):
    """A line earns on an active account of the profit and loss statement, and a write-off is lost to one."""

    code, kind = "not_an_income_account", Kind.INVALID


class Discount(msgspec.Struct, frozen=True):
    """A discount as it is asked for: a percentage or an amount in major units."""

    value: Decimal = ZERO
    kind: str = "percentage"  # percentage | amount

    def of(self, minor: int, currency: str) -> int:
        """The discount on an amount, both in minor units. Refuses `DiscountTooLarge`, `NegativeNumber`."""
        if self.value < 0:
            raise NegativeNumber("a discount is not negative", field="discount")
        if self.kind == "percentage":
            off = rounded(minor * scaled(self.value, 6, "discount"), PERCENT)
        else:
            off = minor_of(self.value, currency, "discount")
        if off > minor:
            raise DiscountTooLarge("a discount takes no more than there is", field="discount")
        return off

    @property
    def micro(self) -> int:
        return scaled(self.value, 6, "discount")


class Line(msgspec.Struct, frozen=True):
    """A line as it is asked for. What it does not say comes from its item."""

    quantity: Decimal
    price: Decimal | None = None
    item_id: int | None = None
    account_id: int | None = None
    description: str = ""
    discount: Discount = Discount()
    tax_rate_ids: tuple[int, ...] | None = None


class Deduction(msgspec.Struct, frozen=True):
    """What is taken off a draft's lines beside their discounts, in major units of its prices.

    Off one line by its position, else off all of them. No amount takes all that they ask for. `id` is that of
    one which is there already. Contract A calls it a credit of the invoice (decision 10).
    """

    amount: Decimal | None = None
    position: int | None = None
    id: int = 0

    def off(self, left: Sequence[int], currency: str) -> list[int]:
        """What it takes off each line, of what each still asks for, in minor units.

        Refuses `DeductionTooLarge`, and an amount that is none or not more than nothing.
        """
        weights = [each if self.position in (None, position) else 0 for position, each in enumerate(left, 1)]
        most = sum(weights)
        minor = most if self.amount is None else positive_minor_of(self.amount, currency)
        if not 0 < minor <= most:
            raise DeductionTooLarge("a credit takes no more than there is", asked=minor, left=most)
        return split(minor, weights)


class Priced(msgspec.Struct, frozen=True):
    """A line worked out. Amounts in minor units; `net` is without tax and after every discount before it."""

    line: Line
    account_id: int
    quantity_micro: int
    price_micro: int
    amount: int
    discount: int
    net: int
    rates: tuple[TaxRate, ...]
    tax: Charged

    @property
    def tax_total(self) -> int:
        return sum(self.tax.values())


class Totals(msgspec.Struct, frozen=True):
    """A document worked out, in minor units. `subtotal` is after line discounts, tax inside if inclusive."""

    lines: tuple[Priced, ...]
    subtotal: int
    discount: int
    adjustment: int
    net: int
    tax: int
    total: int
    deducted: tuple[tuple[Deduction, list[int]], ...] = ()  # And what it takes off each line.


class Wording(msgspec.Struct, frozen=True):
    """How a document is to be computed, as it is asked for."""

    lines: tuple[Line, ...]
    inclusive: bool = False
    discount: Discount = Discount()
    adjustment: Decimal = ZERO
    deductions: tuple[Deduction, ...] = ()


class Reckoned(msgspec.Struct, frozen=True):
    """A document worked out for one customer: in its currency, and in total in the base currency."""

    currency: str
    rate_nano: int
    timing: str
    totals: Totals
    base_total: int


def reckoned(
    desk: Desk, customer: Customer, wording: Wording, currency: str, rate: Decimal | None, on: str
) -> Reckoned:
    """Work a document out, dated `on`: the customer's currency if none is named.

    Refuses what `worked_out` and `rate_on` refuse.
    """
    customer = use(desk, customer)
    timing = desk.get(Organization).discount_timing
    base = desk.get(Entity, customer.entity_id).base_currency
    currency = currency or customer.currency
    rate_nano = rate_on(desk, rate, currency, base, on)
    totals = worked_out(desk, wording, currency, timing)
    return Reckoned(currency, rate_nano, timing, totals, to_base(totals.total, currency, rate_nano, base))


def worked_out(desk: Desk, wording: Wording, currency: str, timing: str) -> Totals:
    """Price the lines, take discounts and deductions off, add the tax (design, 5.2).

    `timing` says when the document discount is taken: before tax it reduces the taxable base, split over
    the lines; after tax it is taken off the total and posted by itself. Refuses `NoLines` and whatever
    is wrong with a line.
    """
    if not 1 <= len(wording.lines) <= MOST_LINES:
        raise NoLines(f"a document has 1 to {MOST_LINES} lines", most=MOST_LINES)
    drafts = [_priced(desk, line, currency) for line in wording.lines]
    drafts, deducted = _deducted(drafts, wording.deductions, currency)
    gross = [draft.amount - draft.discount for draft in drafts]
    subtotal = in_range(sum(gross), "subtotal")
    discount = wording.discount.of(subtotal, currency)
    taxable = gross
    if timing == BEFORE_TAX:
        taxable = [part - off for part, off in zip(gross, split(discount, gross), strict=True)]
    taxes = charged(taxable, [draft.rates for draft in drafts], inclusive=wording.inclusive)
    lines = tuple(
        msgspec.structs.replace(draft, tax=tax, net=base - sum(tax.values()) if wording.inclusive else base)
        for draft, base, tax in zip(drafts, taxable, taxes, strict=True)
    )
    net, tax = sum(line.net for line in lines), sum(line.tax_total for line in lines)
    adjustment = minor_of(wording.adjustment, currency, "adjustment")
    total = net + tax + adjustment - (discount if timing == AFTER_TAX else 0)
    if total < 0:
        raise NegativeTotal("the total is less than nothing")
    if any(line.net < 0 for line in lines):
        # Several rates may each round up on the same line of a cent.
        raise NegativeTotal("a line is too small for the taxes inside it")
    return Totals(lines, subtotal, discount, adjustment, net, tax, in_range(total, "total"), deducted)


def _deducted(
    drafts: list[Priced], deductions: Sequence[Deduction], currency: str
) -> tuple[list[Priced], tuple[tuple[Deduction, list[int]], ...]]:
    """The lines with each deduction taken off as a further discount, and what each took."""
    taken = []
    for deduction in deductions:
        off = deduction.off([draft.amount - draft.discount for draft in drafts], currency)
        taken.append((deduction, off))
        drafts = [
            msgspec.structs.replace(draft, discount=draft.discount + part)
            for draft, part in zip(drafts, off, strict=True)
        ]
    return drafts, tuple(taken)


def _priced(desk: Desk, line: Line, currency: str) -> Priced:
    item = None if line.item_id is None else use(desk, desk.get(Item, line.item_id))
    if item is not None and not (item.sellable and item.active):
        raise ItemNotSellable("the item is not for sale", itemId=item.id)
    quantity = scaled(line.quantity, 6, "quantity")
    price = item.price_micro or 0 if line.price is None and item else scaled(line.price or ZERO, 6, "rate")
    if quantity < 0 or price < 0:
        raise NegativeNumber("quantities and prices are not negative", field="quantity")
    amount = in_range(rounded(quantity * price * 10 ** exponent(currency), MICRO * MICRO), "line amount")
    rate_ids = line.tax_rate_ids
    if rate_ids is None:
        rate_ids = (item.tax_rate_id,) if item and item.tax_rate_id else ()
    rates = tuple(use(desk, desk.get(TaxRate, id)) for id in dict.fromkeys(rate_ids))
    account_id = _income_account(desk, line, item)
    return Priced(line, account_id, quantity, price, amount, line.discount.of(amount, currency), 0, rates, {})


def _income_account(desk: Desk, line: Line, item: Item | None) -> int:
    account_id = line.account_id or (item.account_id if item else None)
    if account_id is None:
        return desk.one(Account, ACCOUNTS_BY_ROLE, SALES).id
    return profit_account(desk, account_id).id


def profit_account(desk: Desk, account_id: int) -> Account:
    """An account to earn on, or to lose to. Refuses `NotFound`, `NotAnIncomeAccount`."""
    account = desk.get(Account, account_id)
    if not account.active or TYPES[account.type].root not in ("income", "expense"):
        raise NotAnIncomeAccount("the account is no active one of profit and loss", accountId=account.id)
    return use(desk, account)


def distinct_taxes(lines: Sequence[Priced]) -> dict[int, int]:
    """The document's tax by rate id, in minor units."""
    taxes: dict[int, int] = {}
    for line in lines:
        for rate_id, minor in line.tax.items():
            taxes[rate_id] = taxes.get(rate_id, 0) + minor
    return taxes
