"""What reading data depends on beside the data: the default time-zone offset and where findings go.

Both belong to one evaluation, and are needed deep inside property access and conversions. They are held in a context
variable, which each thread has its own of; outside an evaluation there is no default offset, and findings are dropped.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from cql.data.warnings import MALFORMED_VALUE, WarningLog
from cql.values import DateTime


class Reading:
    """The circumstances of one evaluation's reading.

    ``offset`` is the evaluation's time zone in minutes east of UTC, for times that carry none (CQL spec, appendix B,
    "DateTime"). ``moments`` remembers texts already read as DateTime: queries read the same element again and again.
    ``tick`` counts steps against the evaluation's limits.
    """

    __slots__ = ("moments", "offset", "tick", "warnings")

    def __init__(self, offset: int | None, warnings: WarningLog) -> None:
        self.offset = offset
        self.warnings = warnings
        self.moments: dict[str, DateTime] = {}
        self.tick: Callable[[int], None] | None = None


_current: ContextVar[Reading | None] = ContextVar("cql_reading", default=None)


@contextmanager
def reading(offset: int | None, warnings: WarningLog) -> Iterator[Reading]:
    """Within the ``with`` block, data is read with this default offset, and findings go to ``warnings``."""
    circumstances = Reading(offset, warnings)
    token = _current.set(circumstances)
    try:
        yield circumstances
    finally:
        _current.reset(token)


current_reading = _current.get
"""The circumstances of the evaluation that runs in this thread, or None."""


def count_steps(steps: int) -> None:
    """Count work that a value's shape makes unbounded (a list may hold one list twice, which holds one twice ...).

    Raises ``LimitExceeded`` when the evaluation that runs in this thread has used up its steps or time.
    """
    circumstances = _current.get()
    if circumstances is not None and circumstances.tick is not None:
        circumstances.tick(steps)


def report(value: object, code: str, message: str) -> None:
    """Record that ``value``, an object found in the data, is faulty."""
    circumstances = _current.get()
    if circumstances is not None:
        circumstances.warnings.add_unplaced(value, code, message)


def report_malformed(value: object, expected: str) -> None:
    """Record that ``value`` is not what its place wants; ``expected`` names that ("a FHIR dateTime")."""
    report(value, MALFORMED_VALUE, f"the value is not {expected}; it is taken as absent")
