"""Bounds on what an evaluation may consume: a library is not trusted to be reasonable."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """What one evaluation may consume before it ends with ``LimitExceeded``.

    ``max_steps``: rows of queries and other loops, and calls of functions, together. ``max_items``: elements that an
    operator may put into a list (``expand``, ``flatten``, ``repeat``). ``max_string``: characters of a string that an
    operator makes. ``max_seconds``: wall-clock time, looked at whenever a loop begins; None: no bound.
    """

    max_steps: int = 2_000_000
    max_items: int = 1_000_000
    max_string: int = 10_000_000
    max_seconds: float | None = 30.0
