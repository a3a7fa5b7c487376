"""Cards from decisions: what shares a card, in what order, what each says and carries."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from mappers import PatientFacts, map_patient
from plandefinitions.guideline.cards import build_cards
from plandefinitions.guideline.decision import CriterionFound, Decision, Reads
from plandefinitions.guideline.entry import EXTENSIONS, Entry
from tests.card_rules import EXTENSION, problems
from tests.plandefinitions.guideline.card_doubles import (
    GUIDANCE,
    LUNG_METASTASES,
    RECORD,
    decided,
    entry,
    facts,
    offered,
)

SURGERY = entry("surgery", offers=["Refer to thoracic surgery"], figures=[("34 % at 5 years", "Bui 2019 [9]")])
SBRT = entry("sbrt", rank=20, offers=["Refer to radiation oncology"])
DRUG = entry("drug", "systemic", offers=["Draft order"])
BOARD = entry("board", "work-up", offers=["Refer to the tumour board"])
HISTOLOGY = Reads(("histology",))
LIMITS = Reads(parameters=("oligometastatic_max_lesions", "metastasectomy_min_dfi_months"))
ERIBULIN: dict[str, Any] = {
    "resourceType": "MedicationRequest",
    "id": "d1",
    "status": "draft",
    "intent": "order",
    "subject": {"reference": "Patient/p1"},
    "medicationCodeableConcept": {"text": "eribulin"},
}


def cards_of(*decisions: Decision, patient: PatientFacts | None = None) -> list[dict[str, Any]]:
    cards = build_cards(decided(*decisions, patient=patient), GUIDANCE)
    assert problems(cards, "p1", ["MedicationRequest/d1"]) == []
    return cards


def listed(card: dict[str, Any]) -> list[tuple[str, str]]:
    return [(one["id"], one["status"]) for one in card["extension"][EXTENSION]]


def test_one_card_for_each_group() -> None:
    cards = cards_of(offered(BOARD), offered(DRUG), offered(SBRT), offered(SURGERY))
    assert [card["source"]["topic"]["code"] for card in cards] == ["local-therapy", "systemic", "work-up"]


def test_only_what_is_shown_is_on_a_card() -> None:
    statuses = ("offered", "to-confirm", "alternative", "suppressed", "not-applicable", "undecided")
    entries = [entry(status) for status in statuses]
    (card,) = cards_of(*(offered(one, status=status) for one, status in zip(entries, statuses, strict=True)))
    assert listed(card) == [(status, status) for status in statuses[:3]]


def test_no_card_when_nothing_is_shown() -> None:
    assert cards_of(offered(SURGERY, status="not-applicable")) == []


def test_offered_before_to_confirm_before_alternative_then_by_rank() -> None:
    a, b, c, d = (entry(name, rank=rank) for name, rank in (("a", 1), ("b", 2), ("c", 9), ("d", 5)))
    (card,) = cards_of(
        offered(a, status="alternative", alternative=True),
        offered(b, status="to-confirm"),
        offered(c),
        offered(d),
    )
    assert [identifier for identifier, _ in listed(card)] == ["d", "c", "b", "a"]


def test_what_ranks_after_stays_behind_when_something_is_left_to_confirm() -> None:
    first = offered(entry("first", rank=9), status="to-confirm")
    after = offered(entry("after", rank=1), status="to-confirm", alternative=True)
    (card,) = cards_of(after, first)
    assert [identifier for identifier, _ in listed(card)] == ["first", "after"]


def test_an_entry_comes_after_what_its_condition_refers_to() -> None:
    single = offered(entry("single", "systemic"), status="alternative", alternative=True)
    combined = offered(entry("combined", "systemic", rank=20, refers_to=["single"]))
    other = offered(entry("other", "systemic", rank=90))
    (card,) = cards_of(combined, single, other)
    assert [identifier for identifier, _ in listed(card)] == ["other", "single", "combined"]


def test_urgent_ones_are_apart_and_first() -> None:
    compression = offered(entry("compression", "work-up"), indicator="critical")
    brain = offered(entry("brain", "urgent"))
    cards = cards_of(offered(SURGERY), brain, compression, offered(BOARD))
    assert [listed(card)[0][0] for card in cards] == ["compression", "brain", "surgery", "board"]
    assert [card["indicator"] for card in cards] == ["critical", "info", "info", "info"]


def test_each_order_check_has_a_card_of_its_own() -> None:
    checks = [
        offered(entry(name, "order-check", kind="order-check"), text=f"About {name}.", indicator=indicator)
        for name, indicator in (("one", "info"), ("two", "warning"))
    ]
    cards = cards_of(*checks)
    assert [(card["summary"], card["indicator"]) for card in cards] == [
        ("About two.", "warning"),
        ("About one.", "info"),
    ]


def rows(*names: str) -> tuple[CriterionFound, ...]:
    """Criteria that are met, each told in its own name in small letters."""
    return tuple(CriterionFound(name, "met", name.lower(), "when", n, local=False) for n, name in enumerate(names))


def test_summary_names_what_the_disease_and_the_reasons_of_its_own_first() -> None:
    common, criteria = "soft tissue sarcoma", rows("Soft Tissue Sarcoma")
    (card,) = cards_of(
        offered(SURGERY, common, "fit", "lungs only", "interval 52 months", criteria=criteria),
        offered(SBRT, common, "fit", status="alternative", criteria=criteria),
    )
    assert card["summary"] == "Surgery (and 1 more): leiomyosarcoma; lungs only; interval 52 months; fit"


def test_summary_leaves_out_the_disease_where_a_reason_names_it_or_needs_its_room() -> None:
    (card,) = cards_of(offered(DRUG, "no lipo-, but a leiomyosarcoma", "a prior line"))
    assert card["summary"] == "Drug: no lipo-, but a leiomyosarcoma; a prior line"
    long = "word " * 25 + "1"
    (card,) = cards_of(offered(DRUG, long))
    assert card["summary"] == f"Drug: {long}"


def test_summary_is_named_shortly_and_tells_the_criteria_that_the_plan_chose() -> None:
    extension = [{"url": f"{EXTENSIONS}summary-criterion", "valueString": name} for name in ("Done", "Missing", "Few")]
    plan = {**BOARD.plan, "subtitle": "Board", "extension": [*BOARD.plan["extension"], *extension]}
    done = CriterionFound("Done", "not-met", "none done", "unless", 3, local=False)
    missing = CriterionFound("Missing", "unknown", "unknown", "unless", 4, local=False)
    (card,) = cards_of(
        offered(replace(BOARD, plan=plan), "many", "few", criteria=(*rows("Many", "Few"), done, missing))
    )
    assert card["summary"] == "Board: leiomyosarcoma; none done; few"
    assert card["links"][0]["label"] == "Guidance: Board"


def test_a_sentence_of_the_plan_is_the_summary() -> None:
    lead = offered(entry("lead", "work-up", rank=1), "because of this", text="Palliative radiotherapy for pain.")
    assert cards_of(lead)[0]["summary"] == "Palliative radiotherapy for pain."
    (card,) = cards_of(lead, offered(BOARD))
    assert card["summary"] == "Palliative radiotherapy for pain (and 1 more)"


def test_a_long_summary_is_cut_at_a_word() -> None:
    (card,) = cards_of(offered(entry("long", title="A recommendation " * 12)))
    assert card["summary"].endswith(" …")


def test_a_sentence_too_long_for_the_summary_is_in_the_detail() -> None:
    short, long = "About the order.", "About the order, and at length. " * 6
    for text, repeated in ((short, False), (long, True)):
        (card,) = cards_of(offered(entry("check", "order-check", kind="order-check"), text=text))
        assert (text.strip() in card["detail"]) is repeated


def test_detail_says_why_with_figures_caveats_facts_and_review() -> None:
    plan = entry(
        "surgery",
        figures=[("34 % at 5 years", "Bui 2019 [9]")],
        caveats=[("selected patients", "Wiltink 2021")],
    )
    (card,) = cards_of(
        offered(
            plan,
            "lungs only",
            status="to-confirm",
            to_confirm=("resection feasible",),
            notes=("solitary",),
            reads=HISTOLOGY,
        )
    )
    detail = card["detail"]
    assert "What surgery is about." in detail
    assert "**Surgery** (criteria met so far)" in detail
    assert "Why: lungs only." in detail
    assert "**To confirm:** resection feasible." in detail
    assert "Note: solitary." in detail
    assert "- 34 % at 5 years — Bui 2019 \\[9\\]" in detail
    assert "- selected patients — Wiltink 2021" in detail
    assert "- histology: leiomyosarcoma (2020-02-03)" in detail
    assert "Evidence last reviewed 2026-11-21." in detail


def test_group_caveats_are_on_the_local_therapy_card() -> None:
    (card,) = cards_of(offered(SURGERY))
    assert "No prospective trial compares" in card["detail"]
    assert "retrospective" in card["detail"]


def test_all_options_of_a_card_are_named_with_their_status() -> None:
    (card,) = cards_of(offered(SURGERY), offered(SBRT, status="alternative"))
    assert "**Surgery** (criteria met)" in card["detail"]
    assert "**Sbrt** (alternative)" in card["detail"]


def test_two_figures_of_one_option_one_each_of_several() -> None:
    many = [(f"figure {number}", "Bui 2019") for number in range(5)]
    lead, other = entry("lead", figures=many), entry("other", rank=20, figures=[(f"x {t}", s) for t, s in many])
    (card,) = cards_of(offered(lead))
    assert [f"- figure {n}" in card["detail"] for n in range(5)] == [True, True, False, False, False]
    (card,) = cards_of(offered(lead), offered(other))
    assert [f"- figure {n}" in card["detail"] for n in range(3)] == [True, False, False]
    assert [f"- x figure {n}" in card["detail"] for n in range(2)] == [True, False]
    assert [link["url"] for link in card["links"]] == [f"{GUIDANCE}/lead", f"{GUIDANCE}/other"]


def test_a_figure_that_the_description_gives_is_not_repeated_beside_other_options() -> None:
    lead = entry("lead", figures=[("34 %", "Bui 2019 [9]")])
    action = {**lead.action, "description": "34 % lived five years (Bui 2019 [9])."}
    described = replace(lead, plan={**lead.plan, "action": [action]})
    other = entry("other", rank=20, figures=[("95 %", "Bui 2019 [18]")])
    for plan, shown in ((described, False), (lead, True)):
        (card,) = cards_of(offered(plan), offered(other))
        assert ("- 34 % — Bui" in card["detail"]) is shown
        assert "- 95 % — Bui" in card["detail"]
    assert "- 34 % — Bui" in cards_of(offered(described))[0]["detail"]


def test_four_figures_on_a_card_at_most() -> None:
    entries = [entry(f"e{number}", rank=number, figures=[(f"figure {number}", "Bui 2019")]) for number in range(6)]
    (card,) = cards_of(*map(offered, entries))
    assert [f"- figure {n}" in card["detail"] for n in range(6)] == [True] * 4 + [False] * 2


def test_three_caveats_on_a_card_the_first_of_each_option_before_the_second_of_any() -> None:
    def caveats(name: str) -> list[tuple[str, str]]:
        return [(f"{name} {number}", "Bui 2019") for number in range(3)]

    one, two = (entry(name, "systemic", rank=n, caveats=caveats(name)) for n, name in enumerate(("one", "two")))
    (card,) = cards_of(offered(one), offered(two))
    shown = [line for line in card["detail"].splitlines() if line.endswith("— Bui 2019")]
    assert shown == [f"- {text} — Bui 2019" for text in ("one 0", "two 0", "one 1")]


def test_caveats_of_the_whole_card_come_before_further_ones_of_an_option() -> None:
    (card,) = cards_of(offered(entry("one", caveats=[("own 0", "Bui 2019"), ("own 1", "Bui 2019")])))
    assert [text in card["detail"] for text in ("own 0", "own 1", "No prospective trial", "retrospective")] == [
        True,
        False,
        True,
        True,
    ]


def test_a_reason_is_said_once() -> None:
    (card,) = cards_of(
        offered(SURGERY, "lungs only", "few lesions"),
        offered(SBRT, "lungs only", "small", status="alternative"),
        offered(entry("last", rank=30), "small", status="alternative"),
    )
    assert [line for line in card["detail"].splitlines() if line.startswith("Why")] == [
        "Why: lungs only; few lesions.",
        "Why: small.",
        "Why: as above.",
    ]


def test_what_is_left_to_confirm_is_said_once() -> None:
    left: dict[str, Any] = {
        "status": "to-confirm",
        "to_confirm": ("ECOG performance status not recorded",),
        "missing": ("ecog", "lesion_count"),
        "notes": ("no LVEF",),
    }
    (card,) = cards_of(offered(SURGERY, **left), offered(SBRT, **left))
    assert card["detail"].count("ECOG performance status not recorded") == 1
    assert card["detail"].count("no LVEF") == 1
    assert "**To confirm:** as above." in card["detail"]
    assert "**Not recorded:** number of metastases." in card["detail"]


def test_only_facts_that_the_criteria_read_are_listed() -> None:
    (card,) = cards_of(offered(DRUG, reads=Reads(("prior_systemic", "nodes"))))
    assert "- none on record: systemic therapy, regional nodes" in card["detail"]
    assert "histology" not in card["detail"]
    assert "{" not in card["detail"]


def test_notes_of_the_same_meaning_are_one() -> None:
    notes = ("solitary: better in one series", "grade 1: better in another", "small: better in one series", "no LVEF")
    (card,) = cards_of(offered(SURGERY, notes=notes))
    assert "Note: solitary, small: better in one series; grade 1: better in another; no LVEF." in card["detail"]


def test_a_fact_that_another_tells_has_no_line_of_its_own() -> None:
    sites, status = "sites of metastasis: lung (2026-08-01)", "metastatic status: yes (2026-08-01)"
    for read, shown in (
        (("metastatic_status",), [False, True]),
        (("metastatic_status", "metastatic_sites"), [True, False]),
    ):
        (card,) = cards_of(offered(SURGERY, reads=Reads(read)), patient=facts(LUNG_METASTASES))
        assert [f"- {line}" in card["detail"] for line in (sites, status)] == shown


def test_local_therapies_and_nodes_are_said_in_words() -> None:
    known = facts()
    done = [{"modality": "metastasectomy", "organ": "lung", "date": "2023-04-12", "procedure": "lung_metastasectomy"}]
    values: dict[str, Any] = {"prior_local_therapy": done, "nodes": {"enlarged": "yes"}}
    said = {key: replace(known.facts[key], value=value, status="known") for key, value in values.items()}
    patient = replace(known, facts={**known.facts, **said})
    (card,) = cards_of(offered(SURGERY, reads=Reads(tuple(values))), patient=patient)
    assert "- local therapy: metastasectomy (lung, 2023-04-12)" in card["detail"]
    assert "- regional nodes: enlarged yes" in card["detail"]
    assert "{" not in card["detail"]


def test_that_it_is_a_sarcoma_is_shown_by_the_histology() -> None:
    (card,) = cards_of(offered(DRUG, reads=Reads(("in_scope",))))
    assert "- histology: leiomyosarcoma (2020-02-03)" in card["detail"]
    assert "whether it is" not in card["detail"]


def test_what_could_not_be_read_is_not_called_unrecorded() -> None:
    patient = map_patient(RECORD, patient_id="p1", as_of="2026-11-21", unread=["Procedure"])
    (card,) = cards_of(
        offered(SURGERY, missing=("ecog",), reads=Reads(("prior_local_therapy",))),
        patient=patient,
    )
    assert "**Could not be read:** local therapy." in card["detail"]
    assert "**Not recorded:** ECOG performance status." in card["detail"]
    assert "none on record" not in card["detail"]


def test_what_is_not_recorded_is_said() -> None:
    (card,) = cards_of(offered(DRUG, missing=("ecog",)))
    assert "**Not recorded:** ECOG performance status." in card["detail"]


def test_none_on_record_is_said() -> None:
    (card,) = cards_of(offered(DRUG, reads=Reads(("prior_systemic",))))
    assert "- none on record: systemic therapy" in card["detail"]


def test_contradictory_facts_are_said() -> None:
    other = {
        "resourceType": "Condition",
        "id": "c2",
        "clinicalStatus": {"coding": [{"code": "active"}]},
        "code": {"coding": [{"system": "http://snomed.info/sct", "code": "302851001"}]},
        "subject": {"reference": "Patient/p1"},
        "onsetDateTime": "2020-02-03",
    }
    (card,) = cards_of(offered(DRUG, reads=HISTOLOGY), patient=facts(other))
    assert "- histology: **contradictory**" in card["detail"]


def test_local_settings_are_marked_and_the_papers_are_not() -> None:
    (card,) = cards_of(offered(SURGERY, reads=LIMITS))
    assert "**Local settings:** most lesions: 5." in card["detail"]
    assert "interval: 12" not in card["detail"]


def test_local_settings_that_no_option_uses_are_not_said() -> None:
    (card,) = cards_of(offered(SURGERY))
    assert "Local settings" not in card["detail"]


def test_a_threshold_that_the_hospital_changed_is_marked() -> None:
    decisions = decided(offered(SURGERY, reads=LIMITS))
    interval = replace(decisions.parameters["metastasectomy_min_dfi_months"], value=Decimal(18))
    changed = replace(decisions, parameters={**decisions.parameters, interval.name: interval})
    (card,) = build_cards(changed, GUIDANCE)
    assert "**Local settings:** most lesions: 5; interval: 18 months." in card["detail"]


def test_a_local_criterion_is_marked() -> None:
    row = CriterionFound("Pregnant", "met", "pregnancy", "when", 0, local=True)
    (card,) = cards_of(offered(SURGERY, "lungs only", "pregnancy", criteria=(row,)))
    assert "Why: lungs only; pregnancy *(local)*." in card["detail"]


def test_a_local_rule_is_not_the_papers() -> None:
    (card,) = cards_of(offered(entry("team", "work-up", origin="local")))
    assert card["source"]["label"] == "Local rule, not from the papers"
    assert card["source"]["url"] == f"{GUIDANCE}/team"
    assert "**Team** (criteria met, local rule, not from the papers)" in card["detail"]


@pytest.mark.parametrize(
    ("reviewed", "overdue"),
    [("2023-11-21", False), ("2023-11-20", True), ("2026-11-21", False), ("2019-06-01", True)],
)
def test_an_overdue_review_is_said(reviewed: str, overdue: bool) -> None:
    (card,) = cards_of(offered(entry("surgery", reviewed=reviewed)))
    assert ("more than 3 years ago" in card["detail"]) is overdue


def test_source_is_the_paper_with_its_address() -> None:
    (card,) = cards_of(offered(SURGERY))
    assert card["source"]["label"] == "Bui et al. 2019"
    assert card["source"]["url"].startswith("https://doi.org/")


def test_links_lead_to_the_guidance_pages() -> None:
    (card,) = cards_of(offered(SURGERY), offered(SBRT, status="alternative"))
    assert [link["url"] for link in card["links"]] == [f"{GUIDANCE}/surgery", f"{GUIDANCE}/sbrt"]


@pytest.mark.parametrize("group", ["local-therapy", "systemic", "work-up", "urgent", "order-check"])
def test_override_reasons_are_few_and_of_the_card(group: str) -> None:
    (card,) = cards_of(offered(entry("x", group)))
    assert 3 <= len(card["overrideReasons"]) <= 5


def test_override_reasons_are_the_entries_own_the_first_of_each_first() -> None:
    def with_reasons(plan: Entry, *codes: str) -> Entry:
        extension = [{"url": f"{EXTENSIONS}override-reason", "valueCode": code} for code in codes]
        return replace(plan, plan={**plan.plan, "extension": [*plan.plan["extension"], *extension]})

    own = with_reasons(BOARD, "already-discussed", "record-wrong", "no-tissue")
    other = with_reasons(entry("other", "work-up", rank=20), "no-tissue", "mri-contraindicated")
    default = entry("default", "work-up", rank=30)
    (card,) = cards_of(offered(own), offered(other))
    assert [one["code"] for one in card["overrideReasons"]] == [
        "already-discussed",
        "no-tissue",
        "record-wrong",
        "mri-contraindicated",
    ]
    (card,) = cards_of(offered(own), offered(default))
    assert [one["code"] for one in card["overrideReasons"]] == [
        "already-discussed",
        "already-arranged",
        "record-wrong",
        "no-consequence",
        "no-tissue",
    ]


def test_every_shown_option_has_a_link() -> None:
    (card,) = cards_of(*(offered(entry(f"e{number}", rank=number)) for number in range(7)))
    assert [link["url"] for link in card["links"]] == [f"{GUIDANCE}/e{number}" for number in range(7)]


def test_a_record_that_was_not_read_completely_is_said_on_every_card() -> None:
    patient = map_patient(RECORD, patient_id="p1", as_of="2026-11-21", unread=["Procedure"])
    decisions = decided(
        offered(SURGERY, reads=Reads(("prior_local_therapy",))), offered(DRUG, reads=HISTOLOGY), patient=patient
    )
    told = "**Not everything could be read from the record:** document references, procedures. What rests on them is "
    first, second = build_cards(decisions, GUIDANCE, {"Procedure", "DocumentReference"})
    assert f"{told}treated as unknown: local therapy." in first["detail"]
    assert f"{told}treated as unknown." in second["detail"]
    assert all("Not everything" not in card["detail"] for card in build_cards(decisions, GUIDANCE))


def test_the_last_figures_give_way_in_a_long_detail() -> None:
    long = "A figure of many words. " * 24
    entries = [entry(f"e{number}", rank=number, figures=[(f"{number} {long}", "Bui 2019")]) for number in range(4)]
    (card,) = cards_of(*map(offered, entries))
    assert len(card["detail"]) <= 2500
    assert [f"- {number} A figure" in card["detail"] for number in range(4)] == [True, True, True, False]


def test_the_same_call_gives_the_same_cards() -> None:
    assert cards_of(offered(SURGERY), offered(BOARD)) == cards_of(offered(SURGERY), offered(BOARD))


def test_another_patient_status_or_version_is_another_card() -> None:
    first = cards_of(offered(SURGERY))[0]["uuid"]
    confirm = cards_of(offered(SURGERY, status="to-confirm"))[0]["uuid"]
    newer = replace(SURGERY, plan={**SURGERY.plan, "version": "1.0.1"})
    someone = build_cards(replace(decided(offered(SURGERY)), facts=replace(facts(), patient_id="p2")), GUIDANCE)
    assert len({first, confirm, cards_of(offered(newer))[0]["uuid"], someone[0]["uuid"]}) == 4
