"""Every command of the house in any order, on both databases: the promises hold after each of them."""

from hypothesis import strategies as st
from hypothesis.stateful import rule, run_state_machine_as_test

from avoir.app.reads.query import Query
from avoir.app.reads.verify import broken_promises, broken_replays
from avoir.core.access import DIRECTORY
from tests.law import everything
from tests.ledger import Ledger
from tests.properties.bounds import bounds
from tests.properties.test_machine import CURRENCIES
from tests.properties.test_whole_machine import Whole

STORIES = ("office", "writing", "from_before", "telling", "paying", "hanging")
"""Commands of an organization, each once: what the machine has no rule for is in one of them."""
ANY = [command for story in STORIES for command in getattr(everything, story)()]


class Everything(Whole):
    """The whole machine, and now and then something that it would not think of."""

    url = ""

    def new_company(self, timing):
        return Ledger(self.url, currency=CURRENCIES[0], timing=timing)

    @rule(command=st.sampled_from(ANY), actor=st.sampled_from(["user:1", "user:2"]))
    def do_anything(self, command, actor):
        self.ask(command, actor=actor)

    def teardown(self):
        company = getattr(self, "company", None)
        if company is not None:
            for id in (company.organization_id, DIRECTORY):
                query = Query(company.database, id)
                assert [*broken_promises(query), *broken_replays(query)] == []
            company.close()


def test_after_any_command_in_any_order_the_promises_hold(url):
    machine = type("OnDatabase", (Everything,), {"url": url})
    run_state_machine_as_test(machine, settings=bounds(4))
