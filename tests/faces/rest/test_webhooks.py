"""Webhooks over REST: who is told of what, with which secret, and what became of it."""

from tests.faces.rest.api import customer, note

HOOK = {"url": "http://127.0.0.1:9/hook", "entities": ["credit_note"]}


def round_(api) -> int:
    return api.runner.run(api.app.state.herald.round())


def test_a_server_is_told_until_it_is_taken_off(api):
    made = api.made("/webhooks", HOOK)
    assert made["secret"].startswith("whsec_")
    shown = {name: value for name, value in made.items() if name != "secret"}
    assert (shown["entities"], shown["active"]) == (["credit_note"], True)
    assert api.get("/webhooks").body == [shown] == [api.get("/webhooks/1").body]
    assert api.delete("/webhooks/1").status == 200
    assert api.get("/webhooks").body == []
    for gone in (api.get("/webhooks/1"), api.delete("/webhooks/1"), api.get("/webhooks/1/deliveries")):
        assert (gone.status, gone.body) == (404, {"statusCode": 404, "message": "NotFoundError"})


def test_a_server_is_told_of_other_things_and_not_for_a_while(api):
    api.made("/webhooks", HOOK)
    moved = {"url": "http://127.0.0.1:9/moved", "entity": "refund"}
    edited = api.put("/webhooks/1", moved)
    assert (edited.status, edited.body["url"], edited.body["entities"]) == (200, moved["url"], ["refund"])
    assert api.put("/webhooks/1", {"url": moved["url"]}).body["entities"] == ["refund"]
    assert api.put("/webhooks/1", moved | {"url": "ftp://x"}).type == "BAD_WEBHOOK_URL"
    off = api.post("/webhooks/1/toggle")
    assert (off.status, off.body["active"]) == (200, False)
    note(api)
    api.made("/credit-notes/1/refunds", {"fromAccountId": 1000, "amount": 1, "date": "2026-06-20"})
    round_(api)
    assert api.post("/webhooks/1/toggle", {"active": True}).body["active"] is True
    round_(api)
    assert api.get("/webhooks/1/deliveries").body["data"] == []
    api.made("/credit-notes/1/refunds", {"fromAccountId": 1000, "amount": 1, "date": "2026-06-20"})
    round_(api)
    assert api.get("/webhooks/1/deliveries").body["pagination"]["total"] == 1
    for gone in (api.put("/webhooks/9", moved), api.post("/webhooks/9/toggle")):
        assert gone.status == 404


def test_the_secret_is_ones_own_or_made_once_for_a_key(api):
    assert api.made("/webhooks", HOOK | {"secret": "mine", "authToken": "t"})["secret"] == "mine"
    first, again = (api.post("/webhooks", HOOK, idempotency_key="k").body for _ in range(2))
    assert first == again
    assert api.made("/webhooks", HOOK)["secret"] != first["secret"]


def test_what_no_webhook_can_be_is_refused(api):
    for body, type_ in [
        (HOOK | {"url": "ftp://example.test"}, "BAD_WEBHOOK_URL"),
        (HOOK | {"url": "http://u:p@example.test"}, "BAD_WEBHOOK_URL"),
        (HOOK | {"entities": ["moon"]}, "UNKNOWN_WEBHOOK_TYPE"),
    ]:
        assert api.post("/webhooks", body).type == type_
    assert api.post("/webhooks", HOOK | {"entities": [5]}).broken == {"entities": ["isString"]}
    assert api.post("/webhooks", {}).broken == {"url": ["isNotEmpty", "isString", "maxLength"]}
    assert api.get("/webhooks").body == []


def test_what_was_told_is_shown_and_sent_again(api):
    api.made("/webhooks", {"url": HOOK["url"], "entities": "credit_note"})
    customer(api)  # Nothing that this server wants to know.
    note(api)
    round_(api)
    round_(api)
    page = api.get("/webhooks/1/deliveries").body
    assert page["pagination"] == {"total": 1, "page": 1, "page_size": 12}
    (told,) = page["data"]
    assert (told["url"], told["status"], told["attempts"]) == (HOOK["url"], "failed", 2)
    assert '"CreditNote"' in told["payload"]
    again = api.post(f"/webhooks/deliveries/{told['id']}/retry")
    assert (again.status, again.body["status"], again.body["attempts"]) == (201, "pending", 0)
    assert api.post(f"/webhooks/deliveries/{told['id']}/retry").type == "WEBHOOK_PENDING"
    assert api.post("/webhooks/deliveries/9/retry").status == 404
    assert api.get("/webhooks/1/deliveries?page=2").body["data"] == []
