"""Timing: medians of interleaved runs, so that both sides of a ratio see the same machine."""

from __future__ import annotations

import gc
import time
from collections.abc import Callable, Mapping
from statistics import median


def medians(sides: Mapping[str, Callable[[], object]], repeats: int) -> dict[str, float]:
    """The median time in seconds of each side, run in turn ``repeats`` times after two warm-up rounds.

    The garbage collector is emptied before and off during each run: collections triggered by one side's garbage
    would otherwise be paid by whichever side runs next.
    """
    samples: dict[str, list[float]] = {name: [] for name in sides}
    for round_ in range(-2, repeats):
        for name, call in sides.items():
            gc.collect()
            gc.disable()
            start = time.perf_counter()
            call()
            taken = time.perf_counter() - start
            gc.enable()
            if round_ >= 0:
                samples[name].append(taken)
    return {name: median(times) for name, times in samples.items()}


def milliseconds(seconds: float) -> str:
    """``12.34 ms``."""
    return f"{seconds * 1000:.2f} ms"
