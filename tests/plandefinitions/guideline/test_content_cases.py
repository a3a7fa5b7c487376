"""The content's own cases, its form, and that every status an entry can have is tried."""

import re
import shutil
from functools import cache
from pathlib import Path

import pytest

from mappers.facts import FACT_KEYS
from mappers.terminology import CONCEPTS, ancestors
from mappers.terminology.drugs import ANTHRACYCLINES, CYTOTOXIC
from mappers.terminology.tables import table
from plandefinitions.apply.content.load import load
from plandefinitions.guideline import Guideline
from plandefinitions.guideline.cards import EXTENSION, build_cards
from plandefinitions.guideline.cases import Outcome, coverage, read_cases, run_case
from plandefinitions.guideline.entry import Entry, read_entries
from plandefinitions.guideline.errors import ContentError
from plandefinitions.guideline.facts import FACT_OF_CODE, LABELS, RECORDED_AS, observation_key
from plandefinitions.guideline.program import compile_program
from plandefinitions.guideline.settings import CONTENT

ENTRIES = read_entries(CONTENT)
CODES_OF_PROCEDURES = {(row["code"], row["display"]) for row in table("procedures")}
CASES = [case for entry in ENTRIES for case in read_cases(entry)]


@cache
def guideline() -> Guideline:
    return Guideline.load()


@cache
def outcome(number: int) -> Outcome:
    return run_case(guideline(), CASES[number])


@pytest.mark.parametrize("number", range(len(CASES)), ids=lambda number: f"{CASES[number].entry}: {CASES[number].name}")
def test_case(number: int) -> None:
    assert outcome(number).faults == ()


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry.id)
def test_entry_has_what_the_readme_asks_for(entry: Entry) -> None:
    plan = entry.plan
    assert plan["id"] == entry.id
    assert plan["name"] == entry.library
    assert plan["library"] == [f"https://sarcoma-cds.org/fhir/Library/{entry.library}"]
    assert all(plan[key] for key in ("version", "date", "approvalDate", "lastReviewDate", "title", "description"))
    assert entry.local or plan["relatedArtifact"]
    assert len(entry.action["title"]) < 140
    assert entry.hooks
    attributes = next(one for one in plan["extension"] if one["url"].endswith("/source-attributes"))
    assert len(attributes["extension"]) == 13
    headings = [line for line in (entry.folder / "evidence.md").read_text().splitlines() if line.startswith("#")]
    assert headings[0].startswith("# ")
    assert "## When" in headings


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry.id)
def test_offers_have_their_activities(entry: Entry) -> None:
    offers = entry.offers.values()
    actions = [*offers, *(part for offer in offers for part in offer.get("action", ()))]
    named = {one["definitionCanonical"] for one in actions if "definitionCanonical" in one}
    assert named == set(entry.activities)
    for activity in entry.activities.values():
        assert "dosage" not in activity
        for coding in activity.get("code", {}).get("coding", ()):
            assert (coding["code"], coding["display"]) in CODES_OF_PROCEDURES


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry.id)
def test_override_reasons_are_few_and_fit_what_is_checked(entry: Entry) -> None:
    assert not entry.override_reasons or 3 <= len(entry.override_reasons) <= 5
    assert entry.override_reasons or entry.kind != "order-check"


def test_an_unknown_override_reason_is_refused(tmp_path: Path) -> None:
    content = tmp_path / "content"
    shutil.copytree(CONTENT / "nodal-biopsy", content / "nodal-biopsy")
    path = content / "nodal-biopsy" / "plandefinition.json"
    path.write_text(path.read_text(encoding="utf-8").replace('"not-accessible"', '"too-deep"'), encoding="utf-8")
    with pytest.raises(ContentError, match=r"nodal-biopsy.*override-reason is 'too-deep'; it must be one of already-a"):
        read_entries(content)


@pytest.mark.parametrize("entry", [one for one in ENTRIES if one.summary_criteria], ids=lambda entry: entry.id)
def test_summaries_tell_criteria_of_their_entry(entry: Entry) -> None:
    decisions = [
        one.decisions.of(entry.id)
        for number, one in enumerate(map(outcome, range(len(CASES))))
        if CASES[number].entry == entry.id and one.decisions.hook in entry.hooks
    ]
    names = {row.name for decision in decisions for row in decision.criteria}
    assert set(entry.summary_criteria) <= names


def test_cards_of_all_cases_are_short_and_say_what_and_why() -> None:
    unread = ("MedicationRequest", "DiagnosticReport", "DocumentReference")
    for number in range(len(CASES)):
        for card in build_cards(outcome(number).decisions, "https://cds.example.org/guidance", unread):
            assert len(card["detail"]) <= 2500, CASES[number].name
            assert len(card["summary"]) < 140
            assert not re.search(r"(?<![\d.])1 (months|metastases|days)\b", card["detail"] + card["summary"])
            assert len(card["links"]) == len(card["extension"][EXTENSION])
            assert 3 <= len(card["overrideReasons"]) <= 5


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry.id)
def test_every_entry_is_shown_in_one_case_and_withheld_in_another(entry: Entry) -> None:
    expected = {case.expected.get("status") for case in CASES if case.entry == entry.id}
    assert expected & {"offered", "to-confirm", "alternative"}
    assert "not-applicable" in expected


def test_every_criterion_that_can_differ_is_tried_both_ways() -> None:
    found = coverage(map(outcome, range(len(CASES))))
    assert {one.entry for one in found} == {one.id for one in ENTRIES if one.kind != "data-gaps"}
    lacking = {one.criterion: set(one.lacking) for one in found}
    for one in found:
        lacking[one.criterion] &= set(one.lacking)
    assert {name for name, states in lacking.items() if states} == set()


def test_content_loads_in_the_apply_engine() -> None:
    assert [one for one in load([CONTENT]).diagnostics if one.severity == "error"] == []


def test_codes_of_facts_are_those_of_the_library() -> None:
    text = (CONTENT / "library" / "SarcomaFacts.cql").read_text()
    declared = {line.split('"')[1] for line in text.splitlines() if line.startswith("code ")}
    assert declared - {"investigation"} == set(FACT_OF_CODE)
    assert observation_key("investigation") not in FACT_KEYS
    assert set(FACT_OF_CODE.values()) <= set(FACT_KEYS)
    assert set(LABELS) == set(FACT_KEYS)
    assert set(RECORDED_AS) <= set(FACT_KEYS)


def test_lists_of_the_library_are_those_of_the_terminology() -> None:
    text = (CONTENT / "library" / "SarcomaFacts.cql").read_text()
    pairs = {(one.split("'")[1], one.split("'")[3]) for one in text.splitlines() if "concept: '" in one}
    known = {
        (concept, parent)
        for concept, of in CONCEPTS.items()
        for parent in ancestors(concept)
        if of.in_scope and CONCEPTS[parent].subtype_known
    }
    assert pairs == known
    assert _listed(text, "Cytotoxic Drugs") == CYTOTOXIC
    assert _listed(text, "Anthracyclines") == ANTHRACYCLINES


def _listed(text: str, name: str) -> set[str]:
    body = text.split(f'define "{name}":')[1].split("}")[0]
    return set(body.split("'")[1::2])


def test_a_library_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(ContentError, match="SarcomaFacts"):
        compile_program((), tmp_path, {})
