"""Settings: what they are called, what they are when nobody says, and where each came from."""

import os
from collections.abc import Mapping
from typing import Any, get_type_hints

import msgspec

PREFIX = "AVOIR_"


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """Every setting; its name in the environment is the field's in capitals, after `AVOIR_`."""

    database_url: str = "avoir.db"
    """`sqlite:///path`, a bare path, or `postgresql://user@host/name`."""
    host: str = "127.0.0.1"
    port: int = 8787
    processes: int = 1
    """Server processes. More than one needs PostgreSQL."""
    secret: str = ""
    """Signs tokens and digests keys. Kept in the database when not given."""
    base_url: str = ""
    """How the world reaches this server; the audience of tokens. Host and port when not given."""
    token_seconds: int = 86_400
    """How long a sign-in is good for."""
    signup: bool = True
    """Whether strangers may sign up."""
    body_limit: int = 1_048_576
    """The largest request body, in bytes."""
    readers: int = 4
    """Connections for reading, by process."""
    log_level: str = "info"


class BadSetting(ValueError):
    """A setting has a value that it cannot have."""


def load(given: Mapping[str, Any], environment: Mapping[str, str] | None = None) -> Settings:
    """Settings from what was `given` (not None), else the environment, else the defaults.

    Raises `BadSetting`.
    """
    return msgspec.convert({name: value for name, value, _ in origins(given, environment)}, Settings)


def origins(
    given: Mapping[str, Any], environment: Mapping[str, str] | None = None
) -> list[tuple[str, Any, str]]:
    """Every setting as (name, value, where it came from). Raises `BadSetting`."""
    environment = os.environ if environment is None else environment
    found = []
    for field in msgspec.structs.fields(Settings):
        variable = PREFIX + field.name.upper()
        if given.get(field.name) is not None:
            found.append((field.name, given[field.name], "command line"))
        elif variable in environment:
            found.append((field.name, _typed(field.name, environment[variable]), variable))
        else:
            found.append((field.name, field.default, "default"))
    return found


def _typed(name: str, text: str) -> Any:
    try:
        return msgspec.convert(text, get_type_hints(Settings)[name], strict=False)
    except msgspec.ValidationError as problem:
        raise BadSetting(f"{PREFIX}{name.upper()}: {problem}") from None
