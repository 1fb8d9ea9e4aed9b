"""The command line: `avoir`. The clerk's process is one part of it, and loads nothing of the others."""

from collections.abc import Sequence


def main(arguments: Sequence[str] | None = None) -> None:
    """Run one command. Ends the process with 1 when it was refused or could not be done."""
    from avoir.cli.commands import run

    run(arguments)
