"""UCUM and calendar units: parsing, exact conversion, products of unit codes."""

from __future__ import annotations

import csv
import subprocess
import sys
from decimal import Decimal
from fractions import Fraction
from importlib.util import find_spec
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cql.values.ucum import InvalidUnit, Measure, measure
from cql.values.unit_terms import product, quotient
from cql.values.units import conversion, equivalent_conversion


@pytest.mark.parametrize(
    ("source", "target", "factor"),
    [
        ("g", "mg", Fraction(1000)),
        ("mg/dL", "g/L", Fraction(1, 100)),
        ("[lb_av]", "kg", Fraction("0.45359237")),
        ("[in_i]", "cm", Fraction("2.54")),
        ("10*3/uL", "10*9/L", Fraction(1)),
        ("/min", "Hz", Fraction(1, 60)),
        ("a", "d", Fraction("365.25")),
        ("mo", "d", Fraction("30.4375")),
        ("mm[Hg]", "Pa", Fraction("133.322")),
        ("m[IU]/L", "u[IU]/mL", Fraction(1)),
        ("%", "1", Fraction(1, 100)),
        ("{cells}/uL", "/uL", Fraction(1)),
        ("kg/m2", "g/cm2", Fraction(1, 10)),
        ("(m/s)/s", "m.s-2", Fraction(1)),
        ("year", "months", Fraction(12)),
        ("weeks", "d", Fraction(7)),
        ("hour", "min", Fraction(60)),
        ("day", "ks", Fraction("86.4")),
        ("", "1", Fraction(1)),
    ],
)
def test_factors_are_exact(source: str, target: str, factor: Fraction) -> None:
    convert = conversion(source, target)
    assert convert is not None
    assert (convert.factor, convert.shift) == (factor, Fraction(0))


@pytest.mark.parametrize(
    ("source", "target"),
    [
        ("cm", "cm2"),
        ("mg", "mL"),
        ("[IU]", "mg"),
        ("[pH]", "1"),
        ("year", "a"),
        ("month", "mo"),
        ("year", "days"),
        ("d", "month"),
        ("bogus", "g"),
        ("g", "bogus"),
        ("mg", "MG"),
    ],
)
def test_units_of_different_dimension_do_not_convert(source: str, target: str) -> None:
    assert conversion(source, target) is None


def test_temperatures_have_a_zero_of_their_own() -> None:
    to_fahrenheit, to_kelvin = conversion("Cel", "[degF]"), conversion("Cel", "K")
    assert to_fahrenheit is not None
    assert to_kelvin is not None
    assert to_fahrenheit(Decimal(37)) == Decimal("98.6")
    assert to_kelvin(Decimal(-300)) == Decimal("-26.85")
    assert conversion("Cel/s", "K/s") is None


@pytest.mark.parametrize(
    ("source", "target", "factor"),
    [
        ("year", "a", 1),
        ("month", "mo", 1),
        ("year", "days", 365),
        ("month", "d", 30),
        ("week", "d", 7),
        ("years", "month", 12),
    ],
)
def test_equivalence_gives_calendar_units_a_length(source: str, target: str, factor: int) -> None:
    there, back = equivalent_conversion(source, target), equivalent_conversion(target, source)
    assert there is not None
    assert back is not None
    assert there.factor == factor
    assert back.factor == Fraction(1, factor)


@pytest.mark.parametrize(
    "unit",
    [
        *(
            "",
            "m//s",
            "m.",
            ".m",
            "(m",
            "m)",
            "m s",
            "9" * 22 + "m",
            "m100",
            "(" * 12 + "m" + ")" * 12,
            "x" * 1000,
            "0",
        ),
        *("{", "{a", "[foo]", "m-", "10*-999", "ö", "\n", "'" * 199, "/", "()", "mCel/"),
    ],
)
def test_what_is_not_a_unit_is_refused(unit: str) -> None:
    with pytest.raises(InvalidUnit):
        measure(unit)


@given(st.text(alphabet="mgLs10*^./(){}[]%'-+dk ", max_size=40))
def test_no_unit_text_raises_anything_else(unit: str) -> None:
    convert = conversion(unit, "kg")
    assert convert is None or convert.factor > 0


def test_all_of_ucums_own_examples_are_read() -> None:
    spec = find_spec("ucumvert")
    assert spec is not None
    assert spec.origin is not None
    with (Path(spec.origin).parent / "vendor" / "ucum_examples.tsv").open(encoding="utf-8") as file:
        codes = [row["UCUM_CODE"] for row in csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE)]
    assert len(codes) > 800
    refused = []
    for code in codes:
        try:
            measure(code)
        except InvalidUnit:
            refused.append(code)
    assert refused == ["Torr"]  # in the list of examples, but not a unit of UCUM's table


MASSES = st.sampled_from(["kg", "g", "mg", "ug", "[lb_av]", "[oz_av]", "[gr]", "t"])
TIMES = st.sampled_from(["wk", "day", "h", "minutes", "s", "ms", "us"])


@given(st.one_of(st.tuples(MASSES, MASSES, MASSES), st.tuples(TIMES, TIMES, TIMES)))
def test_conversion_is_transitive_and_reversible(units: tuple[str, str, str]) -> None:
    one, two, three = units
    there, onward, direct, back = (conversion(*pair) for pair in ((one, two), (two, three), (one, three), (two, one)))
    assert there is not None
    assert onward is not None
    assert direct is not None
    assert back is not None
    assert there.factor * onward.factor == direct.factor
    assert there.factor * back.factor == 1


@pytest.mark.parametrize(
    ("left", "right", "times", "over"),
    [
        ("cm", "cm", "cm2", "1"),
        ("cm2", "cm", "cm3", "cm"),
        ("mg/dL", "dL", "mg", "mg/dL2"),
        ("mg", "1", "mg", "mg"),
        ("1", "min", "min", "/min"),
        ("g", "mL", "g.mL", "g/mL"),
        ("mg/kg", "kg/mg", "1", "mg2/kg2"),
        ("days", "d", "d2", "1"),
        ("m.s-2", "s2", "m", "m/s4"),
        ("{beats}/min", "min", "({beats}/min).min", "({beats}/min)/min"),
    ],
)
def test_unit_algebra(left: str, right: str, times: str, over: str) -> None:
    assert product(left, right) == times
    assert quotient(left, right) == over
    assert measure(times).dimension == _ucum(left).times(_ucum(right)).dimension
    assert measure(over).dimension == _ucum(left).times(_ucum(right), -1).dimension


def _ucum(unit: str) -> Measure:
    return measure({"days": "d"}.get(unit, unit))


def test_importing_the_values_loads_no_unit_library() -> None:
    code = (
        "import sys, cql.values, cql.operators.comparison, cql.operators.arithmetic, cql.operators.conversion;"
        "from cql.values.units import conversion; conversion('day', 'h'); conversion('mg', 'mg');"
        "print([name for name in ('ucumvert', 'pint', 'lark', 'xml.etree.ElementTree') if name in sys.modules])"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)
    assert run.stdout.strip() == "[]"
