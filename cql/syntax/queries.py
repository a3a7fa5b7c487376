"""Retrieves and queries."""

from __future__ import annotations

from typing import Final

from cql.syntax.diagnostics import Code, describe
from cql.syntax.nodes import (
    AggregateClause,
    AliasedSource,
    Expression,
    Identifier,
    LetClause,
    LongLiteral,
    Query,
    Relationship,
    Retrieve,
    ReturnClause,
    SortClause,
    SortItem,
    StringLiteral,
)
from cql.syntax.precedence import TERM
from cql.syntax.terms import TermParser
from cql.syntax.tokens import CLAUSES, DECIMAL, IDENTIFIER, INTEGER, KEYWORD_NAMES, LONG, STRING

_DIRECTIONS: Final = {"asc": "asc", "ascending": "asc", "desc": "desc", "descending": "desc"}
_NO_TERMS: Final = frozenset({"[", "from", "not", "exists", "cast"})


class QueryParser(TermParser):
    """The rules ``retrieve`` and ``query``."""

    # --- retrieve ---------------------------------------------------------------------------------

    def retrieve(self) -> Retrieve:
        """``[context -> Type: path comparator terminology]``."""
        start = self.pos
        opener = self.advance()
        context: Expression | None = None
        after = self.after_names(self.pos)
        if after is not None and self.tokens[after].kind == "->":
            context = self.named()
            self.advance()
        type_name = self.named_type()
        path = comparator = None
        terminology: Expression | None = None
        if self.accept(":"):
            if self._at_code_path():
                path = self._code_path()
                comparator = self.advance().kind
            terminology = self.expression()
        self.close(opener)
        return Retrieve(
            context=context,
            type=type_name,
            code_path=path,
            comparator=comparator,
            terminology=terminology,
            span=self.span(start),
        )

    def _at_code_path(self) -> bool:
        """Whether a path and a comparator follow, rather than terminology at once."""
        position = self.after_names(self.pos)
        while position is not None and self.tokens[position].kind == "[":
            if self.tokens[position + 1].kind not in (STRING, INTEGER) or self.tokens[position + 2].kind != "]":
                return False
            position += 3
            if self.tokens[position].kind == ".":
                position = self.after_names(position + 1)
        return position is not None and self.tokens[position].kind in ("in", "=", "~")

    def _code_path(self) -> str:
        """``name``, ``name.name``, ``name[0].name``, as text."""
        parts = [self.name("a path").value]
        while True:
            if self.accept("."):
                parts.append("." + self.advance().value)
            elif self.accept("["):
                parts.append(f"[{self.advance().text}]")
                self.expect("]")
            else:
                return "".join(parts)

    # --- query ------------------------------------------------------------------------------------

    def from_query(self) -> Query:
        """``from A a, B b ...``."""
        start = self.pos
        self.advance()
        return self._clauses(start, self._more_sources([self._aliased_source()]))

    def query_over(self, source: Expression, start: int) -> Query:
        """A query without ``from``; its first source is read already, the alias is next."""
        return self._clauses(start, self._more_sources([self._aliased(source, start)]))

    def _clauses(self, start: int, sources: tuple[AliasedSource, ...]) -> Query:
        """All clauses after the sources, in the grammar's order."""
        self.open_queries.append(start)
        lets = self._lets()
        relationships: list[Relationship] = []
        while self.kind() in ("with", "without"):
            relationships.append(self._relationship())
        where = self.expression() if self.accept("where") else None
        result = aggregate = None
        if self.kind() == "aggregate":
            aggregate = self._aggregate()
        elif self.kind() == "return":
            result = self._return()
        sort = self._sort() if self.kind() == "sort" else None
        self.open_queries.pop()
        if self.kind() in CLAUSES and not self._continues_outer_query():
            self._misplaced_clause(result is not None or aggregate is not None)
        return Query(
            sources=sources,
            lets=lets,
            relationships=tuple(relationships),
            where=where,
            result=result,
            aggregate=aggregate,
            sort=sort,
            span=self.span(start),
        )

    def _continues_outer_query(self) -> bool:
        """Whether the query around this one may go on with the next clause, no bracket standing between them.

        In ``let x: A a where p where q`` the second ``where`` is the outer query's. What the outer query cannot take
        is its own fault to report.
        """
        if not self.open_queries:
            return False
        opened = 0
        for token in self.tokens[self.open_queries[-1] : self.pos]:
            opened += (token.kind in ("(", "[", "{")) - (token.kind in (")", "]", "}"))
        return opened == 0

    def _misplaced_clause(self, has_result: bool) -> None:
        word = self.kind()
        if word in ("return", "aggregate") and has_result:
            message, hint = f"Found a second result clause, `{word}`.", "A query has one `return` or one `aggregate`."
        else:
            message, hint = (
                f"`{word}` stands too late or a second time in this query.",
                "The order is: let, with/without, where, return or aggregate, sort.",
            )
        self.fail(Code.CLAUSE_ORDER, message, self.token, hint)

    # --- sources ----------------------------------------------------------------------------------

    def _more_sources(self, sources: list[AliasedSource]) -> tuple[AliasedSource, ...]:
        """Further sources after commas. A comma followed by anything else belongs to the list around the query."""
        while self.kind() == "," and self._at_aliased_source(self.pos + 1):
            self.advance()
            sources.append(self._aliased_source())
        return tuple(sources)

    def _at_aliased_source(self, position: int) -> bool:
        behind: int | None
        if self.tokens[position].kind in ("[", "("):
            closing = self.partner(position)
            behind = None if closing is None else closing + 1
        else:
            behind = self.after_names(position)
        return behind is not None and self.tokens[behind].kind == IDENTIFIER

    def _aliased_source(self) -> AliasedSource:
        start = self.pos
        kind = self.kind()
        source: Expression
        if kind == "[":
            source = self.retrieve()
        elif kind == "(":
            source = self.parenthesised()
        elif self.after_names(start) is not None:
            source = self._qualified_name(start)
        else:
            self.fail(
                Code.NEEDS_PARENTHESES,
                f"Found {describe(self.token)}; expected the source of a query.",
                self.token,
                "A source is a name, a retrieve in square brackets, or an expression in parentheses.",
            )
        return self._aliased(source, start)

    def _qualified_name(self, start: int) -> Expression:
        token = self.advance()
        result: Expression = Identifier(name=token.value, quoted=token.quoted, span=token.span)
        while self.kind() == ".":
            result = self.member(result, start)
        return result

    def _aliased(self, source: Expression, start: int) -> AliasedSource:
        alias = self.identifier("an alias for the source of the query")
        self.last_alias = self.pos - 1
        return AliasedSource(source=source, alias=alias.value, alias_span=alias.span, span=self.span(start))

    # --- clauses ----------------------------------------------------------------------------------

    def _lets(self) -> tuple[LetClause, ...]:
        lets: list[LetClause] = []
        if self.accept("let"):
            lets.append(self._let())
            while self.kind() == "," and self.kind(1) == IDENTIFIER and self.kind(2) == ":":
                self.advance()
                lets.append(self._let())
        return tuple(lets)

    def _let(self) -> LetClause:
        start = self.pos
        name = self.identifier("the name of a `let`")
        self.expect(":", f"`:` after `let {name.text}`")
        value = self.expression()
        return LetClause(name=name.value, name_span=name.span, value=value, span=self.span(start))

    def _relationship(self) -> Relationship:
        start = self.pos
        without = self.advance().kind == "without"
        source = self._aliased_source()
        self.expect("such that", "`such that` and a condition")
        condition = self.expression()
        return Relationship(source=source, condition=condition, without=without, span=self.span(start))

    def _return(self) -> ReturnClause:
        start = self.pos
        self.advance()
        keep_all = self.accept("all")
        distinct = not keep_all and self.accept("distinct")
        value = self.expression()
        return ReturnClause(value=value, all=keep_all, distinct=distinct, span=self.span(start))

    def _aggregate(self) -> AggregateClause:
        start = self.pos
        self.advance()
        distinct = not self.accept("all") and self.accept("distinct")
        name = self.identifier("a name for the accumulated value")
        starting = self._starting() if self.accept("starting") else None
        self.expect(":", "`:` and the expression to accumulate")
        value = self.expression()
        return AggregateClause(
            name=name.value,
            name_span=name.span,
            starting=starting,
            value=value,
            distinct=distinct,
            span=self.span(start),
        )

    def _starting(self) -> Expression:
        """A literal, a quantity or an expression in parentheses; never a ratio, as the colon ends the clause."""
        token = self.token
        if token.kind == "(":
            return self.parenthesised()
        if token.kind in (INTEGER, DECIMAL):
            return self.number(ratio=False)
        if token.kind == STRING:
            return StringLiteral(value=self.advance().value, span=token.span)
        if token.kind == LONG:
            return LongLiteral(text=self.advance().value, span=token.span)
        return self.unexpected("a literal or an expression in parentheses", "Put the starting value in parentheses.")

    def _sort(self) -> SortClause:
        start = self.pos
        self.advance()
        direction = self._direction()
        if direction is not None:
            return SortClause(direction=direction, items=(), span=self.span(start))
        self.expect("by", "`by`, `asc` or `desc` after `sort`")
        items = [self._sort_item()]
        while self.kind() == "," and self._at_sort_item():
            self.advance()
            items.append(self._sort_item())
        return SortClause(direction=None, items=tuple(items), span=self.span(start))

    def _at_sort_item(self) -> bool:
        """Whether the comma here goes on with the sort clause, rather than with the list or tuple around the query."""
        following = self.kind(1)
        if (following == IDENTIFIER or following in KEYWORD_NAMES) and self.kind(2) == ":":
            return False
        return following not in _NO_TERMS and not self._at_aliased_source(self.pos + 1)

    def _sort_item(self) -> SortItem:
        start = self.pos
        value = self.expression(TERM)
        direction = self._direction() or "asc"
        return SortItem(value=value, direction=direction, span=self.span(start))

    def _direction(self) -> str | None:
        return _DIRECTIONS[self.advance().kind] if self.kind() in _DIRECTIONS else None
