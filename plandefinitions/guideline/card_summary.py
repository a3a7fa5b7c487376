"""The summary of a card: what is suggested and the facts of this patient that speak for it, in one line."""

from __future__ import annotations

from collections.abc import Iterator

from mappers import PatientFacts
from plandefinitions.guideline.card_groups import CardContent
from plandefinitions.guideline.card_text import joined
from plandefinitions.guideline.decision import Decision
from plandefinitions.guideline.facts import show

_SAYS_THE_DISEASE = frozenset({"Metastatic Soft Tissue Sarcoma", "Soft Tissue Sarcoma", "Metastatic"})
"""Criteria that every entry has: the summary names the disease instead."""
_FOR_IT = frozenset({("when", "met"), ("any-of", "met"), ("unless", "not-met")})


def summary(content: CardContent, facts: PatientFacts) -> str:
    """The leading option, then its reasons; first of all the disease, where that leaves room for the reasons."""
    lead, others = content.lead, len(content.decisions) - 1
    more = f" (and {others} more)" if others else ""
    if lead.text:
        return joined(f"{lead.text.removesuffix('.') if others else lead.text}{more}", [])
    disease = _disease(facts)
    reasons = [reason for reason in dict.fromkeys(_reasons(content)) if reason not in disease]
    head = f"{lead.entry.short}{more}"
    in_order = bool(lead.entry.summary_criteria)
    if any(_histology(facts) in reason for reason in reasons):
        return joined(head, reasons, in_order=in_order)
    told = joined(head, [disease, *reasons], in_order=in_order)
    return told if all(reason in told for reason in reasons[:1]) else joined(head, reasons, in_order=in_order)


def _reasons(content: CardContent) -> Iterator[str]:
    """Those that the entry chose; else those of its own, then those that it shares with others."""
    lead = content.lead
    if lead.entry.summary_criteria:
        yield from _chosen(lead)
        return
    common = {row.words for row in lead.criteria if row.name in _SAYS_THE_DISEASE}
    reasons = [reason for reason in lead.because if reason not in common]
    shared = {reason for other in content.decisions[1:] for reason in other.because}
    yield from sorted(reasons, key=shared.__contains__)


def _chosen(lead: Decision) -> Iterator[str]:
    rows = {row.name: row for row in lead.criteria}
    for name in lead.entry.summary_criteria:
        if (row := rows.get(name)) is not None and (row.role, row.state) in _FOR_IT:
            yield row.words


def _disease(facts: PatientFacts) -> str:
    spread = "metastatic " if facts.facts["metastatic_status"].value == "yes" else ""
    return f"{spread}{_histology(facts)}"


def _histology(facts: PatientFacts) -> str:
    known = facts.facts["histology"].status == "known"
    return (show(facts, "histology") if known else "") or "soft tissue sarcoma"
