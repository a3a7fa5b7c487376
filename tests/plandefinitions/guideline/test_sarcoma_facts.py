"""The shared library: what its words mean, three-valued, over the Observations that the mappers write."""

from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any

import pytest

from cql import Engine, Library
from plandefinitions.guideline.case_facts import facts_of
from plandefinitions.guideline.settings import CONTENT

TEXT = (CONTENT / "library" / "SarcomaFacts.cql").read_text()


@cache
def _engine(expressions: tuple[str, ...]) -> Engine:
    header = (
        "library Asked version '1.0.0'\nusing FHIR version '4.0.1'\ninclude SarcomaFacts version '1.0.0' called F\n"
    )
    defines = [f'define "{number}": {one}' for number, one in enumerate(expressions)]
    return Engine(Library.from_cql(header + "context Patient\n" + "\n".join(defines), {"SarcomaFacts": TEXT}))


def asked(expression: str, facts: Mapping[str, Any] | None = None) -> Any:
    """The value of an expression over the library (called F) for a patient of these facts."""
    data: Iterable[Mapping[str, Any]] = facts_of(facts or {}).observations()
    return _engine((expression,)).evaluate([{"resourceType": "Patient", "id": "case"}, *data])["0"]


@pytest.mark.parametrize(
    ("histology", "concept", "expected"),
    [
        ("myxoid_liposarcoma", "liposarcoma_nos", True),
        ("round_cell_liposarcoma", "myxoid_liposarcoma", True),
        ("liposarcoma_nos", "myxoid_liposarcoma", None),
        ("liposarcoma_nos", "round_cell_liposarcoma", None),
        ("liposarcoma_nos", "synovial_sarcoma", False),
        ("sarcoma_nos", "synovial_sarcoma", None),
        ("undifferentiated_sarcoma", "ups", None),
        ("uterine_leiomyosarcoma", "leiomyosarcoma", True),
        ("leiomyosarcoma", "uterine_leiomyosarcoma", None),
        ("dfsp_fibrosarcomatous", "dfsp", True),
        ("cutaneous_angiosarcoma", "angiosarcoma", True),
        ("angiosarcoma", "leiomyosarcoma", False),
        (None, "angiosarcoma", None),
    ],
)
def test_a_broader_histology_leaves_the_narrower_open(
    histology: str | None, concept: str, expected: bool | None
) -> None:
    assert asked(f"F.\"Histology Is\"('{concept}')", {"histology": histology}) is expected


@pytest.mark.parametrize(
    "expression",
    [
        "F.\"Histology Is\"('asps')",
        "F.\"Histology Is Any Of\"({ 'asps', 'ups' })",
        'F."Translocation-Related"',
        'F."Dermatofibrosarcoma Protuberans" and not F."Prior Drug"(\'imatinib\')',
    ],
)
def test_a_subtype_that_is_open_is_told_by_the_histology_alone(expression: str) -> None:
    data = [{"resourceType": "Patient", "id": "case"}, *facts_of({"histology": "sarcoma_nos"}).observations()]
    result = _engine((expression,)).evaluate(data, trace=True)
    assert result["0"] is None
    (reason,) = result.trace.reasons("0")
    assert (reason.reference or "").startswith("Observation/histology-")


def test_one_of_several_histologies() -> None:
    either = "F.\"Histology Is Any Of\"({ 'asps', 'well_differentiated_liposarcoma' })"
    assert asked(either, {"histology": "asps"}) is True
    assert asked(either, {"histology": "liposarcoma_nos"}) is None
    assert asked(either, {"histology": "ups"}) is False


@pytest.mark.parametrize(
    ("histology", "expected"),
    [("synovial_sarcoma", True), ("liposarcoma_nos", None), ("leiomyosarcoma", False), ("sarcoma_nos", None)],
)
def test_translocation_related(histology: str, expected: bool | None) -> None:
    assert asked('F."Translocation-Related"', {"histology": histology}) is expected


@pytest.mark.parametrize(
    ("sites", "only", "outside"),
    [
        (["lung"], True, False),
        (["lung", "pleura"], False, True),
        (["lung", "lymph-node"], False, True),
        (["liver"], False, True),
        (None, None, None),
    ],
)
def test_lungs_only(sites: list[str] | None, only: bool | None, outside: bool | None) -> None:
    assert asked('F."Metastases In Lungs Only"', {"metastatic_sites": sites}) is only
    assert asked('F."Metastases Outside The Lungs"', {"metastatic_sites": sites}) is outside


@pytest.mark.parametrize(
    ("count", "expected"),
    [
        ({"total": 5}, True),
        ({"total": 6}, False),
        ({"lung": 2, "at_least": 2}, None),
        ({"lung": 6, "at_least": 6}, False),
        (None, None),
    ],
)
def test_oligometastatic_by_total_or_by_a_partial_sum_over_the_limit(
    count: Mapping[str, int] | None, expected: bool | None
) -> None:
    assert asked('F."Oligometastatic"', {"lesion_count": count}) is expected


@pytest.mark.parametrize(
    ("interval", "expected"),
    [
        (12, False),
        (13, True),
        ({"low": 12.03, "high": 12.03}, True),
        ({"low": 11.5, "high": 12.0}, False),
        ({"low": 11.9, "high": 12.1}, None),
        ({"high": 12.0}, False),
        ({"high": 40.0}, None),
        (None, None),
    ],
)
def test_interval_longer_than(interval: Any, expected: bool | None) -> None:
    assert asked('F."Disease-Free Interval Longer Than"(12)', {"disease_free_interval_months": interval}) is expected


@pytest.mark.parametrize(
    ("given", "lung"),
    [("yes", True), ("no", False), ({"lung": "no"}, False), ({"liver": "yes"}, None), (None, None)],
)
def test_resection_by_organ(given: Any, lung: bool | None) -> None:
    assert asked("F.\"Complete Resection Feasible In\"('lung')", {"complete_resection_feasible": given}) is lung


CLOSED = {
    "surgical_candidate": 'F."Not A Surgical Candidate"',
    "local_disease_active": 'F."Local Disease Active"',
    "pregnancy": 'F."Pregnant"',
    "cardiac": 'F."Heart Failure"',
    "anthracycline_exposure": 'F."Earlier Anthracycline For Any Cancer"',
    "urgent_tumour_shrinkage_needed": 'F."Urgent Shrinkage Needed"',
    "trial_enrolment": 'F."In A Trial"',
    "symptoms": 'F."Spinal Cord Compression"',
    "nodes": 'F."Abnormal Nodes"',
    "prior_systemic": 'F."Prior Anthracycline"',
    "progression_after": "F.\"Progression After\"('doxorubicin')",
    "prior_local_therapy": 'F."Prior Pulmonary Metastasectomy"',
    "molecular": 'F."NTRK Fusion"',
    "sequencing_done": 'F."Sequencing Done Or Ordered"',
    "tumour_board": 'F."Tumour Board Since First Metastasis"',
}


@pytest.mark.parametrize("fact", CLOSED)
def test_none_on_record_is_no_and_not_read_is_unknown(fact: str) -> None:
    assert asked(CLOSED[fact]) is False
    assert asked(CLOSED[fact], {"unread": [fact]}) is None


def course(drug: str, **more: Any) -> dict[str, Any]:
    return {"drug": drug, **more}


def test_what_ended_or_progressed_is_prior() -> None:
    prior = "F.\"Prior Drug\"('doxorubicin')"
    assert asked(prior, {"prior_systemic": [course("doxorubicin")]}) is True
    assert asked(prior, {"prior_systemic": [course("doxorubicin", state="active")]}) is False
    assert asked(prior, {"prior_systemic": [course("doxorubicin", state="active", progressed=True)]}) is True
    assert asked("F.\"Drug Given\"('doxorubicin')", {"prior_systemic": [course("doxorubicin", state="active")]}) is True


def test_a_regimen_was_given_when_its_drugs_were_given_together() -> None:
    regimen = "F.\"Regimen Given\"({ 'gemcitabine', 'docetaxel' })"
    together = [course("gemcitabine", line=2), course("docetaxel", line=2)]
    apart = [course("gemcitabine", line=1), course("docetaxel", line=2)]
    around_the_primary = [course("gemcitabine", line=None), course("docetaxel", line=None)]
    assert asked(regimen, {"prior_systemic": together}) is True
    assert asked(regimen, {"prior_systemic": apart}) is False
    assert asked(regimen, {"prior_systemic": around_the_primary}) is True
    assert asked(regimen) is False


def test_treatment_around_the_primary_is_no_line() -> None:
    facts = {"prior_systemic": [course("doxorubicin", line=None)]}
    assert asked('F."No Line Of Systemic Therapy Yet"', facts) is True
    assert asked('F."Prior Line Of Chemotherapy"', facts) is False
    assert asked('F."Prior Anthracycline"', facts) is True
    second = {"prior_systemic": [course("doxorubicin"), course("pazopanib", line=2, state="active")]}
    assert asked('F."Lines Of Systemic Therapy"', second) == 2
    assert asked('F."Two Or More Prior Lines"', second) is False
    assert asked('F."Active Course Without Progression"', second) is True
    ended = {"prior_systemic": [course("doxorubicin"), course("pazopanib", line=2)]}
    assert asked('F."Two Or More Prior Lines"', ended) is True
    unread = {**second, "unread": ["progression_after"]}
    assert asked('F."Two Or More Prior Lines"', unread) is None
    assert asked('F."Active Course Without Progression"', unread) is None


@pytest.mark.parametrize(
    ("board", "first", "progression", "expected"),
    [
        ("2023-03-01", "2023-03-01", [], True),
        ("2023-02-28", "2023-03-01", [], False),
        ("2023-03", "2023-03-10", [], None),
        ("2023", "2024-01-10", [], False),
        ("undated", "2023-03-01", [], None),
        ("2023-03-01", None, [], None),
        ("2023-04-01", "2023-03-01", [{"date": "2023-06-01"}], False),
        ("2023-07-01", "2023-03-01", [{"date": "2023-06-01"}, {"date": "2023-05"}], True),
    ],
)
def test_tumour_board_since_metastasis_and_progression(
    board: str, first: str | None, progression: list[Mapping[str, str]], expected: bool | None
) -> None:
    facts = {"tumour_board": board, "first_metastasis_date": first, "progression_after": progression}
    assert asked('F."Tumour Board Since Metastasis And Progression"', facts) is expected


def test_lung_metastases_after_the_metastasectomy() -> None:
    since = 'F."Lung Metastases Since Pulmonary Metastasectomy"'
    treated = {"prior_local_therapy": [{"procedure": "lung_metastasectomy", "date": "2022-03-01"}]}
    assert asked(since, {**treated, "metastatic_sites": {"lung": "2023-01-01"}}) is True
    assert asked(since, {**treated, "metastatic_sites": {"lung": "2021-01-01"}}) is False
    assert asked(since, {**treated, "metastatic_sites": {"lung": "2022"}}) is None
    assert asked(since, {"metastatic_sites": {"lung": "2023-01-01"}}) is False


def test_order_checks_concern_selected_drafts() -> None:
    drafts = {"drafts": [{"drug": "doxorubicin"}, {"drug": "ifosfamide", "selected": False}]}
    assert asked("F.\"Selected Draft Of\"('doxorubicin')", drafts) is True
    assert asked("F.\"Selected Draft Of\"('ifosfamide')", drafts) is False
    assert asked("F.\"Drafted\"('ifosfamide')", drafts) is True
    assert asked("F.\"Ordered With\"('ifosfamide', 'doxorubicin')", drafts) is True
    assert asked('F."Selected Cytotoxic Drafts"', drafts) == ["MedicationRequest/draft-1"]


def test_drugs_ordered_in_words() -> None:
    names = 'F."Names Of Drugs Ordered"(F."Cytotoxic Drugs")'
    drafts = [{"drug": "gemcitabine"}, {"drug": "mesna"}, {"drug": "docetaxel", "selected": False}]
    assert asked(names, {"drafts": drafts}) == "gemcitabine"
    both = [{"drug": ["paclitaxel_protein_bound", "mesna"]}, {"drug": "gemcitabine"}, {"drug": "gemcitabine"}]
    assert asked(f'F."Capitalised"({names})', {"drafts": both}) == "Paclitaxel protein bound and gemcitabine"


@pytest.mark.parametrize(
    ("drafts", "expected"),
    [
        ([{"procedure": "rfa_lung"}], True),
        ([{"procedure": "rfa_liver"}], False),
        ([{"procedure": "ablation"}], None),
        ([{"procedure": "ablation"}, {"procedure": "rfa_lung"}], True),
        ([{"procedure": "rfa_lung", "selected": False}], False),
        ([{"procedure": "sbrt", "organ": "lung"}], False),
    ],
)
def test_treatment_of_an_organ_that_may_not_be_stated(drafts: list[Mapping[str, Any]], expected: bool | None) -> None:
    assert asked("F.\"Selected Treatment Of\"({ 'ablation' }, 'lung')", {"drafts": drafts}) is expected


@pytest.mark.parametrize(
    ("ordered", "before", "expected"),
    [
        ("lung", [{"procedure": "radiotherapy", "organ": "lung"}], True),
        ("lung", [{"procedure": "radiotherapy", "organ": "bone"}], False),
        ("lung", [{"procedure": "radiotherapy"}], None),
        ("lung", [{"procedure": "radiotherapy"}, {"procedure": "radiotherapy", "organ": "lung"}], True),
        ("lung", [{"procedure": "lung_metastasectomy"}], False),
        ("lung", [], False),
        ("other", [{"procedure": "radiotherapy", "organ": "other"}], None),
        (None, [{"procedure": "radiotherapy", "organ": "lung"}], None),
        (None, [], False),
    ],
)
def test_same_organ_treated_before(ordered: str | None, before: list[Mapping[str, Any]], expected: bool | None) -> None:
    facts = {"drafts": [{"procedure": "sbrt", "organ": ordered}], "prior_local_therapy": before}
    call = "F.\"Same Organ Treated Before\"({ 'sbrt' }, { 'radiotherapy' })"
    assert asked(call, facts) is expected
    assert asked(call, {**facts, "prior_local_therapy": None, "unread": ["prior_local_therapy"]}) is None


INVESTIGATIONS = [
    "F.\"Investigation Recorded\"('mri_brain')",
    "F.\"Investigation Since\"('mri_brain', DateTime(2024, 1, 1))",
    "F.\"Investigation Since Diagnosis\"('mri_brain')",
    "F.\"Imaging Since\"('brain', DateTime(2024, 1, 1))",
]


@pytest.mark.parametrize("call", INVESTIGATIONS)
def test_an_investigation_is_absent_only_from_a_record_that_was_read_completely(call: str) -> None:
    this = {"procedure": "mri_brain", "date": "2024-02-01", "since_diagnosis": True}
    other = {"procedure": "ct_chest", "date": "2024-02-01", "since_diagnosis": True}
    for found, read, in_part in (([], False, None), ([other], False, None), ([other, this], True, True)):
        assert asked(call, {"investigations": found}) is read
        assert asked(call, {"investigations": found, "unread": ["investigations"]}) is in_part


def test_a_line_of_other_drugs() -> None:
    other = "F.\"Line Of Other Drugs Than\"({ 'gemcitabine', 'docetaxel' })"
    assert asked(other, {"prior_systemic": ["gemcitabine"]}) is False
    assert asked(other, {"prior_systemic": ["gemcitabine", "doxorubicin"]}) is True
    assert asked(other, {"prior_systemic": [{"drug": "doxorubicin", "line": None}]}) is False
    assert asked(other, {"unread": ["prior_systemic"]}) is None


@pytest.mark.parametrize(("indicator", "priority"), [("critical", "stat"), ("warning", "urgent"), ("info", "routine")])
def test_priority_of_an_indicator(indicator: str, priority: str) -> None:
    assert asked(f"F.\"Priority Of\"('{indicator}')") == priority


def test_a_drug_taken_counts_beside_a_draft() -> None:
    together = "F.\"Ordered With\"('bevacizumab', 'paclitaxel')"
    taking = {"prior_systemic": {"taking": ["bevacizumab"]}, "drafts": [{"drug": "paclitaxel"}]}
    assert asked(together, taking) is True
    assert asked(together, {"drafts": [{"drug": "paclitaxel"}]}) is False


@pytest.mark.parametrize(
    ("applies", "unless", "confirm", "alternative", "expected"),
    [
        ("true", "false", "false", "false", "offered"),
        ("true", "false", "false", "true", "alternative"),
        ("true", "false", "true", "true", "to-confirm"),
        ("true", "null as Boolean", "false", "false", "to-confirm"),
        ("true", "true", "true", "false", "suppressed"),
        ("null as Boolean", "true", "false", "false", "suppressed"),
        ("null as Boolean", "null as Boolean", "false", "false", "undecided"),
        ("false", "true", "true", "true", "not-applicable"),
        ("true", "false", "false", "null as Boolean", "offered"),
    ],
)
def test_status(applies: str, unless: str, confirm: str, alternative: str, expected: str) -> None:
    call = (
        f"F.\"Status Of\"({applies}, {{ Tuple {{ reason: 'r', holds: {unless} }} }}, "
        f"{{ Tuple {{ what: 'w', holds: {confirm} }} }}, {alternative})"
    )
    assert asked(call) == expected
