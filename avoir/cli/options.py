"""What every command takes."""

from dataclasses import dataclass
from typing import Annotated, Any

from cyclopts import Parameter

from avoir.cli.output import say
from avoir.config import Settings, load


@Parameter(name="*")
@dataclass(frozen=True)
class Options:
    """What every command takes."""

    database: Annotated[
        str | None, Parameter(help="The books: postgresql://user@host/name, or a file. Default: avoir.db.")
    ] = None
    json: Annotated[bool, Parameter(negative="", help="Print one JSON object instead of text.")] = False

    def settings(self, **given: Any) -> Settings:
        """The settings, with what this command line gave. Raises `BadSetting`."""
        return load({"database_url": self.database, **given})

    def say(self, facts: dict[str, Any], text: Any) -> None:
        """Tell what was done."""
        say(facts, text, as_json=self.json)


NO_OPTIONS = Options()
