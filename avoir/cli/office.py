"""What the commands share: a short-lived clerk that works beside a running server."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from avoir.app.reads import directory
from avoir.cli.output import Stop
from avoir.config import Settings, without_password
from avoir.core.access import DIRECTORY, Tenancy, User
from avoir.faces.access import Access, open_access
from avoir.faces.door import Door
from avoir.store.database import is_sqlite, open_database, sqlite_path


class Office:
    """A clerk and a directory, for as long as one command lasts."""

    def __init__(self, door: Door, access: Access) -> None:
        self.door, self.access = door, access

    async def tenancy(self, id: str | None) -> Tenancy:
        """The organization with this id, public or numeric; without one, the only organization there is."""
        if id is not None:
            found = await self.access.tenancy(id)
            if found is None and id.isdecimal() and id.isascii():
                found = await self.door.read(directory.tenancy_by_id, DIRECTORY, int(id))
            if found is None:
                raise Stop("organization_unknown", f"there is no organization {id}", organization=id)
            return found
        first = await self.door.read(directory.first_tenancies, DIRECTORY, 2)
        if not first:
            raise Stop("organization_missing", "there is no organization yet: avoir organization create")
        if len(first) > 1:
            raise Stop("organization_ambiguous", "there are several organizations: say --organization ID")
        return first[0]

    async def member(self, tenancy: Tenancy, email: str | None) -> User | None:
        """The organization's user with this e-mail; without one, its first user, if there is any."""
        members = await self.door.read(directory.members_of, DIRECTORY, tenancy.id)
        if email is None:
            return members[0] if members else None
        for each in members:
            if each.email == email:
                return each
        raise Stop("user_unknown", f"the organization has no user {email}", email=email)


@asynccontextmanager
async def office(settings: Settings, *, create: bool = False) -> AsyncIterator[Office]:
    """Open the database for one command; only with `create` is a missing file made."""
    if not create:
        must_exist(settings.database_url)
    database = open_database(settings.database_url)
    try:
        database.migrate()
    finally:
        database.close()
    door = Door(settings.database_url, readers=1)
    try:
        yield Office(door, await open_access(door, settings.secret, settings.token_seconds, ""))
    finally:
        door.close()


def must_exist(url: str) -> None:
    """A mistyped path must not become a new, empty database."""
    path = sqlite_path(url)
    if is_sqlite(url) and "://" not in path and not Path(path).is_file():
        raise Stop("database_missing", f"there is no database {without_password(url)}", database=url)
