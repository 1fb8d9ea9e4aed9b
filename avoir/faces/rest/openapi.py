"""REST as OpenAPI 3.1: requests read off the tables that route and check them, replies off what was seen.

A reply's fields, kinds and example, and the types of refusals, were learned from the answers to the tests
(`replies.json`), and every test holds every answer against them: what is written here is what is sent.
"""

import inspect
import re
from datetime import UTC
from decimal import Decimal
from importlib.metadata import version
from typing import Any

from avoir.faces.rest.accept import JSON
from avoir.faces.rest.endpoint import Gate, Way
from avoir.faces.rest.fields import Body, Field
from avoir.faces.rest.noes import NOES, SCHEMAS, STATUSES
from avoir.faces.rest.replies import known_replies
from avoir.faces.rest.routes import WAYS

Json = dict[str, Any]

_TYPES: dict[str, Json] = {
    "isInt": {"type": "integer"},
    "isNumber": {"type": "number"},
    "isBoolean": {"type": "boolean"},
    "isDateString": {"type": "string", "format": "date"},
    "isEmail": {"type": "string", "format": "email"},
    "isArray": {"type": "array"},
    "isString": {"type": "string"},
}
"""What a field is, by the first of its rules that says so."""
_BOUNDS = {"min": "minimum", "minLength": "minLength", "maxLength": "maxLength", "arrayMinSize": "minItems"}


def openapi() -> Json:
    """The whole description."""
    paths: Json = {}
    for way in WAYS:
        paths.setdefault(f"/api{way.path}", {})[way.method.lower()] = _operation(way)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Avoir",
            "version": version("avoir"),
            "description": "Contract B. Keys may be in camelCase or snake_case; replies are in snake_case.",
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "paths": paths,
        "components": {
            "schemas": SCHEMAS,
            "responses": NOES,
            "securitySchemes": {
                "bearer": {
                    "type": "http",
                    "scheme": "bearer",
                    "description": "A `bc_` key; or a sign-in token, with the header `organization-id`.",
                }
            },
        },
    }


def _operation(way: Way) -> Json:
    # By its address, which is nobody else's; some handlers serve several.
    name = way.path.strip("/").replace("{", "").replace("}", "").replace("/", ".")
    said = inspect.cleandoc(way.handle.__doc__ or "")
    known = known_replies().get(f"{way.method} {way.path}", {})
    described: Json = {
        "operationId": f"{name}.{way.method.lower()}",
        "tags": [way.path.split("/")[1]],
        "summary": said.partition(". ")[0].partition("\n")[0].rstrip("."),
        "description": said,
        "parameters": _parameters(way),
        "responses": {str(way.status): _done(way, known), **_noes(way, known)},
    }
    if way.body is not None:
        content: Json = {"schema": object_of(way.body)}
        if "asked" in known:
            content["example"] = known["asked"]
        described["requestBody"] = {"required": True, "content": {"application/json": content}}
    if way.gate is not Gate.ANYBODY:
        described["security"] = [{"bearer": []}]
    return described


def _done(way: Way, known: Json) -> Json:
    said = "Done, in the form that `Accept` asks for." if way.offers else "Done."
    forms: Json = {form: {} for form in way.offers}
    if "file" in known:
        forms["*/*"] = {}
    if "schema" in known:
        forms[JSON] = {name: known[name] for name in ("schema", "example") if name in known}
    return {"description": said, **({"content": forms} if forms else {})}


def _noes(way: Way, known: Json) -> Json:
    left_out = {"403"} if way.gate is Gate.ANYBODY else set()
    if way.method == "GET":
        left_out |= {"413"} | ({"401"} if way.gate is Gate.ANYBODY else set())
    if not way.offers:
        left_out.add("406")
    noes: Json = {
        status: {"$ref": f"#/components/responses/{name}"}
        for status, name in STATUSES.items()
        if status not in left_out
    }
    if "refusals" in known:
        invalid = NOES[STATUSES["400"]]
        types = ", ".join(f"`{each}`" for each in known["refusals"])
        noes["400"] = invalid | {"description": f"{invalid['description']} Types: {types}."}
    return noes


def _parameters(way: Way) -> list[Json]:
    found: list[Json] = [
        {"name": name, "in": "path", "required": True, "schema": {"type": "integer"}}
        for name in re.findall(r"{(\w+)}", way.path)
    ]
    for field in way.query.fields if way.query else ():
        schema = schema_of(field)
        found.append({"name": field.name, "in": "query", "required": not field.optional, "schema": schema})
    if way.gate is not Gate.ANYBODY:
        found.append({"name": "organization-id", "in": "header", "schema": {"type": "string"}})
    if way.method != "GET":
        key = {"type": "string", "minLength": 1, "maxLength": 255}
        found.append({"name": "Idempotency-Key", "in": "header", "schema": key})
    return found


def object_of(body: Body) -> Json:
    """A body as JSON Schema. Unknown fields are allowed: they are ignored."""
    return {
        "type": "object",
        "properties": {field.name: schema_of(field) for field in body.fields},
        "required": [field.name for field in body.fields if not field.optional],
    }


def schema_of(field: Field) -> Json:
    """A field as JSON Schema, by the rules that it is held against."""
    rules = {rule.name: rule.says for rule in field.rules}
    schema: Json = dict(next((_TYPES[name] for name in _TYPES if name in rules), {}))
    if schema.get("type") in ("integer", "number") and field.coerce("1", UTC) == Decimal(1):
        schema["type"] = [schema["type"], "string"]
    if field.inner is not None:
        schema["items"] = object_of(field.inner)
    if "isPositive" in rules:
        schema["exclusiveMinimum"] = 0
    for name, bound in _BOUNDS.items():
        if name in rules and (number := re.search(r"-?\d+", rules[name])):
            schema[bound] = int(number[0])
    if not set(rules) & set(_TYPES) and rules:
        # A choice, or a test of its own: its rule says in words what it wants.
        wants = "; ".join(rules.values())
        words = wants.partition("must be one of: ")[2]
        schema |= {"type": "string", **({"enum": words.split(", ")} if words else {"description": wants})}
    if field.secret:
        schema |= {"format": "password", "writeOnly": True}
    if field.optional and isinstance(field.default, str | int | bool) and field.default != "":
        schema["default"] = field.default
    return schema
