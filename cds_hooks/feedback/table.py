"""The report as text for a terminal."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import starmap

from cds_hooks.feedback.report import Figures, Reason, Recommendation, Report
from cds_hooks.feedback.share import Share

TITLE_WIDTH = 44
_HEADINGS = (
    "Recommendation",
    "Calls with it",
    "Patients",
    "Cards",
    "Answered of cards",
    "Accepted of answered",
    "Overridden of answered",
)
_LEGEND = """\
Calls with it: of all answered calls. Cards: the same finding about the same patient is one card, however often shown;
its newest feedback counts. A card with several recommendations counts for each of them; the last line counts each card
once. In brackets: 95 % interval (Wilson)."""


def table(report: Report) -> Iterator[str]:
    """The lines of the report. It names no patient and quotes no comment."""
    listed = report.by_cards()
    lines = [_row(one.title, one.figures, report) for one in listed]
    yield from _aligned(_HEADINGS, [*lines, _row("All cards", report.total, report)])
    yield ""
    yield _LEGEND
    yield from _reasons(listed)
    yield from _versions(listed, report)
    yield from _remarks(report)


def share(one: Share) -> str:
    """``12/20 60 % (39-78)``; a dash of nothing."""
    if one.rate is None or one.interval is None:
        return "-"
    low, high = one.interval
    return f"{one.count}/{one.of} {one.rate:.0%} ({low * 100:.0f}-{high * 100:.0f})".replace("%", " %")


def counted_reasons(figures: Figures) -> list[tuple[Reason, int]]:
    """The reasons, most frequent first."""
    return sorted(figures.reasons.items(), key=lambda one: (-one[1], one[0].words))


def _row(title: str, figures: Figures, report: Report) -> tuple[str, ...]:
    fired = figures.fired(report.total.calls)
    return (
        title,
        "-" if fired.rate is None else f"{fired.count}/{fired.of} {fired.rate * 100:.0f} %",
        str(figures.patients),
        str(figures.cards),
        share(figures.answered),
        share(figures.acceptance),
        share(figures.override),
    )


def _reasons(listed: Sequence[Recommendation]) -> Iterator[str]:
    overridden = [one for one in listed if one.figures.reasons]
    if overridden:
        yield ""
        yield "Why cards were overridden"
    for one in overridden:
        yield f"  {one.title}"
        for reason, count in counted_reasons(one.figures):
            yield f"    {count:>5}  {reason.words}"


def _versions(listed: Sequence[Recommendation], report: Report) -> Iterator[str]:
    """Nothing where there was one version only: the figures are those above."""
    versions = {version for one in listed for version in one.versions}
    if len(versions) < 2:
        return
    yield ""
    yield "By content version"
    rows = [
        (one.title, version, *_row("", figures, report)[2:])
        for one in listed
        for version, figures in sorted(one.versions.items())
    ]
    yield from _aligned((_HEADINGS[0], "Version", *_HEADINGS[2:]), rows)


def _remarks(report: Report) -> Iterator[str]:
    told = {
        "Cards whose feedback was changed later": report.changed,
        "Feedback on cards that are not known (never shown to that client, or no longer kept)": report.unmatched,
        "Feedback whose time cannot be right (in the future, or before the card was shown)": report.doubtful_times,
    }
    if any(told.values()):
        yield ""
    yield from starmap("{}: {}".format, ((words, count) for words, count in told.items() if count))


def _aligned(headings: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterator[str]:
    """Columns with headings of two lines at most; the first column to the left, shortened, the others to the right."""
    shortened = [(_shortened(row[0]), *row[1:]) for row in rows]
    broken = [_broken(one) for one in headings]
    columns = list(zip(*shortened, strict=True)) or [()] * len(headings)
    widths = [max(map(len, (*heading, *column))) for heading, column in zip(broken, columns, strict=True)]
    for line in (0, 1):
        yield _line([one[line] for one in broken], widths)
    yield _line(["-" * width for width in widths], widths)
    for row in shortened:
        yield _line(row, widths)


def _broken(heading: str) -> tuple[str, str]:
    first, _, second = heading.partition(" ")
    return first, second


def _shortened(title: str) -> str:
    return title if len(title) <= TITLE_WIDTH else title[: TITLE_WIDTH - 1].rstrip() + "…"


def _line(cells: Sequence[str], widths: Sequence[int]) -> str:
    first = cells[0].ljust(widths[0])
    rest = (cell.rjust(width) for cell, width in zip(cells[1:], widths[1:], strict=True))
    return "  ".join((first, *rest)).rstrip()
