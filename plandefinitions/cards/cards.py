"""Cards from applied plans: one for each applicable top-level action (CDS on FHIR; CDS Hooks 2.0, Card Attributes).

A top-level action that only groups others gives a card when something of it applies. What could not be judged is a
card of its own: silence would look like "nothing to say".
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from cql.errors import CqlError
from cql.terminology import Terminology
from plandefinitions.apply.outcome import Applied, AppliedAction
from plandefinitions.cards.detail import detail
from plandefinitions.cards.identity import Identities
from plandefinitions.cards.source import links, source
from plandefinitions.cards.suggestions import selection_behavior, suggestions
from plandefinitions.cards.text import escaped, summary

Json = dict[str, Any]
INDICATORS = {"routine": "info", "urgent": "warning", "asap": "warning", "stat": "critical"}
"""Request priorities as card indicators (HL7 ConceptMap; ``asap``, which it leaves out, is a warning)."""
_OF_A_PLAN = frozenset({"id", "instantiatesCanonical", "instantiatesUri", "meta"})
_SEVERITY = ("info", "warning", "critical")
OVERRIDE_REASONS = "https://sarcoma-cds.org/fhir/StructureDefinition/override-reasons"
"""Extension of a plan or action: the canonical of the ValueSet of reasons for which its card may be overridden."""
DOCUMENTED = {
    "system": "https://sarcoma-cds.org/fhir/CodeSystem/override-reasons",
    "code": "reason-documented",
    "display": "The reason is documented in the record",
}


@dataclass(frozen=True, slots=True)
class Card:
    """A card as JSON, with the plan and action it is from (``action`` is None for a card about problems)."""

    json: Json
    applied: Applied
    action: AppliedAction | None


def cards_of(
    answers: Applied | Sequence[Applied], *, terminology: Terminology | None = None, namespace: UUID | None = None,
    with_problems: bool = True,
) -> tuple[Card, ...]:  # fmt: skip
    """The cards of one call, in document order; equal ones (same summary and proposals) once.

    ``terminology`` resolves the value sets of override reasons. ``namespace`` makes identifiers unique to the call.
    """
    identities = Identities(namespace)
    found: list[Card] = []
    for applied in [answers] if isinstance(answers, Applied) else answers:
        problems = [one.message for one in applied.problems if one.severity == "error"]
        for action in applied.actions:
            if _says_something(action):
                found.append(_card(applied, action, identities, terminology, problems))
        if problems and with_problems:
            found.append(_problem_card(applied, problems, identities))
    return tuple(_merged(found))


def _says_something(action: AppliedAction) -> bool:
    """A group none of whose members apply has nothing to offer."""
    is_group = bool(action.action.children) or action.nested is not None
    return not is_group or bool(action.below) or (action.resource is not None and action.nested is None)


def _card(
    applied: Applied,
    action: AppliedAction,
    identities: Identities,
    terminology: Terminology | None,
    problems: list[str],
) -> Card:
    words = str(action.json.get("title") or action.action.label)
    short, was_cut = summary(words)
    made: Json = {"uuid": identities.card(applied, action.action.address), "summary": short}
    text = detail(action, words if was_cut else None)
    if text:
        made["detail"] = text
    made["indicator"] = indicator(action)
    made["source"] = source(applied.plan, action)
    offered = suggestions(action, applied.subject, identities, problems)
    if offered:
        made["suggestions"] = offered
        made["selectionBehavior"] = selection_behavior(action)
    reasons = _override_reasons(applied, action, terminology, problems)
    if reasons:
        made["overrideReasons"] = reasons
    linked = links(applied.plan, action)
    if linked:
        made["links"] = linked
    return Card(made, applied, action)


def indicator(action: AppliedAction) -> str:
    """info, warning or critical: as the action says, else by its priority, else by that of what it proposes."""
    stated = str(action.indicator or "").strip().lower()
    if stated in _SEVERITY:
        return stated
    if stated in INDICATORS:
        return INDICATORS[stated]
    own = action.json.get("priority") or (action.resource or {}).get("priority")
    if own in INDICATORS:
        return INDICATORS[own]
    below = [indicator(one) for one in action.below]
    return max(below, key=_SEVERITY.index, default="info")


def _override_reasons(
    applied: Applied, action: AppliedAction, terminology: Terminology | None, problems: list[str]
) -> list[Json]:
    """From the value set that the action or plan names; a must-unless-documented action has at least one."""
    found: list[Json] = []
    for owner in (action.action.raw, applied.plan.resource):
        url = _extension(owner, OVERRIDE_REASONS)
        if url and terminology is not None:
            try:
                codes = terminology.value_set(*_split(url)).codes
            except CqlError as error:
                problems.append(f"the override reasons are left out: {error}")
                break
            found = [{"code": c.code, "system": c.system, "display": c.display or c.code} for c in codes if c.system]
            break
    every = [action, *action.below]
    if not found and any(one.json.get("requiredBehavior") == "must-unless-documented" for one in every):
        found = [DOCUMENTED]
    return found


def _split(canonical: str) -> tuple[str, str | None]:
    url, _, version = canonical.partition("|")
    return url, version or None


def _extension(owner: Mapping[str, Any], url: str) -> str | None:
    for one in owner.get("extension") or ():
        if isinstance(one, dict) and one.get("url") == url:
            return one.get("valueCanonical") or one.get("valueUri")
    return None


def _problem_card(applied: Applied, problems: Iterable[str], identities: Identities) -> Card:
    short, _ = summary(f"Some guidance could not be checked: {applied.plan.title}")
    lines = "\n".join(f"- {escaped(one)}" for one in dict.fromkeys(problems))
    made = {
        "uuid": identities.card(applied, "problems"),
        "summary": short,
        "detail": f"These parts of the guidance were not judged, so nothing follows from their absence:\n\n{lines}",
        "indicator": "info",
        "source": source(applied.plan, None),
    }
    return Card(made, applied, None)


def _merged(cards: Iterable[Card]) -> Iterable[Card]:
    """Each card once: of cards with the same summary and proposals the first, which keeps the links of the others.

    Two cards of one plan that say different things in their details are two.
    """
    kept: dict[str, Card] = {}
    for card in cards:
        key = repr((card.json["summary"], list(_proposals(card.json)), card.action is None))
        same = kept.get(key)
        if same is not None and same.applied is card.applied and same.json.get("detail") != card.json.get("detail"):
            key += repr(card.json.get("detail"))
        first = kept.setdefault(key, card)
        if first is card:
            continue
        known = {one["url"] for one in first.json.get("links", ())} | {first.json["source"].get("url")}
        theirs = card.json["source"]
        more = [{"label": theirs["label"], "url": theirs["url"], "type": "absolute"}] if "url" in theirs else []
        added = [one for one in (*more, *card.json.get("links", ())) if one["url"] not in known]
        if added:
            first.json["links"] = [*first.json.get("links", ()), *added]
    return kept.values()


def _proposals(card: Json) -> Iterator[Any]:
    """What a card proposes, without what differs between plans that propose the same."""
    for suggestion in card.get("suggestions", ()):
        yield suggestion["label"]
        for action in suggestion.get("actions", ()):
            resource = action.get("resource", {})
            own = {name: value for name, value in resource.items() if name not in _OF_A_PLAN}
            yield action["type"], action.get("resourceId"), own
