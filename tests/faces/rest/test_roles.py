"""Roles: every way asks for an ability, before its handler runs."""

import pytest

from avoir.app.invoice_credits import DraftInvoiceCredit
from avoir.core.credit_note import REFUND as REFUNDING
from avoir.core.role import STAFF_MAY, SUBJECTS
from avoir.faces.access import UTC_ZONE
from avoir.faces.door import envelope
from avoir.faces.rest.abilities import ability
from avoir.faces.rest.endpoint import Gate
from avoir.faces.rest.routes import WAYS
from tests.faces.rest.api import books, invoice, member, note, role
from tests.faces.rest.trade import paid

KNOWN = {f"{x} {name}" for name, subject in SUBJECTS.items() for x in (*subject.abilities, *subject.extra)}
REFUND = {"fromAccountId": 1000, "amount": 10, "date": "2026-06-20"}
OPEN_TO_ALL = {
    "branches", "currencies", "dashboard", "date-formats", "exchange-rates", "organization", "resources",
    "settings", "transactions-locking", "views",
}  # fmt: skip
TO_ANYBODY = {"auth", "invite", "attachments", "payment-links"}
"""Rooms with ways for which nobody need be known."""


def test_every_way_asks_for_an_ability_that_a_role_can_have():
    for way in WAYS:
        needed, room = ability(way), way.path.split("/")[1]
        if needed:
            assert needed in KNOWN, way.path
        elif way.gate is Gate.ANYBODY:
            assert room in TO_ANYBODY, way.path
        else:
            assert (way.method, room in OPEN_TO_ALL) == ("GET", True), way.path
    assert KNOWN >= STAFF_MAY


@pytest.mark.parametrize(
    ("method", "path", "needed"),
    [
        ("POST", "/credit-notes/{id}/refunds", "Refund CreditNode"),
        ("DELETE", "/credit-notes/refunds/{id}", "Refund CreditNode"),
        ("GET", "/credit-notes/refunds/{id}", "View CreditNode"),
        ("POST", "/credit-notes/{id}/refunds/preview", "Refund CreditNode"),
        ("POST", "/credit-notes/{id}/apply-invoices", "Edit CreditNode"),
        ("DELETE", "/credit-notes/applied-invoices/{id}", "Edit CreditNode"),
        ("POST", "/refunds/{id}/approve", "Approve CreditNode"),
        ("PUT", "/refunds/policy", "Mutate Preferences"),
        ("POST", "/payments-received/{id}/disputes", "Create Dispute"),
        ("POST", "/disputes/{id}/win", "Edit Dispute"),
        ("POST", "/sale-invoices/{id}/cancel-writeoff", "Writeoff SaleInvoice"),
        ("POST", "/sale-invoices/bulk-delete", "Delete SaleInvoice"),
        ("PUT", "/transactions-locking/lock", "TransactionsLocking Account"),
        ("PUT", "/organization", "Mutate Preferences"),
        ("GET", "/reports/trial-balance-sheet", "read-trial-balance-sheet Report"),
        ("PUT", "/api-keys/{id}/revoke", "Delete ApiKey"),
    ],
)
def test_what_some_ways_ask_for(method, path, needed):
    (way,) = (way for way in WAYS if (way.method, way.path) == (method, path))
    assert ability(way) == needed


def test_who_may_not_is_told_what_is_wanting_and_nothing_changes(api):
    note(api)
    viewer = member(api, role(api, "View CreditNode"))
    assert viewer.get("/credit-notes/1").status == 200
    before = books(api)
    # Refused before anything is looked at: neither the body nor whether there is such a note.
    for path in ("/credit-notes/1/refunds", "/credit-notes/99/refunds"):
        for body in (REFUND, {}, b"{"):
            refused = viewer.post(path, body)
            assert (refused.status, refused.body) == (
                403,
                {
                    "message": "You do not have permission to Refund CreditNode",
                    "error": "Forbidden",
                    "statusCode": 403,
                },
            )
    assert books(api) == before
    assert api.post("/credit-notes/1/refunds", REFUND).status == 201


def test_every_way_is_closed_to_a_role_that_may_nothing(api):
    nobody = member(api, role(api, "View AuditLog"))
    for way in WAYS:
        needed = ability(way)
        if needed and needed != "View AuditLog":
            reply = nobody.call(way.method, way.path.replace("{id}", "1"), {} if way.body else None)
            assert reply.status == 403, way.path
            assert reply.body["message"] == f"You do not have permission to {needed}"
    for path in ("/settings", "/organization/current", "/branches", "/currencies"):
        assert nobody.get(path).status == 200


def test_a_permission_is_given_and_taken_at_once(api):
    note(api)
    id = role(api, "View CreditNode")
    clerk = member(api, id)
    assert clerk.post("/credit-notes/1/refunds", REFUND).status == 403
    permissions = [
        {"subject": "CreditNode", "ability": "Refund", "value": True, "permissionId": 1},
        {"subject": "CreditNode", "ability": "View", "value": False},
    ]
    body = {"role_name": "Payer", "role_description": "pays", "permissions": permissions}
    assert api.put(f"/roles/{id}", body).status == 200
    assert clerk.post("/credit-notes/1/refunds", REFUND).status == 201
    assert clerk.get("/credit-notes/1").status == 403
    shown = api.get(f"/roles/{id}").body
    assert (shown["name"], shown["description"], shown["predefined"], shown["slug"]) == (
        "Payer", "pays", False, "",
    )  # fmt: skip
    assert [(x["subject"], x["ability"], x["value"]) for x in shown["permissions"]] == [
        ("CreditNode", "Refund", True), ("CreditNode", "View", False),
    ]  # fmt: skip


def test_every_organization_has_an_admin_and_staff(api):
    admin, staff = api.get("/roles").body
    assert (admin["id"], admin["slug"], admin["predefined"]) == (1, "admin", True)
    assert [(x["subject"], x["ability"]) for x in admin["permissions"]] == [("all", "manage")]
    assert (staff["id"], staff["slug"], staff["predefined"]) == (2, "staff", True)
    note(api)
    ann = member(api, 2)
    assert ann.get("/credit-notes").status == 200
    assert note(ann)["id"] == 2
    for reply in (
        ann.post("/credit-notes/1/refunds", REFUND),
        ann.delete("/credit-notes/2"),
        ann.get("/reports/trial-balance-sheet"),
        ann.get("/roles"),
        ann.post("/api-keys/generate"),
    ):
        assert reply.status == 403


ONE = [{"subject": "Item", "ability": "View", "value": True}]


@pytest.mark.parametrize(
    ("call", "path", "body", "type_"),
    [
        ("PUT", "/roles/1", {}, "ROLE_PREFINED"),
        ("DELETE", "/roles/1", None, "ROLE_PREFINED"),
        ("DELETE", "/roles/2", None, "ROLE_PREFINED"),
        ("PUT", "/roles/99", {}, "ROLE_NOT_FOUND"),
        ("DELETE", "/roles/99", None, "ROLE_NOT_FOUND"),
        ("GET", "/roles/99", None, "ROLE_NOT_FOUND"),
        ("POST", "/roles", {"permissions": [ONE[0] | {"ability": "Refund"}]}, "INVALIDATE_PERMISSIONS"),
        ("POST", "/roles", {"permissions": [ONE[0] | {"subject": "Moon"}]}, "INVALIDATE_PERMISSIONS"),
        ("POST", "/roles", {"permissions": [ONE[0] | {"subject": "all"}]}, "INVALIDATE_PERMISSIONS"),
    ],
)
def test_what_cannot_be_done_to_roles(api, call, path, body, type_):
    whole = None if body is None else {"roleName": "R", "roleDescription": "", "permissions": ONE} | body
    refused = api.call(call, path, whole)
    assert (refused.status, refused.type) == (404 if type_ == "ROLE_NOT_FOUND" else 400, type_)
    assert len(api.get("/roles").body) == 2


def test_a_role_that_somebody_has_stays(api):
    id = role(api, "View Item")
    member(api, id)
    assert api.delete(f"/roles/{id}").type == "CANNT_DELETE_ROLE_ASSOCIATED_TO_USERS"
    other = role(api, "View Item")
    assert api.delete(f"/roles/{other}").status == 200
    assert api.get(f"/roles/{other}").type == "ROLE_NOT_FOUND"
    assert role(api, "View Item") == other + 1


def test_a_role_is_well_formed(api):
    for body, field in (
        ({}, "roleName"),
        ({"roleName": "R", "roleDescription": ""}, "permissions"),
        ({"roleName": "R", "roleDescription": "", "permissions": []}, "permissions"),
    ):
        assert field in {x["property"] for x in api.post("/roles", body).body["message"]}
    permissions = [{"subject": "Item", "ability": "View", "value": "yes"}]
    body = {"roleName": "R", "roleDescription": "", "permissions": permissions}
    assert api.post("/roles", body).status == 400


def test_nobody_gives_away_what_they_have_not(api):
    manager = member(api, role(api, "Create Role", "Edit Role", "View Role", "View Item"))
    assert role(manager, "View Item") == 4
    permissions = [{"subject": "CreditNode", "ability": "Refund", "value": True}]
    body = {"roleName": "R", "roleDescription": "", "permissions": permissions}
    for refused in (manager.post("/roles", body), manager.put("/roles/3", body)):
        assert (refused.status, refused.body["code"]) == (403, "role_too_powerful")


def test_nobody_gives_away_scopes_that_they_have_not(api):
    manager = member(api, role(api, "Create Role", "Edit Role", "View Role", "View Item"))
    permissions = [{"subject": "Item", "ability": "View", "value": True}]
    body = {"roleName": "R", "roleDescription": "", "permissions": permissions, "scopes": "billing:write"}
    for refused in (manager.post("/roles", body), manager.put("/roles/3", body)):
        assert (refused.status, refused.body["code"]) == (403, "scope_not_held")
    assert api.post("/roles", body).status == 201


def test_roles_are_each_organizations_own(server):
    one, other = server.organization(), server.organization()
    id = role(one, "View Item")
    assert other.get(f"/roles/{id}").type == "ROLE_NOT_FOUND"
    assert other.delete(f"/roles/{id}").type == "ROLE_NOT_FOUND"
    assert role(other, "View Item") == id


def test_the_schema_of_permissions(api):
    found = {x["subject"]: x for x in api.get("/roles/permissions/schema").body}
    notes = found["CreditNode"]
    assert [x["key"] for x in notes["abilities"]] == ["View", "Create", "Edit", "Delete", "Refund"]
    assert all(x["default"] for x in notes["abilities"])
    assert {x["key"] for x in found["Report"]["abilities"]} >= {"read-general-ledger", "read-journal"}


def test_issuing_a_drafted_refund_needs_what_paying_back_needs(api):
    paid(api, 1, invoice(api)["id"], 300, "2026-06-02")
    here = api.get("/organization/current").body["id"]
    draft = envelope(here, DraftInvoiceCredit(invoice_id=1, kind=REFUNDING), actor="test", zone=UTC_ZONE)
    id = api.runner.run(api.app.state.door.ask(draft)).id
    before = books(api)
    editor = member(api, role(api, "View CreditNode", "Edit CreditNode"))
    refused = editor.put(f"/credit-notes/{id}/open")
    assert refused.status == 403
    assert refused.body["message"] == "You do not have permission to Refund CreditNode"
    assert books(api) == before
    payer = member(api, role(api, "Edit CreditNode", "Refund CreditNode"))
    assert payer.put(f"/credit-notes/{id}/open").status == 200
    assert books(api) != before
    plain = note(api, open=False)["id"]
    assert editor.put(f"/credit-notes/{plain}/open").status == 200
