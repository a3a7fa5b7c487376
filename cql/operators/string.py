"""String operators (CQL reference, B.8 String Operators); those with regular expressions are in ``regex``.

Indexes are 0-based and count Unicode code points.
"""

from __future__ import annotations

from cql.data.context import count_steps
from cql.operators.guards import DEFAULT_MAX_STRING, check_length

_CHARACTERS_A_STEP = 1000
"""Copying a long string is work as well: one that grows row by row would otherwise cost its square."""


def concatenate(*operands: str | None, max_string: int = DEFAULT_MAX_STRING) -> str | None:
    """``Concatenate``: null if any operand is null; for ``&`` the translator puts an empty string in its place."""
    parts = [part for part in operands if part is not None]
    if len(parts) < len(operands):
        return None
    return _joined("", parts, max_string, "Concatenate")


def combine(
    source: list[str | None] | None, separator: str | None = None, *, max_string: int = DEFAULT_MAX_STRING
) -> str | None:
    """``Combine``: the non-null elements joined by ``separator``; null if there are none."""
    parts = [part for part in source or () if part is not None]
    return _joined(separator or "", parts, max_string, "Combine") if parts else None


def _joined(separator: str, parts: list[str], max_string: int, operator: str) -> str:
    length = sum(map(len, parts)) + len(separator) * (len(parts) - 1)
    check_length(length, max_string, operator)
    count_steps(length // _CHARACTERS_A_STEP)
    return separator.join(parts)


def split(text: str | None, separator: str | None) -> list[str] | None:
    """``Split``: a null or empty separator appears nowhere, so the result is the text alone."""
    if text is None:
        return None
    return text.split(separator) if separator else [text]


def length(text: str | None) -> int | None:
    """``Length`` of a string."""
    return None if text is None else len(text)


def upper(text: str | None) -> str | None:
    """``Upper``, independent of locale."""
    return None if text is None else text.upper()


def lower(text: str | None) -> str | None:
    """``Lower``, independent of locale."""
    return None if text is None else text.lower()


def indexer(text: str | None, index: int | None) -> str | None:
    """``Indexer``: the character at ``index``; null if out of range."""
    if text is None or index is None or not 0 <= index < len(text):
        return None
    return text[index]


def position_of(pattern: str | None, text: str | None) -> int | None:
    """``PositionOf``: index of the first occurrence of ``pattern``, or -1."""
    return None if pattern is None or text is None else text.find(pattern)


def last_position_of(pattern: str | None, text: str | None) -> int | None:
    """``LastPositionOf``: index of the last occurrence of ``pattern``, or -1."""
    return None if pattern is None or text is None else text.rfind(pattern)


def substring(text: str | None, start: int | None, count: int | None = None) -> str | None:
    """``Substring``: ``count`` characters from ``start`` (to the end if null); null if ``start`` is out of range.

    Position 0 of the empty string is in range: the result is the empty string.
    """
    if text is None or start is None or start < 0 or start >= max(len(text), 1):
        return None
    return text[start:] if count is None else text[start : start + max(count, 0)]


def starts_with(text: str | None, prefix: str | None) -> bool | None:
    """``StartsWith``."""
    return None if text is None or prefix is None else text.startswith(prefix)


def ends_with(text: str | None, suffix: str | None) -> bool | None:
    """``EndsWith``."""
    return None if text is None or suffix is None else text.endswith(suffix)
