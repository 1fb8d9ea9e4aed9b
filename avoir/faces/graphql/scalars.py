"""Scalars of contract A. Money is called Float there; here it never is one."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from graphql import (
    FloatValueNode,
    GraphQLError,
    GraphQLScalarType,
    IntValueNode,
    StringValueNode,
    ValueNode,
)
from graphql.language import print_ast

MOST_DIGITS = 400
"""Of a number as it is written: longer ones are refused before they are computed with."""


def exact(value: Any) -> Decimal | int:
    """What goes out: a whole number or an exact decimal, and no float by any mistake of ours."""
    if isinstance(value, Decimal | int) and not isinstance(value, bool):
        return value
    raise TypeError(f"{value!r} is no exact number")


def number(value: Any) -> Decimal:
    """What comes in as a variable: the body was decoded without floats."""
    if isinstance(value, Decimal | int) and not isinstance(value, bool):
        return Decimal(value)
    raise GraphQLError(f"Float cannot represent non numeric value: {_shown(value)}")


def number_literal(node: ValueNode) -> Decimal:
    """What stands in the document: its text, as a decimal."""
    if isinstance(node, FloatValueNode | IntValueNode):
        return _decimal(node.value)
    raise GraphQLError(f"Float cannot represent non numeric value: {print_ast(node)}", node)


def decimal(value: Any) -> Decimal:
    """A BigDecimal as a variable: a number, or its text."""
    return _decimal(value) if isinstance(value, str) else number(value)


def decimal_literal(node: ValueNode) -> Decimal:
    """A BigDecimal in the document."""
    return _decimal(node.value) if isinstance(node, StringValueNode) else number_literal(node)


def text(value: Any) -> str:
    """A date or an instant: the law says whether it is one of the calendar."""
    if isinstance(value, str):
        return value
    raise GraphQLError(f"a date is written as a text, not {_shown(value)}")


def text_literal(node: ValueNode) -> str:
    """A date or an instant in the document."""
    if isinstance(node, StringValueNode):
        return node.value
    raise GraphQLError(f"a date is written as a text, not {print_ast(node)}", node)


def _decimal(written: str) -> Decimal:
    # `Decimal` itself takes "NaN", "1_000" and the digits of every script.
    plain = written.isascii() and set(written) <= set("0123456789+-.eE") and len(written) <= MOST_DIGITS
    try:
        if plain:
            return Decimal(written)
    except ArithmeticError:
        pass
    raise GraphQLError(f"this is no number: {_shown(written)}")


def _shown(value: Any) -> str:
    return repr(value)[:60]


FLOAT = GraphQLScalarType(
    "ExactFloat",
    description="An exact decimal, written as a JSON number: `10.1`, `120`. It is never rounded to a double.",
    coerce_output_value=exact,
    coerce_input_value=number,
    coerce_input_literal=number_literal,
)
# The library keeps the name for its own; clients know only the name, and this is what they get by it.
FLOAT.name = "Float"

COERCIONS: Mapping[str, Mapping[str, Any]] = {
    "BigDecimal": {
        "coerce_output_value": lambda value: f"{Decimal(exact(value)):f}",
        "coerce_input_value": decimal,
        "coerce_input_literal": decimal_literal,
    },
    "ISO8601Date": {"coerce_input_value": text, "coerce_input_literal": text_literal},
    "ISO8601DateTime": {"coerce_input_value": text, "coerce_input_literal": text_literal},
}
"""How the contract's own scalars are read and written; what is not named stays as it is."""
