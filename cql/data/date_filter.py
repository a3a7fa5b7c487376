"""The date filter of a retrieve (ELM Retrieve, ``dateProperty`` and ``dateRange``)."""

from __future__ import annotations

from typing import Any

from cql.data.element import FhirElement
from cql.data.fhir_helpers import to_date_time, to_interval
from cql.data.properties import get_property
from cql.operators.interval import contains, includes
from cql.values import Date, DateTime, Interval

Resource = dict[str, Any]


def within(resources: list[Resource], path: str, date_range: Interval | None) -> list[Resource]:
    """Those whose date (or whole period) under ``path`` certainly lies in ``date_range``.

    What the compiler makes a date filter of is a ``where`` clause: what that would find null is not retrieved either.
    """
    if date_range is None:
        return []
    return [one for one in resources if _lies_in(get_property(one, path), date_range)]


def _lies_in(value: Any, date_range: Interval) -> bool:
    if isinstance(value, list):
        return any(_lies_in(one, date_range) for one in value)
    moment: Any = value
    if isinstance(value, FhirElement):
        moment = to_interval(value) if value.type == "Period" else to_date_time(value)
    if isinstance(moment, Date):
        moment = DateTime.from_date(moment, None)
    if isinstance(moment, Interval):
        return includes(date_range, moment) is True
    return moment is not None and contains(date_range, moment) is True
