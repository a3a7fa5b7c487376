"""The detail of a card: GitHub-flavoured Markdown for a narrow panel, what matters first.

Every text that comes from the record or from the content is escaped on its way in.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import date
from itertools import zip_longest

from mappers.facts import CLOSED_WORLD, FACT_KEYS
from plandefinitions.guideline.card_groups import CardContent
from plandefinitions.guideline.card_text import bullets, escape, escape_content, plain, shortened
from plandefinitions.guideline.decision import Decision, Decisions
from plandefinitions.guideline.entry import Figure
from plandefinitions.guideline.facts import LABELS, show

_STATUS_WORDS = {"offered": "criteria met", "to-confirm": "criteria met so far", "alternative": "alternative"}
_CAPITAL = re.compile(r"(?<=.)(?=[A-Z])")
_MOST_CHARACTERS = 2500
_MOST_FIGURES = 4
_MOST_CAVEATS = 3
_NOT_LISTED = frozenset({"in_scope", "drafts", "demographics"})
"""What the reader sees anyway: the disease, the order, the patient."""
_SAID_BY = {"presentation": "disease_free_interval_months", "metastatic_status": "metastatic_sites"}
"""Facts that need no line beside another that says more."""


def detail(content: CardContent, decisions: Decisions, unread: Collection[str] = ()) -> str:
    """The Markdown of a card with recommendations or about an order; ``unread``: resource types not wholly read."""
    said = [
        _description(content.lead),
        *_options(content),
        _not_recorded(content, decisions),
        not_read(unread, _facts_not_read(content, decisions)),
        _section("From the record", _facts_read(content, decisions)),
    ]
    closing = [
        _section("Mind", _caveats(content)),
        _local_settings(content, decisions),
        review(content.decisions, decisions),
    ]
    figures = _figures(content)
    while True:
        text = "\n\n".join(filter(None, [*said, _section("Evidence", figures), *closing]))
        if len(text) <= _MOST_CHARACTERS or not figures:
            return text
        figures.pop()  # the last options' first; all are on the guidance pages


# -- one option ------------------------------------------------------------------------------------------------------


def _description(lead: Decision) -> str:
    """What the leading option is about, as its plan says."""
    return escape_content(str(lead.entry.action.get("description") or ""))


def _options(content: CardContent) -> Iterator[str]:
    """Every option of the card; what was said of one before it is not repeated."""
    said = set[str]()
    for decision in content.decisions:
        yield _option(decision, said)
        said.update(decision.because, decision.to_confirm, decision.notes)


def _option(decision: Decision, said: Collection[str]) -> str:
    """An option of the card with its status, why, and what is left to confirm. An order check is no option."""
    because, left, notes = (
        [sentence for sentence in sentences if sentence not in said]
        for sentences in (decision.because, decision.to_confirm, decision.notes)
    )
    lines = [_heading(decision)]
    if shortened(decision.text) != plain(decision.text):  # else the summary has said all of it
        lines.append(escape(decision.text))
    if decision.because:
        lines.append(f"Why: {'; '.join(_reasons(decision, because)) or 'as above'}.")
    if decision.to_confirm:
        lines.append(f"**To confirm:** {'; '.join(map(escape, left)) or 'as above'}.")
    if notes:
        lines.append(f"Note: {'; '.join(map(escape, _together(notes)))}.")
    return "  \n".join(filter(None, lines))


def _heading(decision: Decision) -> str:
    if decision.kind == "order-check":
        return "*Local rule, not from the papers.*" if decision.entry.local else ""
    origin = ", local rule, not from the papers" if decision.entry.local else ""
    return f"**{escape_content(decision.entry.title)}** ({_STATUS_WORDS[decision.status]}{origin})"


def _together(notes: Iterable[str]) -> Iterator[str]:
    """Notes of the form "finding: meaning", those of the same meaning in one."""
    findings: dict[str, list[str]] = {}
    for note in notes:
        finding, _, meaning = note.partition(": ")
        findings.setdefault(meaning, []).append(finding)
    for meaning, found in findings.items():
        yield f"{', '.join(found)}: {meaning}" if meaning else "; ".join(found)


def _reasons(decision: Decision, because: Iterable[str]) -> Iterator[str]:
    local = {row.words for row in decision.criteria if row.local}
    return (escape(reason) + (" *(local)*" if reason in local else "") for reason in because)


# -- evidence --------------------------------------------------------------------------------------------------------


def _figures(content: CardContent) -> list[str]:
    """Two figures of one option, one each of several; the others are on the guidance pages that the card links to.

    Beside other options, the leading one has none where its description gives the figures of the same reference.
    """
    each = 2 if len(content.decisions) == 1 else 1
    described = str(content.lead.entry.action.get("description") or "")
    chosen = dict[str, None]()
    for decision in content.decisions:
        shown = decision.entry.figures[:each]
        if each == 1 and decision is content.lead:
            shown = tuple(one for one in shown if not _given(one, described))
        chosen |= dict.fromkeys(map(_cited, shown))
    return list(chosen)[:_MOST_FIGURES]


def _given(figure: Figure, text: str) -> bool:
    """Whether a text cites the first numbered reference of a figure."""
    first = figure.source.partition(", ")[0]
    return "[" in first and first in text


def _caveats(content: CardContent) -> list[str]:
    """Those of the whole card, after as many of the options' as there is room for: first the first of each."""
    general = list(map(_cited, content.group.caveats))
    by_place = zip_longest(*(decision.entry.caveats for decision in content.decisions))
    own = dict.fromkeys(_cited(one) for place in by_place for one in place if one is not None)
    return [*[line for line in own if line not in general][: _MOST_CAVEATS - len(general)], *general]


def _cited(figure: Figure) -> str:
    return f"{escape_content(figure.text)} — {escape_content(figure.source)}"


# -- the record ------------------------------------------------------------------------------------------------------


def _facts_read(content: CardContent, decisions: Decisions) -> list[str]:
    """What the options' criteria read and the record has; then, in one line, of what nothing is on record."""
    asked = _asked(content)
    listed = [key for key in FACT_KEYS if key in asked and key not in _NOT_LISTED]
    if "in_scope" in asked and "histology" not in listed:
        listed.insert(0, "histology")
    listed = [key for key in listed if not (_SAID_BY.get(key) in listed and _agrees(_SAID_BY[key], key, decisions))]
    absent = [escape_content(LABELS[key]) for key in listed if _none(key, decisions)]
    lines = list(fact_lines((key for key in listed if not _none(key, decisions)), decisions))
    return [*lines, *([f"none on record: {', '.join(absent)}"] if absent else [])]


def _agrees(fuller: str, key: str, decisions: Decisions) -> bool:
    """Whether both facts are known, so that the one is told by the other."""
    both = (decisions.facts.facts[fuller], decisions.facts.facts[key])
    return all(fact.status == "known" for fact in both) and bool(show(decisions.facts, fuller))


def _asked(content: CardContent) -> set[str]:
    return {key for decision in content.decisions for key in (*decision.reads.facts, *decision.missing)}


def _none(key: str, decisions: Decisions) -> bool:
    fact = decisions.facts.facts[key]
    return key in CLOSED_WORLD and fact.status == "known" and show(decisions.facts, key) in ("", "none")


def fact_lines(keys: Iterable[str], decisions: Decisions) -> Iterator[str]:
    """The facts that are known or contradictory, with value and date."""
    for key in keys:
        if line := _fact_line(key, decisions):
            yield line


def _fact_line(key: str, decisions: Decisions) -> str:
    label, fact, value = escape_content(LABELS[key]), decisions.facts.facts[key], show(decisions.facts, key)
    if fact.status == "conflicting":
        return f"{label}: **contradictory**"
    if fact.status != "known" or not value:
        return ""
    dated = f" ({fact.date})" if fact.date and fact.date not in value else ""
    return f"{label}: {escape(value)}{dated}"


def _not_recorded(content: CardContent, decisions: Decisions) -> str:
    """What would settle what is left to confirm; then what weighs in any case, where a criterion reads it."""
    wanted = [key for decision in content.decisions for key in decision.missing]
    asked = _asked(content)
    wanted += [key for key in content.group.wanted if key in asked and decisions.facts.facts[key].status == "unknown"]
    said = " ".join(sentence for decision in content.decisions for sentence in decision.to_confirm)
    labels = [LABELS[key] for key in dict.fromkeys(wanted) if not _unread(key, decisions)]
    names = [escape_content(label) for label in labels if label not in said]
    return f"**Not recorded:** {', '.join(names)}." if names else ""


def _facts_not_read(content: CardContent, decisions: Decisions) -> list[str]:
    """The facts that are unknown because the resources that would have them were not read."""
    asked = _asked(content)
    return [escape_content(LABELS[key]) for key in FACT_KEYS if key in asked and _unread(key, decisions)]


def not_read(unread: Collection[str], facts: Sequence[str] = ()) -> str:
    """That the record was not read completely: which resource types, and which facts that leaves unknown here."""
    kinds = ", ".join(sorted(map(_plural, unread)))
    if not kinds:
        return f"**Could not be read:** {', '.join(facts)}." if facts else ""
    rest = f": {', '.join(facts)}" if facts else ""
    return (
        f"**Not everything could be read from the record:** {escape(kinds)}. "
        f"What rests on them is treated as unknown{rest}."
    )


def _plural(resource_type: str) -> str:
    """`MedicationRequest` as "medication requests"."""
    words = _CAPITAL.sub(" ", resource_type).lower()
    return f"{words[:-1]}ies" if words.endswith("y") else words if words.endswith("s") else f"{words}s"


def _unread(key: str, decisions: Decisions) -> bool:
    return bool(decisions.facts.facts[key].detail.get("unread"))


def _local_settings(content: CardContent, decisions: Decisions) -> str:
    """The thresholds of the options' criteria that are local choices."""
    used = {name for decision in content.decisions for name in decision.reads.parameters}
    chosen = [one for name, one in decisions.parameters.items() if name in used and one.local]
    lines = [f"{escape(one.label)}: {escape(one.shown)}" for one in chosen]
    return f"**Local settings:** {'; '.join(lines)}." if lines else ""


# -- review ----------------------------------------------------------------------------------------------------------


def review(shown: Sequence[Decision], decisions: Decisions) -> str:
    """When the evidence was last reviewed, of several entries the earliest, and whether that is too long ago."""
    dates = sorted(decision.entry.reviewed for decision in shown if decision.entry.reviewed)
    if not dates:
        return ""
    line = f"Evidence last reviewed {escape(dates[0])}."
    limit = decisions.parameters.get("evidence_review_due_years")
    if limit is not None and _older(date.fromisoformat(dates[0]), int(limit.value), decisions.facts.as_of):
        line += f" **This is more than {limit.shown} ago: look for newer evidence.**"
    return line


def _older(reviewed: date, years: int, today: date) -> bool:
    """Whether `today` is past the day `years` years after the review (29 February: past 1 March)."""
    return (today.year - years, today.month, today.day) > (reviewed.year, reviewed.month, reviewed.day)


def _section(title: str, lines: Iterable[str]) -> str:
    shown = list(lines)
    return f"**{title}**\n\n{bullets(shown)}" if shown else ""
