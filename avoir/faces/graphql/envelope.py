"""The envelope of a webhook, in snake case and as a JavaScript program writes JSON (contract A, 4.11).

A client of contract A checks the signature over what it parsed and wrote again. So the body is compact, keeps
the order of its keys, and escapes nothing that need not be escaped; numbers are exact, without a `.0`.
"""

import re
from collections.abc import Mapping
from typing import Any

import msgspec

_WORD = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
encode = msgspec.json.Encoder(decimal_format="number").encode


def body_of(type_: str, shown: Mapping[str, Any]) -> str:
    """The envelope of a thing."""
    payload = {_WORD.sub("_", name).lower(): value for name, value in shown.items()}
    return encode({"type": type_, "payload": payload}).decode()
