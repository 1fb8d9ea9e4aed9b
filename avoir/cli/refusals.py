"""Every refusal there is, with what each face makes of it: read off the classes and the table to the wire."""

import importlib
import inspect
import pkgutil
from collections.abc import Iterable, Iterator, Sequence

import msgspec

import avoir
from avoir.core.errors import Kind, Refusal
from avoir.faces.problem import HTTP_STATUS, ROOMS, WORDS, Words

RULES = ("avoir.core.", "avoir.app.")

HEAD = """\
# Refusals

What Avoir says no to, by the room where the rule stands. This page is printed by `avoir schema refusals`; a
test fails when it is not up to date.

REST answers with the status and, in `errors[0].type`, the type. GraphQL answers with status 200, a sentence
as the error's `message`, and `extensions` of `code`, `kind` and `facts`. A refusal changes nothing, takes no
number, and is not kept under an `Idempotency-Key`: the same key may be tried again.
"""


class Known(msgspec.Struct, frozen=True):
    """A refusal as it is told. `rest_types` are contract B's words, by room where they differ."""

    code: str
    kind: str
    rest_status: int
    rest_types: list[str]
    says: str
    room: str


def refusals() -> list[Known]:
    """Every refusal that a rule declares, by room and in the order of the alphabet."""
    for place in RULES:
        package = importlib.import_module(place.removesuffix("."))
        for module in pkgutil.walk_packages(package.__path__, place):
            importlib.import_module(module.name)
    found = [_known(each) for each in set(_derived(Refusal)) if each.__module__.startswith(RULES)]
    return sorted(found, key=lambda each: (each.room, each.code))


def as_markdown(known: Sequence[Known]) -> str:
    """The reference page."""
    parts, room = [HEAD], ""
    for each in known:
        if each.room != room:
            room = each.room
            parts.append(f"\n## {room}\n\n| code | kind | REST | says |\n|---|---|---|---|\n")
        types = ", ".join(f"`{name}`" for name in each.rest_types)
        parts.append(f"| `{each.code}` | {each.kind} | {each.rest_status} {types} | {each.says} |\n")
    return "".join(parts)


def _derived(kind: type[Refusal]) -> Iterator[type[Refusal]]:
    for each in kind.__subclasses__():
        yield each
        yield from _derived(each)


def _known(refusal: type[Refusal]) -> Known:
    words = WORDS.get(refusal.code, Words())
    says = inspect.cleandoc(refusal.__doc__ or "").partition("\n\n")[0]
    return Known(
        code=refusal.code,
        kind=refusal.kind,
        rest_status=words.rest_status or HTTP_STATUS[refusal.kind],
        rest_types=list(_types(refusal, words)),
        says=" ".join(says.split()),
        room=refusal.__module__.removeprefix(f"{avoir.__name__}."),
    )


def _types(refusal: type[Refusal], words: Words) -> Iterable[str]:
    by_room = [words.get(refusal.code) for words in ROOMS.values()]
    given = [words.rest_type, *by_room]
    if refusal.kind is Kind.NOT_FOUND:
        return dict.fromkeys(["NotFoundError", *filter(None, given)])
    if not words.rest_type and refusal.kind is not Kind.FORBIDDEN:
        given.insert(0, refusal.code.upper())
    return dict.fromkeys(filter(None, given))
