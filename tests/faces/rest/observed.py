"""What the server was seen to answer: learned once for the reference, and held against it ever after.

Every reply that a test of this face gets passes `see`. It must be one that the reference describes: its
status, and in its body the fields and their kinds. With `AVOIR_LEARN` naming a directory, replies are written
down there instead, and `python -m tests.faces.rest.observed DIRECTORY` makes the reference of them:

    AVOIR_LEARN=/tmp/learned make test ARGS="tests/faces/rest"
    .venv/bin/python -m tests.faces.rest.observed /tmp/learned
"""

import json
import os
import re
import sys
from collections.abc import Iterator
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema_rs
import msgspec

from avoir.faces.rest.endpoint import Way
from avoir.faces.rest.openapi import openapi
from avoir.faces.rest.replies import REPLIES
from avoir.faces.rest.routes import WAYS

LEARN = os.environ.get("AVOIR_LEARN", "")
LONGEST_EXAMPLE = 1_500
COMPACT: dict[str, Any] = {"ensure_ascii": False, "sort_keys": True, "separators": (",", ":")}
ODD = re.compile(r"x{20}|[^ -~]|\\\\u|0{12}")
"""What tests put into fields to break them, and nobody wants to see in an example."""
COUNTED = re.compile(r"(^|_)(id|ids|count|index|page|page_size|days|status_?code|size|hours)$")
"""Names of whole numbers; whatever else is a number may have decimals."""
SECRET = re.compile(r"(bc_[0-9a-f]{6})[0-9a-f]+|(eyJ\w{6})[\w.-]+")
decode = msgspec.json.Decoder(float_hook=Decimal).decode


@cache
def _addresses() -> list[tuple[str, re.Pattern[str], Way]]:
    # A fixed part goes before one that varies.
    ways = sorted(WAYS, key=lambda way: [("{" in part, part) for part in way.path.split("/")])
    return [(way.method, re.compile(re.sub(r"\{\w+\}", "[^/]+", way.path)), way) for way in ways]


def way_of(method: str, path: str) -> Way | None:
    """The way that a call went, if it is one."""
    address = path.partition("?")[0].rstrip("/")
    for verb, pattern, way in _addresses():
        if verb == method and pattern.fullmatch(address):
            return way
    return None


def see(
    method: str, path: str, asked: Any, status: int, kind: str, content: bytes, *, typical: bool = True
) -> None:
    """Hold a reply against the reference, or write it down; what is not `typical` is no example."""
    way = way_of(method, path)
    if way is None:
        return
    file = bool(content) and "json" not in kind
    if LEARN:
        with (Path(LEARN) / f"{os.getpid()}.jsonl").open("a") as notes:
            asked = asked if isinstance(asked, dict) else None
            said = "" if file else content.decode()
            told = [f"{way.method} {way.path}", status, asked, said, kind if file else "", typical]
            notes.write(json.dumps(told, default=str) + "\n")
    elif content and not file:
        _hold(way, status, content)


def _hold(way: Way, status: int, content: bytes) -> None:
    validator = _validators().get((way.method, way.path, status))
    assert validator is not None, f"{way.method} {way.path} is not said to answer {status}"
    problems = [f"{x.instance_path}: {x.message}" for x in validator.iter_errors(json.loads(content))]
    assert not problems, f"{way.method} {way.path} {status} is not as the reference says: {problems[:3]}"


@cache
def _validators() -> dict[tuple[str, str, int], Any]:
    described = openapi()
    found = {}
    for path, methods in described["paths"].items():
        for method, operation in methods.items():
            for status, reply in operation["responses"].items():
                if "$ref" in reply:
                    reply = described["components"]["responses"][reply["$ref"].rpartition("/")[2]]
                schema = reply.get("content", {}).get("application/json", {}).get("schema", {})
                whole = schema | {"components": described["components"]}
                key = method.upper(), path.removeprefix("/api"), int(status)
                found[key] = jsonschema_rs.validator_for(whole)
    return found


# Learning.


class Shape:
    """What values at one place were: their kinds, and the shapes inside them."""

    def __init__(self) -> None:
        self.kinds: set[str] = set()
        self.objects = 0
        self.fields: dict[str, tuple[int, Shape]] = {}
        self.items: Shape | None = None

    def add(self, value: Any) -> "Shape":
        """One more value."""
        match value:
            case None:
                self.kinds.add("null")
            case bool():
                self.kinds.add("boolean")
            case int():
                self.kinds.add("integer")
            case Decimal():
                self.kinds.add("number")
            case str():
                self.kinds.add("string")
            case list():
                self.kinds.add("array")
                self.items = self.items or Shape()
                for each in value:
                    self.items.add(each)
            case dict():
                self.kinds.add("object")
                self.objects += 1
                for name, each in value.items():
                    seen, shape = self.fields.get(name, (0, Shape()))
                    self.fields[name] = seen + 1, shape.add(each)
        return self

    def kinds_by_name(self, found: dict[str, set[str]]) -> dict[str, set[str]]:
        """What fields of a name were, wherever they stood."""
        for name, (_, shape) in self.fields.items():
            found.setdefault(name, set()).update(shape.kinds)
            shape.kinds_by_name(found)
        if self.items is not None:
            self.items.kinds_by_name(found)
        return found

    def schema(self, elsewhere: dict[str, set[str]], name: str = "") -> dict[str, Any]:
        """As JSON Schema; of what was never anything but null, nothing is said.

        What was null, or had decimals, in one place may be so in another where nobody saw it.
        """
        kinds = self.kinds | (elsewhere.get(name, set()) & {"null"})
        if "number" in kinds or ("integer" in kinds and not COUNTED.search(name)):
            kinds = kinds - {"integer"} | {"number"}
        kinds = sorted(kinds)
        if kinds in ([], ["null"]):
            return {}
        schema: dict[str, Any] = {"type": kinds[0] if len(kinds) == 1 else kinds}
        if self.items is not None:
            schema["items"] = self.items.schema(elsewhere)
        if self.objects:
            names = sorted(self.fields)
            if names and all(re.fullmatch(r"\d+|[A-Z]{3}|\d{4}-\d\d-\d\d", x) for x in names):
                merged = Shape()
                for _, shape in self.fields.values():
                    merged.merge(shape)
                return schema | {"additionalProperties": merged.schema(elsewhere)}
            schema["properties"] = {x: self.fields[x][1].schema(elsewhere, x) for x in names}
            required = [x for x in names if self.fields[x][0] == self.objects]
            if required:
                schema["required"] = required
        return schema

    def merge(self, other: "Shape") -> None:
        """Another place's values, as if they had been here."""
        self.kinds |= other.kinds
        self.objects += other.objects
        if other.items is not None:
            self.items = self.items or Shape()
            self.items.merge(other.items)
        for name, (seen, shape) in other.fields.items():
            here, own = self.fields.get(name, (0, Shape()))
            own.merge(shape)
            self.fields[name] = here + seen, own


def seen(directory: Path) -> Iterator[tuple[Any, ...]]:
    """All that was written down."""
    for file in sorted(directory.glob("*.jsonl")):
        with file.open() as lines:
            for line in lines:
                yield tuple(json.loads(line))


def learn(directory: Path) -> dict[str, Any]:
    """What was seen, by way: the shape of what is granted, an example, the types of refusals."""
    shapes: dict[str, Shape] = {}
    examples: dict[str, tuple[int, str, Any]] = {}
    types: dict[str, set[str]] = {}
    empty: set[str] = set()
    files: set[str] = set()
    granted = {f"{way.method} {way.path}": way.status for way in WAYS}
    for name, status, asked, text, file, typical in seen(directory):
        if name not in granted:
            continue
        if not text:
            (files if file else empty).update({name} if status == granted[name] else ())
            continue
        body = decode(text)
        if status == granted[name]:
            shapes.setdefault(name, Shape()).add(body)
            odd = not typical or ODD.search(text + str(asked)) is not None
            rank = (odd, len(text) > LONGEST_EXAMPLE, -len(text), text)
            if name not in examples or rank < examples[name][0]:
                examples[name] = rank, text, asked
        elif isinstance(body, dict) and body.get("errors"):
            types.setdefault(name, set()).update(each["type"] for each in body["errors"])
    elsewhere: dict[str, set[str]] = {}
    for shape in shapes.values():
        shape.kinds_by_name(elsewhere)
    named = {name: shape.schema(elsewhere) for name, shape in shapes.items()}
    for name, schema in named.items():
        if "/reports/" in name:
            # Which columns a report has depends on what is asked.
            _loosen(schema)
    learned = {name: _learned(name, named, examples, types) for name in {*named, *types, *empty, *files}}
    for name in empty - {*shapes, *files}:
        learned[name]["empty"] = True
    for name in files - set(shapes):
        learned[name]["file"] = True
    return learned


def _loosen(schema: Any) -> None:
    for each in schema.values() if isinstance(schema, dict) else ():
        if isinstance(each, dict):
            _loosen(each)
    if isinstance(schema, dict) and isinstance(schema.get("required"), list):
        del schema["required"]


def _learned(name: str, schemas: Any, examples: Any, types: Any) -> dict[str, Any]:
    learned: dict[str, Any] = {}
    if name in schemas:
        learned["schema"] = schemas[name]
        (_, text, asked) = examples[name]
        if len(text) <= LONGEST_EXAMPLE:
            learned["example"] = json.loads(SECRET.sub(r"\1\2...", text))
        if asked:
            learned["asked"] = asked
    if name in types:
        learned["refusals"] = sorted(types[name])
    return learned


if __name__ == "__main__":
    found = learn(Path(sys.argv[1]))
    lines = (f"{json.dumps(name)}:{json.dumps(found[name], **COMPACT)}" for name in sorted(found))
    REPLIES.write_text("{" + ",\n".join(lines) + "}\n", "utf-8")
    print(f"{len(found)} of {len(WAYS)} ways")
