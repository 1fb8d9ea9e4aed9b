"""What the faces must know of an organization before anything else."""

import msgspec

from avoir.app.reads.query import Query
from avoir.core.organization import Entity, Organization


class Setup(msgspec.Struct, frozen=True):
    """An organization's settings and its default entity."""

    organization: Organization
    entity: Entity

    @property
    def base_currency(self) -> str:
        return self.entity.base_currency


def setup_of(query: Query) -> Setup | None:
    """The organization's setup, or None while its books are not open."""
    organizations = query.rows(Organization)
    entities = query.rows(Entity, "", "ORDER BY t.id LIMIT 1")
    return Setup(organizations[0], entities[0]) if organizations and entities else None
