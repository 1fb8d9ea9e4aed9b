"""What the code imports is what an installation brings along."""

import sys
from importlib.metadata import packages_distributions

from tests.house.source import PROJECT, imported, sources
from tests.house.test_docs import name


def test_every_package_that_is_imported_is_declared():
    project = PROJECT["project"]
    wanted = [*project["dependencies"], *project["optional-dependencies"]["s3"]]
    declared = {name(requirement).lower() for requirement in wanted}
    distributions = packages_distributions()
    missing = {
        f"{each.path}: {module}"
        for each in sources()
        for _, dotted in imported(each)
        if (module := dotted.partition(".")[0]) not in {"avoir", *sys.stdlib_module_names}
        if not {distribution.lower() for distribution in distributions.get(module, ())} & declared
    }
    assert missing == set()
