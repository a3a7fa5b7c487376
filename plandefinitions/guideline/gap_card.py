"""The card of data gaps: which missing facts would decide, what they would decide, and where they are recorded."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

from mappers import Fact
from plandefinitions.guideline.card_text import bullets, escape, joined, shortened
from plandefinitions.guideline.decision import Decision, Decisions, Gap
from plandefinitions.guideline.detail import fact_lines, not_read, review

_MOST_GAPS = 5
_MOST_TITLES = 4
_KNOWN_SO_FAR = ("histology", "metastatic_status", "metastatic_sites")


def gap_summary(decisions: Decisions) -> str:
    """What is missing, in one line."""
    gaps = decisions.gaps[:_MOST_GAPS]
    spread = decisions.facts.facts["metastatic_status"]
    if spread.status != "known":
        unsettled = "contradictory evidence" if spread.status == "conflicting" else "the evidence does not settle it"
        return shortened(f"Is the sarcoma metastatic? On record: {spread.detail.get('reason') or unsettled}")
    decided = {entry.id for gap in gaps for entry in gap.decides}
    noun = "recommendation" if len(decided) == 1 else "recommendations"
    return joined(f"Missing facts leave {len(decided)} {noun} undecided", [gap.label for gap in gaps])


def gap_detail(decisions: Decisions, card: Decision, unread: Collection[str] = ()) -> str:
    """One line for each gap, those that decide most first; then what is known so far."""
    lines = [_line(gap) for gap in decisions.gaps[:_MOST_GAPS]]
    known = bullets(fact_lines(_KNOWN_SO_FAR, decisions))
    spread = decisions.facts.facts["metastatic_status"]
    said = bullets(_evidence(spread)) if spread.status != "known" else ""
    parts = [
        bullets(lines),
        f"**What the record says of metastasis**\n\n{said}" if said else "",
        f"**From the record**\n\n{known}" if known else "",
        not_read(unread),
        review([card], decisions),
    ]
    return "\n\n".join(filter(None, parts))


def _evidence(fact: Fact) -> Iterator[str]:
    """One line for each resource that bears on a fact, in the words that were read."""
    first = {item.reference: item for item in reversed(fact.evidence)}
    for reference in dict.fromkeys(item.reference for item in fact.evidence):
        item = first[reference]
        dated = f" ({item.date})" if item.date else ""
        yield f"{escape(item.words or item.rule)}{dated}, {escape(reference)}"


def _line(gap: Gap) -> str:
    where = f" Recorded as {escape(gap.recorded_as)}." if gap.recorded_as else " The record could not be read."
    if gap.fact == "ecog":
        return f"**{escape(gap.label)}**: bears on most treatment.{where}"
    return f"**{escape(gap.label)}** would decide: {_titles([entry.title for entry in gap.decides])}.{where}"


def _titles(titles: Sequence[str]) -> str:
    shown = "; ".join(map(escape, titles[:_MOST_TITLES]))
    rest = len(titles) - _MOST_TITLES
    return f"{shown}; and {rest} more" if rest > 0 else shown
