"""Sort (CQL author's guide, "Sorting"; ELM ``Sort``): stable, nulls first in ascending and last in descending order.

Comparisons that are not certain must still put elements in some order, and the same in both directions: partial dates
and times sort by the first moment they can mean, at the same moment the less precise first.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import Decimal
from functools import cmp_to_key
from typing import Any, TypeVar, overload

from cql.operators.comparison import less
from cql.values import Date, DateTime, Long, Quantity, Time

T = TypeVar("T")
Key = Callable[[Any], Any]

_DIRECTIONS = {"asc": False, "ascending": False, "desc": True, "descending": True}
_NUMBERS = frozenset({int, Long, Decimal})


def sort(source: list[Any] | None, direction: str = "ascending") -> list[Any] | None:
    """``Sort`` by the elements themselves; ``direction`` is ``ascending``, ``descending`` or ELM's short form.

    Raises ``EvaluationError`` if elements of their types cannot be ordered.
    """
    return None if source is None else sort_by(source, [(_itself, direction)])


def _itself(element: Any) -> Any:
    return element


@overload
def sort_by(source: None, keys: Sequence[tuple[Key, str]]) -> None: ...
@overload
def sort_by(source: list[T], keys: Sequence[tuple[Key, str]]) -> list[T]: ...
def sort_by(source: list[T] | None, keys: Sequence[tuple[Key, str]]) -> list[T] | None:
    """``Sort`` by the values of key functions, the first key first. Raises ``EvaluationError`` as ``sort`` does."""
    if source is None:
        return None
    result = list(source)
    for key, direction in reversed(keys):
        result = _sorted(result, key, descending=_DIRECTIONS[direction])
    return result


def _sorted(elements: list[T], key: Key, *, descending: bool) -> list[T]:
    """The elements by one key; those with equal keys stay as they were."""
    values = [key(element) for element in elements]
    order = _order(values)
    present = [index for index, value in enumerate(values) if value is not None]
    absent = [index for index, value in enumerate(values) if value is None]
    present.sort(key=lambda index: order(values[index]), reverse=descending)
    return [elements[index] for index in (present + absent if descending else absent + present)]


def _order(values: list[Any]) -> Key:
    """A function from a non-null value to something that Python can order."""
    kinds = {type(value) for value in values if value is not None}
    if kinds <= _NUMBERS or kinds <= {str}:
        return _itself
    if kinds <= {Date} or kinds <= {DateTime} or kinds <= {Time}:
        return lambda moment: (moment.low, moment.rank)
    if kinds <= {Quantity} and len({value.unit for value in values if value is not None}) == 1:
        return lambda quantity: quantity.value
    return cmp_to_key(_compare)


def _compare(a: Any, b: Any) -> int:
    """-1, 0 or 1 by CQL's comparison; 0 where that is not certain."""
    return -1 if less(a, b) is True else 1 if less(b, a) is True else 0
