"""Branches: places of an entity."""

from collections.abc import Iterator
from typing import Any

from avoir.core.command import Command
from avoir.core.desk import Desk
from avoir.core.errors import Kind, Refusal
from avoir.core.organization import (
    BRANCHES_BY_CODE,
    BRANCHES_OF_ENTITY,
    DEFAULT_ENTITY,
    Branch,
    Entity,
    Organization,
)
from avoir.core.row import Row, changed
from avoir.core.text import fits

PLACE = ("name", "code", "address", "city", "country", "phone_number", "email")


class BranchCodeTaken(Refusal):
    """Another branch has the code."""

    code, kind = "branch_code_taken", Kind.CONFLICT


class BranchIsOnlyOne(Refusal):
    """An entity has at least one branch."""

    code = "branch_is_only_one"


class BranchIsUsed(Refusal):
    """Documents name the branch; it stays."""

    code = "branch_is_used"


class BranchesAlreadyRequired(Refusal):
    """Every document must name its branch already."""

    code = "branches_already_required"


class CreateBranch(Command, frozen=True, kw_only=True):
    """A new branch; as the primary one of its entity, if wanted."""

    ANSWER = Branch
    name: str
    entity_id: int = DEFAULT_ENTITY
    primary: bool = False
    code: str = ""
    address: str = ""
    city: str = ""
    country: str = ""
    phone_number: str = ""
    email: str = ""

    def needs(self) -> Iterator[tuple[type[Row], Any]]:
        yield Entity, self.entity_id

    def decide(self, desk: Desk) -> Branch:
        """Refuses `NotFound` for the entity, `TextTooLong`, `BranchCodeTaken`."""
        entity = desk.get(Entity, self.entity_id)
        place: dict[str, Any] = {field: fits(getattr(self, field), field) for field in PLACE}
        _free(desk, self.code)
        branch = desk.add(
            Branch(
                organization_id=desk.organization_id,
                id=desk.next("branch"),
                entity_id=entity.id,
                is_primary=0,
                created_at=desk.now,
                **place,
            )
        )
        desk.tell("branch.created", branch)
        return _make_primary(desk, branch) if self.primary else branch


class EditBranch(Command, frozen=True, kw_only=True):
    """Change what is said of a branch. What is not given stays as it is."""

    ANSWER = Branch
    branch_id: int
    name: str | None = None
    code: str | None = None
    address: str | None = None
    city: str | None = None
    country: str | None = None
    phone_number: str | None = None
    email: str | None = None

    def needs(self) -> Iterator[tuple[type[Row], Any]]:
        yield Branch, self.branch_id

    def decide(self, desk: Desk) -> Branch:
        """Refuses `NotFound`, `TextTooLong`, `BranchCodeTaken`."""
        branch = desk.get(Branch, self.branch_id)
        given = {field: value for field in PLACE if (value := getattr(self, field)) is not None}
        for field, value in given.items():
            fits(value, field)
        if self.code not in (None, branch.code):
            _free(desk, self.code or "")
        desk.tell("branch.edited", branch)
        return desk.put(changed(branch, **given))


class MarkPrimaryBranch(Command, frozen=True, kw_only=True):
    """Make a branch the primary one of its entity, in the place of another."""

    ANSWER = Branch
    branch_id: int

    def needs(self) -> Iterator[tuple[type[Row], Any]]:
        yield Branch, self.branch_id

    def decide(self, desk: Desk) -> Branch:
        """Refuses `NotFound`."""
        branch = desk.get(Branch, self.branch_id)
        desk.tell("branch.made_primary", branch)
        return _make_primary(desk, branch)


class DeleteBranch(Command, frozen=True, kw_only=True):
    """Take a branch away that nothing names. If it was the primary one, the oldest of the others is now."""

    ANSWER = Branch
    branch_id: int

    def needs(self) -> Iterator[tuple[type[Row], Any]]:
        yield Branch, self.branch_id

    def decide(self, desk: Desk) -> Branch:
        """Refuses `NotFound`, `BranchIsOnlyOne`, `BranchIsUsed`."""
        branch = desk.get(Branch, self.branch_id)
        others = [x for x in desk.of(Branch, BRANCHES_OF_ENTITY, branch.entity_id) if x.id != branch.id]
        if not others:
            raise BranchIsOnlyOne("an entity has at least one branch", branchId=branch.id)
        if branch.used:
            raise BranchIsUsed("documents name the branch", branchId=branch.id)
        desk.remove(branch)
        desk.tell("branch.deleted", branch)
        if branch.is_primary:
            desk.tell("branch.made_primary", others[0])
            _make_primary(desk, others[0])
        return branch


class RequireBranches(Command, frozen=True, kw_only=True):
    """From now on every document must name its branch."""

    ANSWER = Organization

    def needs(self) -> Iterator[tuple[type[Row], Any]]:
        yield Organization, ()

    def decide(self, desk: Desk) -> Organization:
        """Refuses `BranchesAlreadyRequired`."""
        organization = desk.get(Organization)
        if organization.branch_required:
            raise BranchesAlreadyRequired("every document must name its branch already")
        desk.tell("organization.branches_required", organization)
        return desk.put(changed(organization, branch_required=1))


def _free(desk: Desk, code: str) -> None:
    if code and desk.of(Branch, BRANCHES_BY_CODE, code):
        raise BranchCodeTaken("another branch has the code", code=code)


def _make_primary(desk: Desk, branch: Branch) -> Branch:
    for other in desk.of(Branch, BRANCHES_OF_ENTITY, branch.entity_id):
        if other.is_primary and other.id != branch.id:
            desk.tell("branch.edited", other)
            desk.put(changed(other, is_primary=0))
    return desk.put(changed(branch, is_primary=1))
