"""Tables on paper: reports and lists as PDF."""

import asyncio
from collections.abc import Sequence
from functools import cache
from importlib.resources import files

import msgspec

from avoir.faces.paper import setters


class SheetRow(msgspec.Struct, frozen=True):
    """A row as it is to be read: how deep it stands, and whether it is a sum or a heading."""

    cells: Sequence[str]
    depth: int
    strong: bool


class Sheet(msgspec.Struct, frozen=True):
    """A table as it is to be read; `numbers` says of each column whether it holds numbers."""

    title: str
    about: str
    heads: Sequence[str]
    numbers: Sequence[bool]
    rows: Sequence[SheetRow]


async def sheet_pdf(sheet: Sheet) -> bytes:
    """The table as PDF, on as many pages as it takes. The same table is the same file."""
    data = msgspec.json.encode(sheet).decode()
    return await asyncio.get_running_loop().run_in_executor(setters, _set, data)


def _set(data: str) -> bytes:
    import typst

    page: bytes = typst.compile(_template(), sys_inputs={"sheet": data})
    return page


@cache
def _template() -> bytes:
    return files("avoir.faces.paper").joinpath("table.typ").read_bytes()
