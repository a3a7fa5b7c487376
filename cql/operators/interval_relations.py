"""How two intervals, or an interval and a point, lie to each other (CQL reference, B.9 Interval Operators).

Every relation takes an optional precision, at which dates and times are compared. Null if an operand is null, and
where a null bound or an imprecise date leaves the answer open.
"""

from __future__ import annotations

from typing import Any

from cql.operators.interval_ranges import extent, is_before, is_next, is_on_or_before, is_same
from cql.operators.logical import and_, or_
from cql.operators.precise import before as point_before
from cql.operators.precise import on_or_before as point_on_or_before
from cql.values import Interval

Outcome = bool | None


def before(a: Any, b: Any, precision: str | None = None) -> Outcome:
    """``Before``: ``a`` ends before ``b`` starts. Either may be a point."""
    if a is None or b is None:
        return None
    return is_before(extent(a).end, extent(b).start, precision)


def after(a: Any, b: Any, precision: str | None = None) -> Outcome:
    """``After``: ``a`` starts after ``b`` ends. Either may be a point."""
    return before(b, a, precision)


def same_or_before(a: Any, b: Any, precision: str | None = None) -> Outcome:
    """``SameOrBefore``: ``a`` ends on or before the start of ``b``. Either may be a point."""
    if a is None or b is None:
        return None
    return is_on_or_before(extent(a).end, extent(b).start, precision)


def same_or_after(a: Any, b: Any, precision: str | None = None) -> Outcome:
    """``SameOrAfter``: ``a`` starts on or after the end of ``b``. Either may be a point."""
    return same_or_before(b, a, precision)


def same_as(a: Any, b: Any, precision: str | None = None) -> Outcome:
    """``SameAs``: both start at the same point and end at the same point."""
    if a is None or b is None:
        return None
    one, other = extent(a), extent(b)
    return and_(is_same(one.start, other.start, precision), is_same(one.end, other.end, precision))


def meets_before(a: Interval | None, b: Interval | None, precision: str | None = None) -> Outcome:
    """``MeetsBefore``: ``a`` ends right before ``b`` starts."""
    if a is None or b is None:
        return None
    return is_next(extent(a).end, extent(b).start, precision)


def meets_after(a: Interval | None, b: Interval | None, precision: str | None = None) -> Outcome:
    """``MeetsAfter``: ``a`` starts right after ``b`` ends."""
    return meets_before(b, a, precision)


def meets(a: Interval | None, b: Interval | None, precision: str | None = None) -> Outcome:
    """``Meets``: before or after."""
    return or_(meets_before(a, b, precision), meets_after(a, b, precision))


def overlaps(a: Interval | None, b: Interval | None, precision: str | None = None) -> Outcome:
    """``Overlaps``: some point is in both."""
    if a is None or b is None:
        return None
    one, other = extent(a), extent(b)
    return and_(is_on_or_before(one.start, other.end, precision), is_on_or_before(other.start, one.end, precision))


def overlaps_before(a: Interval | None, b: Interval | None, precision: str | None = None) -> Outcome:
    """``OverlapsBefore``: they overlap and ``a`` starts before ``b``."""
    if a is None or b is None:
        return None
    one, other = extent(a), extent(b)
    return and_(is_before(one.start, other.start, precision), is_on_or_before(other.start, one.end, precision))


def overlaps_after(a: Interval | None, b: Interval | None, precision: str | None = None) -> Outcome:
    """``OverlapsAfter``: they overlap and ``a`` ends after ``b``."""
    if a is None or b is None:
        return None
    one, other = extent(a), extent(b)
    return and_(is_on_or_before(one.start, other.end, precision), is_before(other.end, one.end, precision))


def starts(a: Interval | None, b: Interval | None, precision: str | None = None) -> Outcome:
    """``Starts``: both start at the same point and ``a`` does not end after ``b``."""
    if a is None or b is None:
        return None
    one, other = extent(a), extent(b)
    return and_(is_same(one.start, other.start, precision), is_on_or_before(one.end, other.end, precision))


def ends(a: Interval | None, b: Interval | None, precision: str | None = None) -> Outcome:
    """``Ends``: both end at the same point and ``a`` does not start before ``b``."""
    if a is None or b is None:
        return None
    one, other = extent(a), extent(b)
    return and_(is_same(one.end, other.end, precision), is_on_or_before(other.start, one.start, precision))


def contains(interval: Interval | None, point: Any, precision: str | None = None) -> Outcome:
    """``Contains``: false for a null interval, null for a null point.

    The bounds are compared as written, an open one exclusively: to the day, an interval that is open at noon does not
    contain that day. A closed null bound excludes nothing.
    """
    if interval is None:
        return False
    if point is None:
        return None
    return and_(_after_low(interval, point, precision), _before_high(interval, point, precision))


def _after_low(interval: Interval, point: Any, precision: str | None) -> Outcome:
    if interval.low is None:
        # The unknown start is not after the end.
        return interval.low_closed or point_on_or_before(extent(interval).start.high, point, precision) or None
    compare = point_on_or_before if interval.low_closed else point_before
    return compare(interval.low, point, precision)


def _before_high(interval: Interval, point: Any, precision: str | None) -> Outcome:
    if interval.high is None:
        return interval.high_closed or point_on_or_before(point, extent(interval).end.low, precision) or None
    compare = point_on_or_before if interval.high_closed else point_before
    return compare(point, interval.high, precision)


def in_(point: Any, interval: Interval | None, precision: str | None = None) -> Outcome:
    """``In``: null for a null point, false for a null interval."""
    return None if point is None else contains(interval, point, precision)


def proper_contains(interval: Interval | None, point: Any, precision: str | None = None) -> Outcome:
    """``ProperContains``: the point is after the start and before the end (ELM, ``ProperContains``)."""
    if interval is None or point is None:
        return None
    whole, part = extent(interval), extent(point)
    return and_(is_before(whole.start, part.start, precision), is_before(part.end, whole.end, precision))


def proper_in(point: Any, interval: Interval | None, precision: str | None = None) -> Outcome:
    """``ProperIn``: ``proper_contains`` the other way round."""
    return proper_contains(interval, point, precision)


def includes(a: Interval | None, b: Any, precision: str | None = None) -> Outcome:
    """``Includes``: ``b`` starts and ends within ``a``; a point ``b`` is the overload that equals ``contains``."""
    if b is not None and type(b) is not Interval:
        return contains(a, b, precision)
    if a is None or b is None:
        return None
    whole, part = extent(a), extent(b)
    return and_(is_on_or_before(whole.start, part.start, precision), is_on_or_before(part.end, whole.end, precision))


def included_in(a: Any, b: Interval | None, precision: str | None = None) -> Outcome:
    """``IncludedIn``: ``includes`` the other way round."""
    return includes(b, a, precision)


def proper_includes(a: Interval | None, b: Any, precision: str | None = None) -> Outcome:
    """``ProperIncludes``: ``a`` includes ``b`` and they are not the same interval; for a point, ``proper_contains``."""
    if b is not None and type(b) is not Interval:
        return proper_contains(a, b, precision)
    if a is None or b is None:
        return None
    whole, part = extent(a), extent(b)
    larger = or_(is_before(whole.start, part.start, precision), is_before(part.end, whole.end, precision))
    return and_(includes(a, b, precision), larger)


def proper_included_in(a: Any, b: Interval | None, precision: str | None = None) -> Outcome:
    """``ProperIncludedIn``: ``proper_includes`` the other way round."""
    return proper_includes(b, a, precision)
