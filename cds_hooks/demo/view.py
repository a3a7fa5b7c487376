"""What the page of one patient shows, made from the explanation of the hook call."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

from cds_hooks.pages.words import value_of

Json = Mapping[str, Any]

STATUSES: Mapping[str, tuple[str, str]] = {
    "offered": ("Offered", "The criteria are met."),
    "to-confirm": ("To confirm", "Met so far; one thing is left to confirm."),
    "alternative": ("Alternative", "Met, and ranked after one that is offered."),
    "undecided": ("Undecided", "A fact that is not known decides."),
    "suppressed": ("Held back", "Would apply, but something named outranks it."),
    "not-applicable": ("Not applicable", "A criterion is known not to hold."),
}
"""The statuses in the order of the page: the word for each, and what it means."""


LOOKS: Mapping[tuple[bool, str], Mapping[str, str]] = {
    (False, "met"): {"look": "met", "word": "Met"},
    (False, "not-met"): {"look": "not-met", "word": "Not met"},
    (False, "unknown"): {"look": "unknown", "word": "Unknown"},
    (True, "met"): {"look": "suppressed", "word": "Rules it out"},
    (True, "not-met"): {"look": "clear", "word": "Not in the way"},
    (True, "unknown"): {"look": "unknown", "word": "Unknown"},
}
"""How a criterion's state is shown, by whether it is an exclusion: an exclusion that is "met" is no good news."""


def decision_groups(explanation: Json, cards: Iterable[Json], titles: Mapping[str, str]) -> list[dict[str, Any]]:
    """The recommendations by status, those on cards in the order of the cards; statuses that none has are left out."""
    on_cards = [one["id"] for card in cards for one in card["extension"]["org.sarcoma-cds.recommendations"]]
    place = {identifier: number for number, identifier in enumerate(on_cards)}
    groups: dict[str, list[dict[str, Any]]] = {status: [] for status in STATUSES}
    for one in sorted(explanation["recommendations"], key=lambda one: place.get(one["id"], len(place))):
        groups[one["status"]].append({**one, "title": titles.get(one["id"], one["id"]), "tally": _tally(one)})
    return [
        {"status": status, "word": STATUSES[status][0], "meaning": STATUSES[status][1], "items": items}
        for status, items in groups.items()
        if items
    ]


def _tally(recommendation: Json) -> list[dict[str, Any]]:
    """How many criteria look alike: ``5 met``, ``1 unknown``."""
    looks = [LOOKS[one["role"] == "unless", one["state"]] for one in recommendation["criteria"]]
    counts = Counter((one["look"], one["word"].lower()) for one in looks)
    return [{"look": look, "word": word, "count": count} for (look, word), count in counts.items()]


def fact_groups(facts: Mapping[str, Json]) -> dict[str, list[dict[str, Any]]]:
    """The facts for the page: those with evidence or a conflict, those read as none on record, those not known."""
    groups: dict[str, list[dict[str, Any]]] = {"found": [], "none": [], "unknown": []}
    for key, fact in facts.items():
        row = {
            "key": key,
            "label": fact_label(key),
            **fact,
            "shown": fact_value(key, fact),
            "sources": _sources(fact["evidence"]),
        }
        if fact["evidence"] or fact["status"] == "conflicting":
            groups["found"].append(row)
        else:
            groups["none" if fact["status"] == "known" else "unknown"].append(row)
    return groups


def fact_value(key: str, fact: Json) -> str:
    """The value in words; of draft orders, what they are called."""
    if key != "drafts" or not fact["value"]:
        return value_of(fact["value"])
    return "; ".join(one["text"] + ("" if one["selected"] else " (not selected)") for one in fact["value"])


def _sources(evidence: Iterable[Json]) -> list[dict[str, Any]]:
    """Evidence by resource: one resource is often read by several rules."""
    sources: dict[tuple[str, str], dict[str, Any]] = {}
    for one in evidence:
        key = (one["reference"], one.get("date", ""))
        source = sources.setdefault(key, {"reference": key[0], "date": key[1], "readings": []})
        reading = {"words": one.get("words", ""), "rule": one["rule"]}
        if reading not in source["readings"]:
            source["readings"].append(reading)
    return list(sources.values())


def fact_label(key: str) -> str:
    """``disease_free_interval_months`` gives ``Disease free interval (months)``."""
    words = key.split("_")
    unit = f" ({words.pop()})" if words[-1] in ("cm", "months") else ""
    label = "ECOG" if key == "ecog" else " ".join(words).capitalize()
    return label + unit


def records(resources: Iterable[Json], context: Json, facts: Mapping[str, Json]) -> dict[str, Json]:
    """The record's resources and draft orders that the facts' evidence refers to, by reference."""
    cited = {evidence["reference"] for fact in facts.values() for evidence in fact["evidence"]}
    drafts = [entry["resource"] for entry in context.get("draftOrders", {}).get("entry", ())]
    found = {f"{one['resourceType']}/{one.get('id')}": one for one in (*resources, *drafts)}
    return {reference: found[reference] for reference in sorted(cited) if reference in found}


def abridged(request: Json) -> dict[str, Any]:
    """The request with its prefetch Bundles reduced to their sizes: 1,000 resources are not read on a page."""
    prefetch = {key: _abridged_value(value) for key, value in request["prefetch"].items()}
    return {**request, "prefetch": prefetch}


def _abridged_value(value: Any) -> Any:
    entries = value.get("entry", ()) if isinstance(value, dict) and value.get("resourceType") == "Bundle" else ()
    return {**value, "entry": f"… {len(entries)} entries …"} if entries else value


def person(patient: Json, as_of: str) -> dict[str, Any]:
    """Name, sex and age for the patient's line."""
    name = (patient.get("name") or [{}])[0]
    given = " ".join(name.get("given", []))
    born = patient.get("birthDate", "")
    return {
        "name": f"{given} {name.get('family', '')}".strip() or "Unnamed",
        "sex": patient.get("gender", ""),
        "born": born,
        "age": _age(born, as_of),
    }


def _age(born: str, as_of: str) -> int | None:
    if len(born) != 10:
        return None
    return int(as_of[:4]) - int(born[:4]) - (as_of[5:] < born[5:])
