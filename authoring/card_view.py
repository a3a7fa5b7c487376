"""Cards and decisions as text for a terminal."""

from __future__ import annotations

import html
import re
import textwrap
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from plandefinitions.guideline.decision import Decision, Decisions
from plandefinitions.guideline.facts import LABELS

_ESCAPED = re.compile(r"\\([!-/:-@\[-`{-~])")
_EMPHASIS = re.compile(r"(?<!\\)\*{1,2}")
_HEADINGS = (("undecided", "Undecided"), ("suppressed", "Withheld"))


def card_lines(card: Mapping[str, Any], width: int) -> Iterator[str]:
    """One card: its indicator and summary, the detail without its markup, suggestions and source."""
    yield from _wrapped(f"[{card['indicator'].upper()}] {card['summary']}", width)
    yield "-" * width
    yield from _plain(card.get("detail", ""), width)
    suggestions = card.get("suggestions", [])
    if suggestions:
        yield ""
        yield "Suggestions" + (" (one of them):" if card["selectionBehavior"] == "at-most-one" else ":")
    for suggestion in suggestions:
        mark = " (recommended)" if suggestion.get("isRecommended") else ""
        yield from _wrapped(f"{suggestion['label']}{mark}", width, "  > ")
    yield ""
    source = card["source"]
    yield from _wrapped(f"Source: {source['label']}" + (f", {source['url']}" if "url" in source else ""), width)
    for link in card.get("links", []):
        yield from _wrapped(f"{link['label']}, {link['url']}", width)


def decision_lines(decisions: Decisions, width: int) -> Iterator[str]:
    """What is on no card although it nearly is: undecided with what is missing, withheld with what outranks it."""
    for status, heading in _HEADINGS:
        found = [decision for decision in decisions.decisions if decision.status == status]
        if found:
            yield f"{heading}:"
        for decision in found:
            yield from _wrapped(f"{decision.entry.title}: {_why(decision)}", width, "  - ")
    rest = sum(decision.status == "not-applicable" for decision in decisions.decisions)
    yield f"Not applicable: {rest} of {len(decisions.decisions)}."


def _why(decision: Decision) -> str:
    if decision.missing:
        return "missing " + ", ".join(LABELS[key] for key in decision.missing)
    return decision.because[0] if decision.because else decision.status


def _plain(markdown: str, width: int) -> Iterator[str]:
    for line in markdown.split("\n"):
        item = line.startswith("- ")
        text = html.unescape(_ESCAPED.sub(r"\1", _EMPHASIS.sub("", line[2:] if item else line)))
        yield from _wrapped(text, width, "  - ") if item else _wrapped(text, width)


def _wrapped(text: str, width: int, first: str = "") -> Iterable[str]:
    lines = textwrap.wrap(
        text.replace(" %", "\u00a0%"),
        width,
        initial_indent=first,
        subsequent_indent=" " * len(first),
        break_long_words=False,
        break_on_hyphens=False,
    )
    return [line.replace("\u00a0", " ") for line in lines] or [""]
