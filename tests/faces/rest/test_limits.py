"""So much a minute, and no more: by key, by address, and where passwords are guessed."""

from avoir.faces.limits import MOST_REMEMBERED, Limits
from tests.faces.rest.api import customer, served

NAMES = [f"x-ratelimit-{part}{of}" for of in ("", "-auth") for part in ("limit", "remaining", "reset")]


def test_every_reply_says_what_is_left(api):
    for reply in (
        api.get("/customers"),
        api.get("/customers/99"),
        api.post("/customers"),
        api.get("/nowhere"),
        api.as_().get("/customers"),
        api.as_().post("/auth/signin"),
        api.get("/organization/current"),
    ):
        assert [name for name in NAMES if not reply.headers.get(name, "").isdecimal()] == []


def test_one_key_does_not_use_up_anothers(url):
    with served(url, rate_limit_key=3) as server:
        one, other = server.organization(), server.organization()
        assert [one.get("/customers").headers["x-ratelimit-remaining"] for _ in range(3)] == ["2", "1", "0"]
        refused = one.get("/customers")
        assert (refused.status, refused.body["statusCode"]) == (429, 429)
        assert 0 < int(refused.headers["retry-after"]) <= 61
        assert refused.headers["x-ratelimit-limit"] == "3"
        assert other.get("/customers").status == 200
        # What is refused is not done.
        assert one.post("/customers", {"displayName": "A"}).status == 429


def test_an_address_has_its_limit_whoever_asks(url):
    with served(url, rate_limit_address=5, rate_limit_key=0) as server:
        api = server.organization()
        customer(api)
        stranger = server.as_(authorization="Bearer bc_none")
        assert [stranger.get("/customers").status for _ in range(4)] == [401] * 4
        assert (stranger.get("/customers").status, api.get("/customers").status) == (429, 429)


def test_passwords_and_tokens_are_guessed_slowly(url):
    with served(url, rate_limit_auth=3) as server:
        api = server.organization()
        for path in ("/auth/signin", "/auth/reset_password/x", "/invite/accept/x"):
            assert server.post(path).status == 400
        refused = server.post("/auth/signin")
        assert (refused.status, refused.headers["x-ratelimit-remaining-auth"]) == (429, "0")
        assert server.get("/auth/meta").status == 200
        assert api.get("/customers").status == 200


def test_no_limit_is_no_limit(url):
    with served(url, rate_limit_key=0, rate_limit_address=0, rate_limit_auth=0) as server:
        api = server.organization()
        assert {api.get("/customers").status for _ in range(20)} == {200}
        assert {server.post("/auth/signin").status for _ in range(20)} == {400}


def test_what_is_remembered_has_an_end():
    limits = Limits(1, 1, 1)
    for n in range(MOST_REMEMBERED + 10):
        limits.at_address(str(n), False)
    assert len(limits._addresses) < 100
