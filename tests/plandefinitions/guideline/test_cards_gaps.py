"""The card of what is missing."""

from __future__ import annotations

from typing import Any

from mappers import PatientFacts
from plandefinitions.guideline.cards import build_cards
from plandefinitions.guideline.decision import Decisions, Gap
from tests.card_rules import EXTENSION, problems
from tests.plandefinitions.guideline.card_doubles import GUIDANCE, LUNG_METASTASES, decided, entry, facts, offered

PLAN = entry("data-gaps", "data-gaps", kind="data-gaps")
SURGERY, SBRT = entry("surgery"), entry("sbrt")


def card_of_gaps(*found: Gap, patient: PatientFacts | None = None) -> dict[str, Any]:
    base = decided(patient=patient)
    decisions = Decisions(base.facts, base.hook, (), found, offered(PLAN), base.parameters)
    cards = build_cards(decisions, GUIDANCE)
    assert problems(cards, "p1") == []
    card: dict[str, Any] = cards[0]
    return card


def test_names_the_facts_and_what_they_decide() -> None:
    card = card_of_gaps(
        Gap("lesion_count", "number of metastases", (SURGERY, SBRT), "a radiology report"),
        Gap("ecog", "ECOG performance status", (), "an ECOG Observation"),
        patient=facts(LUNG_METASTASES),
    )
    assert card["summary"] == (
        "Missing facts leave 2 recommendations undecided: number of metastases; ECOG performance status"
    )
    assert "- **number of metastases** would decide: Surgery; Sbrt. Recorded as a radiology report." in card["detail"]
    assert "- **ECOG performance status**: bears on most treatment." in card["detail"]
    assert card["extension"][EXTENSION] == [{"id": "data-gaps", "status": "offered"}]
    assert "suggestions" not in card


def test_a_fact_is_missing_because_its_record_was_not_read() -> None:
    card = card_of_gaps(Gap("prior_systemic", "systemic therapy", (SURGERY,), ""))
    assert "- **systemic therapy** would decide: Surgery. The record could not be read." in card["detail"]


def test_says_that_the_record_was_not_read_completely() -> None:
    base = decided()
    gap = Gap("ecog", "ECOG performance status", (), "an ECOG Observation")
    decisions = Decisions(base.facts, base.hook, (), (gap,), offered(PLAN), base.parameters)
    (card,) = build_cards(decisions, GUIDANCE, unread=["MedicationStatement"])
    assert "**Not everything could be read from the record:** medication statements." in card["detail"]


def test_asks_whether_the_sarcoma_is_metastatic() -> None:
    liver, breast = (
        {
            "resourceType": "Condition",
            "id": identifier,
            "clinicalStatus": {"coding": [{"code": "active"}]},
            "code": {"coding": [{"system": "http://hl7.org/fhir/sid/icd-10-cm", "code": code}], "text": text},
            "subject": {"reference": "Patient/p1"},
            "onsetDateTime": "2026-08-01",
        }
        for identifier, code, text in (("c4", "C78.7", "Liver metastasis"), ("c5", "C50.911", "Breast cancer"))
    )
    gap = Gap("metastatic_status", "metastatic status", (SURGERY,), "an M category")
    card = card_of_gaps(gap, patient=facts(liver, breast))
    assert card["summary"] == (
        "Is the sarcoma metastatic? On record: origin not stated: more than one active malignancy"
    )
    assert "(2026-08-01), Condition/c4" in card["detail"]
    assert "(2026-08-01), Condition/c5" in card["detail"]
    assert "- metastatic status: **contradictory**" in card["detail"]
    assert card_of_gaps(gap)["summary"] == "Is the sarcoma metastatic? On record: the evidence does not settle it"


def test_long_lists_of_recommendations_are_counted() -> None:
    many = tuple(entry(f"entry-{number}") for number in range(7))
    card = card_of_gaps(Gap("histology", "histology", many, "a pathology report"))
    assert "; and 3 more." in card["detail"]


def test_no_gaps_no_card() -> None:
    assert build_cards(decided(), GUIDANCE) == []
