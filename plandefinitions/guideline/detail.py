"""The detail of a card: GitHub-flavoured Markdown for a narrow panel, what matters first.

Every text that comes from the record or from the content is escaped on its way in.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date

from mappers.facts import CLOSED_WORLD, Fact
from plandefinitions.guideline.card_groups import CardContent, CardGroup
from plandefinitions.guideline.card_text import bullets, escape, escape_content, plain, shortened
from plandefinitions.guideline.decision import Decision, Decisions
from plandefinitions.guideline.entry import Entry, Figure
from plandefinitions.guideline.facts import LABELS, show

_STATUS_WORDS = {"offered": "criteria met", "to-confirm": "criteria met so far", "alternative": "alternative"}
_FIGURES_OF_LEAD, _FIGURES_OF_OTHERS = 3, 1


def detail(content: CardContent, decisions: Decisions) -> str:
    """The Markdown of a card with recommendations or about an order."""
    parts = [_description(content.lead)]
    parts += list(_options(content))
    parts += [
        _not_recorded(content, decisions),
        _section("From the record", fact_lines(content.group.facts, decisions)),
        _section("Evidence", _evidence(content)),
        _section("Mind", _caveats(content)),
        _section("In practice", _statements(content, lambda entry: entry.practice_notes, _FIGURES_OF_LEAD)),
        _local_settings(content.group, decisions),
        review(content.decisions, decisions),
    ]
    return "\n\n".join(filter(None, parts))


# -- one option ------------------------------------------------------------------------------------------------------


def _description(lead: Decision) -> str:
    """What the leading option is about, as its plan says."""
    return escape_content(str(lead.entry.action.get("description") or ""))


def _options(content: CardContent) -> Iterator[str]:
    """Every option of the card; what was said of the leading one is not repeated."""
    named = len(content.decisions) > 1
    for decision in content.decisions:
        said = () if decision is content.lead else content.lead.because
        yield _option(decision, [reason for reason in decision.because if reason not in said], named=named)


def _option(decision: Decision, because: Sequence[str], *, named: bool) -> str:
    """An option of the card: its title where there are several, why, and what is left to confirm."""
    origin = ", local rule" if decision.entry.local else ""
    lines = [f"**{escape_content(decision.entry.title)}** ({_STATUS_WORDS[decision.status]}{origin})"] if named else []
    if not named and decision.entry.local:
        lines.append("*Local rule, not from the papers.*")
    if shortened(decision.text) != plain(decision.text):  # else the summary has said all of it
        lines.append(escape(decision.text))
    if because:
        lines.append(f"Why: {'; '.join(_reasons(decision, because))}.")
    if decision.to_confirm:
        lines.append(f"**To confirm:** {'; '.join(map(escape, decision.to_confirm))}.")
    return "\n\n".join(["  \n".join(lines), *([bullets(map(escape, decision.notes))] if decision.notes else [])])


def _reasons(decision: Decision, because: Iterable[str]) -> Iterator[str]:
    local = {row.words for row in decision.criteria if row.local}
    return (escape(reason) + (" *(local)*" if reason in local else "") for reason in because)


# -- evidence --------------------------------------------------------------------------------------------------------


def _evidence(content: CardContent) -> list[str]:
    """The first figures of the leading option, and one of each other: the rest is on the guidance pages."""
    return _statements(content, lambda entry: entry.figures, _FIGURES_OF_LEAD)


def _caveats(content: CardContent) -> list[str]:
    """The same of caveats; then those of the whole card."""
    own = _statements(content, lambda entry: entry.caveats, _FIGURES_OF_LEAD)
    return own + [line for line in map(_cited, content.group.caveats) if line not in own]


def _statements(content: CardContent, of: Callable[[Entry], Sequence[Figure]], of_lead: int) -> list[str]:
    chosen, left_out = dict[str, None](), False
    for decision in content.decisions:
        statements = of(decision.entry)
        most = of_lead if decision is content.lead else _FIGURES_OF_OTHERS
        chosen |= dict.fromkeys(map(_cited, statements[:most]))
        left_out = left_out or len(statements) > most
    return [*chosen, *(["*more on the guidance pages*"] if left_out else [])]


def _cited(figure: Figure) -> str:
    return f"{escape_content(figure.text)} — {escape_content(figure.source)}"


# -- the record ------------------------------------------------------------------------------------------------------


def fact_lines(keys: Iterable[str], decisions: Decisions) -> Iterator[str]:
    """The facts that are known or contradictory, with value and date."""
    for key in keys:
        if line := _fact_line(key, decisions.facts.facts[key], show(decisions.facts, key)):
            yield line


def _fact_line(key: str, fact: Fact, value: str) -> str:
    label = escape_content(LABELS[key])
    if fact.status == "conflicting":
        return f"{label}: **contradictory**"
    if fact.status != "known":
        return ""
    if value in ("", "none") and key in CLOSED_WORLD:
        return f"{label}: none on record"
    dated = f" ({fact.date})" if fact.date and fact.date not in value else ""
    return f"{label}: {escape(value)}{dated}" if value else ""


def _not_recorded(content: CardContent, decisions: Decisions) -> str:
    """What the options would like to know, and what the card would show if it were recorded."""
    wanted = [key for decision in content.decisions for key in decision.missing]
    wanted += [
        key for key in content.group.facts if key not in CLOSED_WORLD and decisions.facts.facts[key].status == "unknown"
    ]
    names = [escape_content(LABELS[key]) for key in dict.fromkeys(wanted)]
    return f"**Not recorded:** {', '.join(names)}." if names else ""


def _local_settings(group: CardGroup, decisions: Decisions) -> str:
    chosen = [decisions.parameters[name] for name in group.parameters if name in decisions.parameters]
    lines = [f"{escape(one.label)}: {escape(one.shown)}" for one in chosen if one.local]
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
        line += f" **This is more than {limit.number} years ago: look for newer evidence.**"
    return line


def _older(reviewed: date, years: int, today: date) -> bool:
    """Whether `today` is past the day `years` years after the review (29 February: past 1 March)."""
    return (today.year - years, today.month, today.day) > (reviewed.year, reviewed.month, reviewed.day)


def _section(title: str, lines: Iterable[str]) -> str:
    shown = list(lines)
    return f"**{title}**\n\n{bullets(shown)}" if shown else ""
