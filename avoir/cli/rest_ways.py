"""Every way into REST, read off the table of routes: who may go it, what it answers, what it is for."""

import inspect
from collections.abc import Mapping, Sequence

import msgspec

from avoir.faces.rest.abilities import ability
from avoir.faces.rest.endpoint import Gate, Way
from avoir.faces.rest.routes import WAYS

GATES = {Gate.ANYBODY: "anybody", Gate.MEMBER: "every member", Gate.BOOKS: "every member"}
"""Who may go a way that asks for no ability."""

HEAD = """\
# REST

Every endpoint of contract B and of ours beside it, under `/api`, as the table of routes has it: what a role
must hold to go there, the status of a yes, and the forms that `Accept` may ask for beside JSON. `avoir schema
rest` prints it from the server itself, `avoir schema openapi` with every field.
"""


class Known(msgspec.Struct, frozen=True):
    """A way as it is told. `forms` are the media types beside JSON."""

    method: str
    path: str
    ability: str
    status: int
    forms: list[str]
    says: str


def ways() -> list[Known]:
    """Every way, by address and then in the order of the table."""
    return [_known(way) for way in sorted(WAYS, key=lambda way: way.path)]


def as_markdown(known: Sequence[Known], tested: Mapping[tuple[str, str], Sequence[str]] | None = None) -> str:
    """The reference page; with `tested`, by method and path, the files of tests that go each way."""
    more = "" if tested is None else " tested by |"
    parts, room = [HEAD], ""
    for each in known:
        first = each.path.split("/")[1]
        if first != room:
            room = first
            rule = "---|" * (5 + (tested is not None))
            parts.append(f"\n## {room}\n\n| endpoint | who | yes | forms | what it is |{more}\n|{rule}\n")
        cells = [
            f"`{each.method} {each.path}`",
            each.ability,
            str(each.status),
            ", ".join(form.partition("/")[2] for form in each.forms),
            each.says,
        ]
        if tested is not None:
            cells.append(", ".join(tested[each.method, each.path]))
        parts.append(f"| {' | '.join(cells)} |\n")
    return "".join(parts)


def _known(way: Way) -> Known:
    says = inspect.cleandoc(way.handle.__doc__ or "").partition("\n\n")[0].replace("\n", " ")
    needs = ability(way) or GATES[way.gate]
    return Known(way.method, way.path, needs, way.status, list(way.offers), says.replace("|", "\\|"))
