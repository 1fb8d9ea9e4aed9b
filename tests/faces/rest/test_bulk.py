"""Several things of any resource taken away at once; and ways that have a second name or a second try."""

import pytest

from tests.faces.rest.api import books, customer, item, note
from tests.faces.rest.test_books import JOURNAL
from tests.faces.rest.test_refunding import FINE


def _account(api):
    return api.made("/accounts", {"name": "Safe", "accountType": "cash", "code": "777"})["id"]


def _journal(api):
    return api.made("/manual-journals", JOURNAL)["id"]


def _item(api):
    return item(api, "Support")


def _draft(api):
    return note(api, open=False)["id"]


RESOURCES = [
    # path                made by    status
    ("accounts",          _account,  200),
    ("customers",         customer,  201),
    ("items",             _item,      200),
    ("credit-notes",      _draft,    201),
    ("manual-journals",   _journal,  201),
]  # fmt: skip


@pytest.mark.parametrize(("path", "make", "status"), RESOURCES)
def test_what_can_be_deleted_is_told_and_then_deleted(api, path, make, status):
    id, before = make(api), books(api)
    wanted = {"ids": [id, 987_654]}
    told = api.post(f"/{path}/validate-bulk-delete", wanted)
    assert (told.status, told.body) == (
        status,
        {
            "deletable_count": 1, "non_deletable_count": 1,
            "deletable_ids": [id], "non_deletable_ids": [987_654],
        },
    )  # fmt: skip
    assert api.post(f"/{path}/bulk-delete", wanted).status in (400, 404)
    assert api.get(f"/{path}/{id}").status == 200
    gone = api.post(f"/{path}/bulk-delete", wanted | {"skipUndeletable": True})
    assert (gone.status, gone.text) == (status, "")
    assert api.get(f"/{path}/{id}").status in (400, 404)
    assert books(api) == before


def test_a_credit_note_is_opened_by_post_as_by_put(api):
    id = note(api, open=False)["id"]
    opened = api.post(f"/credit-notes/{id}/open")
    assert (opened.status, opened.body["is_open"]) == (201, True)
    assert api.post(f"/credit-notes/{id}/open").type == "CREDIT_NOTE_ALREADY_OPENED"


def test_what_a_bank_sent_back_is_paid_out_once_more(api):
    note(api)
    id = api.made("/credit-notes/1/refunds", FINE)["id"]
    assert api.post(f"/refunds/{id}/retry").type == "REFUND_NOT_FAILED"
    api.post(f"/refunds/{id}/fail", {"reason": "closed", "failedOn": "2026-06-25"})
    again = api.post(f"/refunds/{id}/retry", {"date": "2026-06-26"})
    assert (again.status, again.body["status"]) == (201, "settled")
    assert again.body["id"] != id
    left = api.get("/credit-notes/1").body["credits_remaining"]
    assert left == 100 - again.body["amount"]
    assert api.broken_promises() == []


def test_a_file_is_not_had_without_a_signature(api):
    assert api.get("/attachments/1/content?expires=9999999999&signature=x").status == 404
