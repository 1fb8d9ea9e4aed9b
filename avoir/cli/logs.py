"""Logging: fields instead of sentences, on standard error; one JSON object a line unless a person watches."""

import logging
import sys

import structlog
from structlog.processors import ExceptionRenderer
from structlog.tracebacks import ExceptionDictTransformer
from structlog.typing import Processor

_SHARED: list[Processor] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_log_level,
    structlog.stdlib.add_logger_name,
    structlog.stdlib.ExtraAdder(),
    structlog.processors.TimeStamper(fmt="iso", utc=True),
]
# Uvicorn's colours for terminals, which would otherwise be a field of every line.
_NOISE = ("color_message", "_record", "_from_structlog")


def start_logging(level: str) -> None:
    """Send what the standard library, Uvicorn and structlog log to one place, in one form."""
    # What stood in a frame's variables is never logged: a password may have.
    tracebacks = ExceptionRenderer(ExceptionDictTransformer(show_locals=False))
    rendered: list[Processor] = (
        [structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback)]
        if sys.stderr.isatty()
        else [tracebacks, structlog.processors.JSONRenderer()]
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(foreign_pre_chain=_SHARED, processors=[_without_noise, *rendered])
    )
    logging.basicConfig(handlers=[handler], level=level.upper(), force=True)
    # A line for every request would cost more than the request; clients and proxies have their own.
    logging.getLogger("uvicorn.access").disabled = True
    logging.getLogger("httpx").setLevel(logging.WARNING)
    structlog.configure(
        processors=[*_SHARED, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )


def _without_noise(
    logger: logging.Logger, method: str, event: structlog.typing.EventDict
) -> structlog.typing.EventDict:
    for name in _NOISE:
        event.pop(name, None)
    return event
