"""A guide in Markdown, told to a real server: what it says is sent, and what it shows must be what came.

Blocks of a guide, by their language:

- `http`: a call of contract B; the first line is method, path and headers, the rest the body. `As:second` is
  the key of a second person.
- `graphql`: a document of contract A; a first line `# {...}` has its variables.
- `json`: what the call before answered: a status on the first line, then what must be in the body. More may
  be there. A text `{name}` is remembered when it is first seen, and must be the same ever after; in calls
  it stands for what was remembered.
- `journal`: every entry posted since the last such block, or `nothing`.
- `trial-balance`: what is in every account in the end, or `nothing`.
"""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from avoir.app.access import CreateUser, GenerateApiKey
from avoir.core.account import Account
from avoir.core.journal import JournalEntry, JournalLine
from avoir.core.organization import Entity
from tests.faces.graphql.shop import Shop, decode, encode
from tests.ledger import money

BLOCK = re.compile(r"^```([\w-]+)\n(.*?)^```", re.MULTILINE | re.DOTALL)
NAME = re.compile(r"\{(\w+)\}")


class Block(NamedTuple):
    """A fenced part of a guide."""

    language: str
    text: str


def blocks(guide: Path) -> Iterator[Block]:
    """The fenced parts of a guide, in order; shell and prose are left out."""
    for language, text in BLOCK.findall(guide.read_text("utf-8")):
        if language != "sh":
            yield Block(language, text.strip())


class Teller:
    """Tells a story to a shop, and remembers what it has heard."""

    def __init__(self, shop: Shop) -> None:
        self.shop, self.names = shop, dict[str, Any]()
        access = shop.app.state.access
        tenancy = {"tenancy_id": shop.organization_id}
        second = CreateUser(
            **tenancy, email="grace@example.com", first_name="Grace", last_name="H", password_hash="-"
        )
        users = {"first": 1, "second": shop.run(access.ask(second, actor="test")).id}
        self.keys = {who: access.new_secret("bc_", 96) for who in users}
        for who, key in self.keys.items():
            made = GenerateApiKey(
                **tenancy, user_id=users[who], name=who, prefix=key[:8], digest=access.digest(key)
            )
            shop.run(access.ask(made, actor="test"))
        self.seen = len(shop.rows(JournalEntry))
        self.said: tuple[int, Any] = (0, None)

    def tell(self, block: Block) -> None:
        """Do, or check, what a block says."""
        tell = getattr(self, f"_{block.language.replace('-', '_')}")
        tell(block.text)

    def _http(self, text: str) -> None:
        first, _, body = self._filled(text).partition("\n")
        method, path, *headers = first.split(" ")
        sent = {"as": "first", "content-type": "application/json"}
        sent |= dict(pair.lower().split(":", 1) for pair in headers)
        sent["authorization"] = f"Bearer {self.keys[sent.pop('as')]}"
        reply = self.shop.run(
            self.shop.http.request(method, path, content=body.encode() or None, headers=sent)
        )
        self.said = reply.status_code, decode(reply.content) if reply.content else None

    def _graphql(self, text: str) -> None:
        variables = {}
        if text.startswith("# {"):
            first, _, text = text.partition("\n")
            variables = decode(self._filled(first[2:]).encode())
        reply = self.shop.post(encode({"query": text, "variables": variables}))
        self.said = reply.status_code, decode(reply.content)

    def _json(self, text: str) -> None:
        status, _, shown = text.partition("\n")
        assert self.said[0] == int(status), self.said
        if shown.strip():
            self._agree(decode(shown.encode()), self.said[1], "")

    def _journal(self, text: str) -> None:
        entries = self.shop.rows(JournalEntry)[self.seen :]
        self.seen += len(entries)
        posted = [line for entry in entries for line in self._entry(entry)]
        shown = [] if text == "nothing" else lines(text)
        assert shown == posted, "\n".join(posted)

    def _trial_balance(self, text: str) -> None:
        base = self.shop.rows(Entity)[0].base_currency
        names = {x.id: x.name for x in self.shop.rows(Account)}
        sums: dict[str, int] = {}
        for x in self.shop.rows(JournalLine):
            name = names[x.account_id]
            sums[name] = sums.get(name, 0) + x.base_debit_minor - x.base_credit_minor
        assert not sum(sums.values())
        left = [(name, minor) for name, minor in sums.items() if minor]
        balance = [f"{'Dr' if minor > 0 else 'Cr'} {name} {money(abs(minor), base)}" for name, minor in left]
        shown = [] if text == "nothing" else lines(text)
        assert sorted(shown) == sorted(balance), "\n".join(balance)

    def _entry(self, entry: JournalEntry) -> Iterator[str]:
        names = {x.id: x.name for x in self.shop.rows(Account)}
        base = self.shop.rows(Entity)[0].base_currency
        yield f"{entry.event.replace('_', ' ')}, {entry.booked_on}"
        for x in self.shop.rows(JournalLine):
            if x.entry_id == entry.id:
                debit = x.base_debit_minor
                side = (
                    f"Dr {{}} {money(debit, base)}"
                    if debit
                    else f"Cr {{}} {money(x.base_credit_minor, base)}"
                )
                yield side.format(names[x.account_id])

    def _filled(self, text: str) -> str:
        """With what was remembered in the place of names: as JSON where one is a whole text."""
        known = re.sub(r'"\{(\w+)\}"', lambda name: str(encode(self.names[name[1]]), "utf-8"), text)
        return NAME.sub(lambda name: str(self.names.get(name[1], name[0])), known)

    def _agree(self, shown: Any, came: Any, where: str) -> None:
        if isinstance(shown, str) and (name := NAME.fullmatch(shown)):
            self._agree(self.names.setdefault(name[1], came), came, where)
        elif isinstance(shown, dict):
            for key, value in shown.items():
                assert key in came, f"{where}.{key} is missing in {came}"
                self._agree(value, came[key], f"{where}.{key}")
        elif isinstance(shown, list):
            assert len(shown) == len(came), f"{where}: {came}"
            for n, (one, other) in enumerate(zip(shown, came, strict=True)):
                self._agree(one, other, f"{where}[{n}]")
        else:
            filled = self._filled(shown) if isinstance(shown, str) else shown
            assert filled == came, f"{where}: {came!r}, not {filled!r}"


def lines(text: str) -> list[str]:
    """Lines without what is only there for the eye."""
    return [" ".join(line.replace(",", "").split()) if line[:1] == " " or line[:2] in ("Dr", "Cr")
            else " ".join(line.split()) for line in text.splitlines() if line.strip()]  # fmt: skip
