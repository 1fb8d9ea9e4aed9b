"""Ways that no other story goes: each is granted once, so that what it answers is known."""

from typing import Any

from avoir.app.gateways import SetGateway
from avoir.faces.door import envelope
from tests.faces.rest.api import UTC, Api, customer, invoice, item, note


def test_many_are_asked_about_and_taken_away_at_once(api):
    made: dict[str, Any] = {
        "credit-notes": note(api, open=False)["id"],
        "customers": customer(api),
        "accounts": api.made("/accounts", {"name": "Safe", "accountType": "cash", "code": "10099"})["id"],
        "manual-journals": journal(api),
        "items": item(api, "Another"),
        "sale-invoices": invoice(api, delivered=False)["id"],
    }
    for room, id in made.items():
        asked = api.post(f"/{room}/validate-bulk-delete", {"ids": [id]})
        assert asked.body["deletable_ids"] == [id], room
        assert api.post(f"/{room}/bulk-delete", {"ids": [id]}).status in (200, 201), room
        again = api.post(f"/{room}/validate-bulk-delete", {"ids": [id]})
        assert again.body["deletable_count"] == 0, room


def test_a_note_is_opened_by_post_as_older_clients_do(api):
    draft = note(api, open=False)
    assert api.post(f"/credit-notes/{draft['id']}/open").status == 201
    assert api.get(f"/credit-notes/{draft['id']}").body["is_published"]


def test_a_journal_is_read_again(api):
    read = api.get(f"/manual-journals/{journal(api)}").body
    assert [entry["credit"] for entry in read["entries"]] == [0, 5]


def test_what_nothing_names_is_taken_away(api):
    assert api.delete(f"/items/{item(api, 'Never sold')}").status == 200
    rate = api.made("/tax-rates", {"name": "A", "code": "A", "rate": 5})["id"]
    for verb in ("inactivate", "activate"):
        assert api.put(f"/tax-rates/{rate}/{verb}").status == 200
        assert bool(api.get(f"/tax-rates/{rate}").body["active"]) is (verb == "activate")


def test_a_dispute_is_read_again(api):
    sold = invoice(api)
    payment = api.made("/payments-received", {
        "customerId": 1, "paymentDate": "2026-06-05", "depositAccountId": 1000,
        "entries": [{"invoiceId": sold["id"], "paymentAmount": 300}],
    })  # fmt: skip
    dispute = api.made(f"/payments-received/{payment['id']}/disputes", {"amount": 300, "date": "2026-06-06"})
    assert api.get(f"/disputes/{dispute['id']}").body["amount"] == 300


def test_a_refund_that_waits_is_rejected(api):
    assert api.put("/refunds/policy", {"threshold": 50}).status == 200
    refund = api.made(f"/credit-notes/{note(api)['id']}/refunds", {
        "fromAccountId": 1000, "amount": 60, "date": "2026-06-20"
    })["id"]  # fmt: skip
    assert api.post(f"/refunds/{refund}/reject", {"reason": "not ours"}).body["status"] == "rejected"
    assert api.get("/refunds/policy").body["threshold"] == 50


def test_a_refund_that_failed_is_asked_for_again(api):
    refund = api.made(f"/credit-notes/{note(api)['id']}/refunds", {
        "fromAccountId": 1000, "amount": 60, "date": "2026-06-20"
    })["id"]  # fmt: skip
    assert api.post(f"/refunds/{refund}/fail", {"reason": "closed account"}).body["status"] == "failed"
    again = api.post(f"/refunds/{refund}/retry", {"fromAccountId": 1001})
    assert (again.body["status"], again.body["amount"]) == ("settled", 60)


def journal(api: Api) -> int:
    """The id of a draft of two lines."""
    sides = [{"index": 1, "accountId": 1000, "debit": 5}, {"index": 2, "accountId": 1021, "credit": 5}]
    return api.made("/manual-journals", {"date": "2026-06-15", "entries": sides})["id"]


def test_a_refund_that_a_gateway_does_not_have_yet_is_called_back(api):
    id = api.get("/organization/current").body["id"]
    gateway = SetGateway(name="sandbox", account_id=1002)
    api.runner.run(api.app.state.door.ask(envelope(id, gateway, actor="test", zone=UTC)))
    api.made("/payments-received", {
        "customerId": 1, "paymentDate": "2026-06-05", "depositAccountId": 1000, "amount": 20, "entries": [],
    })  # fmt: skip
    refund = api.made("/payments-received/1/refunds", {"rail": "sandbox"})
    assert refund["status"] == "pending"
    assert api.post(f"/refunds/{refund['id']}/cancel").body["status"] == "canceled"
