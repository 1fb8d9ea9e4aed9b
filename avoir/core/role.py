"""Roles: what the members of an organization may do. An ability is a verb on a subject: `Refund CreditNode`.

The subjects and verbs are contract B's, its misspelling of credit notes included; some are ours.
"""

from collections.abc import Iterable
from typing import NamedTuple

import msgspec

from avoir.core.access import MEMBERS_BY_ROLE, Membership, Role, Tenancy
from avoir.core.client import SCOPES, held
from avoir.core.desk import Desk
from avoir.core.errors import Kind, NotFound, Refusal
from avoir.core.text import LONG, fits, named

ADMIN_ROLE, STAFF_ROLE = 1, 2
"""The ids of the two roles that every organization has."""
ADMIN, STAFF = "admin", "staff"
ALL, MANAGE = "all", "manage"
"""The subject and the verb of whoever may do everything."""
MOST_PERMISSIONS = 500

CRUD = ("View", "Create", "Edit", "Delete")
REPORTS = (
    "read-ar-aging-summary", "read-balance-sheet", "read-cashflow", "read-customers-summary-balance",
    "read-customers-transactions", "read-general-ledger", "read-journal", "read-profit-loss",
    "read-refunds", "read-sales-by-items", "read-sales-tax-liability-summary",
    "read-transactions-by-reference", "read-trial-balance-sheet",
)  # fmt: skip


class Subject(NamedTuple):
    """What can be done to one sort of thing: by most who may see it, and by few.

    `reach` is what comes before the colon in contract A's scopes for it.
    """

    label: str
    abilities: tuple[str, ...]
    extra: tuple[str, ...] = ()
    reach: str = "billing"


SUBJECTS: dict[str, Subject] = {
    "Account": Subject("Chart of accounts", CRUD, ("TransactionsLocking",)),
    "ApiKey": Subject("API keys", CRUD, reach="security"),
    "Attachment": Subject("Attachments", CRUD, reach="standard"),
    "AuditLog": Subject("Audit log", ("View",), reach="standard"),
    "Branch": Subject("Branches", CRUD, reach="admin"),
    "CreditNode": Subject("Credit notes", (*CRUD, "Refund"), ("Approve",)),
    "Currency": Subject("Currencies", CRUD),
    "Customer": Subject("Customers", CRUD, reach="standard"),
    "Dispute": Subject("Disputes", CRUD),
    "ExchangeRate": Subject("Exchange rates", CRUD),
    "Export": Subject("Export", ("View",)),
    "Import": Subject("Import", CRUD),
    "Item": Subject("Items", CRUD),
    "ManualJournal": Subject("Manual journals", CRUD),
    "PaymentReceive": Subject("Payments received", (*CRUD, "NotifyBySms")),
    "Preferences": Subject("Preferences", ("Mutate",), reach="admin"),
    "Report": Subject("Reports", REPORTS),
    "Role": Subject("Roles", CRUD, reach="security"),
    "SaleInvoice": Subject("Sale invoices", (*CRUD, "NotifyBySms"), ("Writeoff",)),
    "TaxRate": Subject("Tax rates", CRUD),
    "User": Subject("Users", CRUD, reach="security"),
    "Webhook": Subject("Webhooks", CRUD, reach="workflow"),
}
"""Every subject that a permission may name, with its abilities."""

_EVERYDAY = ("CreditNode", "Customer", "Item", "PaymentReceive", "SaleInvoice")
STAFF_MAY = frozenset(
    [f"{verb} {subject}" for subject in _EVERYDAY for verb in ("View", "Create", "Edit")]
    + [f"View {subject}" for subject in ("Account", "Attachment", "Dispute", "ManualJournal", "TaxRate")]
    + [f"{report} Report" for report in REPORTS if "customers" in report or "aging" in report]
    + ["Create Attachment", "Edit Attachment"]
)
"""What the role `staff` may until somebody decides otherwise: keep documents, pay nothing out."""
STAFF_SCOPES = "billing:read standard:read"
"""What the role `staff` may in contract A."""


class Permission(msgspec.Struct, frozen=True):
    """A verb on a subject, given or withheld."""

    subject: str
    ability: str
    value: bool = True


class UnknownPermission(Refusal):
    """A permission names an ability that its subject has not, or no subject at all."""

    code, kind = "unknown_permission", Kind.INVALID


class RoleIsPredefined(Refusal):
    """The role belongs to every organization, so it stays: the admin's as it is, staff's in its place."""

    code = "role_is_predefined"


class RoleIsUsed(Refusal):
    """Somebody has the role."""

    code = "role_is_used"


class RoleTooPowerful(Refusal):
    """Nobody gives away what they do not have themselves."""

    code, kind = "role_too_powerful", Kind.FORBIDDEN


_decode = msgspec.json.Decoder(tuple[Permission, ...]).decode
_encode = msgspec.json.Encoder().encode


def permissions_of(role: Role) -> tuple[Permission, ...]:
    """What a role says of each ability that it names."""
    if role.permissions:
        return _decode(role.permissions)
    if role.slug == ADMIN:
        return (Permission(ALL, MANAGE),)
    return tuple(Permission(x.partition(" ")[2], x.partition(" ")[0]) for x in sorted(_of_slug(role.slug)))


def abilities_of(role: Role) -> frozenset[str] | None:
    """What a role may do; None is everything."""
    if role.slug == ADMIN:
        return None
    if not role.permissions:
        return _of_slug(role.slug)
    return frozenset(f"{x.ability} {x.subject}" for x in permissions_of(role) if x.value)


def scopes_of(role: Role) -> frozenset[str] | None:
    """What a role may do in contract A; None is everything."""
    if role.slug == ADMIN:
        return None
    return frozenset((role.scopes or (STAFF_SCOPES if role.slug == STAFF else "")).split())


def worth_of(role: Role) -> frozenset[str]:
    """The scopes that whoever gives this role gives away: its own, and those that its abilities come to."""
    scopes, abilities = scopes_of(role), abilities_of(role)
    if scopes is None or abilities is None:
        return SCOPES
    return scopes | {_scope_of(*each.split(" ", 1)) for each in abilities}


def _scope_of(verb: str, subject: str) -> str:
    reading = verb == "View" or verb.startswith("read-")
    return f"{SUBJECTS[subject].reach}:{'read' if reading else 'write'}"


def _of_slug(slug: str) -> frozenset[str]:
    return STAFF_MAY if slug == STAFF else frozenset()


def written(permissions: Iterable[Permission]) -> str:
    """Permissions as a role keeps them. Refuses `UnknownPermission`."""
    kept = {(each.subject, each.ability): each for each in permissions}
    if len(kept) > MOST_PERMISSIONS:
        raise UnknownPermission(f"a role has at most {MOST_PERMISSIONS} permissions")
    for subject, ability in kept:
        known = SUBJECTS.get(subject)
        if known is None or ability not in (*known.abilities, *known.extra):
            raise UnknownPermission(
                "there is no such ability", field="permissions", subject=subject, ability=ability
            )
    return _encode(list(kept.values())).decode()


def role_named(name: str, description: str) -> tuple[str, str]:
    """A role's name and description. Refuses `NameRequired`, `TextTooLong`."""
    return named(name, "a role"), fits(description, "description", LONG)


def open_roles(desk: Desk, tenancy: Tenancy) -> None:
    """Give a new organization its two roles."""
    rows = (
        (ADMIN_ROLE, ADMIN, "Admin", "May do everything."),
        (STAFF_ROLE, STAFF, "Staff", "Keeps documents, pays nothing out."),
    )
    for id, slug, name, description in rows:
        desk.add(
            Role(
                desk.organization_id, tenancy.id, id, slug, name, description, 1, "", "", desk.now, desk.now
            )
        )  # fmt: skip


def may_give(desk: Desk, tenancy_id: int, by: int, role: Role, holding: str | None = None) -> Role:
    """The role itself, if user `by` may give it to somebody; nobody (0) is the command line, which may.

    `holding` is what the token that asks is good for, where it is a client's. Refuses `RoleTooPowerful`,
    `ScopeNotHeld`.
    """
    if holding is not None:
        held(holding, worth_of(role))
    if not by:
        return role
    own = _role_of(desk, tenancy_id, by)
    has, given = abilities_of(own), abilities_of(role)
    if has is not None and (given is None or not given <= has):
        raise RoleTooPowerful("nobody gives away what they may not do themselves", role=role.name)
    may_give_scopes(desk, tenancy_id, by, role.scopes.split())
    return role


def may_give_scopes(desk: Desk, tenancy_id: int, by: int, scopes: Iterable[str]) -> None:
    """Refuses `ScopeNotHeld` if the role of user `by` (0 is the command line) has not all of these scopes."""
    own = scopes_of(_role_of(desk, tenancy_id, by)) if by else None
    held(None if own is None else " ".join(own), scopes)


def _role_of(desk: Desk, tenancy_id: int, user_id: int) -> Role:
    membership = desk.find(Membership, user_id, tenancy_id)
    if membership is None:
        raise NotFound("no such user", kind="User", id=user_id)
    return desk.get(Role, tenancy_id, membership.role_id)


def unused(desk: Desk, role: Role) -> None:
    """Refuses `RoleIsUsed` while somebody has the role."""
    having = desk.of(Membership, MEMBERS_BY_ROLE, role.tenancy_id, role.id)
    if having:
        raise RoleIsUsed("somebody has this role", users=len(having))
