"""The kinds of card, as ``cards.json`` describes them: what shares a card, and what each kind shows."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import zip_longest
from pathlib import Path
from typing import Any

from plandefinitions.guideline.decision import Decision
from plandefinitions.guideline.entry import GROUPS, Figure
from plandefinitions.guideline.override_reasons import coding

_INCLUDE = re.compile(r"^include\s+(\w+)", re.MULTILINE)
_SEVERITY = ("critical", "warning", "info")
_RANKED = ("offered", "to-confirm", "alternative")
_MOST_REASONS = 5


@dataclass(frozen=True, slots=True)
class CardGroup:
    """A kind of card. Decisions of a ``shared`` group are on one card; of the others each has a card of its own.

    ``selection`` is CDS Hooks' selectionBehavior; ``wanted`` are facts of which the card says that they are not
    recorded, where its entries read them; ``override_reasons`` are codes, for entries that name none.
    """

    key: str
    title: str
    shared: bool
    selection: str
    wanted: tuple[str, ...]
    override_reasons: tuple[str, ...]
    caveats: tuple[Figure, ...]


@dataclass(frozen=True, slots=True)
class CardContent:
    """The decisions of one card, the leading one first."""

    group: CardGroup
    decisions: tuple[Decision, ...]

    @property
    def lead(self) -> Decision:
        """What the card is first about."""
        return self.decisions[0]

    @property
    def indicator(self) -> str:
        """The most severe indicator on the card."""
        return min((d.indicator for d in self.decisions), key=_severity)

    @property
    def override_reasons(self) -> list[dict[str, str]]:
        """Codings: the first of each entry before the second of any, no more than can be read at a glance."""
        of_entries = (decision.entry.override_reasons or self.group.override_reasons for decision in self.decisions)
        codes = dict.fromkeys(code for place in zip_longest(*of_entries) for code in place if code is not None)
        return [coding(code) for code in list(codes)[:_MOST_REASONS]]


@lru_cache(maxsize=1)
def card_groups() -> dict[str, CardGroup]:
    """The groups by key, in the order in which their cards are shown. Every group of the entries has one."""
    described = json.loads(Path(__file__).with_name("cards.json").read_text(encoding="utf-8"))
    groups = {one["key"]: _group(one) for one in described["groups"]}
    if set(groups) != set(GROUPS):
        raise ValueError(f"cards.json describes {sorted(groups)}, but entries have the groups {sorted(GROUPS)}")
    return groups


def _group(described: Mapping[str, Any]) -> CardGroup:
    return CardGroup(
        described["key"],
        described["title"],
        described["shared"],
        described["selection"],
        tuple(described["wanted"]),
        tuple(described["override_reasons"]),
        tuple(Figure(one["text"], one["source"]) for one in described.get("caveats", ())),
    )


def card_contents(decisions: Iterable[Decision]) -> list[CardContent]:
    """The shown decisions as cards: the most severe first, then in the order of the groups."""
    by_group: dict[str, list[Decision]] = {key: [] for key in card_groups()}
    for decision in decisions:
        if decision.shown:
            by_group[_group_of(decision)].append(decision)
    contents: list[CardContent] = []
    for key, members in by_group.items():
        ranked, group = _ranked(members), card_groups()[key]
        if group.shared and ranked:
            contents.append(CardContent(group, ranked))
        elif not group.shared:
            contents += [CardContent(group, (decision,)) for decision in ranked]
    return sorted(contents, key=lambda content: _severity(content.indicator))


def _group_of(decision: Decision) -> str:
    """A recommendation that is more than information here is urgent, whatever card it is usually on."""
    if decision.kind == "recommendation" and decision.indicator != "info":
        return "urgent"
    return decision.entry.group


def _ranked(members: Iterable[Decision]) -> tuple[Decision, ...]:
    """By status, then by the entries' rank; but never before an entry of the card that its condition refers to."""
    waiting = sorted(members, key=lambda d: (d.alternative, _RANKED.index(d.status), d.entry.rank, d.id))
    ranked: list[Decision] = []
    while waiting:
        left = {decision.entry.library for decision in waiting}
        ready = next((d for d in waiting if not included(d.entry.text) & left), waiting[0])
        waiting.remove(ready)
        ranked.append(ready)
    return tuple(ranked)


@lru_cache(maxsize=256)
def included(text: str) -> frozenset[str]:
    """The libraries that a CQL text includes."""
    return frozenset(_INCLUDE.findall(text))


def _severity(indicator: str) -> int:
    return _SEVERITY.index(indicator)
