"""The branch that a document names."""

from avoir.core.desk import Desk
from avoir.core.errors import Kind, Refusal
from avoir.core.organization import Branch, Organization
from avoir.core.usage import use


class UnknownBranch(Refusal):
    """The entity has no such branch."""

    code, kind = "unknown_branch", Kind.INVALID


class BranchRequired(Refusal):
    """This organization wants every document to name its branch."""

    code, kind = "branch_required", Kind.INVALID


def known_branch(desk: Desk, branch_id: int | None, entity_id: int) -> int | None:
    """The branch id itself; the branch is marked as used. Refuses `BranchRequired`, `UnknownBranch`."""
    if branch_id is None:
        if desk.get(Organization).branch_required:
            raise BranchRequired("a branch must be named")
        return None
    branch = desk.find(Branch, branch_id)
    if branch is None or branch.entity_id != entity_id:
        raise UnknownBranch("the entity has no such branch", branchId=branch_id)
    return use(desk, branch).id
