"""Authorization code with PKCE: a signed-in person consents, and the client acts in their name."""

import re
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest

from avoir.app.clients import DeleteClient, RenewClientSecret, UpdateClient
from avoir.core.access import DIRECTORY, User
from avoir.faces.oauth import challenge_of

BACK = "http://127.0.0.1:9999/back"
VERIFIER = "v" * 43
ASKED = {
    "response_type": "code", "client_id": "app", "redirect_uri": BACK, "scope": "billing:read standard:read",
    "state": "s t&ate", "code_challenge": challenge_of(VERIFIER), "code_challenge_method": "S256",
}  # fmt: skip


@pytest.fixture
def desk(shop):
    """A shop with a client that asks people, and a person who is signed in."""
    shop.client("app", "billing:read standard:read", code_grant=True, pkce=True, redirect_uri=BACK)
    shop.organization_id, books = DIRECTORY, shop.organization_id
    (shop.person,) = shop.rows(User)
    shop.organization_id = books
    shop.http.cookies.set("avoir-session", shop.app.state.access.sign_in_token(shop.person))
    return shop


def get(shop, asked):
    return shop.run(shop.http.get(f"/oauth/authorize?{urlencode(asked)}"))


def consent(shop, asked=ASKED, do="allow", **changed):
    page = get(shop, asked)
    assert page.status_code == 200, page.text
    token = re.search(r'name="token" value="([^"]+)"', page.text)[1]
    return shop.run(shop.http.post("/oauth/authorize", data={**asked, "token": token, "do": do, **changed}))


def came_back(answer) -> dict[str, str]:
    assert answer.status_code == 303, answer.text
    there = answer.headers["location"]
    assert there.startswith(f"{BACK}?")
    return {name: value for name, (value,) in parse_qs(urlsplit(there).query).items()}


def redeem(shop, code, **changed):
    asked = {
        "grant_type": "authorization_code", "client_id": "app", "code": code, "redirect_uri": BACK,
        "code_verifier": VERIFIER, **changed,
    }  # fmt: skip
    return shop.run(shop.http.post("/oauth/token", data={k: v for k, v in asked.items() if v is not None}))


def test_a_person_consents_and_the_client_acts_in_their_name(desk):
    page = get(desk, ASKED)
    assert "billing:read" in page.text
    assert f"form-action 'self' {BACK.removesuffix('/back')}" in page.headers["content-security-policy"]
    told = came_back(consent(desk))
    assert told["state"] == ASKED["state"]
    answer = redeem(desk, told["code"])
    assert answer.status_code == 200, answer.text
    desk.token = answer.json()["access_token"]
    answer = desk.data("{ currentUser { scopes } accounts { totalCount } }")
    assert answer["currentUser"]["scopes"] == ["billing:read", "standard:read"]
    assert answer["accounts"]["totalCount"] == 1
    # Once.
    again = redeem(desk, told["code"])
    assert (again.status_code, again.json()["error"]) == (400, "invalid_grant")


@pytest.mark.parametrize(
    "changed",
    [
        {"code_verifier": "w" * 43},
        {"code_verifier": None},
        {"redirect_uri": "http://127.0.0.1:9999/elsewhere"},
        {"code": "nonsense"},
    ],
)
def test_a_code_is_good_only_for_whom_and_how_it_was_asked_for(desk, changed):
    code = came_back(consent(desk))["code"]
    answer = redeem(desk, **({"code": code} | changed))
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_grant")


def test_another_client_and_a_wrong_secret_get_nothing(desk):
    desk.client("other", "billing:read", code_grant=True, redirect_uri=BACK)
    code = came_back(consent(desk))["code"]
    refused = redeem(desk, code, client_id="other", client_secret="secret")
    assert refused.json()["error"] == "invalid_grant"
    assert redeem(desk, code, client_secret="wrong").json()["error"] == "invalid_client"
    # Without PKCE a client has its secret or nothing.
    assert redeem(desk, code, client_id="other").json()["error"] == "invalid_client"
    assert redeem(desk, code, client_secret="secret").status_code == 200


WRONG = [
    ({"response_type": "token"}, "unsupported_response_type"),
    ({"code_challenge": ""}, "invalid_request"),
    ({"code_challenge_method": "plain"}, "invalid_request"),
    ({"scope": "admin:write"}, "invalid_scope"),
]


@pytest.mark.parametrize(("changed", "error"), WRONG)
def test_what_a_client_cannot_have_it_is_told_at_its_own_address(desk, changed, error):
    assert came_back(get(desk, ASKED | changed)) == {"error": error, "state": ASKED["state"]}


@pytest.mark.parametrize(
    "changed", [{"redirect_uri": "https://evil.example/"}, {"client_id": "nobody"}, {"client_id": "till"}]
)
def test_nobody_is_sent_to_an_address_that_the_client_is_not_known_by(desk, changed):
    answer = get(desk, ASKED | changed)
    assert (answer.status_code, "location" in answer.headers) == (400, False)


def test_no_is_no_and_a_foreign_form_is_nothing(desk):
    assert came_back(consent(desk, do="deny"))["error"] == "access_denied"
    assert consent(desk, token="0" * 40).status_code == 403


def test_who_is_not_signed_in_signs_in_first_and_comes_back(desk):
    desk.http.cookies.clear()
    answer = get(desk, ASKED)
    assert answer.status_code == 303
    (there,) = parse_qs(urlsplit(answer.headers["location"]).query)["next"]
    assert urlsplit(there).path == "/oauth/authorize"
    assert parse_qs(urlsplit(there).query)["state"] == [ASKED["state"]]


def test_renewal_kills_the_old_secret_and_deletion_every_token(shop):
    access, till = shop.app.state.access, shop.token
    client = {"tenancy_id": shop.organization_id, "client_number": 1}
    renew = RenewClientSecret(secret_digest=access.digest("fresh"), **client)
    shop.run(access.ask(renew, actor="user:1"))
    asked = {"grant_type": "client_credentials", "client_id": "till"}
    old = shop.run(shop.http.post("/oauth/token", data={**asked, "client_secret": "secret"}))
    assert (old.status_code, old.json()["error"]) == (401, "invalid_client")
    assert (
        shop.run(shop.http.post("/oauth/token", data={**asked, "client_secret": "fresh"})).status_code == 200
    )
    assert shop.token == till
    assert shop.data("{ currentUser { scopes } }")
    # What may not ask in its own name is told so.
    shop.run(access.ask(UpdateClient(credentials_grant=False, expires_in=60, **client), actor="user:1"))
    refused = shop.run(shop.http.post("/oauth/token", data={**asked, "client_secret": "fresh"}))
    assert (refused.status_code, refused.json()["error"]) == (403, "unauthorized_client")
    shop.run(access.ask(DeleteClient(**client), actor="user:1"))
    gone = shop.run(shop.http.post("/oauth/token", data={**asked, "client_secret": "fresh"}))
    assert gone.json()["error"] == "invalid_client"
    answer = shop.run(
        shop.http.post(
            "/graphql", json={"query": "{ __typename }"}, headers={"authorization": f"Bearer {till}"}
        )
    )
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"].startswith("Bearer ")
