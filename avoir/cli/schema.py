"""`avoir schema`: the references, printed from what the server itself runs."""

import sys
from typing import Annotated, Any, Literal

import msgspec
from cyclopts import Parameter
from graphql import print_schema

from avoir.cli import posting_rules, refusals, rest_ways
from avoir.cli.options import NO_OPTIONS, Options
from avoir.faces.graphql.schema import schema as graphql_schema
from avoir.faces.rest.openapi import openapi


def schema(
    what: Annotated[
        Literal["graphql", "openapi", "rest", "refusals", "postings"], Parameter(help="Which reference.")
    ],
    /,
    *,
    options: Options = NO_OPTIONS,
) -> None:
    """Print a reference: GraphQL as SDL, REST as OpenAPI 3.1, the others as Markdown.

    With --json the SDL is the field `graphql` of an object, what is Markdown is lists; OpenAPI is JSON
    as it is.
    """
    facts, text = _reference(what)
    if options.json:
        options.say(facts, "")
    else:
        # As it is: no terminal may break a line of what is going to be a file.
        sys.stdout.write(text)


def _reference(what: str) -> tuple[dict[str, Any], str]:
    if what == "graphql":
        sdl = print_schema(graphql_schema()) + "\n"
        return {"graphql": sdl}, sdl
    if what == "openapi":
        described = openapi()
        return described, msgspec.json.format(msgspec.json.encode(described), indent=2).decode() + "\n"
    if what == "rest":
        ways = rest_ways.ways()
        return {"rest": msgspec.to_builtins(ways)}, rest_ways.as_markdown(ways)
    if what == "postings":
        rules = posting_rules.posting_rules()
        return {"postings": msgspec.to_builtins(rules)}, posting_rules.as_markdown(rules)
    known = refusals.refusals()
    return {"refusals": msgspec.to_builtins(known)}, refusals.as_markdown(known)
