"""Making plans: all of a document that is the same for every request is looked up once, not with each row.

What a plan does not understand is said before anything is done (`NotPlain`, or no variables), and then the
library executes the document.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from graphql import (
    BooleanValueNode,
    DirectiveNode,
    DocumentNode,
    ExecutionResult,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLError,
    GraphQLField,
    GraphQLIncludeDirective,
    GraphQLInputType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLSchema,
    GraphQLSkipDirective,
    GraphQLString,
    GraphQLUnionType,
    InlineFragmentNode,
    ListValueNode,
    ObjectValueNode,
    OperationDefinitionNode,
    OperationType,
    SelectionNode,
    Undefined,
    ValueNode,
    VariableNode,
    Visitor,
    coerce_input_literal,
    coerce_input_value,
    get_argument_values,
    is_input_type,
    is_leaf_type,
    type_from_ast,
    visit,
)

from avoir.faces.graphql.plan import Arguments, Complete, Run, Selection, Step, Way, leaf, listed, run

SKIP, INCLUDE = GraphQLSkipDirective.name, GraphQLIncludeDirective.name
MOST_PLANS = 16
"""Of one operation: what is left out of it differs from request to request."""


class NotPlain(Exception):
    """The library must execute this one."""


class Plan(NamedTuple):
    """What is asked for at the root, and the variables that must not be null."""

    selection: Selection
    never_null: frozenset[str]


class Planned:
    """One operation of a valid document, ready to be executed as often as it is asked.

    Raises `NotPlain` for one that the library must execute.
    """

    def __init__(self, schema: GraphQLSchema, document: DocumentNode, name: str | None) -> None:
        self.schema, self.node = schema, _operation(document, name)
        self.fragments = {
            each.name.value: each for each in document.definitions if isinstance(each, FragmentDefinitionNode)
        }
        self.variables: dict[str, GraphQLInputType] = {}
        self.defaults: dict[str, Any] = {}
        for each in self.node.variable_definitions or ():
            type_ = type_from_ast(schema, each.type)
            if not is_input_type(type_):
                raise NotPlain
            self.variables[each.variable.name.value] = type_
            if each.default_value is not None:
                self.defaults[each.variable.name.value] = coerce_input_literal(each.default_value, type_)
        self.switches = sorted(set(_switches(document)) & self.variables.keys())
        self._plans: dict[tuple[Any, ...], Plan | None] = {}

    async def executed(self, context: Any, given: Mapping[str, Any]) -> ExecutionResult:
        """What comes of it. Raises `NotPlain` before anything is done."""
        variables = self._coerced(given)
        truths = tuple(variables.get(name) for name in self.switches)
        if truths not in self._plans:
            if len(self._plans) >= MOST_PLANS:
                raise NotPlain
            self._plans[truths] = self._planned(dict(zip(self.switches, truths, strict=True)))
        plan = self._plans[truths]
        if plan is None or any(variables.get(name) is None for name in plan.never_null):
            raise NotPlain
        serial = self.node.operation is OperationType.MUTATION
        return await run(plan.selection, context, variables, serial=serial)

    def _planned(self, truths: Mapping[str, Any]) -> Plan | None:
        root = self.schema.get_root_type(self.node.operation)
        compiler = Compiler(self.schema, self.fragments, truths)
        try:
            if root is None:
                raise NotPlain
            selection = compiler.selection(root, [self.node.selection_set.selections])
        except (NotPlain, GraphQLError, RecursionError):  # The library has the words for what is wrong.
            return None
        return Plan(selection, frozenset(compiler.never_null))

    def _coerced(self, given: Mapping[str, Any]) -> dict[str, Any]:
        """The values of the variables. Raises `NotPlain` for what the library will have to complain of."""
        values = {}
        for name, type_ in self.variables.items():
            if name in given:
                values[name] = value = _value(given[name], type_)
                if value is Undefined:
                    raise NotPlain
            elif name in self.defaults:
                values[name] = self.defaults[name]
            elif isinstance(type_, GraphQLNonNull):
                raise NotPlain
        return values


class Compiler:
    """Makes the selections of one operation. `truths` are the variables that say what is left out.

    `never_null` gathers the variables that stand where null cannot.
    """

    def __init__(
        self,
        schema: GraphQLSchema,
        fragments: Mapping[str, FragmentDefinitionNode],
        truths: Mapping[str, Any],
    ) -> None:
        self.schema, self.fragments, self.truths = schema, fragments, truths
        self.never_null: set[str] = set()

    def selection(self, type_: GraphQLObjectType, of: Sequence[Sequence[SelectionNode]]) -> Selection:
        """What selections ask for of a type, each name once. Raises `NotPlain`."""
        grouped: dict[str, list[FieldNode]] = {}
        seen: set[str] = set()
        for selections in of:
            for node in self._fields(type_, selections, seen):
                grouped.setdefault(node.alias.value if node.alias else node.name.value, []).append(node)
        made = Selection()
        made.steps = [self._step(name, type_, nodes) for name, nodes in grouped.items()]
        return made

    def _fields(
        self, type_: GraphQLObjectType, selections: Sequence[SelectionNode], seen: set[str]
    ) -> Iterator[FieldNode]:
        for node in selections:
            if not self._wanted(node):
                continue
            if isinstance(node, FieldNode):
                yield node
                continue
            if isinstance(node, FragmentSpreadNode):
                name = node.name.value
                if name in seen:
                    continue
                seen.add(name)
                inner: FragmentDefinitionNode | InlineFragmentNode = self.fragments[name]
            elif isinstance(node, InlineFragmentNode):
                inner = node
            else:
                raise NotPlain
            if self._meant(type_, inner):
                yield from self._fields(type_, inner.selection_set.selections, seen)

    def _wanted(self, node: SelectionNode) -> bool:
        if not node.directives:
            return True
        if any(each.name.value not in (SKIP, INCLUDE) for each in node.directives):
            raise NotPlain
        told = {each.name.value: self._true(value) for each in node.directives for value in _values(each)}
        return told.get(SKIP) is not True and told.get(INCLUDE) is not False

    def _true(self, value: ValueNode) -> bool:
        if isinstance(value, BooleanValueNode):
            return value.value
        truth = self.truths.get(value.name.value) if isinstance(value, VariableNode) else None
        if not isinstance(truth, bool):
            raise NotPlain
        return truth

    def _meant(self, type_: GraphQLObjectType, inner: FragmentDefinitionNode | InlineFragmentNode) -> bool:
        if inner.type_condition is None:
            return True
        name = inner.type_condition.name.value
        named = self.schema.type_map[name]
        return name == type_.name or (isinstance(named, GraphQLUnionType) and type_ in named.types)

    def _step(self, name: str, type_: GraphQLObjectType, nodes: list[FieldNode]) -> Step:
        asked = nodes[0].name.value
        if asked == "__typename":
            typename = type_.name
            field = GraphQLField(GraphQLNonNull(GraphQLString), resolve=lambda source, told: typename)
        else:
            known = type_.fields.get(asked)
            if known is None:  # Of the schema itself.
                raise NotPlain
            field = known
        step = Step(name, type_.name, field, nodes, self._arguments(field, nodes[0]))
        step.complete = self._complete(field.type, step)
        return step

    def _complete(self, type_: Any, step: Step) -> Complete:
        never_null = isinstance(type_, GraphQLNonNull)
        inner = self._inside(type_.of_type if never_null else type_, step)

        def complete(value: Any, way: Way, run: Run) -> Any:
            if value is None:
                if never_null:
                    raise TypeError(f"Cannot return null for non-nullable field {step.place}.")
                return None
            if isinstance(value, Exception):
                raise value
            return inner(value, way, run)

        return complete

    def _inside(self, type_: Any, step: Step) -> Complete:
        if isinstance(type_, GraphQLList):
            return listed(type_.of_type, self._complete(type_.of_type, step), step)
        if is_leaf_type(type_):
            return leaf(type_)
        selected = [node.selection_set.selections if node.selection_set else () for node in step.nodes]
        if isinstance(type_, GraphQLObjectType):
            return self.selection(type_, selected).fill
        kind_of: Any = type_.resolve_type if isinstance(type_, GraphQLUnionType) else None
        if kind_of is None:
            raise NotPlain
        kinds = {each.name: self.selection(each, selected).fill for each in type_.types}
        return lambda value, way, run: kinds[kind_of(value, None, type_)](value, way, run)

    def _arguments(self, field: GraphQLField, node: FieldNode) -> Arguments | None:
        """What a field is asked with; None of one that takes nothing."""
        if not field.args:
            return None
        given = {each.name.value: each.value for each in node.arguments or ()}
        bare = FieldNode(name=node.name, arguments=(), directives=())
        fixed: dict[str, Any] = {}
        varying: list[tuple[str, str]] = []
        for name, argument in field.args.items():
            value, alone = given.get(name), GraphQLField(field.type, {name: argument})
            if not isinstance(value, VariableNode):
                if value is not None and _varies(value):
                    raise NotPlain
                fixed |= get_argument_values(alone, node)
                continue
            varying.append((name, value.name.value))
            if isinstance(argument.type, GraphQLNonNull):
                self.never_null.add(value.name.value)
            else:
                fixed |= get_argument_values(alone, bare)  # Its default, should nothing be said.

        def arguments(variables: Mapping[str, Any]) -> dict[str, Any]:
            found = fixed.copy()
            for name, variable in varying:
                if variable in variables:
                    found[name] = variables[variable]
            return found

        return arguments


def _values(node: DirectiveNode) -> list[ValueNode]:
    return [each.value for each in node.arguments or ()]


def _varies(value: ValueNode) -> bool:
    """Whether a variable stands within a value."""
    if isinstance(value, ListValueNode):
        return any(_varies(each) for each in value.values)
    if isinstance(value, ObjectValueNode):
        return any(_varies(each.value) for each in value.fields)
    return isinstance(value, VariableNode)


def _value(given: Any, type_: GraphQLInputType) -> Any:
    try:
        return coerce_input_value(given, type_)
    except RecursionError:
        return Undefined


def _operation(document: DocumentNode, name: str | None) -> OperationDefinitionNode:
    """The operation of that name, or the only one."""
    operations = [each for each in document.definitions if isinstance(each, OperationDefinitionNode)]
    found = [each for each in operations if name is None or (each.name and each.name.value == name)]
    if len(found) != 1:
        raise NotPlain
    return found[0]


def _switches(document: DocumentNode) -> list[str]:
    """The variables by which something is left out of an answer."""
    found: list[str] = []

    class Switches(Visitor):
        def enter_directive(self, node: DirectiveNode, *_: Any) -> None:
            found.extend(each.name.value for each in _values(node) if isinstance(each, VariableNode))

    visit(document, Switches())
    return found
