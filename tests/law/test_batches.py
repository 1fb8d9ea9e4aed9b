"""One by one or all in one batch: what comes of every command is the same."""

import re

import msgspec

from avoir.app.approvals import ApproveRefund
from avoir.core.customer import Customer
from tests.law.everything import office, paying, writing
from tests.ledger import Ledger, ask_of

BY_CHANCE = re.compile(r"organization\d+")


def written(ledger: Ledger, *, at_once: bool) -> list[str]:
    """Run every command: what each gave back, and all that is in the books then, line by line."""
    commands = [each for story in (office(), writing(), paying()) for each in story]
    asks = [
        msgspec.structs.replace(
            ask_of(ledger.organization_id, command),
            key=f"key {i}",
            seed=i << 14,
            # A second person approves what the first one asked for.
            actor="user:2" if isinstance(command, ApproveRefund) else "user:1",
        )
        for i, command in enumerate(commands)
    ]
    outcomes = ledger.record(*asks) if at_once else [ledger.record(ask)[0] for ask in asks]
    assert [each for each in outcomes if isinstance(each, BaseException)] == []
    # The answers are kept as they were given.
    rows = [row for table, rows in ledger.books().items() if table != "answers" for row in rows]
    # The first customer was there before, with a uuid of chance.
    first = ledger.get(Customer, 1).uuid
    return [BY_CHANCE.sub("", repr(each)).replace(first, "") for each in (*outcomes, *rows)]


def test_a_batch_of_every_command_ends_where_they_end_one_by_one(fresh_url):
    found = []
    for at_once in (False, True):
        ledger = Ledger(fresh_url())
        found.append(written(ledger, at_once=at_once))
        ledger.close()
    one_by_one, in_a_batch = found
    assert one_by_one == in_a_batch
