"""What is wrong with a document or its variables, in the words that contract A's clients know (2.4, tier 2).

The library's words are kept where the contract has none, but for what only Python says so.
"""

import re

from graphql import GraphQLError

NAME = r"'?\$?(\w+)'?"
KNOWN = (
    (rf"Cannot query field {NAME} on type {NAME}\.", r"Field '\1' doesn't exist on type '\2'"),
    (rf"Unknown argument {NAME} on field '\w+\.(\w+)'\.", r"Field '\2' doesn't accept argument '\1'"),
    (
        r"Argument '\w+\.(\w+)\((\w+):\)' of type '[^']+' is required, but it was not provided\.",
        r"Field '\1' is missing required arguments: \2",
    ),
    (
        rf"Variable {NAME} has invalid value: Expected (?:a )?value of non-null type {NAME}!' .*",
        r"Variable $\1 of type \2! was provided invalid value (Expected value to not be null)",
    ),
    (
        rf"Variable {NAME} has invalid value at \.([\w.\[\]]+): (\w+) cannot represent .*?: (.*)",
        r"Variable $\1 was provided invalid value for \2 (Could not coerce value \4 to \3)",
    ),
    (
        rf"Variable {NAME} has invalid value: (\w+) cannot represent .*?: (.*)",
        r"Variable $\1 was provided invalid value (Could not coerce value \3 to \2)",
    ),
    (
        rf"Variable {NAME} has invalid value(?: at \.([\w.\[\]]+))?: "
        rf"Expected value of type {NAME} not to include unknown field {NAME}.*",
        r"Variable $\1 was provided invalid value for \4 (Field is not defined on \3)",
    ),
    (r"(\w+) cannot represent .*?: (.*)", r"Could not coerce value \2 to \1"),
)
"""The library's sentence, and the contract's server's."""
_KNOWN = tuple((re.compile(said, re.DOTALL), ours) for said, ours in KNOWN)
_WRITTEN = {"None": "null", "True": "true", "False": "false", "<Decimal instance>": "a number with decimals"}
_PYTHONS = re.compile(r"(?<=: )(?:None|True|False|<Decimal instance>|'(?:[^'\\]|\\.)*')\Z")
"""A value at the end of a sentence, as Python writes it."""


def worded(error: GraphQLError) -> str:
    """The message of an error that was found before anything was executed."""
    message = _PYTHONS.sub(lambda found: _WRITTEN.get(found[0]) or f'"{found[0][1:-1]}"', error.message)
    for said, ours in _KNOWN:
        if match := said.match(message):
            return match.expand(ours)
    return message
