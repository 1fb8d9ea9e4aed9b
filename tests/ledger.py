"""A company whose books a test can open, ask and read, without a door in between.

`Ledger(url)` keeps its books in a database, through the clerk; `Paper()` keeps them on a desk with nothing
behind it, which is fast and runs the law alone. Both are a `Company`, and every test may use either.

    ledger = Ledger(url)
    invoice = ledger.invoice(line("100.00", ledger.tax(20)))
    ledger.paid(invoice, "120.00")
    assert ledger.trial_balance() == {"Bank Account": "120.00", "sales": "-100.00", "tax_payable": "-20.00"}
    ledger.refused(RefundInvoice(invoice_id=invoice.id, amount=Decimal(121)), "refund_exceeds_invoice")
"""

import itertools
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from decimal import Decimal
from typing import Any

from avoir.app.access import SignUp
from avoir.app.allocations import AllocateCreditNote, Share
from avoir.app.clerk import Clerk
from avoir.app.credit_notes import CreateCreditNote
from avoir.app.customers import CreateCustomer
from avoir.app.invoices import CreateInvoice
from avoir.app.organizations import OpenBooks
from avoir.app.payments import ReceivePayment
from avoir.app.refunds import RefundCreditNote
from avoir.app.tax_rates import CreateTaxRate
from avoir.core.access import DIRECTORY
from avoir.core.account import Account
from avoir.core.allocation import Allocation
from avoir.core.books import KINDS
from avoir.core.command import Ask, Command, answer, fingerprint, uuid_seed
from avoir.core.credit_note import CreditNote
from avoir.core.currency import exponent
from avoir.core.desk import Desk
from avoir.core.document import Discount, Line, Wording
from avoir.core.errors import Refusal
from avoir.core.invoice import Invoice
from avoir.core.journal import Balance, JournalEntry, JournalLine
from avoir.core.organization import Entity
from avoir.core.payment import Payment
from avoir.core.receiving import Portion
from avoir.core.refund import Refund
from avoir.core.row import Row
from avoir.core.want import Miss
from avoir.store.books import Books
from avoir.store.books import sums as sums_of
from avoir.store.database import open_database
from tests.facts import FACTS

NOW, TODAY = "2026-11-22T10:00:00.000Z", "2026-11-22"
BANK, SAVINGS, SALES_OF_SERVICE = 1000, 1001, 1026
FULL_PRICE = Discount()
_numbers = itertools.count(1)

Number = str | int | Decimal


def ask_of(
    organization_id: int, command: Command, *, key: str = "", today: str = TODAY, actor: str = "user:1"
) -> Ask:
    """A command in its envelope, on a day that stands still."""
    n = next(_numbers)
    return Ask(
        organization_id=organization_id,
        key=key or f"ledger {n}",
        fingerprint=fingerprint(command),
        command=command,
        actor=actor,
        now=NOW,
        today=today,
        seed=uuid_seed(1_700_000_000_000, (n << 12).to_bytes(10)),
    )


def line(
    price: Number, *tax_rate_ids: int, quantity: Number = 1, discount: Discount = FULL_PRICE, **other: Any
) -> Line:
    """One line of a document: a price, and the tax rates on it."""
    return Line(Decimal(quantity), Decimal(price), tax_rate_ids=tax_rate_ids, discount=discount, **other)


def percent(value: Number) -> Discount:
    """A discount in percent."""
    return Discount(Decimal(value), "percentage")


def off(value: Number) -> Discount:
    """A discount of an amount."""
    return Discount(Decimal(value), "amount")


class Company:
    """One organization, and what it does all day. Amounts go in and come out in major units."""

    organization_id: int

    # What an engine gives.

    def record(self, *asks: Ask) -> list[Any]:
        """The outcomes of some asks, one by one or in a batch: what came back, or what was raised."""
        raise NotImplementedError

    def rows(self, kind: type[Row]) -> list[Any]:
        """Every row of a kind that this organization has, in the order of their keys."""
        raise NotImplementedError

    # Asking.

    def ask(self, command: Command, **other: str) -> Any:
        """What the command gives back; a refusal or a bug is raised. `other` is `key`, `today`, `actor`."""
        (outcome,) = self.record(ask_of(self.organization_id, command, **other))
        if isinstance(outcome, BaseException):
            raise outcome
        return outcome

    def refused(self, command: Command, code: str, **other: str) -> Refusal:
        """The refusal, having made sure of its code and that the books are as they were before."""
        before = self.books()
        (outcome,) = self.record(ask_of(self.organization_id, command, **other))
        if not isinstance(outcome, Refusal):
            raise AssertionError(f"not refused with {code}, but {outcome!r}") from None
        assert outcome.code == code, f"not {code}, but {outcome.code}: {outcome} {outcome.facts}"
        assert self.books() == before, f"{code} changed the books"
        told = " ".join(outcome.facts)
        assert told in FACTS.get(code, (told,)), f"{code} tells {told}: tests/facts.py has it otherwise"
        assert None not in outcome.facts.values(), f"{code} tells of nothing: {outcome.facts}"
        return outcome

    # Reading.

    def get(self, kind: type[Row], *id: Any) -> Any:
        """The one row with this id."""
        (found,) = (row for row in self.rows(kind) if kind.key(row)[1:] == id)
        return found

    def books(self) -> dict[str, list[Any]]:
        """Everything: for what must be as it was before."""
        return {kind.TABLE: self.rows(kind) for kind in KINDS}

    def accounts(self) -> dict[int, str]:
        """What to call each account: its role in the posting rules, or its name."""
        return {account.id: account.role or account.name for account in self.rows(Account)}

    def entries(self, source_kind: str, source_id: int, *, foreign: bool = False) -> list[str]:
        """The entries about a thing, as an accountant reads them, in the base currency.

        ["Dr receivable 120.00, Cr sales 100.00, Cr tax_payable 20.00"]; in the document's own with `foreign`.
        """
        names, base = self.accounts(), self.rows(Entity)[0].base_currency
        lines = defaultdict(list)
        for x in self.rows(JournalLine):
            lines[x.entry_id].append(x)
        return [
            ", ".join(_side(x, names[x.account_id], None if foreign else base) for x in lines[entry.id])
            for entry in self.rows(JournalEntry)
            if (entry.source_kind, entry.source_id) == (source_kind, source_id)
        ]

    def trial_balance(self) -> dict[str, str]:
        """What is in each account, in the base currency: a debit is positive. Empty accounts are left out."""
        names, base = self.accounts(), self.rows(Entity)[0].base_currency
        sums: dict[str, int] = defaultdict(int)
        for x in self.rows(Balance):
            sums[names[x.account_id]] += x.base_debit_minor - x.base_credit_minor
        assert sum(sums.values()) == 0, "the books balance"
        return {name: money(minor, base) for name, minor in sorted(sums.items()) if minor}

    # A day's work.

    def customer(self, currency: str = "USD") -> int:
        return self.ask(CreateCustomer(name="Ada", currency=currency)).id

    def tax(self, rate: Number, *, compound: bool = False) -> int:
        """The id of a new tax rate."""
        name = f"{rate} % no. {next(_numbers)}"
        return self.ask(CreateTaxRate(name=name, code=name, percent=Decimal(rate), is_compound=compound)).id

    def invoice(
        self, *lines: Line, customer_id: int = 1, inclusive: bool = False, discount: Discount = FULL_PRICE,
        adjustment: Number = 0, rate: Number | None = None, issue: bool = True, **other: Any,
    ) -> Invoice:  # fmt: skip
        """An invoice of the first customer, issued on the 1st of November."""
        wording = Wording(lines, inclusive, discount, Decimal(adjustment))
        other = {"issued_on": "2026-11-01", "due_on": "2026-12-01"} | other
        return self.ask(CreateInvoice(
            customer_id=customer_id, wording=wording, issue=issue, exchange_rate=_decimal(rate), **other
        ))  # fmt: skip

    def paid(
        self, invoice: Invoice | None, amount: Number, *, account: int = BANK, on: str = "2026-11-02",
        rate: Number | None = None, over: Number = 0, customer_id: int = 1, **other: Any,
    ) -> Payment:  # fmt: skip
        """A payment for one invoice (or none), with something `over` that stays the customer's."""
        portions = (Portion(invoice.id, Decimal(amount)),) if invoice else ()
        return self.ask(ReceivePayment(
            customer_id=invoice.customer_id if invoice else customer_id, account_id=account, received_on=on,
            amount=Decimal(amount) + Decimal(over), portions=portions, exchange_rate=_decimal(rate),
            currency=invoice.currency if invoice else "", **other,
        ))  # fmt: skip

    def credit_note(
        self, *lines: Line, customer_id: int = 1, inclusive: bool = False, discount: Discount = FULL_PRICE,
        adjustment: Number = 0, rate: Number | None = None, issue: bool = True, **other: Any,
    ) -> CreditNote:  # fmt: skip
        """A credit note standing alone, issued on the 10th of November."""
        wording = Wording(lines, inclusive, discount, Decimal(adjustment))
        other = {"issued_on": "2026-11-10"} | other
        return self.ask(CreateCreditNote(
            customer_id=customer_id, wording=wording, issue=issue, exchange_rate=_decimal(rate), **other
        ))  # fmt: skip

    def refund(self, note: CreditNote, amount: Number, *, rate: Number | None = None, **other: Any) -> Refund:
        """Part of a credit note paid out of the bank account, on the 11th of November."""
        other = {"account_id": BANK, "refunded_on": "2026-11-11"} | other
        return self.ask(RefundCreditNote(
            credit_note_id=note.id, amount=Decimal(amount), exchange_rate=_decimal(rate), **other
        ))  # fmt: skip

    def allocate(self, note: CreditNote, *shares: tuple[Invoice, Number]) -> list[Allocation]:
        """A credit note set against invoices."""
        given = tuple(Share(invoice.id, Decimal(amount)) for invoice, amount in shares)
        return self.ask(AllocateCreditNote(credit_note_id=note.id, shares=given))


class Ledger(Company):
    """A company whose books are in a database of any engine, written by a clerk that is called directly."""

    def __init__(
        self, url: str, *, currency: str = "USD", timing: str = "before_tax",
        wrap: Callable[[Any], Any] = lambda store: store,
    ) -> None:  # fmt: skip
        self.url = url
        self.database = open_database(url)
        self.database.migrate()
        self.clerk = Clerk(wrap(Books(self.database)), lambda outs: None)
        self.organization_id = DIRECTORY
        n = next(_numbers)
        tenancy = self.ask(SignUp(
            email=f"ada{n}@example.com", first_name="Ada", last_name="L", password_hash="-",
            public_id=f"organization{n}",
        ))  # fmt: skip
        self.organization_id = tenancy.tenancy_id
        self.ask(OpenBooks(
            public_id=tenancy.public_id, name="Acme", base_currency=currency, discount_timing=timing
        ))  # fmt: skip
        self.customer(currency)

    def record(self, *asks: Ask) -> list[Any]:
        return self.clerk.record(list(asks))

    def rows(self, kind: type[Row]) -> list[Any]:
        columns, keys = ", ".join(kind.__struct_fields__), ", ".join(kind.KEY)
        sql = f"SELECT {columns} FROM {kind.TABLE} WHERE organization_id = :o ORDER BY {keys}"
        return [kind(*row) for row in self.database.all(sql, {"o": self.organization_id})]

    def close(self) -> None:
        self.database.close()


class Paper(Company):
    """A company whose books are a desk and nothing else: the law alone, and fast."""

    def __init__(
        self, *, currency: str = "USD", timing: str = "before_tax", organization_id: int = 1
    ) -> None:
        self.desk, self.organization_id = Desk(), organization_id
        self.ask(OpenBooks(public_id="acme", name="Acme", base_currency=currency, discount_timing=timing))
        self.customer(currency)

    def record(self, *asks: Ask) -> list[Any]:
        return [self._one(ask) for ask in asks]

    def _one(self, ask: Ask) -> Any:
        while True:
            try:
                return answer(self.desk, ask)
            except Miss as miss:
                # Nothing is behind this desk: what is not on it does not exist.
                kind, key, by = miss.want
                if by is None:
                    self.desk.lay(kind, [key], [])
                else:
                    self.desk.lay_group(kind, by, [key], [])
            except Exception as problem:
                return problem

    def rows(self, kind: type[Row]) -> list[Any]:
        if kind.GROWS:
            # The store keeps them, and there is none.
            kept = {type(rows[0]): rows for rows in sums_of(self.rows(JournalLine))}
            return kept.get(kind, [])
        self.desk.count()
        found = self.desk.rows[kind]
        return [found[key] for key in sorted(key for key, row in found.items() if row is not None)]


def money(minor: int, currency: str) -> str:
    """Minor units as a statement prints them: -1200.00."""
    return str(Decimal(minor).scaleb(-exponent(currency)))


def minor(amount: Number, currency: str = "USD") -> int:
    """Major units to minor ones."""
    return int(Decimal(amount).scaleb(exponent(currency)))


def sums(rows: Iterable[Any], by: Sequence[str], *fields: str) -> dict[tuple[Any, ...], list[int]]:
    """Sums of some fields over rows that agree in others."""
    found: dict[tuple[Any, ...], list[int]] = defaultdict(lambda: [0] * len(fields))
    for row in rows:
        sum_ = found[tuple(getattr(row, name) for name in by)]
        for i, field in enumerate(fields):
            sum_[i] += getattr(row, field)
    return found


def _side(x: JournalLine, name: str, base: str | None) -> str:
    if base is None:
        debit, credit, currency = x.debit_minor, x.credit_minor, x.currency
    else:
        debit, credit, currency = x.base_debit_minor, x.base_credit_minor, base
    return f"{'Cr' if credit else 'Dr'} {name} {money(credit or debit, currency)}"


def _decimal(value: Number | None) -> Decimal | None:
    return None if value is None else Decimal(value)
