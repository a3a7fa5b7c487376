"""List operators (CQL reference, B.10 List Operators). Indexes are 0-based.

Sort is in ``sorting``. The set operators keep the order of first occurrence, though CQL does not promise one.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import chain
from typing import Any

from cql.errors import EvaluationError
from cql.operators.elements import ElementSet, member, member_after_miss, same, unique
from cql.operators.guards import DEFAULT_MAX_ITEMS, check_items
from cql.operators.logical import and_, not_
from cql.operators.sorting import sort, sort_by

__all__ = [
    "contains",
    "distinct",
    "except_",
    "exists",
    "first",
    "flatten",
    "in_",
    "included_in",
    "includes",
    "index_of",
    "indexer",
    "intersect",
    "last",
    "length",
    "proper_contains",
    "proper_in",
    "proper_included_in",
    "proper_includes",
    "repeat",
    "singleton_from",
    "slice",
    "sort",
    "sort_by",
    "union",
]

Items = list[Any] | None


def distinct(source: Items) -> Items:
    """``Distinct``: one of each element; nulls count as equal."""
    return None if source is None else unique(source)


def union(a: Items, b: Items) -> list[Any]:
    """``Union``: the distinct elements of both lists; a null list counts as empty."""
    return unique([*(a or ()), *(b or ())])


def intersect(a: Items, b: Items) -> Items:
    """``Intersect``: the distinct elements of ``a`` that are in ``b``; null if either is null."""
    if a is None or b is None:
        return None
    others = ElementSet(b)
    return unique([element for element in a if element in others])


def except_(a: Items, b: Items) -> Items:
    """``Except``: the distinct elements of ``a`` that are not in ``b``; a null ``b`` counts as empty."""
    if a is None:
        return None
    others = ElementSet(b or ())
    return unique([element for element in a if element not in others])


def flatten(source: Items, *, max_items: int = DEFAULT_MAX_ITEMS) -> Items:
    """``Flatten``: the elements of the element lists; null lists add nothing, other elements themselves."""
    if source is None:
        return None
    lists = [element if isinstance(element, list) else [element] for element in source if element is not None]
    check_items(sum(map(len, lists)), max_items, "Flatten")
    return list(chain.from_iterable(lists))


def exists(source: Items) -> bool:
    """``Exists``: whether there is a non-null element; false for null."""
    return source is not None and any(element is not None for element in source)


def length(source: Items) -> int:
    """``Length`` of a list, 0 for null."""
    return 0 if source is None else len(source)


def first(source: Items) -> Any:
    """``First`` element; null if there is none."""
    return source[0] if source else None


def last(source: Items) -> Any:
    """``Last`` element; null if there is none."""
    return source[-1] if source else None


def indexer(source: Items, index: int | None) -> Any:
    """``Indexer``: the element at ``index``; null if out of range."""
    if source is None or index is None or not 0 <= index < len(source):
        return None
    return source[index]


def index_of(source: Items, element: Any) -> int | None:
    """``IndexOf``: index of the first element that equals ``element``, or -1; null if either is null."""
    if source is None or element is None:
        return None
    return next((index for index, other in enumerate(source) if same(other, element) is True), -1)


def slice(source: Items, start: int | None, end: int | None = None) -> Items:
    """``Slice`` as ELM has it, for Skip, Tail and Take: the elements from ``start`` up to, not including, ``end``.

    A null index stands for that end of the list; a negative one gives the empty list.
    """
    if source is None:
        return None
    if (start is not None and start < 0) or (end is not None and end < 0):
        return []
    return source[start:end]


def singleton_from(source: Items) -> Any:
    """``SingletonFrom``: the only element; null if there is none. Raises ``EvaluationError`` if there are several."""
    if source is not None and len(source) > 1:
        raise EvaluationError(f"singleton from: the list has {len(source)} elements, at most one is allowed")
    return source[0] if source else None


def contains(source: Items, element: Any) -> bool | None:
    """``Contains``: false for a null list; a null element is in a list that has nulls."""
    return False if source is None else member(source, element)


def in_(element: Any, source: Items) -> bool | None:
    """``In``: ``contains`` the other way round."""
    return contains(source, element)


def proper_contains(source: Items, element: Any) -> bool | None:
    """``ProperContains``: the element is in the list, and so is something else.

    Duplicates of the element are nothing else; whether a null is something else than a given value is unknown.
    """
    if source is None:
        return False
    return and_(member(source, element), _has_other(source, element))


def _has_other(source: list[Any], element: Any) -> bool | None:
    """Whether the list has an element that differs from ``element``."""
    doubt = False
    for other in source:
        outcome = None if other is None and element is not None else same(other, element)
        if outcome is False:
            return True
        doubt = doubt or outcome is None
    return None if doubt else False


def proper_in(element: Any, source: Items) -> bool | None:
    """``ProperIn``: ``proper_contains`` the other way round."""
    return proper_contains(source, element)


def includes(a: Items, b: Any) -> bool | None:
    """``Includes``: every element of ``b`` is in ``a``, whatever the order; null if either is null.

    An element instead of the list ``b`` is the overload that equals ``contains``.
    """
    if a is not None and b is not None and not isinstance(b, list):
        return contains(a, b)
    if a is None or b is None:
        return None
    known = ElementSet(a)
    doubt = False
    for element in b:
        if element in known:
            continue
        if member_after_miss(a, element) is False:
            return False
        doubt = True
    return None if doubt else True


def included_in(a: Any, b: Items) -> bool | None:
    """``IncludedIn``: ``includes`` the other way round."""
    return includes(b, a)


def proper_includes(a: Items, b: Any) -> bool | None:
    """``ProperIncludes``: ``a`` includes ``b`` and has an element that ``b`` has not; null if either is null.

    The lists are compared as sets, as ``proper_contains`` does: ``{ 1, 1 }`` does not properly include ``{ 1 }``.
    """
    if a is not None and b is not None and not isinstance(b, list):
        return proper_contains(a, b)
    return and_(includes(a, b), not_(includes(b, a)))


def proper_included_in(a: Any, b: Items) -> bool | None:
    """``ProperIncludedIn``: ``proper_includes`` the other way round."""
    return proper_includes(b, a)


def repeat(source: Items, project: Callable[[Any], Any], *, max_items: int = DEFAULT_MAX_ITEMS) -> Items:
    """``Repeat``: the distinct elements that ``project`` leads to from the source, in any number of steps.

    ``project`` gives a list, an element or null. The source's own elements are only in the result if they are led to.
    """
    if source is None:
        return None
    known = ElementSet()
    found: list[Any] = []
    step = source
    while step:
        results = (project(element) for element in step)
        flat = chain.from_iterable(r if isinstance(r, list) else [r] for r in results)
        step = [element for element in flat if element is not None and known.add(element)]
        found += step
        check_items(len(found), max_items, "Repeat")
    return found
