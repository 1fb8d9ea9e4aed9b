"""People over HTTP: invited, let in, closed out; e-mails proven, passwords chosen anew."""

import re

import pytest

from tests.faces.rest.api import Api, customer, member, role, served
from tests.faces.rest.test_sessions import ACME, ANN, BEN, signed_in

JOAN = {"firstName": "Joan", "lastName": "C", "password": "pw-of-joan"}


@pytest.fixture
def ann(server):
    """The admin of an organization with open books, by sign-in."""
    ann = signed_in(server, ANN)
    ann.post("/organization/build", ACME)
    return ann


def sign_in(server: Api, email: str, password: str, at: Api) -> Api:
    """Somebody's API in another's organization."""
    token = server.post("/auth/signin", {"email": email, "password": password}).body["access_token"]
    return server.as_(authorization=f"Bearer {token}", organization_id=at.headers["organization-id"])


def test_from_an_invitation_to_a_sign_in(server, ann):
    sent = ann.call("PATCH", "/invite", {"email": "joan@example.test", "role_id": 2})
    assert (sent.status, sent.body["code"]) == (200, "INVITE.SENT.SUCCESSFULLY")
    (mail,) = server.mails()
    assert (mail["To"], mail["Subject"]) == ("joan@example.test", "You are invited to Acme")
    token = server.token()
    # The token is nowhere but in the mail.
    assert token not in sent.text
    checked = server.get(f"/invite/check/{token}")
    assert (checked.body["email"], checked.body["org_name"]) == ("joan@example.test", "Acme")
    assert server.post("/auth/signin", {"email": "joan@example.test", "password": "x"}).status == 401
    waiting = ann.get("/users/2").body
    assert (waiting["active"], waiting["is_invite_accepted"], waiting["role_slug"]) == (False, False, "staff")

    accepted = server.post(f"/invite/accept/{token}", JOAN)
    assert accepted.status == 201, accepted.text
    assert server.post(f"/invite/accept/{token}", JOAN).type == "INVITE_TOKEN_INVALID"
    assert server.get(f"/invite/check/{token}").type == "INVITE_TOKEN_INVALID"
    joan = sign_in(server, "joan@example.test", JOAN["password"], ann)
    assert joan.get("/credit-notes").status == 200
    assert joan.get("/users").body["message"] == "You do not have permission to View User"

    listed = ann.get("/users?page=2&page_size=1").body
    assert listed["pagination"] == {"total": 2, "page": 2, "page_size": 1}
    (shown,) = listed["data"]
    assert {
        name: shown[name]
        for name in ("id", "first_name", "last_name", "email", "active", "system_user_id", "role_name")
    } == {
        "id": 2, "first_name": "Joan", "last_name": "C", "email": "joan@example.test", "active": True,
        "system_user_id": 2, "role_name": "Staff",
    }  # fmt: skip
    assert listed["users"] == listed["data"]


def test_what_cannot_be_done_to_people(server, ann):
    invite = {"email": "joan@example.test", "roleId": 2}
    ann.call("PATCH", "/invite", invite)
    cases = [
        ("PATCH", "/invite", invite, "EMAIL_ALREADY_INVITED"),
        ("PATCH", "/invite", invite | {"email": ANN["email"]}, "EMAIL_ALREADY_EXISTS"),
        ("PATCH", "/invite", invite | {"email": "x@y.test", "roleId": 9}, "ROLE_NOT_FOUND"),
        ("POST", "/invite/users/2/resend", None, "USER_RECENTLY_INVITED"),
        ("POST", "/invite/users/9/resend", None, "USER_NOT_FOUND"),
        ("GET", "/users/9", None, "USER_NOT_FOUND"),
        ("GET", "/users/x", None, "USER_NOT_FOUND"),
        ("DELETE", "/users/9", None, "USER_NOT_FOUND"),
        ("PUT", "/users/9/activate", None, "USER_NOT_FOUND"),
        ("DELETE", "/users/1", None, "CANNOT_DELETE_LAST_USER"),
        ("PUT", "/users/1/inactivate", None, "USER_SAME_THE_AUTHORIZED_USER"),
        ("PUT", "/users/1/activate", None, "USER_SAME_THE_AUTHORIZED_USER"),
        ("PUT", "/users/2/inactivate", None, "USER_ALREADY_INACTIVE"),
        ("PUT", "/users/2/activate", None, "USER_ALREADY_ACTIVE"),
        ("PUT", "/users/1", ANN | {"roleId": 2}, "CANNOT_AUTHORIZED_USER_MUTATE_ROLE"),
        ("PUT", "/users/1", ANN | {"roleId": 9}, "ROLE_NOT_FOUND"),
        ("PUT", "/users/1", ANN | {"roleId": 1, "email": "joan@example.test"}, "EMAIL_ALREADY_EXISTS"),
        ("GET", "/invite/check/nothing", None, "INVITE_TOKEN_INVALID"),
        ("POST", "/invite/accept/nothing", JOAN, "INVITE_TOKEN_INVALID"),
        ("POST", "/auth/reset_password/nothing", {"password": "x"}, "TOKEN_INVALID"),
        ("POST", "/auth/signup/verify", ANN | {"token": "x"}, "SIGNUP_CONFIRM_TOKEN_INVALID"),
        ("POST", "/auth/signup/verify/resend", None, "USER_ALREADY_VERIFIED"),
    ]  # fmt: skip
    for method, path, body, type_ in cases:
        refused = ann.call(method, path, body)
        absent = type_ == "USER_NOT_FOUND" and path.startswith("/users/")
        assert (refused.status, refused.type) == (404 if absent else 400, type_), path
    assert len(server.mails()) == 1
    assert "roleId" in ann.call("PATCH", "/invite", {"email": "x@y.test"}).broken
    assert "email" in ann.call("PATCH", "/invite", {"email": "nobody", "roleId": 2}).broken


def test_several_are_invited_or_none(server, ann):
    wishes = [{"email": f"{name}@example.test", "roleId": 2} for name in ("joan", "kay", "joan")]
    assert ann.post("/invite/bulk", {"invites": wishes}).type == "EMAIL_ALREADY_INVITED"
    assert (server.mails(), ann.get("/users").body["pagination"]["total"]) == ([], 1)
    sent = ann.post("/invite/bulk", {"invites": wishes[:2]})
    assert (sent.status, [x["id"] for x in sent.body["invited_users"]]) == (201, [2, 3])
    assert sorted(mail["To"] for mail in server.mails()) == ["joan@example.test", "kay@example.test"]


def test_an_invitation_is_sent_once_for_each_key(server, ann):
    wish = {"email": "joan@example.test", "roleId": 2}
    first = ann.call("PATCH", "/invite", wish, idempotency_key="i")
    assert ann.call("PATCH", "/invite", wish, idempotency_key="i").text == first.text
    assert len(server.mails()) == 1


def test_who_is_closed_out_has_no_sign_in_and_no_key(api):
    joan = member(api, 2, "joan@example.test")
    id = api.get("/users").body["data"][0]["id"]
    assert joan.get("/customers").status == 200
    assert api.put(f"/users/{id}/inactivate").body["id"] == id
    assert joan.get("/customers").status == 401
    assert api.put(f"/users/{id}/inactivate").type == "USER_ALREADY_INACTIVE"
    assert api.put(f"/users/{id}/activate").status == 200
    assert joan.get("/customers").status == 200
    deleted = api.delete(f"/users/{id}")
    assert (deleted.status, deleted.text) == (200, "")
    assert joan.get("/customers").status == 401
    assert api.get(f"/users/{id}").type == "USER_NOT_FOUND"


def test_a_sign_in_ends_with_the_place_that_it_was_for(server, ann):
    ann.call("PATCH", "/invite", {"email": BEN["email"], "roleId": 1})
    token = server.token()
    ben = signed_in(server, BEN)  # He signs up on his own, before he answers.
    inside = server.as_(
        authorization=ben.headers["authorization"], organization_id=ann.headers["organization-id"]
    )
    assert inside.get("/users").status == 401
    assert server.post(f"/invite/accept/{token}", JOAN).status == 201
    assert inside.get("/users").status == 200
    assert ben.get("/organization/current").status == 200
    # The password of the invitation was not taken: he has one.
    assert server.post("/auth/signin", {"email": BEN["email"], "password": JOAN["password"]}).status == 401
    ann.put("/users/2/inactivate")
    assert inside.get("/users").body["message"] == "You do not have access to this organization."
    assert ben.get("/organization/current").status == 200


def test_a_member_is_changed(server, ann):
    ann.call("PATCH", "/invite", {"email": "joan@example.test", "roleId": 2})
    server.post(f"/invite/accept/{server.token()}", JOAN)
    joan = sign_in(server, "joan@example.test", JOAN["password"], ann)
    clerk = role(ann, "View Customer")
    body = {"firstName": "Jo", "lastName": "D", "email": "jo@example.test", "roleId": clerk}
    assert ann.put("/users/2", body).status == 200
    now = ann.get("/users/2").body
    assert (now["first_name"], now["email"], now["role_id"]) == ("Jo", "jo@example.test", clerk)
    # The old e-mail is nobody's: what was signed in by it is over.
    assert joan.get("/customers").status == 401
    assert sign_in(server, "jo@example.test", JOAN["password"], ann).get("/customers").status == 200


def test_the_sign_in_of_an_e_mail_is_not_its_next_owners(server, ann):
    ann.call("PATCH", "/invite", {"email": "joan@example.test", "roleId": 2})
    server.post(f"/invite/accept/{server.token()}", JOAN)
    joan = sign_in(server, "joan@example.test", JOAN["password"], ann)
    body = {"firstName": "Jo", "lastName": "D", "email": "jo@example.test", "roleId": 2}
    assert ann.put("/users/2", body).status == 200
    other = signed_in(server, ANN | {"email": "joan@example.test"})
    stolen = server.as_(
        authorization=joan.headers["authorization"], organization_id=other.headers["organization-id"]
    )
    assert stolen.get("/organization/current").status == 401


def test_a_new_password_by_mail_ends_what_was_signed_in(server):
    ann = signed_in(server, ANN)
    key = ann.made("/api-keys/generate", {"name": "till"})["key"]
    told = server.post("/auth/send_reset_password", {"email": ANN["email"]})
    unknown = server.post("/auth/send_reset_password", {"email": "who@example.test"})
    assert (told.status, told.text) == (201, unknown.text)
    (mail,) = server.mails()
    assert mail["To"] == ANN["email"]
    token = server.token()
    assert server.post(f"/auth/reset_password/{token}", {"password": ""}).status == 400
    assert server.post(f"/auth/reset_password/{token}", {"password": "new-one"}).status == 201
    assert server.post(f"/auth/reset_password/{token}", {"password": "again"}).type == "TOKEN_INVALID"
    assert ann.get("/organization/current").status == 401
    assert server.post("/auth/signin", {"email": ANN["email"], "password": ANN["password"]}).status == 401
    signed = server.post("/auth/signin", {"email": ANN["email"], "password": "new-one"})
    assert signed.status == 201
    # Keys have lives of their own.
    assert server.as_(authorization=f"Bearer {key}").get("/api-keys").status == 200


def test_an_e_mail_is_confirmed_before_anything_else(url):
    with served(url, signup_confirmation=True) as server:
        ann = signed_in(server, ANN)
        closed = ann.get("/organization/current")
        assert (closed.status, closed.type) == (401, "USER_EMAIL_NOT_VERIFIED")
        account = ann.get("/auth/account").body
        assert (account["is_verified"], account["email"]) == (False, ANN["email"])
        assert ann.post("/auth/signup/verify/resend").status == 201
        (mail,) = server.mails()  # The second one was asked for too soon.
        email, token = re.search(r"email=(\S+)&token=(\w+)", mail.get_content()).groups()
        assert email == ANN["email"].replace("@", "%40")
        wrong = server.post("/auth/signup/verify", {"email": ANN["email"], "token": token[::-1]})
        assert wrong.type == "SIGNUP_CONFIRM_TOKEN_INVALID"
        assert server.post("/auth/signup/verify", {"email": ANN["email"], "token": token}).status == 201
        assert ann.get("/organization/current").status == 200
        assert ann.post("/auth/signup/verify/resend").type == "USER_ALREADY_VERIFIED"


NOT_YOU = "SIGNUP_RESTRICTED_NOT_ALLOWED"
SIGN_UPS = [
    # settings                                               e-mail             what is said
    ({"signup": False},                                      "ann@a.test",      "SIGNUP_RESTRICTED"),
    ({"signup": False, "signup_emails": "Ann@a.test, x@y.z"}, "ann@a.test",     None),
    ({"signup": False, "signup_emails": "ann@a.test"},       "ben@a.test",      NOT_YOU),
    ({"signup": False, "signup_domains": "a.test"},          "ann@a.test",      None),
    ({"signup_domains": "a.test,b.test"},                    "ann@c.test",      NOT_YOU),
    ({"signup_domains": "a.test"},                           "ann@x.a.test",    NOT_YOU),
    ({"signup_domains": "a.test", "signup_emails": "c@c.c"}, "c@c.c",           None),
    ({},                                                     "ann@c.test",      None),
]  # fmt: skip


@pytest.mark.parametrize(("settings", "email", "type_"), SIGN_UPS)
def test_who_may_sign_up(url, settings, email, type_):
    with served(url, **settings) as server:
        reply = server.post("/auth/signup", ANN | {"email": email})
        assert (reply.status, None if reply.status == 201 else reply.type) == (400 if type_ else 201, type_)


def test_a_sign_in_with_no_organization_left(server, ann):
    ann.call("PATCH", "/invite", {"email": "joan@example.test", "roleId": 2})
    server.post(f"/invite/accept/{server.token()}", JOAN)
    ann.delete("/users/2")
    refused = server.post("/auth/signin", {"email": "joan@example.test", "password": JOAN["password"]})
    assert (refused.status, refused.body["code"]) == (401, "ORGANIZATION.INACTIVE")


def test_wrong_passwords_have_to_wait(server, ann):
    wrong = {"email": ANN["email"], "password": "nope"}
    for _ in range(8):
        assert server.post("/auth/signin", wrong).status == 401
    for body in (wrong, wrong | {"password": ANN["password"]}):
        waits = server.post("/auth/signin", body)
        assert (waits.status, waits.body["statusCode"], waits.headers["retry-after"]) == (429, 429, "300")
    customer(ann)  # Who is in is not thrown out by it.


def test_a_member_of_another_organization_is_nobody_here(server):
    one, other = server.organization(), server.organization()
    member(one, 1, "joan@example.test")
    id = one.get("/users").body["data"][0]["id"]
    for method, path in (("GET", ""), ("DELETE", ""), ("PUT", "/activate"), ("PUT", "/inactivate")):
        assert other.call(method, f"/users/{id}{path}").type == "USER_NOT_FOUND"
    assert other.get("/users").body["data"] == []
