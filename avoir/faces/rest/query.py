"""Bracketed queries and forms (`a[]=1&b[c]=2`), as contract B's clients write them."""

import re
from typing import Any
from urllib.parse import parse_qsl

from avoir.faces.body import BadBody

MOST_PAIRS, DEEPEST = 1000, 5
_PART = re.compile(r"\[([^\[\]]*)\]")


def pairs_of(text: str) -> dict[str, Any]:
    """`a[]=1&a[]=2&b[c]=3&d=4` is {a: [1, 2], b: {c: 3}, d: 4}; all values are texts. Raises `BadBody`."""
    found: dict[str, Any] = {}
    try:
        pairs = parse_qsl(text, keep_blank_values=True, max_num_fields=MOST_PAIRS)
    except ValueError as problem:
        raise BadBody(f"the query is not readable: {problem}") from None
    for key, value in pairs:
        root = key.partition("[")[0]
        path = _PART.findall(key)[:DEEPEST] if root else []
        _put(found, [root or key, *path], value)
    return found


def _put(where: dict[str, Any], path: list[str], value: str) -> None:
    name, rest = path[0], path[1:]
    known = where.get(name)
    if not rest:
        # Said twice, it is a list.
        where[name] = value if known is None else [*(known if isinstance(known, list) else [known]), value]
    elif rest == [""] or (rest[0].isdecimal() and len(rest) == 1):
        where[name] = [*(known if isinstance(known, list) else []), value]
    else:
        inside = known if isinstance(known, dict) else {}
        where[name] = inside
        _put(inside, rest, value)
