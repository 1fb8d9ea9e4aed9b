"""What was seen to be answered, by way: see `openapi`. `tests/faces/rest/observed.py` writes the file."""

from functools import cache
from pathlib import Path
from typing import Any

import msgspec

REPLIES = Path(__file__).with_name("replies.json")


@cache
def known_replies() -> dict[str, dict[str, Any]]:
    """By method and path: `schema` and `example`, the body `asked` for it, the types of `refusals`.

    What is granted without a word is `empty`, what is no JSON a `file`.
    """
    return msgspec.json.decode(REPLIES.read_bytes(), type=dict[str, dict[str, Any]])
