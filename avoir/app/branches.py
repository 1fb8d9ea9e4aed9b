"""Branches: places of an entity."""

from avoir.core.command import Command
from avoir.core.desk import Desk
from avoir.core.errors import Kind, Refusal
from avoir.core.organization import BRANCHES_BY_CODE, Branch, Entity
from avoir.core.text import fits

DEFAULT_ENTITY = 1


class BranchCodeTaken(Refusal):
    """Another branch has the code."""

    code, kind = "branch_code_taken", Kind.CONFLICT


class CreateBranch(Command, frozen=True, kw_only=True):
    """A new branch."""

    ANSWER = Branch
    name: str
    code: str = ""
    address: str = ""
    city: str = ""
    country: str = ""
    phone_number: str = ""
    email: str = ""

    def decide(self, desk: Desk) -> Branch:
        """Refuses `BranchCodeTaken`."""
        fits(self.code, "code")
        if self.code and desk.of(Branch, BRANCHES_BY_CODE, self.code):
            raise BranchCodeTaken("another branch has the code", code=self.code)
        branch = Branch(
            organization_id=desk.organization_id,
            id=desk.next("branch"),
            entity_id=desk.get(Entity, DEFAULT_ENTITY).id,
            name=self.name,
            code=self.code,
            is_primary=0,
            address=self.address,
            city=self.city,
            country=self.country,
            phone_number=self.phone_number,
            email=self.email,
            created_at=desk.now,
        )
        desk.tell("branch.created", branch)
        return desk.add(branch)
