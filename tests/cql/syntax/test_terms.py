from __future__ import annotations

from collections.abc import Callable

import pytest

Render = Callable[[str], str]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a", "a"),
        ('"a b"', '"a b"'),
        ("`a b`", '"a b"'),
        (r'"a \"b\""', '"a "b""'),
        ("a.b.`c d`", "a.b.c d"),
        ("a.code.end.date", "a.code.end.date"),
        ("a.from", "a.from"),
        ("a.exists()", "a.exists()"),
        ("a.where(b).all(c, d)", "a.where(b).all(c, d)"),
        ("f()", "f()"),
        ("f(1, g(2))", "f(1, g(2))"),
        ('L."F g"(x)', "L.F g(x)"),
        ("contains(a, b)", "contains(a, b)"),
        ("start(a)", "start(a)"),
        ("code", "code"),
        ("date", "date"),
        ("end", "end"),
        ("version.start", "version.start"),
        ("external", "external"),
        ("less", "less"),
        ("$this.x", "(This).x"),
        ("$index + $total", "((Index) + (Total))"),
        ("a[0].b[1]", "(Indexer operand=(Indexer operand=a index=0).b index=1)"),
        ("((a))", "a"),
    ],
)
def test_name(tree: Render, text: str, expected: str) -> None:
    assert tree(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("start of a.b", "(start of a.b)"),
        ("end of a", "(end of a)"),
        ("width of a", "(width of a)"),
        ("successor of 1", "(successor of 1)"),
        ("predecessor of -1", "(predecessor of (- 1))"),
        ("singleton from a", "(singleton from a)"),
        ("point from a", "(point from a)"),
        ("year from a", "(Component component=year operand=a)"),
        ("date from a.b", "(Component component=date operand=a.b)"),
        ("time from a", "(Component component=time operand=a)"),
        ("timezoneoffset from a", "(Component component=timezoneoffset operand=a)"),
        ("timezone from a", "(Component component=timezone operand=a)"),
        ("minimum Integer", "(TypeExtent extent=minimum type=Integer)"),
        ("maximum System.DateTime", "(TypeExtent extent=maximum type=System.DateTime)"),
        ("distinct a union b", "(distinct (a union b))"),
        ("flatten a", "(flatten a)"),
        ("collapse a", "(collapse a)"),
        ("collapse a per day", "(PerExpression operator=collapse operand=a per=<1 day>)"),
        ("expand a per 2 'mg'", "(PerExpression operator=expand operand=a per=<2 'mg'>)"),
        ("expand a per b + 1", "(PerExpression operator=expand operand=a per=(b + 1))"),
        ("days between a and b", "(DurationBetween precision=day low=a high=b)"),
        ("days between start of a and end of b", "(DurationBetween precision=day low=(start of a) high=(end of b))"),
        ("duration in weeks between a + 1 and b", "(DurationBetween precision=week low=(a + 1) high=b)"),
        ("difference in years between a and b", "(DurationBetween precision=year low=a high=b difference=True)"),
        ("duration in days of a + 5", "((DurationOf precision=day interval=a) + 5)"),
        ("difference in months of a", "(DurationOf precision=month interval=a difference=True)"),
        ("1 + duration in days of a", "(1 + (DurationOf precision=day interval=a))"),
        ("convert a to Integer", "(Convert operand=a type=Integer)"),
        ("convert a to 'mg'", "(Convert operand=a unit=mg)"),
        ("convert a + 1 to days", "(Convert operand=(a + 1) unit=days)"),
        ("cast a as B", "(As operand=a type=B strict=True)"),
        ("cast a as List<B> = c", "((As operand=a type=(ListTypeSpecifier element=B) strict=True) = c)"),
        ("if a then b else c", "(If condition=a then=b otherwise=c)"),
        ("if a then b else if c then d else e + 1",
         "(If condition=a then=b otherwise=(If condition=c then=d otherwise=(e + 1)))"),
        ("case when a then b when c then d else e end", "(Case items=[[a, b], [c, d]] otherwise=e)"),
        ("case a when 1 then b else c end.d", "(Case comparand=a items=[[1, b]] otherwise=c).d"),
    ],
)  # fmt: skip
def test_operator_in_words(tree: Render, text: str, expected: str) -> None:
    assert tree(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Integer", "Integer"),
        ("FHIR.Patient.Contact", "FHIR.Patient.Contact"),
        ("date", "date"),
        ("System.Code", "System.Code"),
        ("Concept", "Concept"),
        ("List<Interval<Date>>", "(ListTypeSpecifier element=(IntervalTypeSpecifier point=Date))"),
        ("Choice<A, List<B>>", "(ChoiceTypeSpecifier choices=[A, (ListTypeSpecifier element=B)])"),
        ("Tuple { a Integer, code String }", "(TupleTypeSpecifier elements=[[a, Integer], [code, String]])"),
    ],
)
def test_type(tree: Render, text: str, expected: str) -> None:
    assert tree(f"x as {text}") == f"(As operand=x type={expected})"


def test_keywords_that_are_no_names_are_refused(codes: Callable[[str], list[str]]) -> None:
    for word in ("year", "from", "then", "all", "such that", "Tuple", "properly"):
        assert codes(f"define A: {word}") != [], word
