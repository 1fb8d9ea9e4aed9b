"""Opening an entity: the legal person, its number series, its first branch."""

from avoir.core.currency import exponent
from avoir.core.desk import Desk
from avoir.core.numbering import SERIES
from avoir.core.organization import Branch, Entity, Series
from avoir.core.settings import DISPUTE_ACTIONS, choice
from avoir.core.text import LONG, fits

HEAD_BRANCH = "Head Branch"


def open_entity(
    desk: Desk,
    name: str,
    base_currency: str,
    tax_number: str = "",
    dispute_action: str = DISPUTE_ACTIONS[0],
    branch_code: str = "",
    details: str = "{}",
) -> Entity:
    """A new entity with a number series for every kind of document and one branch, which is the primary one.

    Refuses `UnknownCurrency`, `UnknownSetting`, `TextTooLong`.
    """
    exponent(base_currency)
    entity = desk.add(
        Entity(
            organization_id=desk.organization_id,
            id=desk.next("entity"),
            name=fits(name, "name"),
            base_currency=base_currency,
            tax_number=fits(tax_number, "taxNumber"),
            dispute_action=choice(dispute_action, DISPUTE_ACTIONS, "disputeAction"),
            created_at=desk.now,
            details=fits(details, "details", LONG),
            updated_at=desk.now,
        )
    )
    for kind, prefix in SERIES:
        desk.add(Series(desk.organization_id, entity.id, kind, prefix, 1, 0))
    desk.add(
        Branch(
            organization_id=desk.organization_id,
            id=desk.next("branch"),
            entity_id=entity.id,
            name=HEAD_BRANCH,
            code=branch_code,
            is_primary=1,
            address="",
            city="",
            country="",
            phone_number="",
            email="",
            created_at=desk.now,
        )
    )
    return entity
