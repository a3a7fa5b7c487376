"""Decisions as CDS Hooks 2.0 cards, for a narrow panel and a busy reader.

At most one card each for local therapy, systemic therapy, work-up and data gaps; what is urgent has a card of its own
and comes first. At the order hooks a card is only ever about the draft order. The same decisions give the same cards,
uuids included where the hook instance is the same: a client that asks again shows no card twice, and what a clinician
does with a card is known for the very time it was shown.
"""

from __future__ import annotations

import uuid
from collections.abc import Collection
from typing import Any

from plandefinitions.guideline.card_groups import CardContent, CardGroup, card_contents, card_groups
from plandefinitions.guideline.card_sources import links, recommendations, source
from plandefinitions.guideline.card_summary import summary
from plandefinitions.guideline.decision import Decision, Decisions
from plandefinitions.guideline.detail import detail
from plandefinitions.guideline.gap_card import gap_detail, gap_summary
from plandefinitions.guideline.suggestions import NAMESPACE, Patient, suggestions

Card = dict[str, Any]

EXTENSION = "org.sarcoma-cds.recommendations"


def build_cards(
    decisions: Decisions, guidance_url: str, unread: Collection[str] = (), instance: str = ""
) -> list[Card]:
    """The cards of one hook call, most severe first.

    ``guidance_url``: where the guidance pages are, absolute. ``unread``: the FHIR resource types that were not read, or
    not wholly; every card says so. ``instance``: the hook instance of the call.
    """
    shown = [
        _card(content, decisions, guidance_url, unread, instance) for content in card_contents(decisions.decisions)
    ]
    if decisions.data_gaps is not None and decisions.gaps:
        shown.append(_gap_card(decisions, decisions.data_gaps, guidance_url, unread, instance))
    return shown


def _card(
    content: CardContent, decisions: Decisions, guidance_url: str, unread: Collection[str], instance: str
) -> Card:
    group, lead = content.group, content.lead
    seed = _seed(decisions, group, content.decisions, instance)
    topic = (lead.id, lead.entry.title) if not group.shared else (group.key, group.title)
    card: Card = {
        "uuid": str(uuid.uuid5(NAMESPACE, seed)),
        "summary": summary(content, decisions.facts),
        "indicator": content.indicator,
        "detail": detail(content, decisions, unread),
        "source": source(lead.entry, *topic, guidance_url),
    }
    if offered := suggestions(content, Patient(decisions.facts), seed):
        card |= {"suggestions": offered, "selectionBehavior": group.selection}
    return card | _closing(content, guidance_url)


def _gap_card(decisions: Decisions, card: Decision, guidance_url: str, unread: Collection[str], instance: str) -> Card:
    group = card_groups()["data-gaps"]
    missing = ",".join(gap.fact for gap in decisions.gaps)
    return {
        "uuid": str(uuid.uuid5(NAMESPACE, f"{_seed(decisions, group, (card,), instance)}|{missing}")),
        "summary": gap_summary(decisions),
        "indicator": "info",
        "detail": gap_detail(decisions, card, unread),
        "source": source(card.entry, group.key, group.title, guidance_url),
    } | _closing(CardContent(group, (card,)), guidance_url)


def _closing(content: CardContent, guidance_url: str) -> Card:
    return {
        "overrideReasons": content.override_reasons,
        "links": links(content.decisions, guidance_url),
        "extension": {EXTENSION: recommendations(content.decisions)},
    }


def _seed(decisions: Decisions, group: CardGroup, shown: tuple[Decision, ...], instance: str) -> str:
    """What makes a card this card: call, patient, kind, and each entry with status, version and draft orders."""
    entries = (f"{d.id}={d.status}@{d.entry.plan.get('version', '')}:{','.join(d.drafts)}" for d in shown)
    return "|".join((instance, decisions.facts.patient_id, group.key, *entries))
