"""People, roles, keys and kept views as files: what is on the screen, and no secret."""

from avoir.app.reads import console_access, console_views, directory
from avoir.app.reads.console import Page
from avoir.app.reads.people import people as of_organization
from avoir.core.access import DIRECTORY
from avoir.core.role import abilities_of
from avoir.faces.console.sheets import Sheet, short_of, texts
from avoir.faces.console.templates import FILE_ROWS
from avoir.faces.console.visit import Visit
from avoir.faces.console.words import label


async def people(visit: Visit) -> Sheet:
    """Who may come in, as what."""
    total, found = await visit.access.door.read(of_organization, DIRECTORY, _tenancy(visit), 0, FILE_ROWS)
    rows = [
        texts(f"{x.user.first_name} {x.user.last_name}".strip(), x.user.email, label(x.membership.state),
              x.role.name)
        for x in found
    ]  # fmt: skip
    short = short_of(Page(rows, total, 1))
    return Sheet("People", "", ("Name", "E-mail", "State", "Role"), rows, 0, short)


async def roles(visit: Visit) -> Sheet:
    """Every role, and all that it may."""
    found = await visit.access.door.read(directory.roles, DIRECTORY, _tenancy(visit))
    rows = []
    for each in found:
        may = abilities_of(each)
        all_of_it = "Everything" if may is None else ", ".join(sorted(may))
        rows.append(texts(each.name, each.description, each.scopes, all_of_it))
    return Sheet("Roles", "", ("Role", "What it is for", "Scopes in GraphQL", "Abilities"), rows, 0)


async def keys(visit: Visit) -> Sheet:
    """What programs come in by."""
    found = await visit.access.door.read(console_access.ways_in, DIRECTORY, _tenancy(visit))
    rows = [texts("API key", x.name, f"{x.prefix}…", "") for x in found.keys]
    rows += [texts("API client", x.name, x.client_id, x.scopes) for x in found.clients]
    return Sheet("Keys and clients", "", ("What", "Name", "Known by", "Scopes"), rows, 0)


async def views(visit: Visit) -> Sheet:
    """Every kept view."""
    found, by = await visit.caller.read(console_views.all_views), await visit.people()
    rows = [
        texts(
            x.name, label(x.object.removeprefix(console_views.PREFIX).replace("-", "_")), x.conditions,
            by.get(x.owner.split(" ")[0], x.owner),
        )
        for x in found
    ]  # fmt: skip
    return Sheet("Saved views", "", ("View", "Of", "What it asks for", "Saved by"), rows, 0)


def _tenancy(visit: Visit) -> int:
    return visit.caller.identity.organization_id
