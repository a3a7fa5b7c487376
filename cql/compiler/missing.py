"""The mark of what has not been computed yet: null is a value."""

from __future__ import annotations


class Missing:
    """The type of ``MISSING``, which stands where nothing has been computed yet."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "MISSING"


MISSING = Missing()
