"""The people of the organization: invited, given a role, closed out and let in again."""

from typing import Any

from starlette.responses import Response

from avoir.app.people import ActivateUser, DeleteUser, EditUser, InactivateUser, Invitation, InviteUsers
from avoir.app.reads import directory, people
from avoir.core.access import DIRECTORY
from avoir.core.command import Command
from avoir.core.errors import NotFound
from avoir.faces import letters
from avoir.faces.console.forms import BadField, page_of
from avoir.faces.console.settings import page
from avoir.faces.console.visit import Visit

SIZE = 50
ENDS = {"close": InactivateUser, "open": ActivateUser, "remove": DeleteUser}
"""What becomes of somebody by a button of their row."""


async def show(visit: Visit) -> Response:
    """Who may come in, as what; and who is only invited."""
    door, tenancy = visit.access.door, visit.caller.identity.organization_id
    number = page_of(visit.query)
    total, found = await door.read(people.people, DIRECTORY, tenancy, (number - 1) * SIZE, SIZE)
    roles = await door.read(directory.roles, DIRECTORY, tenancy)
    return page(visit, "people.html", "people", found=found, total=total, roles=roles)


async def submit(visit: Visit) -> Response:
    """Invite somebody, change somebody, or close somebody out. Refuses what the commands refuse."""
    do = visit.form.text("do")
    if do == "invite":
        await _invite(visit)
        return visit.go("/settings/people", "invitation_sent")
    who: dict[str, Any] = {"tenancy_id": visit.caller.identity.organization_id, "by": visit.user.id}
    user_id = visit.form.id("id") or 0
    if do in ENDS:
        command: Command = ENDS[do](**who, user_id=user_id)
    elif do == "role":
        found = await visit.access.door.read(people.person, DIRECTORY, who["tenancy_id"], user_id)
        if found is None:
            raise NotFound("there is no such person")
        x = found.user
        command = EditUser(
            **who, user_id=user_id, first_name=x.first_name, last_name=x.last_name, email=x.email,
            role_id=visit.form.chosen("role", "role"),
        )  # fmt: skip
    else:
        raise NotFound("there is no such thing to do")
    await visit.ask_directory(command, key=visit.own_key)
    return visit.go("/settings/people", "saved")


async def _invite(visit: Visit) -> None:
    form, identity = visit.form, visit.caller.identity
    email, role_id = form.text("email"), form.chosen("role", "role")
    if "@" not in email:
        raise BadField("email", "Write the e-mail that the person is to sign in with")
    said = letters.invitation(visit.request.app.state.links, visit.caller.setup.organization.name)
    letter, digest = visit.access.new_letter(*said)
    command = InviteUsers(
        tenancy_id=identity.organization_id, by=visit.user.id,
        invitations=(Invitation(email, role_id, digest, letter),),
    )  # fmt: skip
    about = (f"{identity.organization_id} {email} {role_id}",)
    await visit.ask_directory(command, key=visit.own_key, secrets=about)
    visit.request.app.state.postman.ring()
