"""What is installed beside Avoir may be used as we use it: every package says under which licence."""

import re
from collections.abc import Iterator
from importlib.metadata import Distribution, distribution, distributions

import pytest
from packaging.requirements import Requirement

from tests.house.source import PROJECT
from tests.house.test_docs import name

ALLOWED = re.compile(
    r"""\b(MIT|MIT-0|BSD|BSD-[23]-Clause|0BSD|Apache|Apache-2\.0|ISC|ISCL|PSF|PSF-2\.0
    |Python\sSoftware|Public\sDomain|MPL|MPL-2\.0|Mozilla\sPublic|Unlicense|Zlib|CC0-1\.0|LGPL|Lesser\sGeneral)\b""",
    re.IGNORECASE | re.VERBOSE,
)
"""Licences that let anybody use, change and ship Avoir with them; LGPL only as the libraries they are."""
FORBIDDEN = re.compile(
    r"\b(AGPL|Affero|(?<!L)GPL-?[23](?!.*exception)|SSPL|Commons Clause|BUSL|Proprietary)\b", re.IGNORECASE
)


def needed(extra: str) -> Iterator[Distribution]:
    """What an installation brings along, with an extra or without ("")."""
    seen: set[str] = set()
    groups = PROJECT["project"]["optional-dependencies"]
    waiting = [*PROJECT["project"]["dependencies"], *(groups[extra] if extra else [])]
    while waiting:
        requirement = Requirement(waiting.pop())
        key = requirement.name.lower().replace("_", "-")
        extras = requirement.extras or {""}
        if key in seen or not (
            requirement.marker is None
            or any(requirement.marker.evaluate({"extra": x}) for x in ("", *extras))
        ):
            continue
        seen.add(key)
        found = distribution(requirement.name)
        yield found
        for below in found.requires or ():
            each = Requirement(below)
            if each.marker is None or any(each.marker.evaluate({"extra": x}) for x in extras):
                each.marker = None
                waiting.append(str(each))


def licence(found: Distribution) -> str:
    """What a package says of its licence, in whichever of three places."""
    classifiers = [x for x in found.metadata.get_all("Classifier", ()) if x.startswith("License ::")]
    said = [found.metadata.get("License-Expression") or "", *classifiers]
    if not any(said):
        # Some put the whole text here; its beginning names it.
        said.append((found.metadata.get("License") or "")[:200])
    return " / ".join(filter(None, said))


@pytest.mark.parametrize("extra", ["", "s3", "dev"])
def test_every_package_has_a_licence_that_allows_this_use(extra):
    said = {found.metadata["Name"]: licence(found) for found in needed(extra)}
    assert len(said) > len(PROJECT["project"]["dependencies"])
    assert {package: text for package, text in said.items() if not ALLOWED.search(text)} == {}
    # LGPL contains GPL: what is forbidden is looked for in what is not that.
    assert {package: text for package, text in said.items() if FORBIDDEN.search(text)} == {}


def test_the_versions_that_run_are_those_that_were_asked_for():
    installed = {x.metadata["Name"].lower().replace("_", "-"): x.version for x in distributions()}
    wrong = {
        requirement: installed.get(name(requirement).lower())
        for requirement in PROJECT["project"]["dependencies"]
        if not Requirement(requirement).specifier.contains(installed[name(requirement).lower()])
    }
    assert wrong == {}
