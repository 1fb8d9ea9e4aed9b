"""What a client asks for before anything else: what its user may do, and which features there are."""

from typing import Any

from avoir.core.role import ALL, MANAGE
from avoir.faces.rest.endpoint import Call

FEATURES = ("multi_branches", "multi_warehouses")


async def boot(call: Call) -> dict[str, Any]:
    """The caller's abilities, and the organization's features."""
    may = call.identity.abilities
    abilities = (
        [{"subject": ALL, "action": MANAGE}]
        if may is None
        else [{"subject": x.partition(" ")[2], "action": x.partition(" ")[0]} for x in sorted(may)]
    )
    on = {"multi_branches": bool(call.caller.setup.organization.branch_required)}
    features = [
        {"name": name.replace("_", "-"), "is_accessible": on.get(name, False), "default_accessible": False}
        for name in FEATURES
    ]
    told = {"abilities": abilities, "features": features, "is_bigcapital_cloud": False}
    return {**told, "meta": told}
