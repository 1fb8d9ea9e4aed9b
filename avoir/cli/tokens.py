"""`avoir tokens rotate`: a new key for signing tokens."""

import secrets

from avoir.app.access import RotateSigningKey
from avoir.cli.office import office
from avoir.cli.options import NO_OPTIONS, Options
from avoir.cli.output import Stop

ACTOR = "cli"


async def rotate(*, overlap_seconds: int | None = None, options: Options = NO_OPTIONS) -> None:
    """Sign tokens by a new key from now on. Running servers take it up by themselves.

    Parameters
    ----------
    overlap_seconds
        How long tokens of the old keys are still believed: as long as a sign-in is good for, when not given.
        With 0, everybody signs in again.
    """
    settings = options.settings()
    seconds = settings.token_seconds if overlap_seconds is None else overlap_seconds
    if seconds < 0:
        raise Stop("overlap_negative", "an overlap is 0 seconds at least", given=seconds)
    async with office(settings) as here:
        command = RotateSigningKey(secret=secrets.token_hex(32), overlap_seconds=seconds)
        number = await here.access.ask(command, actor=ACTOR)
    options.say(
        {"key": number, "overlap_seconds": seconds},
        f"Tokens are signed by key {number}. Those of older keys are believed for {seconds} seconds more.",
    )
