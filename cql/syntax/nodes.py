"""The syntax tree of a CQL library: what the parser yields and the translator reads.

One dataclass per construct of the CQL 1.5 grammar (https://cql.hl7.org/grammar.html). A tree is never changed once it
is read; the classes are not ``frozen`` because that alone triples the time it takes to import them. Nodes are equal
only if they are the same node.

The tree keeps what the author wrote: names are unresolved, operators are not yet overloads,
parentheses are kept only as nesting. Every node knows its place in the source.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from cql.syntax.span import Span as Span  # part of what this module offers


@dataclass(slots=True, kw_only=True, eq=False)
class Node:
    """Anything with a place in the source."""

    span: Span


# --- type specifiers ------------------------------------------------------------------------------


@dataclass(slots=True, kw_only=True, eq=False)
class TypeSpecifier(Node):
    """A type as written by the author."""


@dataclass(slots=True, kw_only=True, eq=False)
class NamedTypeSpecifier(TypeSpecifier):
    """``Integer``, ``FHIR.Condition``, ``System.Quantity``: ``qualifiers`` hold what stands before the last dot."""

    qualifiers: tuple[str, ...]
    name: str


@dataclass(slots=True, kw_only=True, eq=False)
class ListTypeSpecifier(TypeSpecifier):
    """``List<element>``."""

    element: TypeSpecifier


@dataclass(slots=True, kw_only=True, eq=False)
class IntervalTypeSpecifier(TypeSpecifier):
    """``Interval<point>``."""

    point: TypeSpecifier


@dataclass(slots=True, kw_only=True, eq=False)
class TupleTypeSpecifier(TypeSpecifier):
    """``Tuple { name Type, ... }``."""

    elements: tuple[tuple[str, TypeSpecifier], ...]


@dataclass(slots=True, kw_only=True, eq=False)
class ChoiceTypeSpecifier(TypeSpecifier):
    """``Choice<A, B>``."""

    choices: tuple[TypeSpecifier, ...]


# --- expressions: literals and selectors ----------------------------------------------------------


@dataclass(slots=True, kw_only=True, eq=False)
class Expression(Node):
    """Anything that has a value."""


@dataclass(slots=True, kw_only=True, eq=False)
class NullLiteral(Expression):
    """``null``."""


@dataclass(slots=True, kw_only=True, eq=False)
class BooleanLiteral(Expression):
    """``true`` or ``false``."""

    value: bool


@dataclass(slots=True, kw_only=True, eq=False)
class StringLiteral(Expression):
    """``'text'`` with its escapes resolved."""

    value: str


@dataclass(slots=True, kw_only=True, eq=False)
class IntegerLiteral(Expression):
    """Digits without a point; the sign is a unary operator. Range is the translator's concern."""

    text: str


@dataclass(slots=True, kw_only=True, eq=False)
class LongLiteral(Expression):
    """Digits followed by ``L`` (``text`` without the L)."""

    text: str


@dataclass(slots=True, kw_only=True, eq=False)
class DecimalLiteral(Expression):
    """Digits with a point, as written."""

    text: str


@dataclass(slots=True, kw_only=True, eq=False)
class DateLiteral(Expression):
    """``@2014``, ``@2014-01``, ``@2014-01-25``: ``text`` without the ``@``."""

    text: str


@dataclass(slots=True, kw_only=True, eq=False)
class DateTimeLiteral(Expression):
    """``@2014-01-25T14:30:14.559+01:00`` or ``@2014T``: ``text`` without the ``@``."""

    text: str


@dataclass(slots=True, kw_only=True, eq=False)
class TimeLiteral(Expression):
    """``@T14:30``: ``text`` without ``@T``."""

    text: str


@dataclass(slots=True, kw_only=True, eq=False)
class QuantityLiteral(Expression):
    """``5 'mg'`` (``unit`` is the UCUM code, ``is_calendar`` false) or ``3 months`` (``unit`` as written)."""

    value: Decimal
    unit: str
    is_calendar: bool


@dataclass(slots=True, kw_only=True, eq=False)
class RatioLiteral(Expression):
    """``1 'mg' : 10 'mL'``. A bare number on either side is a quantity of unit ``1``."""

    numerator: QuantityLiteral
    denominator: QuantityLiteral


@dataclass(slots=True, kw_only=True, eq=False)
class IntervalSelector(Expression):
    """``Interval[low, high)``."""

    low: Expression
    high: Expression
    low_closed: bool
    high_closed: bool


@dataclass(slots=True, kw_only=True, eq=False)
class ListSelector(Expression):
    """``{ a, b }`` or ``List<T> { a, b }``."""

    element_type: TypeSpecifier | None
    elements: tuple[Expression, ...]


@dataclass(slots=True, kw_only=True, eq=False)
class TupleSelector(Expression):
    """``Tuple { name: value, ... }`` (also without the keyword)."""

    elements: tuple[tuple[str, Expression], ...]


@dataclass(slots=True, kw_only=True, eq=False)
class InstanceSelector(Expression):
    """``FHIR.Quantity { value: 5.0 }``."""

    type: NamedTypeSpecifier
    elements: tuple[tuple[str, Expression], ...]


@dataclass(slots=True, kw_only=True, eq=False)
class CodeSelector(Expression):
    """``Code 'x' from "LOINC" display 'y'``; ``system`` names a code system."""

    code: str
    system: Identifier | Member
    display: str | None


@dataclass(slots=True, kw_only=True, eq=False)
class ConceptSelector(Expression):
    """``Concept { Code ..., Code ... } display 'y'``."""

    codes: tuple[CodeSelector, ...]
    display: str | None


# --- expressions: names, members, calls -----------------------------------------------------------


@dataclass(slots=True, kw_only=True, eq=False)
class Identifier(Expression):
    """A name, quotes and escapes resolved. ``quoted`` tells ``"Date"`` from ``Date``."""

    name: str
    quoted: bool = False


@dataclass(slots=True, kw_only=True, eq=False)
class Member(Expression):
    """``source.name``: a property, or a name qualified by a library alias. ``name_span`` is the name alone."""

    source: Expression
    name: str
    name_span: Span


@dataclass(slots=True, kw_only=True, eq=False)
class Call(Expression):
    """``name(arguments)`` or, with ``source``, ``source.name(arguments)`` (library-qualified or fluent)."""

    source: Expression | None
    name: str
    name_span: Span
    arguments: tuple[Expression, ...]


@dataclass(slots=True, kw_only=True, eq=False)
class ExternalConstant(Expression):
    """``%name``."""

    name: str


@dataclass(slots=True, kw_only=True, eq=False)
class This(Expression):
    """``$this``."""


@dataclass(slots=True, kw_only=True, eq=False)
class Index(Expression):
    """``$index``."""


@dataclass(slots=True, kw_only=True, eq=False)
class Total(Expression):
    """``$total``."""


# --- expressions: operators -----------------------------------------------------------------------


@dataclass(slots=True, kw_only=True, eq=False)
class Unary(Expression):
    """A prefix or postfix operator.

    ``operator`` is one of: ``+ - not exists distinct flatten collapse expand`` (the last two without ``per``),
    ``'is null' 'is not null' 'is true' 'is not true' 'is false' 'is not false'``,
    ``'start of' 'end of' 'width of' 'successor of' 'predecessor of' 'singleton from' 'point from'``,
    ``'minimum' 'maximum'`` are not unary (see ``TypeExtent``).
    """

    operator: str
    operand: Expression


@dataclass(slots=True, kw_only=True, eq=False)
class Binary(Expression):
    """An infix operator.

    ``operator`` is one of ``+ - * / div mod ^ & = != ~ !~ < <= > >= and or xor implies union intersect except``
    (``|`` is ``union``), ``in contains 'properly in' 'properly contains'`` (the membership operators).
    ``precision`` is only for ``in``/``contains``: ``in day of``.
    """

    operator: str
    left: Expression
    right: Expression
    operator_span: Span
    precision: str | None = None


@dataclass(slots=True, kw_only=True, eq=False)
class Between(Expression):
    """``value [properly] between low and high``."""

    value: Expression
    low: Expression
    high: Expression
    proper: bool


@dataclass(slots=True, kw_only=True, eq=False)
class DurationBetween(Expression):
    """``days between a and b`` or ``duration in days between a and b``; ``difference`` for ``difference in ...``.

    ``precision`` is the singular: ``'day'``.
    """

    precision: str
    low: Expression
    high: Expression
    difference: bool


@dataclass(slots=True, kw_only=True, eq=False)
class DurationOf(Expression):
    """``duration in days of interval`` / ``difference in days of interval``; ``precision`` is the singular."""

    precision: str
    interval: Expression
    difference: bool


@dataclass(slots=True, kw_only=True, eq=False)
class Timing(Expression):
    """``left <interval operator phrase> right``.

    ``left_boundary`` is ``'start'`` for ``A starts before B``, ``'end'`` for ``A ends before B``, else None.
    ``right_boundary`` is only for ``before start B``, without ``of``: ``start of B`` is an operand of its own.
    ``occurs`` has no meaning and is dropped.
    """

    left: Expression
    right: Expression
    phrase: TimingPhrase
    operator_span: Span
    left_boundary: str | None = None
    right_boundary: str | None = None


@dataclass(slots=True, kw_only=True, eq=False)
class TimingPhrase(Node):
    """The operator between the two sides of a ``Timing``."""


@dataclass(slots=True, kw_only=True, eq=False)
class SamePhrase(TimingPhrase):
    """``same [precision] as|or before|or after``; ``relation`` is ``'as'``, ``'or before'`` or ``'or after'``.

    Also ``on or before/after`` and ``before/after or on`` *without* a quantity offset do NOT come here: they are
    ``BeforeAfterPhrase`` with ``inclusive``.
    """

    relation: str
    precision: str | None


@dataclass(slots=True, kw_only=True, eq=False)
class IncludesPhrase(TimingPhrase):
    """``[properly] includes [precision of]``."""

    proper: bool
    precision: str | None


@dataclass(slots=True, kw_only=True, eq=False)
class IncludedInPhrase(TimingPhrase):
    """``[properly] during|included in [precision of]``."""

    proper: bool
    precision: str | None


@dataclass(slots=True, kw_only=True, eq=False)
class BeforeAfterPhrase(TimingPhrase):
    """``[3 days | 3 days or more | less than 3 days ...] [on or] before|after [or on] [precision of]``.

    ``direction`` is ``'before'`` or ``'after'``; ``inclusive`` when ``on or`` / ``or on`` is written; ``offset`` the
    quantity or None, with ``offset_relation`` one of ``'exactly'`` (no modifier), ``'or more'``, ``'or less'``,
    ``'more than'``, ``'less than'``.
    """

    direction: str
    inclusive: bool
    precision: str | None
    offset: QuantityLiteral | None = None
    offset_relation: str | None = None


@dataclass(slots=True, kw_only=True, eq=False)
class WithinPhrase(TimingPhrase):
    """``[properly] within 3 days of``."""

    proper: bool
    offset: QuantityLiteral


@dataclass(slots=True, kw_only=True, eq=False)
class MeetsPhrase(TimingPhrase):
    """``meets [before|after] [precision of]``."""

    direction: str | None
    precision: str | None


@dataclass(slots=True, kw_only=True, eq=False)
class OverlapsPhrase(TimingPhrase):
    """``overlaps [before|after] [precision of]``."""

    direction: str | None
    precision: str | None


@dataclass(slots=True, kw_only=True, eq=False)
class StartsPhrase(TimingPhrase):
    """``starts [precision of]``."""

    precision: str | None


@dataclass(slots=True, kw_only=True, eq=False)
class EndsPhrase(TimingPhrase):
    """``ends [precision of]``."""

    precision: str | None


@dataclass(slots=True, kw_only=True, eq=False)
class PerExpression(Expression):
    """``collapse X per day``, ``expand X per 2 'mg'``: ``operator`` is ``'collapse'`` or ``'expand'``.

    ``per`` is an expression; a bare precision (``per day``) is the ``QuantityLiteral`` 1 of it.
    """

    operator: str
    operand: Expression
    per: Expression


@dataclass(slots=True, kw_only=True, eq=False)
class Component(Expression):
    """``year from X``, ``date from X``, ``time from X``, ``timezoneoffset from X``; also ``timezone`` (CQL 1.3)."""

    component: str
    operand: Expression


@dataclass(slots=True, kw_only=True, eq=False)
class TypeExtent(Expression):
    """``minimum Integer`` / ``maximum Integer``."""

    extent: str
    type: NamedTypeSpecifier


@dataclass(slots=True, kw_only=True, eq=False)
class Is(Expression):
    """``X is Type``."""

    operand: Expression
    type: TypeSpecifier


@dataclass(slots=True, kw_only=True, eq=False)
class As(Expression):
    """``X as Type``, or strict: ``cast X as Type``."""

    operand: Expression
    type: TypeSpecifier
    strict: bool


@dataclass(slots=True, kw_only=True, eq=False)
class Convert(Expression):
    """``convert X to Type`` or ``convert X to 'unit'`` / ``convert X to days`` (``unit`` set, ``type`` None)."""

    operand: Expression
    type: TypeSpecifier | None
    unit: str | None


@dataclass(slots=True, kw_only=True, eq=False)
class If(Expression):
    """``if c then a else b``."""

    condition: Expression
    then: Expression
    otherwise: Expression


@dataclass(slots=True, kw_only=True, eq=False)
class Case(Expression):
    """``case [comparand] when a then b ... else c end``; ``items`` are (when, then)."""

    comparand: Expression | None
    items: tuple[tuple[Expression, Expression], ...]
    otherwise: Expression


@dataclass(slots=True, kw_only=True, eq=False)
class Indexer(Expression):
    """``X[i]``."""

    operand: Expression
    index: Expression


# --- expressions: retrieve and query --------------------------------------------------------------


@dataclass(slots=True, kw_only=True, eq=False)
class Retrieve(Expression):
    """``[context -> Condition: code path comparator terminology]``."""

    context: Expression | None
    type: NamedTypeSpecifier
    code_path: str | None
    comparator: str | None
    """``'in'``, ``'='`` or ``'~'`` as written, None when only ``[Condition: X]``."""
    terminology: Expression | None


@dataclass(slots=True, kw_only=True, eq=False)
class AliasedSource(Node):
    """A query source with its alias."""

    source: Expression
    alias: str
    alias_span: Span


@dataclass(slots=True, kw_only=True, eq=False)
class LetClause(Node):
    """``let name: expression``."""

    name: str
    name_span: Span
    value: Expression


@dataclass(slots=True, kw_only=True, eq=False)
class Relationship(Node):
    """``with|without source alias such that condition``."""

    source: AliasedSource
    condition: Expression
    without: bool


@dataclass(slots=True, kw_only=True, eq=False)
class ReturnClause(Node):
    """``return [all|distinct] expression``; ``all`` is true only when ``all`` was written."""

    value: Expression
    all: bool
    distinct: bool


@dataclass(slots=True, kw_only=True, eq=False)
class AggregateClause(Node):
    """``aggregate [all|distinct] name starting value: expression``."""

    name: str
    name_span: Span
    starting: Expression | None
    value: Expression
    distinct: bool


@dataclass(slots=True, kw_only=True, eq=False)
class SortItem(Node):
    """``expression asc|desc``; ``direction`` is ``'asc'`` or ``'desc'``."""

    value: Expression
    direction: str


@dataclass(slots=True, kw_only=True, eq=False)
class SortClause(Node):
    """``sort asc|desc`` (``direction`` set, no items) or ``sort by items``."""

    direction: str | None
    items: tuple[SortItem, ...]


@dataclass(slots=True, kw_only=True, eq=False)
class Query(Expression):
    """A query over one source or several (``from A a, B b``)."""

    sources: tuple[AliasedSource, ...]
    lets: tuple[LetClause, ...] = ()
    relationships: tuple[Relationship, ...] = ()
    where: Expression | None = None
    result: ReturnClause | None = None
    aggregate: AggregateClause | None = None
    sort: SortClause | None = None


# --- definitions ----------------------------------------------------------------------------------


@dataclass(slots=True, kw_only=True, eq=False)
class Definition(Node):
    """A declaration of the library; ``private`` as written."""

    name: str
    name_span: Span
    private: bool = False


@dataclass(slots=True, kw_only=True, eq=False)
class UsingDefinition(Node):
    """``using FHIR version '4.0.1' [called X]``."""

    qualifiers: tuple[str, ...]
    name: str
    version: str | None
    alias: str | None


@dataclass(slots=True, kw_only=True, eq=False)
class IncludeDefinition(Node):
    """``include ns.Common version '1' called C``; ``alias`` defaults to the name."""

    qualifiers: tuple[str, ...]
    name: str
    version: str | None
    alias: str


@dataclass(slots=True, kw_only=True, eq=False)
class CodeSystemDefinition(Definition):
    """``codesystem "LOINC": 'http://loinc.org' [version 'x']``."""

    id: str
    version: str | None


@dataclass(slots=True, kw_only=True, eq=False)
class ValueSetDefinition(Definition):
    """``valueset "X": 'url' [version 'v'] [codesystems { a, b }]``."""

    id: str
    version: str | None
    code_systems: tuple[Identifier | Member, ...]


@dataclass(slots=True, kw_only=True, eq=False)
class CodeDefinition(Definition):
    """``code "X": 'id' from "LOINC" [display 'text']``."""

    id: str
    system: Identifier | Member
    display: str | None


@dataclass(slots=True, kw_only=True, eq=False)
class ConceptDefinition(Definition):
    """``concept "X": { "code 1", "code 2" } [display 'text']``."""

    codes: tuple[Identifier | Member, ...]
    display: str | None


@dataclass(slots=True, kw_only=True, eq=False)
class ParameterDefinition(Definition):
    """``parameter X [Type] [default value]``."""

    type: TypeSpecifier | None
    default: Expression | None


@dataclass(slots=True, kw_only=True, eq=False)
class ContextDefinition(Node):
    """``context Patient``: holds for the statements after it. ``model`` is the qualifier, if written."""

    model: str | None
    name: str


@dataclass(slots=True, kw_only=True, eq=False)
class ExpressionDefinition(Definition):
    """``define X: expression``."""

    context: str
    value: Expression


@dataclass(slots=True, kw_only=True, eq=False)
class FunctionDefinition(Definition):
    """``define [fluent] function F(a Integer) [returns T]: expression|external``."""

    context: str
    parameters: tuple[tuple[str, TypeSpecifier], ...]
    returns: TypeSpecifier | None
    value: Expression | None
    """None when ``external``."""
    fluent: bool


@dataclass(slots=True, kw_only=True, eq=False)
class LibraryNode(Node):
    """A whole library. ``statements`` keep the author's order; each carries its context (``'Unfiltered'`` at first)."""

    name: str | None
    qualifiers: tuple[str, ...]
    version: str | None
    usings: tuple[UsingDefinition, ...]
    includes: tuple[IncludeDefinition, ...]
    code_systems: tuple[CodeSystemDefinition, ...]
    value_sets: tuple[ValueSetDefinition, ...]
    codes: tuple[CodeDefinition, ...]
    concepts: tuple[ConceptDefinition, ...]
    parameters: tuple[ParameterDefinition, ...]
    contexts: tuple[ContextDefinition, ...]
    statements: tuple[ExpressionDefinition | FunctionDefinition, ...]
