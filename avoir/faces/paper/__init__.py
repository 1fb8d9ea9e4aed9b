"""Documents on paper: what stands on a page, as PDF by Typst and as HTML by Jinja.

What people wrote reaches Typst as data and never as its language, so nothing in it can be run.
"""

import asyncio
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from importlib.resources import files

import msgspec
from jinja2 import Environment, PackageLoader, StrictUndefined

MOST_AT_ONCE = 2
"""Pages set at once: each takes some milliseconds of one core."""


class Sum(msgspec.Struct, frozen=True):
    """One of the sums below the lines. A strong one is what counts."""

    label: str
    amount: str
    strong: bool = False


class Paper(msgspec.Struct, frozen=True):
    """What stands on a page. All of it is text as it is to be read; `heads` name the columns of `rows`."""

    title: str
    number: str
    sender: Sequence[str]
    receiver: Sequence[str]
    facts: Sequence[tuple[str, str]]
    heads: Sequence[str]
    rows: Sequence[Sequence[str]]
    sums: Sequence[Sum]
    notes: Sequence[tuple[str, str]] = ()
    mark: str = ""  # Stands above everything: a draft is none yet.
    footer: str = ""  # Stands below everything, in small print.
    page: str = "a4"

    @property
    def file_name(self) -> str:
        """A name for the file: letters, digits and dashes only."""
        words = f"{self.title} {self.number}".lower()
        kept = "".join(c if c.isascii() and c.isalnum() else "-" for c in words)
        return "-".join(part for part in kept.split("-") if part)


setters = ThreadPoolExecutor(MOST_AT_ONCE, "paper")


async def pdf(paper: Paper) -> bytes:
    """The page as PDF. It holds no moment of its making: the same page is the same file."""
    data = msgspec.json.encode(paper).decode()
    return await asyncio.get_running_loop().run_in_executor(setters, _set, data)


def html(paper: Paper) -> str:
    """The page as a whole HTML document, without anything from elsewhere."""
    return _environment().get_template("page.html").render(paper=paper)


def _set(data: str) -> bytes:
    # Loaded when the first page is set: it takes eight megabytes.
    import typst

    page: bytes = typst.compile(_template(), sys_inputs={"paper": data})
    return page


@cache
def _template() -> bytes:
    return files("avoir.faces.paper").joinpath("page.typ").read_bytes()


@cache
def _environment() -> Environment:
    return Environment(
        loader=PackageLoader("avoir.faces.paper", "."),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
