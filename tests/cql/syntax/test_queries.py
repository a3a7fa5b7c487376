from __future__ import annotations

from collections.abc import Callable

import pytest

Render = Callable[[str], str]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("[A]", "type=A"),
        ("[FHIR.A]", "type=FHIR.A"),
        ('["A b"]', "type=A b"),
        ('[A: "V s"]', 'type=A terminology="V s"'),
        ("[A: L.V]", "type=A terminology=L.V"),
        ("[A: code in V]", "type=A code_path=code comparator=in terminology=V"),
        ("[A: code = V]", "type=A code_path=code comparator== terminology=V"),
        ("[A: b.c[0].d ~ V]", "type=A code_path=b.c[0].d comparator=~ terminology=V"),
        ("[A: b['x'] in V]", "type=A code_path=b['x'] comparator=in terminology=V"),
        ("[A: f(V)]", "type=A terminology=f(V)"),
        ("[A: { X, Y }]", "type=A terminology=(ListSelector elements=[X, Y])"),
        ("[P -> A]", "context=P type=A"),
        ('[L."P" -> A: b in V]', "context=L.P type=A code_path=b comparator=in terminology=V"),
    ],
)
def test_retrieve(tree: Render, text: str, expected: str) -> None:
    assert tree(text) == f"(Retrieve {expected})"


A = "(AliasedSource source=A alias=a)"
B = "(AliasedSource source=B alias=b)"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("A a", f"(Query sources=[{A}])"),
        ("L.A a where b", "(Query sources=[(AliasedSource source=L.A alias=a)] where=b)"),
        ("(A union B) a", "(Query sources=[(AliasedSource source=(A union B) alias=a)])"),
        ("[A] a", "(Query sources=[(AliasedSource source=(Retrieve type=A) alias=a)])"),
        ("from A a", f"(Query sources=[{A}])"),
        ("from A a, B b where c", f"(Query sources=[{A}, {B}] where=c)"),
        ("A a, B b where c", f"(Query sources=[{A}, {B}] where=c)"),
        ("A a let x: 1, y: x + 1 return y",
         f"(Query sources=[{A}] lets=[(LetClause name=x value=1), (LetClause name=y value=(x + 1))] "
         "result=(ReturnClause value=y))"),
        ("A a with B b such that c and d without B b such that e where f",
         f"(Query sources=[{A}] relationships=[(Relationship source={B} condition=(c and d)), "
         f"(Relationship source={B} condition=e without=True)] where=f)"),
        ("A a return all b", f"(Query sources=[{A}] result=(ReturnClause value=b all=True))"),
        ("A a return distinct b", f"(Query sources=[{A}] result=(ReturnClause value=b distinct=True))"),
        ("A a aggregate r: r + a", f"(Query sources=[{A}] aggregate=(AggregateClause name=r value=(r + a)))"),
        ("A a aggregate distinct r starting 1: r * a",
         f"(Query sources=[{A}] aggregate=(AggregateClause name=r starting=1 value=(r * a) distinct=True))"),
        ("A a aggregate r starting 5 'mg': r",
         f"(Query sources=[{A}] aggregate=(AggregateClause name=r starting=<5 'mg'> value=r))"),
        ("A a aggregate all r starting (-1): 2",
         f"(Query sources=[{A}] aggregate=(AggregateClause name=r starting=(- 1) value=2))"),
        ("A a sort desc", f"(Query sources=[{A}] sort=(SortClause direction=desc))"),
        ("A a sort ascending", f"(Query sources=[{A}] sort=(SortClause direction=asc))"),
        ("A a sort by x, y + 1 descending",
         f"(Query sources=[{A}] sort=(SortClause items=[(SortItem value=x direction=asc), "
         "(SortItem value=(y + 1) direction=desc)]))"),
        ("A a sort by (b as C).d, start of e",
         f"(Query sources=[{A}] sort=(SortClause items=[(SortItem value=(As operand=b type=C).d direction=asc), "
         "(SortItem value=(start of e) direction=asc)]))"),
    ],
)  # fmt: skip
def test_query(tree: Render, text: str, expected: str) -> None:
    assert tree(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        # a comma goes on with the query where a source with an alias follows, else with the list around it
        ("f(A a where b, c)", f"f((Query sources=[{A}] where=b), c)"),
        ("{ A a where b, B b }", f"(ListSelector elements=[(Query sources=[{A}] where=b), (Query sources=[{B}])])"),
        ("f(A a, c)", f"f((Query sources=[{A}]), c)"),
        ("{ from A a, B }", f"(ListSelector elements=[(Query sources=[{A}]), B])"),
        ("{ x: A a let y: 1, z: 2 }",
         f"(TupleSelector elements=[[x, (Query sources=[{A}] lets=[(LetClause name=y value=1), "
         "(LetClause name=z value=2)])]])"),
        ("Tuple { x: A a sort by b, z: 2 }",
         f"(TupleSelector elements=[[x, (Query sources=[{A}] sort=(SortClause items=[(SortItem value=b "
         "direction=asc)]))], [z, 2]])"),
        ("exists [A] a where b and c",
         "(exists (Query sources=[(AliasedSource source=(Retrieve type=A) alias=a)] where=(b and c)))"),
        ("exists (A a) and b", f"((exists (Query sources=[{A}])) and b)"),
        ("A a where exists (B b where c) and d",
         f"(Query sources=[{A}] where=((exists (Query sources=[{B}] where=c)) and d))"),
        # a clause that the inner query cannot take any more is the outer one's
        ("A a let x: B b where c where d return e",
         f"(Query sources=[{A}] lets=[(LetClause name=x value=(Query sources=[{B}] where=c))] where=d "
         "result=(ReturnClause value=e))"),
        ("(A) a let x: (B) b return c with B b such that d",
         f"(Query sources=[{A}] lets=[(LetClause name=x value=(Query sources=[{B}] result=(ReturnClause value=c)))] "
         f"relationships=[(Relationship source={B} condition=d)])"),
    ],
)  # fmt: skip
def test_query_within(tree: Render, text: str, expected: str) -> None:
    assert tree(text) == expected


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("[A] a return b where c", "CQL-018"),
        ("[A] a where b where c", "CQL-018"),
        ("[A] a return b return c", "CQL-018"),
        ("[A] a where (B b where c where d)", "CQL-018"),
        ("[A] a let x: B b return c return d where e", "CQL-018"),
        ("[A] where b", "CQL-010"),
        ("f(x) a where b", "CQL-010"),
        ("x[0] a where b", "CQL-010"),
        ("[A] a with 1 b such that c", "CQL-019"),
        ("[A] a aggregate b starting -1: c", "CQL-010"),
        ("[A] a sort", "CQL-011"),
    ],
)
def test_malformed_query(codes: Callable[[str], list[str]], text: str, code: str) -> None:
    assert codes(f"define X: {text}") == [code]
