"""Logging: fields instead of sentences, on standard error; one JSON object a line unless a person watches.

By the standard library alone: what libraries for this bring along would be ten megabytes in the clerk's
process.
"""

import logging
import sys
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

import msgspec

# What every record has; whatever else stands in one was said with it. Uvicorn's colours nobody wants.
_OWN = {*vars(logging.makeLogRecord({})), "message", "asctime", "color_message"}
_encode = msgspec.json.Encoder(enc_hook=str).encode
Render = Callable[[Mapping[str, Any]], str]


class Lines(logging.Formatter):
    """A record as one line: when, how grave, who, what, the fields that were said with it, and a trace.

    What stood in a frame's variables is never logged: a password may have.
    """

    def __init__(self, render: Render) -> None:
        super().__init__()
        self.render = render

    def format(self, record: logging.LogRecord) -> str:
        """The line, without its end."""
        fields = {
            "event": record.getMessage(),
            "level": record.levelname.lower(),
            "logger": record.name,
            "timestamp": datetime.fromtimestamp(record.created, UTC).isoformat().replace("+00:00", "Z"),
            **{name: value for name, value in vars(record).items() if name not in _OWN},
        }
        if record.exc_info:
            fields["exception"] = self.formatException(record.exc_info)
        return self.render(fields)


def as_json(fields: Mapping[str, Any]) -> str:
    """For programs."""
    return _encode(fields).decode()


def as_text(fields: Mapping[str, Any]) -> str:
    """For people: the fields after what happened, and a trace below."""
    said = dict(fields)
    head = f"{said.pop('timestamp')} {said.pop('level'):8}{said.pop('event')}"
    trace = said.pop("exception", "")
    line = " ".join([head, *(f"{name}={value}" for name, value in said.items())])
    return f"{line}\n{trace}" if trace else line


def start_logging(level: str) -> None:
    """Send what the standard library and Uvicorn log to one place, in one form."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(Lines(as_text if sys.stderr.isatty() else as_json))
    logging.basicConfig(handlers=[handler], level=level.upper(), force=True)
    # A line for every request would cost more than the request; clients and proxies have their own.
    logging.getLogger("uvicorn.access").disabled = True
    logging.getLogger("httpx").setLevel(logging.WARNING)
