"""What a client of CDS Hooks 1.0 gets: only what 1.0 defines, and nothing lost that 1.0 can say."""

from copy import deepcopy
from typing import Any

from cds_hooks.dialect import cards_for, discovery_for

CARD: dict[str, Any] = {
    "uuid": "d1577c69-dfbe-44ad-ba6d-3e05e953b2ea",
    "summary": "Pazopanib has no place here",
    "indicator": "warning",
    "detail": "Why.",
    "source": {
        "label": "A review",
        "url": "https://example.org/review",
        "topic": {"system": "https://example.org", "code": "order-check"},
    },
    "suggestions": [
        {
            "label": "Replace",
            "uuid": "1c2e8f5a-0000-4000-8000-000000000001",
            "isRecommended": True,
            "actions": [
                {"type": "delete", "description": "Remove", "resourceId": "MedicationRequest/d1"},
                {"type": "create", "description": "Draft", "resource": {"resourceType": "ServiceRequest"}},
            ],
        },
        {"label": "Do nothing", "uuid": "1c2e8f5a-0000-4000-8000-000000000002"},
    ],
    "selectionBehavior": "any",
    "overrideReasons": [{"code": "c", "system": "s", "display": "d"}],
    "links": [
        {"label": "Guidance", "url": "https://example.org/g", "type": "absolute"},
        {"label": "App", "url": "https://example.org/a", "type": "smart", "appContext": "x", "autolaunchable": True},
    ],
    "extension": {"org.sarcoma-cds.recommendations": [{"id": "metastasectomy", "status": "offered"}]},
}
SERVICE = {
    "hook": "patient-view",
    "title": "T",
    "description": "D",
    "id": "i",
    "version": "2.0.1",
    "prefetch": {"patient": "Patient/{{context.patientId}}"},
    "usageRequirements": "R4",
}


def test_2_0_is_told_as_it_was_built() -> None:
    assert cards_for("2.0", [CARD]) == [CARD]
    assert discovery_for("2.0", SERVICE) == SERVICE


def test_a_card_of_1_0() -> None:
    before = deepcopy(CARD)
    (told,) = cards_for("1.0", [CARD])
    assert told == {
        "summary": CARD["summary"],
        "indicator": "warning",
        "detail": "Why.",
        "source": {"label": "A review", "url": "https://example.org/review"},
        "suggestions": [
            {
                "label": "Replace",
                "uuid": "1c2e8f5a-0000-4000-8000-000000000001",
                "actions": [
                    {"type": "delete", "description": "Remove", "resource": "MedicationRequest/d1"},
                    {"type": "create", "description": "Draft", "resource": {"resourceType": "ServiceRequest"}},
                ],
            },
            {"label": "Do nothing", "uuid": "1c2e8f5a-0000-4000-8000-000000000002"},
        ],
        "selectionBehavior": "at-most-one",
        "links": [
            {"label": "Guidance", "url": "https://example.org/g", "type": "absolute"},
            {"label": "App", "url": "https://example.org/a", "type": "smart", "appContext": "x"},
        ],
        "extension": CARD["extension"],
    }
    assert before == CARD


def test_a_card_without_suggestions_and_links_gets_none() -> None:
    bare = {name: CARD[name] for name in ("summary", "indicator", "source")}
    assert cards_for("1.0", [bare]) == [bare | {"source": {"label": "A review", "url": "https://example.org/review"}}]
    assert cards_for("1.0", []) == []


def test_discovery_of_1_0_has_no_version_and_no_usage_requirements() -> None:
    assert discovery_for("1.0", SERVICE) == {
        "hook": "patient-view",
        "title": "T",
        "description": "D",
        "id": "i",
        "prefetch": {"patient": "Patient/{{context.patientId}}"},
    }
