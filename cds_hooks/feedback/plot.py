"""The report as a picture: an SVG with a bar for the cards of each recommendation, and its acceptance rate.

Legible without colour: the parts of a bar differ in pattern too, and every number stands in words in the report.
"""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template

from cds_hooks.feedback.report import Figures, Recommendation, Report

BAR_LEFT, BAR_WIDTH = 330, 360
RATE_LEFT, RATE_WIDTH = 760, 180
TOP, ROW = 118, 40
_BAR_HEIGHT = 20
_TITLE_CHARACTERS = 44
_LETTER = 8.0
"""Pixels that a digit takes, generously."""


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a bar: its kind (the pattern), where it stands, and the number in it (none where it does not fit)."""

    kind: str
    x: float
    width: float
    count: int
    label: str


@dataclass(frozen=True, slots=True)
class Rate:
    """An acceptance rate: the point, the ends of the interval, and the words beside it."""

    x: float
    low: float
    high: float
    label: str


@dataclass(frozen=True, slots=True)
class Row:
    """What stands on one line. `y` is its middle."""

    y: float
    title: Sequence[str]
    parts: Sequence[Part]
    total: str
    end: float
    rate: Rate | None


def plot(report: Report, span: str) -> str:
    """The SVG. `span` says in words which time it is about. It names no patient and quotes no comment."""
    shown = [one for one in report.by_cards() if one.figures.cards]
    most = max((one.figures.cards for one in shown), default=0)
    step = tick_step(most)
    top = step * max(1, -(-most // step))
    rows = [_row(one, TOP + ROW * (place + 0.5), top) for place, one in enumerate(shown)]
    bottom = TOP + ROW * max(1, len(rows))
    return _template().render(
        rows=rows,
        span=span,
        total=report.total,
        calls=report.calls,
        ticks=[(BAR_LEFT + BAR_WIDTH * one / top, one) for one in range(0, top + 1, step)],
        rate_ticks=[(RATE_LEFT + RATE_WIDTH * one / 100, one) for one in (0, 25, 50, 75, 100)],
        bar_height=_BAR_HEIGHT,
        top=TOP,
        bottom=bottom,
        height=bottom + 104,
    )


def tick_step(most: int) -> int:
    """The distance of ticks: 1, 2 or 5 of a power of ten, so that there are about five."""
    wanted, power = max(1.0, most / 5), 1
    while True:
        for step in (power, 2 * power, 5 * power):
            if step >= wanted:
                return step
        power *= 10


def _row(one: Recommendation, y: float, top: int) -> Row:
    figures = one.figures
    counts = (
        ("accepted", figures.accepted),
        ("overridden", figures.overridden),
        ("unanswered", figures.cards - figures.answered.count),
    )
    parts, x = [], float(BAR_LEFT)
    for kind, count in counts:
        width = BAR_WIDTH * count / top
        label = str(count) if width > _LETTER * len(str(count)) + 6 else ""
        if count:
            parts.append(Part(kind, x, width, count, label))
        x += width
    title = textwrap.wrap(one.title, _TITLE_CHARACTERS, max_lines=2, placeholder=" …")
    return Row(y, title, parts, str(figures.cards), x, _rate(figures))


def _rate(figures: Figures) -> Rate | None:
    acceptance = figures.acceptance
    if acceptance.rate is None or acceptance.interval is None:
        return None
    low, high = acceptance.interval
    return Rate(
        RATE_LEFT + RATE_WIDTH * acceptance.rate,
        RATE_LEFT + RATE_WIDTH * low,
        RATE_LEFT + RATE_WIDTH * high,
        f"{acceptance.rate * 100:.0f} % ({acceptance.count} of {acceptance.of})",
    )


@cache
def _template() -> Template:
    folder = Path(__file__).parent / "templates"
    environment = Environment(
        loader=FileSystemLoader(folder),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["px"] = "{:.1f}".format
    return environment.get_template("report.svg")
