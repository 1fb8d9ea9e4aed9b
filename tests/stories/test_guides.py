"""Every guide is a story that happens: its calls are made, its answers and entries are what it shows."""

from collections import Counter

import pytest

from tests import invariants
from tests.faces.graphql.shop import Shop
from tests.house.source import ROOT
from tests.stories.story import Teller, blocks

GUIDES = sorted((ROOT / "docs" / "guides").glob("*.md"))


@pytest.mark.parametrize("guide", GUIDES, ids=lambda guide: guide.stem)
def test_what_a_guide_tells_happens(guide, url):
    with Shop(url) as shop:
        teller = Teller(shop)
        for block in blocks(guide):
            teller.tell(block)
        invariants.hold(shop)


@pytest.mark.parametrize("guide", GUIDES, ids=lambda guide: guide.stem)
def test_a_guide_ends_with_its_trial_balance(guide):
    told = [block.language for block in blocks(guide)]
    assert told[-1] == "trial-balance"
    counted = Counter(told)
    assert counted["http"] + counted["graphql"] == counted["json"], "every call shows its answer"
