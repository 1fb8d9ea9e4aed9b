"""POST /oauth/token: three ways to ask, one answer, and the errors of contract A, 1.1, word for word."""

import base64
import json
import uuid

ERRORS = {
    "invalid_scope": "The requested scope is invalid, unknown, or malformed.",
    "unsupported_grant_type": ("The authorization grant type is not supported by the authorization server."),
    "invalid_client": (
        "Client authentication failed due to unknown client, no client authentication included, or "
        "unsupported authentication method."
    ),
    "unauthorized_client": "The client is not authorized to perform this request using this method.",
    "invalid_request": (
        "The request is missing a required parameter, includes an unsupported parameter value, or is "
        "otherwise malformed."
    ),
}
GOOD = {
    "grant_type": "client_credentials",
    "client_id": "till",
    "client_secret": "secret",
    "scope": "billing:read billing:write",
}


def ask(shop, **request):
    return shop.run(shop.http.post("/oauth/token", **request))


def decoded(part: str) -> dict:
    return json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))


def test_it_may_be_asked_as_a_form_as_multipart_and_as_json(shop):
    multipart = {name: (None, value) for name, value in GOOD.items()}
    for request in ({"data": GOOD}, {"files": multipart}, {"json": GOOD}):
        answer = ask(shop, **request)
        assert answer.status_code == 200, answer.text
        assert set(answer.json()) == {"access_token", "token_type", "expires_in", "created_at"}
        assert (answer.json()["token_type"], answer.json()["expires_in"]) == ("Bearer", 7200)
        assert answer.headers["cache-control"] == "no-store"
    without = {name: value for name, value in GOOD.items() if not name.startswith("client")}
    assert ask(shop, data=without, auth=("till", "secret")).status_code == 200


def test_the_token_has_the_claims_of_the_contract(shop):
    answer = ask(shop, data=GOOD).json()
    head, body, _ = answer["access_token"].split(".")
    assert {name: decoded(head)[name] for name in ("kid", "alg")} == {"kid": "till", "alg": "HS512"}
    claims = decoded(body)
    assert set(claims) == {"iss", "iat", "jti", "client_id", "aud", "exp", "scope", "sub"}
    assert (claims["client_id"], claims["scope"]) == ("till", "billing:read billing:write")
    assert claims["exp"] == claims["iat"] + 7200
    assert uuid.UUID(claims["jti"]) != uuid.UUID(claims["sub"])
    assert decoded(ask(shop, data=GOOD).json()["access_token"].split(".")[1])["sub"] == claims["sub"]


REFUSED = [
    ({"scope": "billing:read owner:write"}, 400, "invalid_scope"),
    ({"scope": "nonsense"}, 400, "invalid_scope"),
    ({"grant_type": "password"}, 400, "unsupported_grant_type"),
    ({"grant_type": None}, 400, "invalid_request"),
    ({"client_secret": "wrong"}, 401, "invalid_client"),
    ({"client_secret": None}, 401, "invalid_client"),
    ({"client_id": "nobody"}, 401, "invalid_client"),
    ({"client_id": "\0"}, 401, "invalid_client"),
    ({"grant_type": "authorization_code"}, 403, "unauthorized_client"),
    ({"grant_type": "authorization_code", "client_secret": "wrong"}, 401, "invalid_client"),
]


def test_it_refuses_in_the_words_of_the_contract(shop):
    for changed, status, error in REFUSED:
        answer = ask(
            shop, data={name: value for name, value in (GOOD | changed).items() if value is not None}
        )
        told = {"error": error, "error_description": ERRORS[error]}
        assert (changed, answer.status_code, answer.json()) == (changed, status, told)


def test_what_is_no_request_is_told_so(shop):
    form = {"content-type": "application/x-www-form-urlencoded"}
    multipart = {"content-type": "multipart/form-data; boundary=x"}
    for content, headers in (
        (b"{", {"content-type": "application/json"}),
        (b"[]", {"content-type": "application/json"}),
        (b"\xff=\xfe", form),
        (b"a=1&" * 50, form),
        (b"nothing of the kind", multipart),
        (b"", {"content-type": "multipart/form-data"}),
    ):
        answer = ask(shop, content=content, headers=headers)
        assert (answer.status_code, answer.json()["error"]) == (400, "invalid_request")
    assert ask(shop, content=b"a=" + b"b" * 2**20, headers=form).status_code == 413
    assert shop.run(shop.http.get("/oauth/token")).status_code == 405


def test_the_api_answers_401_to_whom_it_does_not_know(shop):
    for authorization, why in (
        (None, "The access token is missing"),
        ("Basic dGlsbDpzZWNyZXQ=", "The access token is missing"),
        ("Bearer", "The access token is invalid"),
        ("Bearer nonsense", "The access token is invalid"),
        ("bearer a.b.c", "The access token is invalid"),
    ):
        headers = {} if authorization is None else {"authorization": authorization}
        answer = shop.run(shop.http.post("/graphql", json={"query": "{ __typename }"}, headers=headers))
        told = {"error": "invalid_token", "error_description": why}
        assert (authorization, answer.status_code, answer.json()) == (authorization, 401, told)
        assert answer.headers["www-authenticate"] == (
            f'Bearer realm="Avoir", error="invalid_token", error_description="{why}"'
        )


def test_an_expired_token_is_told_from_a_wrong_one(shop):
    shop.client("hasty", "standard:read", expires_in=-1)
    answer = shop.post(b'{"query": "{ __typename }"}', authorization=f"Bearer {shop.token_of('hasty')}")
    assert (answer.status_code, answer.json()["error_description"]) == (401, "The access token expired")


def test_a_token_that_somebody_else_signed_is_worth_nothing(shop):
    head, body, signature = shop.token.split(".")
    for forged in (f"{head}.{body}.{signature[:-4]}AAAA", f"{head}.{body}."):
        assert shop.post(b"{}", authorization=f"Bearer {forged}").status_code == 401
    # A sign-in token of contract B is signed with another algorithm, and is no API client's.
    none = base64.urlsafe_b64encode(b'{"alg":"none"}').rstrip(b"=").decode()
    assert shop.post(b"{}", authorization=f"Bearer {none}.{body}.").status_code == 401
