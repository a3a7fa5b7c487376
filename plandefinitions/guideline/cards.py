"""Decisions as CDS Hooks 2.0 cards, for a narrow panel and a busy reader.

At most one card each for local therapy, systemic therapy, work-up and data gaps; what is urgent has a card of its own
and comes first. At the order hooks a card is only ever about the draft order. The same decisions give the same cards,
uuids included, so that a client that asks twice does not show a card twice.
"""

from __future__ import annotations

import uuid
from typing import Any

from plandefinitions.guideline.card_groups import CardContent, CardGroup, card_contents, card_groups
from plandefinitions.guideline.card_sources import links, recommendations, source
from plandefinitions.guideline.card_text import joined
from plandefinitions.guideline.decision import Decision, Decisions
from plandefinitions.guideline.detail import detail
from plandefinitions.guideline.gap_card import gap_detail, gap_summary
from plandefinitions.guideline.suggestions import NAMESPACE, Patient, suggestions

Card = dict[str, Any]

EXTENSION = "org.sarcoma-cds.recommendations"


def build_cards(decisions: Decisions, guidance_url: str) -> list[Card]:
    """The cards of one hook call, most severe first. ``guidance_url``: where the guidance pages are, absolute."""
    cards = [_card(content, decisions, guidance_url) for content in card_contents(decisions.decisions)]
    if decisions.data_gaps is not None and decisions.gaps:
        cards.append(_gap_card(decisions, decisions.data_gaps, guidance_url))
    return cards


def _card(content: CardContent, decisions: Decisions, guidance_url: str) -> Card:
    group, lead = content.group, content.lead
    seed = _seed(decisions, group, content.decisions)
    topic = (lead.id, lead.entry.title) if not group.shared else (group.key, group.title)
    card: Card = {
        "uuid": str(uuid.uuid5(NAMESPACE, seed)),
        "summary": _summary(content),
        "indicator": content.indicator,
        "detail": detail(content, decisions),
        "source": source(lead.entry, *topic, guidance_url),
    }
    if offered := suggestions(content, Patient(decisions.facts), seed):
        card |= {"suggestions": offered, "selectionBehavior": group.selection}
    return card | _closing(group, content.decisions, guidance_url)


def _summary(content: CardContent) -> str:
    """What and why in one line: the leading option, then the reasons that are its own."""
    lead, others = content.lead, len(content.decisions) - 1
    more = f" (and {others} more)" if others else ""
    if lead.text:
        return joined(f"{lead.text.removesuffix('.') if others else lead.text}{more}", [])
    shared = {reason for other in content.decisions[1:] for reason in other.because} if others else set()
    own = [reason for reason in lead.because if reason not in shared]
    return joined(f"{lead.entry.title}{more}", own or list(lead.because))


def _gap_card(decisions: Decisions, card: Decision, guidance_url: str) -> Card:
    group = card_groups()["data-gaps"]
    missing = ",".join(gap.fact for gap in decisions.gaps)
    return {
        "uuid": str(uuid.uuid5(NAMESPACE, f"{_seed(decisions, group, (card,))}|{missing}")),
        "summary": gap_summary(decisions),
        "indicator": "info",
        "detail": gap_detail(decisions, card),
        "source": source(card.entry, group.key, group.title, guidance_url),
    } | _closing(group, (card,), guidance_url)


def _closing(group: CardGroup, shown: tuple[Decision, ...], guidance_url: str) -> Card:
    return {
        "overrideReasons": [dict(reason) for reason in group.override_reasons],
        "links": links(shown, guidance_url),
        "extension": {EXTENSION: recommendations(shown)},
    }


def _seed(decisions: Decisions, group: CardGroup, shown: tuple[Decision, ...]) -> str:
    """What makes a card this card: patient, kind, and each entry with status, version and draft orders."""
    entries = (f"{d.id}={d.status}@{d.entry.plan.get('version', '')}:{','.join(d.drafts)}" for d in shown)
    return "|".join((decisions.facts.patient_id, group.key, *entries))
