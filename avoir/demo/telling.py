"""The demonstration, told in a terminal: requests, replies, entries, balances."""

from collections.abc import Sequence
from decimal import Decimal

import msgspec
from rich.console import Console
from rich.markup import escape
from rich.syntax import Syntax
from rich.table import Table

from avoir.core.currency import exponent
from avoir.core.invoice import Invoice
from avoir.core.money import major_of
from avoir.demo import catalog
from avoir.demo.books import Amount, Entry, Total
from avoir.demo.calls import Credentials, Exchange
from avoir.demo.year import BANK

_encode = msgspec.json.Encoder(decimal_format="number").encode
WIDTH = 110


class Telling:
    """Prints as it goes."""

    def __init__(self, *, quiet: bool = False) -> None:
        console = Console(highlight=False, quiet=quiet)
        # Piped into a file it is wide enough for its tables; in a terminal it is as wide as that.
        self.console = console if console.is_terminal else Console(highlight=False, quiet=quiet, width=WIDTH)

    def heading(self, text: str) -> None:
        """A new part of the story."""
        self.console.print()
        self.console.rule(f"[bold]{escape(text)}", align="left")

    def line(self, text: str) -> None:
        """A sentence."""
        self.console.print(text, markup=False, soft_wrap=True)

    def company(self, counts: dict[str, int], commands: int, seconds: Decimal) -> None:
        """What was made."""
        self.heading(f"{catalog.NAME}: a year of books, in {catalog.BASE}")
        there = ", ".join(f"{n} {name}" for name, n in counts.items())
        self.line(f"{there}; written by {commands} commands in {seconds} s.")

    def invoice(self, invoice: Invoice) -> None:
        """The invoice that is going to be refunded."""
        total = money(major_of(invoice.total_minor, invoice.currency), invoice.currency)
        tax = money(major_of(invoice.tax_minor, invoice.currency), invoice.currency)
        self.line(
            f"{invoice.number} of {invoice.issued_on} to {catalog.CUSTOMERS[invoice.customer_id - 1][0]}: "
            f"{total} {invoice.currency}, {tax} of it tax at three rates, paid in two parts."
        )

    def token(self, exchange: Exchange) -> None:
        """How the token was had."""
        self.line(f"\nPOST {exchange.path}  ->  {exchange.status}, good for {exchange.reply['expires_in']} s")

    def exchange(self, exchange: Exchange) -> None:
        """A request and its reply."""
        self.line(f"\n{exchange.method} {exchange.path}")
        if "query" in exchange.asked:
            self._code(exchange.asked["query"].rstrip(), "graphql")
            self._json(exchange.asked["variables"])
        else:
            self._json(exchange.asked)
        self.line(f"\n{exchange.status}")
        self._json(exchange.reply)

    def entries(self, entries: Sequence[Entry]) -> None:
        """The journal entries, a table each."""
        for entry in entries:
            foreign = entry.currency != entry.base
            title = f"Entry {entry.id}: {entry.event.replace('_', ' ')}, {entry.booked_on}"
            table = Table(title=title, title_justify="left", title_style="bold", box=None, pad_edge=False)
            table.add_column("", min_width=28)
            for column in ("debit", "credit", *(("debit", "credit") if foreign else ())):
                table.add_column(column, justify="right", min_width=12)
            for side in entry.sides:
                document = (side.debit, side.credit) if foreign else ()
                base = (side.base_debit, side.base_credit)
                cells = [blank(amount, entry.currency) for amount in document]
                table.add_row(side.account, *cells, *(blank(amount, entry.base) for amount in base))
            currencies = (
                (entry.currency, entry.currency, entry.base, entry.base) if foreign else (entry.base,) * 2
            )
            for column, currency in zip(table.columns[1:], currencies, strict=True):
                column.header = f"{column.header} {currency}"
            self.console.print()
            self.console.print(table)

    def trial(self, totals: Sequence[Total], base: str) -> None:
        """The trial balance, and that it balances."""
        table = Table(box=None, pad_edge=False, show_footer=True)
        debit = sum((Decimal(each.debit) for each in totals), Decimal(0))
        credit = sum((Decimal(each.credit) for each in totals), Decimal(0))
        table.add_column("code")
        table.add_column("account", footer="Total")
        table.add_column(f"debit {base}", justify="right", footer=money(debit, base))
        table.add_column(f"credit {base}", justify="right", footer=money(credit, base))
        for each in totals:
            table.add_row(each.code, each.account, blank(each.debit, base), blank(each.credit, base))
        self.console.print(table)

    def way_in(self, url: str, at: Credentials, token: str, note_id: int, today: str) -> None:
        """Where it serves, with which credentials, and what to try."""
        self.heading(f"Serving at {url}")
        for name, value in at._asdict().items():
            self.line(f"{name:<16}{value}")
        self.line("The console is at that address, for the e-mail and the password.")
        refunds, json = f"{url}/api/credit-notes/{note_id}/refunds", '-H "Content-Type: application/json"'
        refund = {"fromAccountId": BANK, "amount": 10, "date": today, "exchangeRate": Decimal("1.09")}
        listed = {"query": "{ creditNotes(first: 3) { nodes { number kind state amount } } }"}
        self.line("\nPay out some more, look at it, and ask the other face:")
        self.line(f"curl -s {refunds} {_bearer(at.key)} {json} -d '{_encode(refund).decode()}'")
        self.line(f"curl -s {refunds} {_bearer(at.key)}")
        self.line(f"curl -s {url}/graphql {_bearer(token)} {json} -d '{_encode(listed).decode()}'")

    def _json(self, value: object) -> None:
        self._code(msgspec.json.format(_encode(value), indent=2).decode(), "json")

    def _code(self, text: str, language: str) -> None:
        if self.console.is_terminal:
            self.console.print(Syntax(text, language, background_color="default", word_wrap=True))
        else:
            self.line(text)


def _bearer(secret: str) -> str:
    return f'-H "Authorization: Bearer {secret}"'


def money(amount: Amount, currency: str) -> str:
    """An amount as a statement prints it: 1,538.34."""
    return f"{Decimal(amount):,.{exponent(currency)}f}"


def blank(amount: Amount, currency: str) -> str:
    """As `money`; nothing is nothing."""
    return money(amount, currency) if amount else ""
