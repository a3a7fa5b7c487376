"""The operators that ELM gives one name for points, intervals and lists, when the types are not known beforehand.

Each function looks at its operands and calls the one in ``interval``, ``list`` or ``temporal``; the compiler calls
those itself where it knows the types, which also settles what a null stands for. Here a null that leaves it open gives
null.
"""

from __future__ import annotations

from typing import Any

from cql.operators import interval
from cql.operators import list as lists
from cql.operators import string as strings
from cql.operators.precise import before as point_before
from cql.operators.precise import on_or_before as point_on_or_before
from cql.operators.precise import same_point
from cql.values import Interval

Outcome = bool | None


def _has_interval(a: Any, b: Any) -> bool:
    return type(a) is Interval or type(b) is Interval


def before(a: Any, b: Any, precision: str | None = None) -> Outcome:
    """``Before`` of points or intervals."""
    return interval.before(a, b, precision) if _has_interval(a, b) else point_before(a, b, precision)


def after(a: Any, b: Any, precision: str | None = None) -> Outcome:
    """``After`` of points or intervals."""
    return before(b, a, precision)


def same_or_before(a: Any, b: Any, precision: str | None = None) -> Outcome:
    """``SameOrBefore`` of points or intervals."""
    return interval.same_or_before(a, b, precision) if _has_interval(a, b) else point_on_or_before(a, b, precision)


def same_or_after(a: Any, b: Any, precision: str | None = None) -> Outcome:
    """``SameOrAfter`` of points or intervals."""
    return same_or_before(b, a, precision)


def same_as(a: Any, b: Any, precision: str | None = None) -> Outcome:
    """``SameAs`` of points or intervals."""
    return interval.same_as(a, b, precision) if _has_interval(a, b) else same_point(a, b, precision)


def contains(whole: Any, part: Any, precision: str | None = None) -> Outcome:
    """``Contains`` of an interval or a list; false for a null."""
    return lists.contains(whole, part) if isinstance(whole, list) else interval.contains(whole, part, precision)


def in_(part: Any, whole: Any, precision: str | None = None) -> Outcome:
    """``In`` an interval or a list; in null it is null for a null, else false."""
    return lists.in_(part, whole) if isinstance(whole, list) else interval.in_(part, whole, precision)


def includes(whole: Any, part: Any, precision: str | None = None) -> Outcome:
    """``Includes`` of intervals or lists, or with a point or element as the part."""
    if isinstance(whole, list):
        return lists.includes(whole, part)
    if whole is None and isinstance(part, list):
        return None
    return interval.includes(whole, part, precision)


def included_in(part: Any, whole: Any, precision: str | None = None) -> Outcome:
    """``IncludedIn``: ``includes`` the other way round."""
    return includes(whole, part, precision)


def proper_contains(whole: Any, part: Any, precision: str | None = None) -> Outcome:
    """``ProperContains`` of an interval or a list."""
    if isinstance(whole, list):
        return lists.proper_contains(whole, part)
    return interval.proper_contains(whole, part, precision)


def proper_in(part: Any, whole: Any, precision: str | None = None) -> Outcome:
    """``ProperIn``: ``proper_contains`` the other way round."""
    return proper_contains(whole, part, precision)


def proper_includes(whole: Any, part: Any, precision: str | None = None) -> Outcome:
    """``ProperIncludes`` of intervals or lists."""
    if isinstance(whole, list):
        return lists.proper_includes(whole, part)
    if whole is None and isinstance(part, list):
        return None
    return interval.proper_includes(whole, part, precision)


def proper_included_in(part: Any, whole: Any, precision: str | None = None) -> Outcome:
    """``ProperIncludedIn``: ``proper_includes`` the other way round."""
    return proper_includes(whole, part, precision)


def union(a: Any, b: Any) -> Any:
    """``Union`` of intervals or lists."""
    return interval.union(a, b) if _has_interval(a, b) or (a is None and b is None) else lists.union(a, b)


def intersect(a: Any, b: Any) -> Any:
    """``Intersect`` of intervals or lists."""
    return interval.intersect(a, b) if _has_interval(a, b) else lists.intersect(a, b)


def except_(a: Any, b: Any) -> Any:
    """``Except`` of intervals or lists."""
    return interval.except_(a, b) if _has_interval(a, b) else lists.except_(a, b)


def indexer(source: Any, index: int | None) -> Any:
    """``Indexer`` of a string or a list."""
    return strings.indexer(source, index) if isinstance(source, str) else lists.indexer(source, index)


def length(source: Any) -> int | None:
    """``Length`` of a string or a list; null, which a null string has and a null list has not, for null."""
    return lists.length(source) if isinstance(source, list) else strings.length(source)
