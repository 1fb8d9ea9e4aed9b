"""Who moves money. A gateway is whatever the worker can call (`app.worker.Gateway`); the bank needs none.

What a person pays by bank is settled as soon as it is written down, so nobody is called for it.
"""

from avoir.app.worker import Gateway
from avoir.gateways.sandbox import Sandbox


def gateways(*, sandbox: bool) -> dict[str, Gateway]:
    """The gateways of this installation, by the names that organizations set them up under."""
    return {"sandbox": Sandbox()} if sandbox else {}
