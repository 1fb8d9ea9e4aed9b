"""Signing up and in, organizations, keys: who may come in, and what is told to those who may not."""

from tests.faces.rest.api import Api, served

ANN = {"firstName": "Ann", "lastName": "Owner", "email": "ann@example.test", "password": "pw123456"}
BEN = ANN | {"firstName": "Ben", "email": "ben@example.test"}
ACME = {
    "name": "Acme",
    "location": "US",
    "baseCurrency": "USD",
    "timezone": "Europe/Berlin",
    "fiscalYear": "january",
    "language": "en",
}


def signed_in(server: Api, person: dict[str, str]) -> Api:
    """The API of somebody who has just signed up."""
    server.made("/auth/signup", person)
    reply = server.post("/auth/signin", {"email": person["email"], "password": person["password"]})
    return server.as_(
        authorization=f"Bearer {reply.body['access_token']}", organization_id=reply.body["organization_id"]
    )


def test_from_sign_up_to_a_key(server):
    ann = signed_in(server, ANN)
    assert ann.get("/organization/current").body["is_ready"] is False
    job = ann.post("/organization/build", ACME).body["data"]["job_id"]
    assert ann.get(f"/organization/build/{job}").body["is_completed"] is True
    assert ann.get("/organization/build/2").status == 404
    now = ann.get("/organization/current").body
    assert (now["is_ready"], now["metadata"]["name"], now["metadata"]["location"]) == (True, "Acme", "US")
    assert now["metadata"]["date_format"] == "DD MMM YYYY"

    made = ann.made("/api-keys/generate", {"name": "till"})
    by_key = server.as_(authorization=f"bearer {made['key']}", organization_id="not looked at")
    assert by_key.get("/customers").status == 200
    (listed,) = ann.get("/api-keys").body
    assert (listed["name"], listed["revoked"], len(listed["key"])) == ("till", False, len("bc_12345..."))
    assert made["key"].startswith(listed["token"].removesuffix("..."))
    assert ann.put(f"/api-keys/{made['id']}/revoke").body == {"id": made["id"], "revoked": True}
    assert by_key.get("/customers").status == 401
    assert ann.get("/api-keys").body == []
    assert ann.put("/api-keys/2/revoke").status == 404

    account = ann.get("/auth/account").body
    assert (account["email"], account["first_name"]) == (ANN["email"], "Ann")
    assert "password" not in ann.get("/auth/account").text


def test_nobody_is_told_who_is_here(server):
    server.made("/auth/signup", ANN)
    wrong = server.post("/auth/signin", {"email": ANN["email"], "password": "nope"})
    nobody = server.post("/auth/signin", {"email": "who@example.test", "password": "nope"})
    assert (wrong.status, nobody.status) == (401, 401)
    assert wrong.text.replace(ANN["email"], "x") == nobody.text.replace("who@example.test", "x")
    assert wrong.body["code"] == "INVALID_DETAILS"


def test_everybody_stays_in_their_own_organization(server):
    ann, ben = signed_in(server, ANN), signed_in(server, BEN)
    assert ann.post("/organization/build", ACME).status == 200
    stranger = server.as_(
        authorization=ben.headers["authorization"], organization_id=ann.headers["organization-id"]
    )
    for reply in (stranger.get("/customers"), stranger.post("/organization/build", ACME)):
        assert (reply.status, reply.body["message"]) == (401, "You do not have access to this organization.")
    lost = server.as_(authorization=ben.headers["authorization"], organization_id="nowhere")
    assert lost.get("/customers").body["message"] == "Organization not found."
    unbuilt = ben.get("/customers")
    assert (unbuilt.status, unbuilt.type) == (401, "TENANT.DATABASE.NOT.INITALIZED")


NO_CREDENTIALS = [
    "", "Bearer", "Bearer ", "Bearer x", "Bearer bc_", "Bearer bc_00", "Basic YTpi", "Bearer a.b.c",
     "Bearer eyJhbGciOiJub25lIn0.eyJzdWIiOiJhIn0.", "Bearer " + "a" * 5000,
]  # fmt: skip


def test_credentials_that_are_none_are_refused(server):
    for authorization in NO_CREDENTIALS:
        reply = server.get("/customers", authorization=authorization, organization_id="x")
        assert (reply.status, reply.body) == (401, {"message": "Unauthorized", "statusCode": 401})


def test_a_key_makes_every_change_once(server):
    first = server.post("/auth/signup", ANN, idempotency_key="k")
    assert server.post("/auth/signup", ANN, idempotency_key="k").text == first.text
    for other in (ANN | {"password": "other"}, BEN):
        reply = server.post("/auth/signup", other, idempotency_key="k")
        assert (reply.status, reply.type) == (409, "IDEMPOTENCY_KEY_REUSED")

    token = server.post("/auth/signin", ANN).body
    ann = server.as_(
        authorization=f"Bearer {token['access_token']}", organization_id=token["organization_id"]
    )
    built = ann.post("/organization/build", ACME, idempotency_key="k")
    assert ann.post("/organization/build", ACME, idempotency_key="k").text == built.text
    assert ann.post("/organization/build", ACME | {"name": "B"}, idempotency_key="k").status == 409
    assert ann.post("/organization/build", ACME, idempotency_key="k2").type == "TENANT_ALREADY_BUILT"

    key = ann.post("/api-keys/generate", {"name": "a"}, idempotency_key="k")
    assert ann.post("/api-keys/generate", {"name": "a"}, idempotency_key="k").text == key.text
    assert ann.post("/api-keys/generate", {"name": "b"}, idempotency_key="k").status == 409
    assert ann.made("/api-keys/generate", {"name": "a"})["key"] != key.body["key"]
    revoked = ann.put(f"/api-keys/{key.body['id']}/revoke", idempotency_key="r")
    assert ann.put(f"/api-keys/{key.body['id']}/revoke", idempotency_key="r").text == revoked.text


def test_one_persons_keys_are_not_anothers(server):
    ann, ben = signed_in(server, ANN), signed_in(server, BEN)
    one = ann.post("/api-keys/generate", {"name": "a"}, idempotency_key="k").body
    other = ben.post("/api-keys/generate", {"name": "a"}, idempotency_key="k").body
    assert one["key"] != other["key"]


BAD_BUILDS = [
    ("location", "XX", "isISO31661Alpha2"),
    ("location", "EU", "isISO31661Alpha2"),
    ("location", 1, "isISO31661Alpha2"),
    ("baseCurrency", "usd", "isISO4217CurrencyCode"),
    ("baseCurrency", "XAU", "isISO4217CurrencyCode"),
    ("timezone", "Mars/Olympus", "isIn"),
    ("timezone", "../../etc/passwd", "isIn"),
    ("timezone", "America", "isIn"),
    ("fiscalYear", "January", "isIn"),
    ("language", "de", "isIn"),
    ("dateFormat", "QQQ", "isIn"),
    ("dateFormat", "Y" * 100, "isIn"),
    ("name", None, "isNotEmpty"),
]


def test_an_organization_is_somewhere(server):
    ann = signed_in(server, ANN)
    for field, given, rule in BAD_BUILDS:
        reply = ann.post("/organization/build", ACME | {field: given})
        assert reply.status == 400, (field, given)
        assert rule in reply.broken[field], (field, given)
    assert ann.get("/organization/current").body["is_ready"] is False


def test_a_server_may_take_no_sign_ups(url):
    with served(url, signup=False) as server:
        assert server.get("/auth/meta").body == {"signup_disabled": True}
        assert server.post("/auth/signup", ANN).type == "SIGNUP_RESTRICTED"


def test_an_e_mail_is_taken_once(server):
    server.made("/auth/signup", ANN)
    assert server.post("/auth/signup", ANN | {"password": "other"}).type == "EMAIL_EXISTS"
    for email in ("ann", "ann@", "@x.test", "a b@x.test", "ann@x", 5, None):
        assert "isEmail" in server.post("/auth/signup", ANN | {"email": email}).broken["email"], email
