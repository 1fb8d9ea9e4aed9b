"""API clients, roles, people, contacts and views: made, changed and taken away by contract A's mutations."""

import pytest

from avoir.core.access import DIRECTORY, Client
from tests.faces.graphql.shop import EVERY_SCOPE
from tests.ledger import line

CLIENT = """apiClient { id name clientId clientSecret scopes accessTokenExpiresIn clientCredentialsEnabled
    authorizationCodeEnabled pkceEnabled redirectUri } errors"""


@pytest.fixture
def office(shop):
    """A shop whose client may do everything."""
    shop.client("boss", f"{EVERY_SCOPE} security:read security:write developer:read portal:read")
    shop.token = shop.token_of("boss")
    return shop


def mutate(shop, name, arguments, selected, **headers):
    return shop.data(f"mutation {{ {name}({arguments}) {{ {selected} }} }}", **headers)[name]


def code(shop, name, arguments, selected="errors") -> str:
    return shop.no(f"mutation {{ {name}({arguments}) {{ {selected} }} }}")["extensions"]["code"]


def asks(shop, client_id, secret, **more) -> int:
    asked = {"grant_type": "client_credentials", "client_id": client_id, "client_secret": secret, **more}
    return shop.run(shop.http.post("/oauth/token", data=asked))


def test_a_client_is_made_used_renewed_and_ended(office):
    said = 'attributes: {name: "Till 2", scopes: ["billing:read", "standard:read"], accessTokenExpiresIn: 60}'
    made = mutate(office, "apiClientCreate", said, CLIENT)["apiClient"]
    assert (made["name"], made["scopes"], made["accessTokenExpiresIn"]) == (
        "Till 2", ["billing:read", "standard:read"], 60,
    )  # fmt: skip
    assert (made["clientCredentialsEnabled"], made["authorizationCodeEnabled"]) == (True, False)
    token = asks(office, made["clientId"], made["clientSecret"])
    assert (token.status_code, token.json()["expires_in"]) == (200, 60)
    # The secret is told once.
    again = office.data(f"{{ apiClient(id: {made['id']}) {{ clientSecret clientId }} }}")["apiClient"]
    assert again == {"clientSecret": None, "clientId": made["clientId"]}

    renewed = mutate(office, "apiClientSecretRenew", f"id: {made['id']}", "clientId clientSecret errors")
    assert renewed["clientId"] == made["clientId"]
    assert asks(office, made["clientId"], made["clientSecret"]).json()["error"] == "invalid_client"
    assert asks(office, made["clientId"], renewed["clientSecret"]).status_code == 200

    given = mutate(office, "apiAccessTokenCreate", f"id: {made['id']}", "accessToken errors")["accessToken"]
    boss, office.token = office.token, given
    assert office.data("{ currentUser { scopes } }")["currentUser"]["scopes"] == [
        "billing:read",
        "standard:read",
    ]
    office.token = boss

    said = f'id: {made["id"]}, attributes: {{scopes: ["billing:read"], clientCredentialsEnabled: false}}'
    changed = mutate(office, "apiClientUpdate", said, CLIENT)["apiClient"]
    assert (changed["scopes"], changed["clientCredentialsEnabled"]) == (["billing:read"], False)
    assert asks(office, made["clientId"], renewed["clientSecret"]).json()["error"] == "unauthorized_client"
    gone = mutate(office, "apiClientDelete", f"id: {made['id']}", "apiClient { id } errors")
    assert gone == {"apiClient": {"id": made["id"]}, "errors": None}
    assert code(office, "apiClientDelete", f"id: {made['id']}") == "not_found"
    assert code(office, "apiAccessTokenCreate", f"id: {made['id']}") == "not_found"
    office.organization_id = DIRECTORY
    assert [x.secret_digest for x in office.rows(Client) if x.secret_digest == renewed["clientSecret"]] == []


def test_a_client_that_cannot_be_is_refused(office):
    for said, refused in (
        ('scopes: ["nonsense:read"]', "unknown_scope"),
        ("accessTokenExpiresIn: 0", "bad_token_lifetime"),
        ('redirectUri: "http://example.com/"', "bad_redirect_uri"),
        ("authorizationCodeEnabled: true", "bad_redirect_uri"),
    ):
        assert code(office, "apiClientCreate", f"attributes: {{{said}}}") == refused
    # Under one key it is one client, and the same secret.
    one, two = (
        mutate(office, "apiClientCreate", 'attributes: {name: "x"}', CLIENT, idempotency_key="k")
        for _ in range(2)
    )
    assert one == two


def test_the_missing_permission_is_told_in_the_words_of_the_contract(shop):
    shop.client("small", "billing:read")
    shop.token = shop.token_of("small")
    payload = shop.data('mutation { portalSessionCreate(tenantCode: "x") { token errors } }')
    assert payload["portalSessionCreate"] == {
        "token": None,
        "errors": ["Missing required permission: write, can't access mutation PortalSessionCreate"],
    }
    payload = shop.data("mutation { apiClientDelete(id: 1) { apiClient { id } errors } }")["apiClientDelete"]
    assert payload["errors"] == "Missing required permission: write, can't access mutation ApiClientDelete"


def test_a_customer_gets_a_token_of_its_own(office):
    mutate(office, "accountCreate", 'attributes: {name: "Grace", code: "G"}', "errors")
    payload = mutate(office, "portalSessionCreate", 'tenantCode: "G", expiry: 1', "token errors")
    claims = office.app.state.access.portal(payload["token"])
    assert claims["exp"] - claims["iat"] == 3600
    assert code(office, "portalSessionCreate", 'tenantCode: "nobody"') == "not_found"
    assert code(office, "portalSessionCreate", 'tenantCode: "G", expiry: -1') == "bad_token_lifetime"
    # It is no token of a client.
    office.token = payload["token"]
    assert office.post(b'{"query": "{ __typename }"}').status_code == 401


def test_roles_and_people(office):
    role = mutate(
        office,
        "roleCreate",
        'attributes: {name: "Clerk", scopes: ["billing:read"]}',
        "role { id name scopes }",
    )
    id = role["role"]["id"]
    assert role["role"] == {"id": id, "name": "Clerk", "scopes": ["billing:read"]}
    assert code(office, "roleCreate", 'attributes: {name: ""}') == "name_required"
    assert code(office, "roleCreate", 'attributes: {name: "x", scopes: ["x:y"]}') == "unknown_scope"
    changed = mutate(
        office, "roleUpdate", f'id: {id}, attributes: {{scopes: ["standard:read"]}}', "role { name scopes }"
    )
    assert changed["role"] == {"name": "Clerk", "scopes": ["standard:read"]}

    said = f'attributes: {{email: "grace@example.com", firstName: "Grace", lastName: "H", roleId: {id}}}'
    selected = "user { id email firstName lastName fullName enabled role { name } } errors"
    user = mutate(office, "userCreate", said, selected)["user"]
    assert (user["email"], user["fullName"], user["enabled"]) == ("grace@example.com", "Grace H", True)
    assert user["role"] == {"name": "Clerk"}
    assert code(office, "userCreate", said) == "email_taken"
    assert code(office, "roleDelete", f"id: {id}") == "role_is_used"
    update = f'id: {user["id"]}, attributes: {{lastName: "Hopper", enabled: false}}'
    changed = mutate(office, "userUpdate", update, selected)["user"]
    assert (changed["fullName"], changed["enabled"]) == ("Grace Hopper", False)
    gone = mutate(office, "userDelete", f"id: {user['id']}", "user { id } errors")
    assert gone == {"user": {"id": user["id"]}, "errors": None}
    assert code(office, "userUpdate", f"id: {user['id']}, attributes: {{}}") == "not_found"
    assert mutate(office, "roleDelete", f"id: {id}", "role { id } errors")["role"]["id"] == id
    assert code(office, "roleUpdate", f"id: {id}, attributes: {{}}") == "not_found"


ISSUE = "mutation { creditNoteIssue(id: 1) { creditNote { state } } }"


def test_who_acts_for_a_person_pays_back_only_what_the_persons_role_lets_them(office):
    """The same ability that REST and the console ask for; a client of its own has its scopes alone."""
    office.paid(office.invoice(line(10)), 10)
    access, scopes = office.app.state.access, "billing:write"
    office.client("app", scopes)
    said = f'attributes: {{name: "Clerk", scopes: ["{scopes}"]}}'
    id = mutate(office, "roleCreate", said, "role { id } errors")["role"]["id"]
    said = f'attributes: {{email: "grace@example.com", firstName: "Grace", roleId: {id}}}'
    clerk = int(mutate(office, "userCreate", said, "user { id } errors")["user"]["id"])
    client = office.run(access.client("app"))
    mutate(office, "creditNoteCreate", "invoiceId: 1, kind: REFUND", "errors")

    office.token, before = access.client_token(client, scopes, clerk), office.books()
    told = "Missing required permission: refund, can't access mutation InvoiceRefund"
    payload = mutate(office, "invoiceRefund", "invoiceId: 1", "creditNote { id } errors")
    assert payload == {"creditNote": None, "errors": [told]}
    assert office.no(ISSUE)["message"].endswith("CreditNoteIssue")
    assert office.books() == before

    office.token = access.client_token(client, scopes, 1)
    assert office.data(ISSUE)["creditNoteIssue"]["creditNote"]["state"] == "APPLIED"


def test_a_contact_is_of_an_account_by_its_code(office):
    mutate(office, "accountCreate", 'attributes: {name: "Grace", code: "G"}', "errors")
    said = 'attributes: {firstName: "Ada", accountCode: "G"}'
    contact = mutate(office, "contactCreate", said, "contact { id accountId } errors")["contact"]
    assert contact["accountId"] == "2"
    wrong = 'attributes: {firstName: "Ada", accountCode: "H"}'
    assert code(office, "contactCreate", wrong, "contact { id }") == "not_found"
    assert code(office, "contactUpdate", f"id: {contact['id']}, {wrong}", "contact { id }") == "not_found"


def test_a_client_that_acts_for_nobody_has_no_user_to_change(office):
    assert code(office, "currentUserUpdate", 'attributes: {firstName: "A"}') == "not_a_person"


def test_a_person_changes_their_own_name_through_a_client(office):
    access = office.app.state.access
    office.client("app", EVERY_SCOPE)
    client = office.run(access.client("app"))
    office.token = access.client_token(client, client.scopes, 1)
    said = 'attributes: {firstName: "Grace", lastName: "Hopper"}'
    changed = mutate(office, "currentUserUpdate", said, "firstName lastName profile { timezone } errors")
    assert (changed["firstName"], changed["lastName"], changed["errors"]) == ("Grace", "Hopper", None)
    assert office.data("{ currentUser { user { fullName } } }")


def test_contacts_and_views(office):
    said = (
        'accountId: 1, firstName: "Ada", lastName: "L", code: "A", email: "a@b.example", mailingCity: "Rome"'
    )
    selected = "contact { id firstName fullName code email mailingCity portalAccess accountId } errors"
    contact = mutate(office, "contactCreate", f"attributes: {{{said}}}", selected)["contact"]
    assert (contact["fullName"], contact["mailingCity"], contact["accountId"]) == ("Ada L", "Rome", "1")
    changed = mutate(
        office, "contactUpdate", 'code: "A", attributes: {email: null, portalAccess: true}', selected
    )
    assert changed == {"contact": contact | {"email": None, "portalAccess": True}, "errors": None}
    assert code(office, "contactCreate", 'attributes: {lastName: "x"}') == "name_required"
    assert code(office, "contactUpdate", 'code: "B", attributes: {}') == "not_found"
    assert mutate(office, "contactDelete", 'code: "A"', "contact { id } errors")["errors"] is None
    assert code(office, "contactDelete", f"id: {contact['id']}") == "not_found"

    said = 'name: "Due", obj: "Invoice", conditions: "state = \'DUE\'", sortBy: "dueAt", sortOrder: "asc"'
    view = mutate(office, "viewCreate", f"attributes: {{{said}}}", "view { id name obj conditions } errors")[
        "view"
    ]
    assert (view["name"], view["obj"]) == ("Due", "Invoice")
    changed = mutate(office, "viewUpdate", f'id: {view["id"]}, attributes: {{name: "Late"}}', "view { name }")
    assert changed["view"]["name"] == "Late"
    assert mutate(office, "viewDelete", f"id: {view['id']}", "view { id } errors")["errors"] is None
    assert code(office, "viewDelete", f"id: {view['id']}") == "not_found"


def test_billing_details(office):
    said = 'id: 1, attributes: {billingCity: "Bath", taxNumber: "GB1", billingContactEmail: "b@example.com"}'
    payload = mutate(
        office, "billingDetailsUpdate", said, "billingDetails { billingCity taxNumber name } errors"
    )
    assert payload["billingDetails"]["billingCity"] == "Bath"
    assert payload["billingDetails"]["taxNumber"] == "GB1"
    assert code(office, "billingDetailsUpdate", "id: 9, attributes: {}") == "not_found"


def test_a_client_gives_nobody_more_than_it_has(office):
    """Neither another client nor a role nor a user, nor the token or secret of a client that has more."""
    office.client("strong", "security:write billing:write")
    office.client("weak", "security:write security:read developer:read")
    strong = office.run(office.app.state.access.client("strong")).id
    id = mutate(
        office, "apiClientCreate", 'attributes: {name: "n", scopes: ["billing:read"]}', "apiClient { id }"
    )["apiClient"]["id"]
    mutate(office, "roleCreate", 'attributes: {name: "Clerk", scopes: ["billing:read"]}', "role { id }")
    mutate(office, "userCreate", 'attributes: {email: "a@example.com", roleId: 3}', "user { id } errors")
    office.token = office.token_of("weak")
    for name, arguments in (
        ("apiClientCreate", 'attributes: {name: "x", scopes: ["security:read", "billing:write"]}'),
        ("apiClientUpdate", f'id: {strong}, attributes: {{scopes: ["security:write"]}}'),
        ("apiClientUpdate", f'id: {strong}, attributes: {{redirectUri: "https://evil.example/"}}'),
        ("apiClientUpdate", f'id: {id}, attributes: {{scopes: ["security:write"]}}'),
        ("apiClientDelete", f"id: {strong}"),
        ("apiClientSecretRenew", f"id: {strong}"),
        ("apiAccessTokenCreate", f"id: {strong}"),
        ("roleCreate", 'attributes: {name: "x", scopes: ["owner:write"]}'),
        ("roleUpdate", 'id: 3, attributes: {scopes: ["owner:write"]}'),
        ("userCreate", 'attributes: {email: "evil@example.com", roleId: 1}'),
        ("userCreate", 'attributes: {email: "evil@example.com"}'),
        ("userUpdate", 'id: 1, attributes: {email: "evil@example.com"}'),
        ("userUpdate", "id: 2, attributes: {roleId: 1}"),
        ("userDelete", "id: 1"),
    ):
        assert code(office, name, arguments) == "scope_not_held", name
    said = 'attributes: {name: "x", scopes: ["security:read", "security:write"]}'
    made = mutate(office, "apiClientCreate", said, "apiClient { id scopes } errors")["apiClient"]
    assert made["scopes"] == ["security:read", "security:write"]
    token = mutate(office, "apiAccessTokenCreate", f"id: {made['id']}", "accessToken errors")
    assert token["errors"] is None


def test_a_narrow_token_of_a_wide_client_gives_no_more_than_the_token_has(office):
    office.token = office.token_of("boss", "security:write")
    said = 'attributes: {name: "x", scopes: ["billing:read"]}'
    assert code(office, "apiClientCreate", said, "apiClient { id } errors") == "scope_not_held"
