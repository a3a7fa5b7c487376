from datetime import date
from decimal import Decimal

import pytest

from mappers.fhir.dates import add_months, completed_months, months_between, parse


@pytest.mark.parametrize(
    ("written", "low", "high"),
    [
        ("2021", date(2021, 1, 1), date(2021, 12, 31)),
        ("2024-02", date(2024, 2, 1), date(2024, 2, 29)),
        ("2021-03-05", date(2021, 3, 5), date(2021, 3, 5)),
        ("2021-03-05T23:30:00.123+02:00", date(2021, 3, 5), date(2021, 3, 5)),
        (" 2021-03-05 ", date(2021, 3, 5), date(2021, 3, 5)),
    ],
)
def test_a_date_is_a_span_of_days(written: str, low: date, high: date) -> None:
    found = parse(written)
    assert found is not None
    assert (found.low, found.high) == (low, high)


@pytest.mark.parametrize(
    "written", ["", "x", "2021-13", "2021-02-30", "21-01-01", "0001", "05.03.2021", 2021, None, [], {}]
)
def test_what_is_no_date_is_none(written: object) -> None:
    assert parse(written) is None


def test_later_is_unknown_when_precision_leaves_it_open() -> None:
    year, day, later = parse("2021"), parse("2021-06-01"), parse("2022-01-01")
    assert year is not None
    assert day is not None
    assert later is not None
    assert day.after(year) is None
    assert later.after(year) is True
    assert year.after(later) is False
    assert day.after(day) is False


def test_months_compare_dates_not_truncated_months() -> None:
    assert months_between(date(2020, 1, 10), date(2021, 1, 10)) == Decimal(12)
    assert months_between(date(2020, 1, 10), date(2021, 1, 11)) > Decimal(12)
    assert completed_months(date(2020, 1, 10), date(2021, 1, 11)) == 12
    assert completed_months(date(2020, 1, 10), date(2021, 1, 9)) == 11


def test_months_from_the_end_of_a_long_month() -> None:
    assert add_months(date(2021, 1, 31), 1) == date(2021, 2, 28)
    assert completed_months(date(2020, 8, 31), date(2020, 9, 30)) == 1
    assert months_between(date(2022, 3, 1), date(2022, 1, 1)) == Decimal(-2)
