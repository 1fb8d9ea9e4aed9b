"""Documents: parsed, measured and validated once, then remembered. One costs milliseconds of CPU."""

import asyncio
from collections.abc import Mapping
from typing import NamedTuple

from cachetools import LRUCache
from graphql import (
    DocumentNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLError,
    GraphQLSchema,
    NoSchemaIntrospectionCustomRule,
    OperationDefinitionNode,
    OperationType,
    OverlappingFieldsCanBeMergedRule,
    SelectionSetNode,
    parse,
    specified_rules,
    validate,
)

from avoir.faces.graphql.executing import Prepared

MOST_CHARACTERS, MOST_TOKENS = 100_000, 4_000
"""Of a document. GraphiQL's own introspection query has 300 tokens."""
SHORT_CHARACTERS = 2_000
"""A longer one may keep a core busy for long: validation compares fields with each other."""
MOST_DEPTH, MOST_FIELDS = 16, 2_000
"""Of an operation, with every fragment written out where it is spread."""
REMEMBERED_CHARACTERS = 256 * 1024
"""Of all documents that are remembered together."""
MOST_ERRORS = 20


class Size(NamedTuple):
    """A selection written out: its fields, how deep they go, and those at its root."""

    fields: int
    depth: int
    roots: int


class Document(NamedTuple):
    """A document, or what is wrong with it. `steps` counts the root fields of each mutation by its name."""

    text: str
    prepared: Prepared | None
    errors: tuple[GraphQLError, ...]
    steps: Mapping[str | None, int]


class FieldsMerge(OverlappingFieldsCanBeMergedRule):
    """Fields of one name are one field asked in one way; their types may differ where their objects do.

    The specification wants the types alike too. Contract A's own server never did, and its types are such
    that `{ ... on Invoice { id } ... on Payment { id } }` would be refused: one id may be null. Only objects
    of different types can differ in this, so an answer is as clear as ever.
    """

    def report_error(self, error: GraphQLError) -> None:
        """Tell of a conflict, unless types are all that differ."""
        if _ONLY_TYPES in error.message and not any(other in error.message for other in _WORSE):
            return
        super().report_error(error)


_ONLY_TYPES, _WORSE = "they return conflicting types", ("are different fields", "have differing arguments")
RULES = tuple(FieldsMerge if rule is OverlappingFieldsCanBeMergedRule else rule for rule in specified_rules)


class Documents:
    """Remembers documents by their text, up to a number of characters; the least used go first.

    Without `introspection` a document that asks for the schema is not valid.
    """

    def __init__(self, schema: GraphQLSchema, *, introspection: bool = True) -> None:
        self.schema = schema
        hidden = () if introspection else (NoSchemaIntrospectionCustomRule,)
        self._rules = (*RULES, *hidden)
        self._long = asyncio.Semaphore(1)
        self._known: LRUCache[str, Document] = LRUCache(
            REMEMBERED_CHARACTERS, getsizeof=lambda document: len(document.text) + 1
        )

    async def get(self, text: str) -> Document:
        """The document of that text, valid or not."""
        known = self._known.get(text)
        if known is not None:
            return known
        if len(text) <= SHORT_CHARACTERS:
            document = self._made(text)
        else:
            # On a thread, and one at a time: the event loop goes on serving the others.
            async with self._long:
                document = await asyncio.to_thread(self._made, text)
        if len(text) < REMEMBERED_CHARACTERS // 8:
            self._known[text] = document
        return document

    def _made(self, text: str) -> Document:
        try:
            node = parse(text, max_lexical_tokens=MOST_TOKENS, max_comments=MOST_TOKENS,
                         max_source_length=MOST_CHARACTERS)  # fmt: skip
            steps = measured(node)
        except GraphQLError as problem:
            return Document(text, None, (problem,), {})
        errors = validate(self.schema, node, self._rules, max_errors=MOST_ERRORS)
        return Document(text, None if errors else Prepared(node), tuple(errors), steps)


def measured(document: DocumentNode) -> dict[str | None, int]:
    """The root fields of each mutation. Raises `GraphQLError` for what is too large or too deep written out.

    Comes before validation, which is what a huge document is meant to keep busy.
    """
    fragments = {
        each.name.value: each for each in document.definitions if isinstance(each, FragmentDefinitionNode)
    }
    sizes: dict[str, Size | None] = {}
    steps: dict[str | None, int] = {}
    for each in document.definitions:
        if isinstance(each, OperationDefinitionNode):
            size = _size(each.selection_set, fragments, sizes)
            if size.fields > MOST_FIELDS:
                raise GraphQLError(f"the operation selects more than {MOST_FIELDS} fields", each)
            if size.depth > MOST_DEPTH:
                raise GraphQLError(f"the operation is more than {MOST_DEPTH} levels deep", each)
            if each.operation is OperationType.MUTATION:
                steps[each.name.value if each.name else None] = size.roots
    return steps


def _size(
    selected: SelectionSetNode,
    fragments: Mapping[str, FragmentDefinitionNode],
    sizes: dict[str, Size | None],
) -> Size:
    fields = depth = roots = 0
    for each in selected.selections:
        if isinstance(each, FragmentSpreadNode):
            inner = _spread(each, fragments, sizes)
            fields, depth, roots = fields + inner.fields, max(depth, inner.depth), roots + inner.roots
            continue
        below: SelectionSetNode | None = each.selection_set  # type: ignore[attr-defined]
        inner = _size(below, fragments, sizes) if below else Size(0, 0, 0)
        is_field = each.kind == "field"
        fields += inner.fields + is_field
        depth = max(depth, inner.depth + is_field)
        roots += 1 if is_field else inner.roots
    return Size(fields, depth, roots)


def _spread(
    spread: FragmentSpreadNode,
    fragments: Mapping[str, FragmentDefinitionNode],
    sizes: dict[str, Size | None],
) -> Size:
    name = spread.name.value
    fragment = fragments.get(name)
    if fragment is None:  # Validation says so.
        return Size(0, 0, 0)
    if name not in sizes:
        sizes[name] = None
        sizes[name] = _size(fragment.selection_set, fragments, sizes)
    size = sizes[name]
    if size is None:
        raise GraphQLError(f"the fragment {name} spreads itself", spread)
    return size
