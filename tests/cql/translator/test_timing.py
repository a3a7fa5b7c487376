"""Timing phrases expand as the CQL developer's guide says."""

from __future__ import annotations

import pytest

from tests.cql.translator.compact import errors, fhir

_START = "Start(ParameterRef(name=MP))"
_END = "End(ParameterRef(name=MP))"


def _quantity(number: int) -> str:
    return f"Quantity(value={number}, unit=days)"


@pytest.mark.parametrize(
    ("expression", "elm"),
    [
        ("Now() during day of MP", "In(precision=Day, Now(), ParameterRef(name=MP))"),
        ("MP included in MP", "IncludedIn(ParameterRef(name=MP), ParameterRef(name=MP))"),
        ("MP includes Today()", "Contains(ParameterRef(name=MP), ToDateTime(Today()))"),
        ("MP properly includes start MP", f"ProperContains(ParameterRef(name=MP), {_START})"),
        ("MP starts before day of end MP", f"Before(precision=Day, {_START}, {_END})"),
        ("MP starts on or after Now()", f"SameOrAfter({_START}, Now())"),
        ("MP ends same month or before end MP", f"SameOrBefore(precision=Month, {_END}, {_END})"),
        ("MP meets after MP", "MeetsAfter(ParameterRef(name=MP), ParameterRef(name=MP))"),
        ("MP overlaps day of MP", "Overlaps(precision=Day, ParameterRef(name=MP), ParameterRef(name=MP))"),
        ("MP starts MP", "Starts(ParameterRef(name=MP), ParameterRef(name=MP))"),
        ("MP starts 3 days before Now()", f"SameAs({_START}, Subtract(Now(), {_quantity(3)}))"),
        ("MP starts 3 days or more before Now()", f"SameOrBefore({_START}, Subtract(Now(), {_quantity(3)}))"),
        ("MP starts more than 3 days after MP", f"After({_START}, Add({_END}, {_quantity(3)}))"),
        (
            "MP starts less than 3 days before Now()",
            f"In({_START}, Interval(lowClosed=False, highClosed=False, low=Subtract(Now(), {_quantity(3)}), "
            f"high=Now()))",
        ),
        (
            "MP starts 3 days or less on or after Now()",
            f"And(In({_START}, Interval(lowClosed=True, highClosed=True, low=Now(), high=Add(Now(), {_quantity(3)}))), "
            "Not(IsNull(Now())))",
        ),
        (
            "Now() properly within 3 days of MP",
            f"In(Now(), Interval(lowClosed=False, highClosed=False, low=Subtract({_START}, {_quantity(3)}), "
            f"high=Add({_END}, {_quantity(3)})))",
        ),
        (
            "Now() within 3 days of Today()",
            f"And(In(Now(), Interval(lowClosed=True, highClosed=True, low=ToDateTime(Subtract(Today(), "
            f"{_quantity(3)})), "
            f"high=ToDateTime(Add(Today(), {_quantity(3)})))), Not(IsNull(Today())))",
        ),
        ("4 properly between 2 and 6.0", "And(Greater(4, 2), Less(ToDecimal(4), 6.0))"),
        ("duration in days of MP", f"DurationBetween(precision=Day, {_START}, {_END})"),
        (
            "difference in years between Today() and Now()",
            "DifferenceBetween(precision=Year, ToDateTime(Today()), Now())",
        ),
    ],
)
def test_phrases(expression: str, elm: str) -> None:
    assert fhir(expression) == elm


@pytest.mark.parametrize(
    "expression", ["hours between @2014 and @2015", "hour from @2014", "days between @T10 and @T11"]
)
def test_precisions_a_type_does_not_have(expression: str) -> None:
    assert [code for code, _ in errors(f"define X: {expression}")] == ["CQL-125"]
