"""Remembering what short texts mean, within a bound that holds for long ones too."""

from collections.abc import Callable
from functools import lru_cache, wraps
from typing import TypeVar

_Result = TypeVar("_Result")
_MOST = 4_000_000
"""Characters of the texts that one function remembers results of."""


def remembered(maxsize: int) -> Callable[[Callable[..., _Result]], Callable[..., _Result]]:
    """As ``functools.lru_cache``, for functions of texts; all is forgotten when the texts get long together.

    A number of texts is no bound: the texts come from records, where a label may be a letter of a megabyte, and a
    service would keep thousands of them. What is remembered already costs no more than with ``lru_cache``.
    """

    def decorate(function: Callable[..., _Result]) -> Callable[..., _Result]:
        held = 0

        @wraps(function)
        def missed(*texts: str) -> _Result:
            nonlocal held
            size = sum(map(len, texts))
            held += size
            if held > _MOST:
                cached.cache_clear()
                held = size
            return function(*texts)

        cached = lru_cache(maxsize=maxsize)(missed)
        return cached

    return decorate
