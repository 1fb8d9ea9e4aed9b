"""Every no of contract B as OpenAPI describes it: the envelopes, and the statuses that they come with."""

from typing import Any

Json = dict[str, Any]


def _no(description: str, *schemas: str) -> Json:
    refs = [{"$ref": f"#/components/schemas/{name}"} for name in schemas]
    schema = refs[0] if len(refs) == 1 else {"anyOf": refs}
    return {"description": description, "content": {"application/json": {"schema": schema}}}


NOES: Json = {
    "Invalid": _no(
        "The request is not well formed (`message` lists the fields), or was refused.", "Invalid", "Refused"
    ),
    "Unauthorized": _no("Nobody known, or nobody who belongs to the organization.", "Problem"),
    "Forbidden": _no("Known, but not allowed to do this.", "Problem"),
    "NotFound": _no("There is no such thing in this organization.", "Problem"),
    "NotAcceptable": _no("None of the forms that `Accept` names is to be had.", "Problem"),
    "Conflict": _no("Something else depends on it.", "Refused"),
    "TooLarge": _no("The body is larger than the server takes.", "Problem"),
    "Busy": _no(
        "Too much is waiting, or was asked; ask again after `Retry-After` seconds, with the same key.",
        "Refused", "Problem",
    ),
    "Weather": _no("The database is not to be had; ask again after `Retry-After` seconds.", "Problem"),
}  # fmt: skip
STATUSES = {
    "400": "Invalid", "401": "Unauthorized", "403": "Forbidden", "404": "NotFound", "406": "NotAcceptable",
    "409": "Conflict", "413": "TooLarge", "429": "Busy", "503": "Weather",
}  # fmt: skip
"""The no of each status."""

_COMPLAINT: Json = {
    "type": "object",
    "properties": {
        "target": {"type": "object"},
        "value": {},
        "property": {"type": "string"},
        "children": {"type": "array"},
        "constraints": {"type": "object", "additionalProperties": {"type": "string"}},
    },
    "required": ["property"],
}
_REFUSAL: Json = {
    "type": "object",
    "properties": {
        "statusCode": {"type": "integer"},
        "type": {"type": "string", "description": "What clients of the contract look at."},
        "code": {"type": "string", "description": "The refusal's own name, the same in both contracts."},
        "message": {"type": "string"},
        "payload": {"type": "object", "description": "The facts of the refusal."},
    },
    "required": ["statusCode", "type", "message"],
}
SCHEMAS: Json = {
    "Invalid": {
        "type": "object",
        "properties": {
            "statusCode": {"const": 400},
            "error": {"const": "Bad Request"},
            "message": {"anyOf": [{"type": "string"}, {"type": "array", "items": _COMPLAINT}]},
        },
        "required": ["statusCode", "message"],
    },
    "Refused": {
        "type": "object",
        "properties": {"errors": {"type": "array", "minItems": 1, "items": _REFUSAL}},
        "required": ["errors"],
    },
    "Problem": {
        "type": "object",
        "properties": {
            "statusCode": {"type": "integer"},
            "message": {"type": "string"},
            "error": {"type": "string"},
            "code": {"type": "string"},
        },
        "required": ["message"],
    },
}
