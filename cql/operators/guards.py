"""Limits that the operators check *before* they do work which could explode.

A library is not trusted: ``expand Interval[@1900, @2000] per millisecond`` has to fail at once, with a message that
names the limit. The engine passes its own limits as keyword arguments; the defaults here hold for direct callers.
"""

from __future__ import annotations

from cql.errors import LimitExceeded

DEFAULT_MAX_ITEMS = 1_000_000
"""Most elements that one operator may put into a list."""

DEFAULT_MAX_STRING = 10_000_000
"""Most characters that one operator may put into a string."""


def check_items(count: int, max_items: int, operator: str) -> None:
    """Raise ``LimitExceeded`` if ``operator`` would give a list of ``count`` > ``max_items`` elements."""
    if count > max_items:
        raise LimitExceeded(f"{operator} would give {count} elements; the limit max_items is {max_items}")


def check_length(count: int, max_string: int, operator: str) -> None:
    """Raise ``LimitExceeded`` if ``operator`` would give a string of ``count`` > ``max_string`` characters."""
    if count > max_string:
        raise LimitExceeded(f"{operator} would give {count} characters; the limit max_string is {max_string}")
