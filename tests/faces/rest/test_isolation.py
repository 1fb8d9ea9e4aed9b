"""Every way, tried with another organization's ids: by key, by sign-in and by header, always as if absent."""

import re
from typing import Any

import pytest

from avoir.app.reads import directory
from avoir.core.access import DIRECTORY
from avoir.faces.rest.endpoint import Gate, Way
from avoir.faces.rest.routes import WAYS
from tests.faces.rest.api import Api, books, customer, invoice, item, member, note, role
from tests.faces.rest.test_attachments import kept
from tests.faces.rest.test_nothing_breaks import FINE

ABSENT = 424242
"""An id that no row has."""
COMMON = ("accountId", "fromAccountId", "depositAccountId", "expenseAccountId", "sellAccountId", "branchId",
          "itemId", "roleId")  # fmt: skip
"""Ids that both organizations have, being those of every chart, or that are not what is tried here."""


class Two:
    """An organization with a bit of everything, and another one with empty books."""

    def __init__(self, server: Api) -> None:
        self.server = server
        self.one, self.other = server.organization(), server.organization()
        one = self.one
        for _ in range(2):
            customer(one)
        item(one)
        item(self.other)  # Lines can be written, so that what is refused is the customer.
        note(one)
        note(one, open=False)
        invoice(one)
        invoice(one, delivered=False)
        entries = [{"invoiceId": 1, "paymentAmount": 5}]
        paid = {"customerId": 1, "paymentDate": "2026-06-15", "depositAccountId": 1000, "entries": entries}
        one.made("/payments-received", paid)
        one.made("/credit-notes/1/refunds", {"fromAccountId": 1000, "amount": 10, "date": "2026-06-20"})
        one.made("/credit-notes/1/apply-invoices", {"entries": [{"invoiceId": 1, "amount": 5}]})
        one.made("/payments-received/1/disputes", {"amount": 1})
        one.made("/tax-rates", {"name": "VAT", "code": "VAT", "rate": 10})
        sides = [{"index": 1, "accountId": 1000, "debit": 1}, {"index": 2, "accountId": 1021, "credit": 1}]
        one.made("/manual-journals", {"date": "2026-06-15", "entries": sides})
        self.ids: dict[str, Any] = {
            "accounts": one.made("/accounts", {"name": "Safe", "accountType": "cash"})["id"],
            "branches": one.made("/branches", {"name": "South"})["id"],
            "items": item(one, "Other"),
            "roles": role(one, "View Item"),
            "attachments": kept(one),
        }
        member(one, 1, "ann@example.test")
        self.ids["users"] = self.ids["invite"] = one.get("/users").body["data"][0]["id"]
        self.ids["api-keys"] = one.made("/api-keys/generate", {"name": "second"})["id"]
        member(self.other, 1, "eve@example.test")

    def sign_in(self, email: str) -> str:
        """A token of somebody's."""
        app = self.server.app
        user = self.server.runner.run(app.state.door.read(directory.user_by_email, DIRECTORY, email))
        return f"Bearer {app.state.access.sign_in_token(user)}"

    def public_id(self, api: Api) -> str:
        return api.get("/organization/current").body["organization_id"]

    def everything(self) -> Any:
        """What the first organization has: nothing that another does changes it."""
        lists = [
            self.one.get(f"/{x}?pageSize=1000").text
            for x in ("customers", "credit-notes", "refunds", "users")
        ]
        return books(self.one), lists, self.one.get("/audit-log").text


@pytest.fixture
def two(server: Api) -> Two:
    return Two(server)


def known(gate: Gate) -> list[Way]:
    return [way for way in WAYS if way.gate is not Gate.ANYBODY and way.gate.value >= gate.value]


def with_ids(body: Any, id: int, name: str = "") -> Any:
    """A body whose ids of things are all this one."""
    if isinstance(body, dict):
        return {key: with_ids(value, id, key) for key, value in body.items()}
    if isinstance(body, list):
        return [with_ids(each, id, name) for each in body]
    if re.search(r"(Id|_id|^ids)$", name) and name not in COMMON and isinstance(body, int):
        return id
    return body


def said(reply: Any, id: Any) -> tuple[int, str]:
    """An answer in which the id that was asked for may stand, as may the id of an answer."""
    return reply.status, re.sub(rf"\b{id}\b", "ID", reply.text)


def test_every_way_answers_about_anothers_things_as_about_none(two):
    before, differences = two.everything(), []
    token = two.sign_in("eve@example.test")
    signed_in = two.server.as_(authorization=token, organization_id=two.public_id(two.other))
    headed = two.server.as_(
        authorization=two.other.headers["authorization"], organization_id=two.public_id(two.one)
    )
    for way in (way for way in known(Gate.MEMBER) if "{id}" in way.path):
        room = way.path.split("/")[1]
        theirs = two.ids.get(room, 1)
        for caller in (two.other, signed_in, headed):
            found = said(ask(caller, way, theirs), theirs)
            absent = said(ask(caller, way, ABSENT), ABSENT)
            if found != absent:
                differences.append(f"{way.method} {way.path}: {found} is not {absent}")
    assert differences == []
    assert two.everything() == before


def ask(caller: Api, way: Way, id: Any) -> Any:
    body = with_ids(FINE.get(way.path), 1) if way.body is not None else None
    path = way.path.replace("{id}", str(id)).replace("{entity}", "1").replace("{module}", "sales")
    return caller.call(way.method, path, body)


def test_no_body_reaches_what_is_anothers(two):
    before = two.everything()
    # Only what names a thing is tried; the other organization has none of its own by these ids.
    for way in known(Gate.BOOKS):
        if (
            way.body is None
            or "{" in way.path
            or with_ids(FINE.get(way.path), 1) == with_ids(FINE.get(way.path), 2)
        ):
            continue
        theirs = said(two.other.call(way.method, way.path, with_ids(FINE[way.path], 2)), 2)
        absent = said(two.other.call(way.method, way.path, with_ids(FINE[way.path], ABSENT)), ABSENT)
        assert theirs == absent, (way.method, way.path)
    assert two.everything() == before


def test_a_sign_in_reaches_no_organization_but_its_own(two):
    before = two.everything()
    token, header = two.sign_in("eve@example.test"), two.public_id(two.one)
    stranger = two.server.as_(authorization=token, organization_id=header)
    for way in known(Gate.MEMBER):
        theirs = ask(stranger, way, two.ids.get(way.path.split("/")[1], 1))
        assert (theirs.status, theirs.body["message"]) == (
            401, "You do not have access to this organization.",
        ), (way.method, way.path)  # fmt: skip
    assert two.everything() == before


def test_no_list_shows_what_is_anothers(two):
    for way in known(Gate.BOOKS):
        if way.method == "GET" and "{" not in way.path and not way.path.startswith(("/reports", "/export")):
            reply = two.other.get(way.path)
            assert reply.status in (200, 400), (way.path, reply.text)
            for theirs in ("Cust USD", "ann@example.test", "South", "scan.pdf", "Safe"):
                assert theirs not in reply.text, way.path
