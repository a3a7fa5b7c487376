"""The report as text for a terminal."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import starmap

from cds_hooks.feedback.report import Figures, Recommendation, Report
from cds_hooks.feedback.share import Share

TITLE_WIDTH = 40
HEADINGS = (
    "Recommendation",
    "Calls with it, of all",
    "Patients",
    "Cards",
    "Answered of cards",
    "Accepted of answered",
    "Overridden of answered",
)
_LEGEND = """\
All calls are the answered ones. A card that a client shows again by repeating its call is one card; its newest feedback
counts. A card with several recommendations counts for each of them; the last line counts each card once.
In brackets: 95 % interval (Wilson)."""


def table(report: Report, span: str) -> Iterator[str]:
    """The lines of the report. `span` says in words what it is about. It names no patient and quotes no comment."""
    listed = report.by_cards()
    yield f"{span}: {report.calls} answered calls, {len(report.patient_ids)} patients, {report.total.cards} cards."
    yield ""
    rows = [_row(one.title, one.figures, report) for one in listed]
    yield from _aligned(HEADINGS, [*rows, _row("All cards", report.total, report)])
    yield ""
    yield _LEGEND
    yield from _reasons(listed)
    yield from _versions(listed, report)
    yield from _remarks(report)


def _share(one: Share, *, with_interval: bool = True) -> str:
    """``12/20 60 % (39-78)``; a dash of nothing."""
    if one.rate is None or one.interval is None:
        return "-"
    told = f"{one.count}/{one.of} {one.rate * 100:.0f} %"
    low, high = one.interval
    return f"{told} ({low * 100:.0f}-{high * 100:.0f})" if with_interval else told


def _row(title: str, figures: Figures, report: Report) -> tuple[str, ...]:
    return (
        title,
        _share(report.fired(figures), with_interval=False),
        str(figures.patients),
        str(figures.cards),
        _share(figures.answered, with_interval=False),
        _share(figures.acceptance),
        _share(figures.override),
    )


def _reasons(listed: Sequence[Recommendation]) -> Iterator[str]:
    overridden = [one for one in listed if one.figures.reasons]
    if overridden:
        yield ""
        yield "Why cards were overridden"
    for one in overridden:
        yield f"  {one.title}"
        for reason, count in one.figures.counted_reasons():
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
    yield from _aligned((HEADINGS[0], "Version", *HEADINGS[2:]), rows)


def _remarks(report: Report) -> Iterator[str]:
    told = {
        "Cards whose feedback was changed later": report.changed,
        "Cards with feedback that are not known (never shown to that client, or no longer kept)": report.unmatched,
        "Cards with feedback at an impossible time (in the future, before the card was shown)": report.doubtful_times,
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
