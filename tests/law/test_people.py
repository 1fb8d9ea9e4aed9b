"""People and mail, as the directory decides about them."""

import asyncio
from datetime import datetime

import msgspec
import pytest

from avoir.app import sweeper
from avoir.app.access import CreateClient, CreateTenancy, CreateUser, GenerateApiKey, SignUp
from avoir.app.mails import ClearMails, ClearTokens, MarkMailSent, PutMailOff, TakeMail
from avoir.app.people import (
    AcceptInvite,
    DeleteUser,
    EditUser,
    InactivateUser,
    Invitation,
    InviteUsers,
    ResendInvite,
)
from avoir.app.reads.audit import audit
from avoir.app.reads.mails import waiting
from avoir.app.reads.query import Query
from avoir.app.roles import CreateRole
from avoir.app.sign_ins import ResetPassword, SendReset, SendVerification, VerifyUser
from avoir.app.sweeper import Sweeper
from avoir.core.access import DIRECTORY, ApiKey, Membership, User
from avoir.core.errors import Refusal
from avoir.core.mail import MOST_ATTEMPTS, Letter, Mail
from avoir.core.mailed_token import MailedToken
from avoir.core.role import Permission
from tests.ledger import NOW, ask_of

LETTER = Letter("Come", "Here: {token}", "n")
SOON, HOUR, WEEKS = "2026-11-22T10:02:30.000Z", "2026-11-22T11:00:00.000Z", "2026-12-22T10:00:00.000Z"
PERSON = {"first_name": "Joan", "last_name": "C", "password_hash": "hash"}


@pytest.fixture
def house(ledger):
    """The directory, with organization 1 and its admin, user 1."""
    ledger.organization_id = DIRECTORY
    return ledger


def at(house, now, command):
    """The outcome of a command at another time."""
    (outcome,) = house.record(msgspec.structs.replace(ask_of(DIRECTORY, command), now=now))
    return outcome


def refused(house, now, command) -> str:
    outcome = at(house, now, command)
    assert isinstance(outcome, Refusal), outcome
    return outcome.code


def invite(house, digest="d1", email="joan@example.com", role_id=2, by=1):
    (id,) = house.ask(
        InviteUsers(tenancy_id=1, by=by, invitations=(Invitation(email, role_id, digest, LETTER),))
    )
    return id


def test_an_invitation_is_good_once_and_for_a_week(house):
    id = invite(house)
    accept = AcceptInvite(digest="d1", **PERSON)
    assert refused(house, "2026-11-29T10:00:00.000Z", accept) == "token_invalid"
    assert house.get(Membership, id, 1).state == "invited"
    accepted = at(house, "2026-11-29T09:59:59.999Z", accept)
    assert (accepted.user_id, accepted.tenancy_id, accepted.known) == (id, 1, False)
    assert (house.get(Membership, id, 1).state, house.get(User, id).password_hash) == ("active", "hash")
    assert refused(house, NOW, accept) == "token_invalid"


def test_an_invitation_is_sent_again_after_a_while_and_the_first_one_ends(house):
    id = invite(house)
    again = ResendInvite(tenancy_id=1, by=1, user_id=id, digest="d2", letter=LETTER)
    house.refused(again, "recently_invited")
    assert at(house, HOUR, again) == id
    assert refused(house, HOUR, AcceptInvite(digest="d1", **PERSON)) == "token_invalid"
    at(house, HOUR, AcceptInvite(digest="d2", **PERSON))
    assert refused(house, WEEKS, again) == "user_already_active"
    topics = [x.topic for x in audit(Query(house.database, DIRECTORY), most=1000)]
    assert topics.count("mail.posted") == 2


def test_who_signs_in_already_keeps_name_and_password(house):
    signed_up = house.ask(SignUp(email="joan@example.com", public_id="j", **PERSON))
    id = invite(house)
    assert id == signed_up.user_id
    other = {"first_name": "X", "last_name": "Y", "password_hash": "stolen"}
    assert house.ask(AcceptInvite(digest="d1", **other)).known
    joan = house.get(User, id)
    assert (joan.first_name, joan.password_hash) == ("Joan", "hash")
    # Neither may one organization change what the other relies on, nor take the e-mail over.
    change = EditUser(
        tenancy_id=1, by=1, user_id=id, first_name="Joan", last_name="C", email="eve@example.com", role_id=2
    )
    house.refused(change, "user_is_shared")
    assert house.ask(msgspec.structs.replace(change, email="joan@example.com", role_id=1)) == id


def test_an_invitation_keeps_nobody_from_signing_up(house):
    id = invite(house)
    house.refused(SendReset(email="joan@example.com", digest="r", letter=LETTER), "not_found")
    assert house.ask(SignUp(email="joan@example.com", public_id="j", **PERSON)).user_id == id
    assert house.get(Membership, id, 1).state == "invited"
    house.refused(SignUp(email="joan@example.com", public_id="k", **PERSON), "email_taken")


def test_the_keys_of_who_is_taken_out_are_no_good_any_more(house):
    id = invite(house)
    house.ask(AcceptInvite(digest="d1", **PERSON))
    house.ask(GenerateApiKey(tenancy_id=1, user_id=id, name="", prefix="bc_", digest="k"))
    house.ask(DeleteUser(tenancy_id=1, by=1, user_id=id))
    assert house.get(ApiKey, 1, 1).revoked_at == NOW
    # Invited again, the person has no key before making one.
    invite(house, "d3")
    house.ask(AcceptInvite(digest="d3", **PERSON))
    assert house.get(ApiKey, 1, 1).revoked_at == NOW


def test_an_organization_keeps_an_admin(house):
    for command in (
        InactivateUser(tenancy_id=1, user_id=1),
        DeleteUser(tenancy_id=1, user_id=1),
        EditUser(tenancy_id=1, user_id=1, first_name="A", last_name="", email="a@b.test", role_id=2),
    ):
        house.refused(command, "last_admin")


def test_who_has_less_does_nothing_to_who_has_more(house):
    may = (Permission("User", "Edit"), Permission("User", "Delete"), Permission("User", "Create"))
    role = house.ask(CreateRole(tenancy_id=1, name="Clerk", permissions=may)).id
    words = {"first_name": "", "last_name": "", "password_hash": "h", "role_id": role}
    clerk = house.ask(CreateUser(tenancy_id=1, email="clerk@example.com", **words)).id
    for command in (
        InactivateUser(tenancy_id=1, by=clerk, user_id=1),
        DeleteUser(tenancy_id=1, by=clerk, user_id=1),
        InviteUsers(tenancy_id=1, by=clerk, invitations=(Invitation("x@y.test", 1, "d", LETTER),)),
        InviteUsers(tenancy_id=1, by=clerk, invitations=(Invitation("x@y.test", 2, "d", LETTER),)),
    ):
        house.refused(command, "role_too_powerful")
    take_over = EditUser(
        tenancy_id=1, by=clerk, user_id=1, first_name="", last_name="", email="evil@example.com", role_id=1
    )
    house.refused(take_over, "role_too_powerful")
    client = {"tenancy_id": 1, "client_id": "c", "name": "c", "secret_digest": "d"}
    house.refused(CreateClient(scopes="billing:write", by=clerk, **client), "scope_not_held")
    change = EditUser(
        tenancy_id=1, by=clerk, user_id=clerk, first_name="", last_name="", email="clerk@example.com",
        role_id=1,
    )  # fmt: skip
    house.refused(change, "own_role")


def test_people_of_another_organization_are_no_different_from_nobody(house):
    house.ask(CreateTenancy(public_id="other"))
    for command in (
        InactivateUser(tenancy_id=2, user_id=1),
        DeleteUser(tenancy_id=2, user_id=1),
        ResendInvite(tenancy_id=2, user_id=1, digest="d", letter=LETTER),
        EditUser(tenancy_id=2, user_id=1, first_name="", last_name="", email="a@b.test", role_id=1),
    ):
        house.refused(command, "not_found")


def test_a_new_password_ends_every_other_token_and_sign_in(house):
    house.ask(SignUp(email="joan@example.com", public_id="j", **PERSON))
    house.ask(SendReset(email="joan@example.com", digest="r1", letter=LETTER))
    house.refused(SendReset(email="joan@example.com", digest="r2", letter=LETTER), "recently_mailed")
    assert at(house, SOON, SendReset(email="joan@example.com", digest="r2", letter=LETTER)) == 2
    assert refused(house, SOON, ResetPassword(digest="r1", password_hash="new")) == "token_invalid"
    after_an_hour = "2026-11-22T11:02:30.000Z"
    assert refused(house, after_an_hour, ResetPassword(digest="r2", password_hash="n")) == "token_invalid"
    assert at(house, SOON, ResetPassword(digest="r2", password_hash="new")) == 2
    joan = house.get(User, 2)
    assert (joan.password_hash, joan.generation) == ("new", 1)
    assert refused(house, SOON, ResetPassword(digest="r2", password_hash="x")) == "token_invalid"
    assert all(x.used_at for x in house.rows(MailedToken))


def test_an_e_mail_is_proven_by_its_own_token(house):
    for email, digest in (("joan@example.com", "v1"), ("kay@example.com", "v2")):
        house.ask(SignUp(email=email, public_id=email, digest=digest, letter=LETTER, **PERSON))
    assert house.get(User, 2).verified == 0
    house.refused(VerifyUser(email="kay@example.com", digest="v1"), "token_invalid")
    house.refused(ResetPassword(digest="v1", password_hash="x"), "token_invalid")
    house.refused(SendVerification(user_id=2, digest="v3", letter=LETTER), "recently_mailed")
    assert at(house, SOON, SendVerification(user_id=2, digest="v3", letter=LETTER)) == 2
    assert refused(house, SOON, VerifyUser(email="joan@example.com", digest="v1")) == "token_invalid"
    assert at(house, SOON, VerifyUser(email="joan@example.com", digest="v3")) == 2
    assert house.get(User, 2).verified == 1
    assert refused(house, HOUR, SendVerification(user_id=2, digest="v4", letter=LETTER)) == "already_verified"


def test_a_mail_is_taken_by_one_and_put_off_for_longer_each_time(house):
    invite(house)
    (mail,) = waiting(Query(house.database, DIRECTORY), NOW, 9)
    assert (mail.recipient, mail.text) == ("joan@example.com", "Here: {token}")
    assert at(house, NOW, TakeMail(uuid=mail.uuid)) is None
    assert refused(house, NOW, TakeMail(uuid=mail.uuid)) == "mail_not_due"
    assert waiting(Query(house.database, DIRECTORY), NOW, 9) == []
    house.ask(PutMailOff(uuid=mail.uuid, problem="Refused"))
    assert house.get(Mail, mail.uuid).due_at == "2026-11-22T10:01:00.000Z"
    for _ in range(MOST_ATTEMPTS - 1):
        now = house.get(Mail, mail.uuid).due_at
        assert at(house, now, TakeMail(uuid=mail.uuid)) is None
        assert at(house, now, PutMailOff(uuid=mail.uuid, problem="Refused")) is None
    assert (house.get(Mail, mail.uuid).state, house.get(Mail, mail.uuid).attempts) == (
        "failed",
        MOST_ATTEMPTS,
    )


def test_a_mail_that_is_sent_is_not_sent_again(house):
    invite(house)
    (mail,) = waiting(Query(house.database, DIRECTORY), NOW, 9)
    at(house, NOW, TakeMail(uuid=mail.uuid))
    assert at(house, SOON, MarkMailSent(uuid=mail.uuid)) is None
    assert waiting(Query(house.database, DIRECTORY), WEEKS, 9) == []
    assert refused(house, WEEKS, TakeMail(uuid=mail.uuid)) == "mail_not_due"


@pytest.mark.parametrize(
    "email", ["a b@c.test", "a@b.test,c@d.test", "a@b.test\nBcc: x@y.test", "ab", "<a@b.c>"]
)
def test_a_mail_goes_to_one_address(house, email):
    wish = InviteUsers(tenancy_id=1, invitations=(Invitation(email, 2, "d", LETTER),))
    house.refused(wish, "bad_address")


class Office:
    """How the sweeper reaches the directory of a test."""

    def __init__(self, house) -> None:
        self.house = house

    async def ask(self, organization_id, command):
        outcome = at(self.house, WEEKS, command)
        assert not isinstance(outcome, BaseException), outcome

    async def read(self, read, organization_id, *args):
        return read(Query(self.house.database, organization_id), *args)


def sweep(house, days: int, now: str = WEEKS) -> int:
    return asyncio.run(Sweeper(Office(house), days).round(datetime.fromisoformat(now)))


def test_what_mail_said_is_forgotten_after_some_days(house, monkeypatch):
    monkeypatch.setattr(sweeper, "AT_ONCE", 1)
    invite(house)
    invite(house, "d2", "jim@example.com")
    sent, waits = waiting(Query(house.database, DIRECTORY), NOW, 9)
    at(house, NOW, TakeMail(uuid=sent.uuid))
    at(house, NOW, MarkMailSent(uuid=sent.uuid))
    assert sweep(house, 31) == 0
    # The mail that went out, and both tokens: they were good for a week.
    assert sweep(house, 20) == 3
    kept = house.get(Mail, sent.uuid)
    assert (kept.text, kept.files, kept.nonce, kept.state) == ("", "[]", "", "sent")
    assert (kept.recipient, kept.subject) == (sent.recipient, sent.subject)
    assert house.get(Mail, waits.uuid) == waits
    assert refused(house, NOW, AcceptInvite(digest="d1", **PERSON)) == "token_invalid"
    assert sweep(house, 20) == 0
    told = [x.topic for x in audit(Query(house.database, DIRECTORY), most=1000)]
    assert (told.count("mail.cleared"), told.count("mailed_token.cleared")) == (1, 2)


def test_what_waits_or_is_good_is_not_swept(house):
    invite(house)
    (mail,) = waiting(Query(house.database, DIRECTORY), NOW, 9)
    assert at(house, SOON, ClearMails(uuids=(mail.uuid,))) is None
    assert at(house, SOON, ClearTokens(digests=("d1", "unknown"))) is None
    assert house.get(Mail, mail.uuid) == mail
    house.ask(AcceptInvite(digest="d1", **PERSON))


def test_nothing_is_swept_in_no_days(house):
    asyncio.run(asyncio.wait_for(Sweeper(Office(house), 0).run(0), 5))
