"""What a running upstream server answered: requests, statuses, types, and the shape of every reply.

`captures.json` holds each as it was, its reply as a shape: names, kinds of values, and the words that clients
look at (`{"is": ...}`). Where upstream gave null, ours may give the value.
"""

import json
from pathlib import Path
from typing import Any

from tests.faces.rest.api import Api, note

CAPTURES = json.loads(Path(__file__).with_name("captures.json").read_text())

CHOSEN = {
    "credit_note_number": "a number, where upstream shows a promise it forgot to await",
    "user_id": "who made a document stands in the events",
    "page_size": "a number, as the later dialects have it",
    "subscriptions[0]": "there is nothing to subscribe to",
    "account_ids[0]": "no accounts were asked for",
}
"""Where we differ on purpose, by the end of the path, and why."""
OTHER_STATUS = {"83-refund-branch-nonexistent": 400}
"""Upstream falls over here (500); we say no."""

NOTES = {"credit-notes/2/": "second", "credit-notes/16/": "second", "credit-notes/18/": "second",
         "credit-notes/39/": "draft", "credit-notes/45/": "gbp"}  # fmt: skip


class Story:
    """The captures in their order, against one organization that signs up on the way."""

    def __init__(self, server: Api) -> None:
        self.server = self.member = server
        self.notes: dict[str, int] = {}
        self.customers: dict[int, int] = {}

    def answered(self, capture: dict[str, Any]) -> Any:
        """Our reply to what was asked then."""
        self.prepare(capture["name"])
        path = capture["path"].removeprefix("/api")
        for part, name in NOTES.items():
            if name in self.notes:
                path = path.replace(part, f"credit-notes/{self.notes[name]}/")
        body = capture["body"]
        if isinstance(body, str):
            body = body.encode()
        caller = {
            "member": self.member,
            "nobody": self.server,
            "bad key": self.server.as_(authorization="Bearer bc_0714"),
            "no organization": self.server.as_(authorization=self.member.headers.get("authorization", "")),
        }[capture["who"]]
        reply = caller.call(capture["method"], path, body)
        self.remember(capture["name"], reply)
        return reply

    def prepare(self, name: str) -> None:
        """What upstream's server had been told between two captures."""
        if name.startswith("42-"):
            left = self.member.get("/credit-notes/1").body["credits_remaining"]
            rest = {"fromAccountId": 1000, "amount": left, "date": "2026-06-22"}
            self.member.made("/credit-notes/1/refunds", rest)
        if name.startswith("45-"):
            self.notes["second"] = note(self.member)["id"]

    def remember(self, name: str, reply: Any) -> None:
        if name == "05-signin":
            token = reply.body["access_token"]
            self.member = self.server.as_(
                authorization=f"Bearer {token}", organization_id=reply.body["organization_id"]
            )
        if name.startswith("113-"):
            self.notes["draft"] = reply.body["id"]
        if name.startswith("128-"):
            self.notes["gbp"] = reply.body["id"]


def test_every_captured_request_is_answered_in_the_shape_that_clients_know(server):
    story, differences = Story(server), []
    for capture in CAPTURES:
        reply = story.answered(capture)
        expected = OTHER_STATUS.get(capture["name"], capture["status"])
        if reply.status != expected:
            differences.append(f"{capture['name']}: {reply.status} {reply.text}")
        elif capture["name"] not in OTHER_STATUS:
            found = unlike(capture["reply"], "" if reply.body is None else reply.body, capture["name"])
            differences += [each for each in found if not any(each.split(":")[0].endswith(c) for c in CHOSEN)]
    assert differences == []


def test_a_shape_is_told_from_another():
    shape = {"id": "number", "name": "string", "rows": [{"x": "boolean"}], "type": {"is": "A"}, "y": "null"}
    good = {"id": 1, "name": "", "rows": [{"x": True}], "type": "A", "y": 3, "more": None}
    assert unlike(shape, good, "") == []
    bad = {"id": "1", "rows": [{"x": 1}], "type": "B", "y": None}
    assert unlike(shape, bad, "") == [".id: '1'", ".name: missing", ".rows[0].x: 1", ".type: 'B'"]
    assert unlike(shape, [], "top") == ["top: []"]


KINDS = {
    "number": lambda value: isinstance(value, int | float) and not isinstance(value, bool),
    "string": lambda value: isinstance(value, str),
    "boolean": lambda value: isinstance(value, bool),
    "object": lambda value: isinstance(value, dict),
    "null": lambda value: True,
}


def unlike(shape: Any, value: Any, at: str) -> list[str]:
    """Where a value has not the shape: a line for each place. More than the shape says is no difference."""
    if isinstance(shape, str):
        return [] if KINDS[shape](value) else [f"{at}: {value!r}"]
    if isinstance(shape, list):
        if not isinstance(value, list):
            return [f"{at}: {value!r}"]
        if shape and not value:
            return [f"{at}[0]: missing"]
        return [
            line
            for i, each in enumerate(value[: len(shape)])
            for line in unlike(shape[i], each, f"{at}[{i}]")
        ]
    if set(shape) == {"is"}:
        return [] if value == shape["is"] else [f"{at}: {value!r}"]
    if not isinstance(value, dict):
        return [f"{at}: {value!r}"]
    found = []
    for name, inner in shape.items():
        found += unlike(inner, value[name], f"{at}.{name}") if name in value else [f"{at}.{name}: missing"]
    return found
