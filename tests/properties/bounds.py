"""How far chance is let go: a little in a run of the whole suite, and long in `make machine`."""

import os

from hypothesis import HealthCheck, settings

MUCH = int(os.environ.get("AVOIR_MACHINE", "1"))
"""How many times as much as in a run of the whole suite."""


def bounds(examples: int, steps: int = 25) -> settings:
    """So many histories of so many steps, and `MUCH` times as many when asked for."""
    return settings(
        max_examples=examples * MUCH, stateful_step_count=steps, suppress_health_check=list(HealthCheck)
    )
