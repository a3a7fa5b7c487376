"""Decisions: scope, hooks, settings, and what is the same for all entries."""

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from plandefinitions.guideline import Guideline, GuidelineSettings
from plandefinitions.guideline.case_facts import facts_of
from plandefinitions.guideline.cases import NOW
from plandefinitions.guideline.errors import SettingsError

LUNG: Mapping[str, Any] = {
    "histology": "leiomyosarcoma",
    "metastatic_status": "yes",
    "metastatic_sites": ["lung"],
    "lesion_count": {"total": 3, "lung": 3},
    "largest_lesion_cm": {"lung": 2.4},
    "presentation": "metachronous",
    "disease_free_interval_months": 28,
    "complete_resection_feasible": "yes",
    "ecog": 0,
}


@pytest.fixture(scope="module")
def guideline() -> Guideline:
    return Guideline.load()


def status(guideline: Guideline, entry: str, hook: str = "patient-view", **facts: Any) -> str:
    return guideline.decide(facts_of({**LUNG, **facts}), hook, NOW).of(entry).status


@pytest.mark.parametrize(
    ("facts", "because"),
    [
        ({"in_scope": "no"}, "not a soft tissue sarcoma that this guidance covers"),
        ({"demographics": {"age": 60, "deceased": True}}, "the patient has died"),
    ],
)
def test_who_is_not_ours_is_answered_without_conditions(
    guideline: Guideline, facts: Mapping[str, Any], because: str
) -> None:
    decisions = guideline.decide(facts_of({**LUNG, **facts}), "patient-view", NOW)
    assert {one.status for one in decisions.decisions} == {"not-applicable"}
    assert {one.because for one in decisions.decisions} == {(because,)}
    assert not decisions.shown
    assert not decisions.gaps
    assert decisions.data_gaps is None


def test_a_hook_has_its_recommendations_and_order_hooks_every_check(guideline: Guideline) -> None:
    at_opening = {one.id for one in guideline.decide(facts_of(LUNG), "patient-view", NOW).decisions}
    assert at_opening == {
        one.id for one in guideline.entries if "patient-view" in one.hooks and one.kind == "recommendation"
    }
    for hook in ("order-select", "order-sign"):
        found = {one.id for one in guideline.decide(facts_of(LUNG), hook, NOW).decisions}
        assert found >= {one.id for one in guideline.entries if one.kind == "order-check"}
    assert guideline.decide(facts_of(LUNG), "encounter-discharge", NOW).decisions == ()


def test_explanation_has_the_published_shape(guideline: Guideline) -> None:
    shown = guideline.decide(facts_of({**LUNG, "complete_resection_feasible": None}), "patient-view", NOW)
    found = {str(one["id"]): one for one in shown.to_explanation()}
    metastasectomy = found["pulmonary-metastasectomy"]
    assert metastasectomy["status"] == "to-confirm"
    assert metastasectomy["to_confirm"] == ["complete resection of all lung metastases is feasible"]
    assert "disease-free interval 28 months, more than 12" in str(metastasectomy["because"])
    assert all(isinstance(one["because"], list) and isinstance(one["missing"], list) for one in found.values())


def test_criteria_table_tells_role_and_state(guideline: Guideline) -> None:
    rows = guideline.decide(facts_of(LUNG), "patient-view", NOW).of("ablation-lung").criteria
    table = {one.name: one for one in rows}
    assert (table["Lung Metastases"].role, table["Lung Metastases"].state) == ("when", "met")
    either = {one.name: one.state for one in rows if one.role == "any-of"}
    assert either["Metastasectomy Is Shown"] == "met"
    assert either["Metastases Outside The Lungs"] == "not-met"
    assert len({one.group for one in rows if one.role == "any-of"}) == 1
    poor = table["Poor Performance"]
    assert (poor.role, poor.state, poor.local, poor.words) == ("unless", "not-met", True, "ECOG 0, better than 3")


def test_unknown_criteria_name_what_would_settle_them(guideline: Guideline) -> None:
    decision = guideline.decide(facts_of({**LUNG, "largest_lesion_cm": None}), "patient-view", NOW).of("ablation-lung")
    row = next(one for one in decision.criteria if one.state == "unknown")
    assert row.missing == decision.missing == ("largest_lesion_cm",)


def test_gaps_are_few_and_the_most_decisive_come_first(guideline: Guideline) -> None:
    given = {"histology": "leiomyosarcoma", "metastatic_status": "yes"}
    decisions = guideline.decide(facts_of(given), "patient-view", NOW)
    sizes = [len(one.decides) for one in decisions.gaps]
    assert sizes == sorted(sizes, reverse=True)
    assert 0 < len(sizes) <= 5
    assert decisions.gaps[0].fact == "metastatic_sites"
    assert decisions.data_gaps is not None
    assert decisions.data_gaps.entry.id == "data-gaps"
    assert all(one.recorded_as and one.label for one in decisions.gaps)


def test_no_gaps_when_everything_is_decided(guideline: Guideline) -> None:
    assert guideline.decide(facts_of(LUNG), "order-sign", NOW).gaps == ()


def test_many_threads_share_one_guideline(guideline: Guideline) -> None:
    patients = [facts_of({**LUNG, "ecog": score}) for score in (0, 1, 3, None)] * 10
    wanted = ["offered", "offered", "suppressed", "to-confirm"] * 10
    with ThreadPoolExecutor(8) as pool:
        found = pool.map(lambda one: guideline.decide(one, "patient-view", NOW), patients)
    assert [one.of("pulmonary-metastasectomy").status for one in found] == wanted


def test_a_hospital_may_change_a_threshold() -> None:
    local = Guideline.load(
        GuidelineSettings(parameters={"ablation_max_lesion_cm": 2, "oligometastatic_max_lesions": 3})
    )
    decision = local.decide(facts_of(LUNG), "patient-view", NOW).of("ablation-lung")
    assert decision.status == "not-applicable"
    assert decision.because == ("largest lung lesion 2.4 cm, not below 2 cm",)
    assert local.parameters["ablation_max_lesion_cm"].local
    assert status(local, "pulmonary-metastasectomy", complete_resection_feasible=None) == "to-confirm"
    more: dict[str, Any] = {"complete_resection_feasible": None, "lesion_count": {"total": 4, "lung": 4}}
    assert status(local, "pulmonary-metastasectomy", **more) == "undecided"


def test_local_criteria_can_be_switched_off(guideline: Guideline) -> None:
    facts: dict[str, Any] = {"pregnancy": "yes", "metastatic_sites": ["lung", "liver"], "lesion_count": None}
    assert status(guideline, "first-line-anthracycline", **facts) == "suppressed"
    local = Guideline.load(GuidelineSettings(switched_off=frozenset({"first-line-anthracycline/Pregnant"})))
    assert status(local, "first-line-anthracycline", **facts) == "offered"
    rows = local.decide(facts_of({**LUNG, **facts}), "patient-view", NOW).of("first-line-anthracycline").criteria
    assert "Pregnant" not in {one.name for one in rows}


def test_shared_local_criteria_can_be_switched_off_for_all() -> None:
    local = Guideline.load(GuidelineSettings(switched_off=frozenset({"SarcomaFacts/Poor Performance"})))
    assert status(local, "pulmonary-metastasectomy", ecog=4) == "offered"
    assert status(local, "ablation-lung", ecog=None) == "alternative"


def test_local_entries_can_be_switched_off() -> None:
    local = Guideline.load(GuidelineSettings(switched_off=frozenset({"data-gaps"})))
    assert "data-gaps" not in {one.id for one in local.entries}
    decisions = local.decide(facts_of({**LUNG, "lesion_count": None}), "patient-view", NOW)
    assert (decisions.gaps, decisions.data_gaps) == ((), None)


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("nothing", "no entry 'nothing'"),
        ("pulmonary-metastasectomy", "the papers' own"),
        ("pulmonary-metastasectomy/Metachronous", "no local criterion Metachronous; it has: Local Disease Active"),
        ("Nothing/Metachronous", "neither an entry nor a library 'Nothing'"),
    ],
)
def test_only_what_is_local_can_be_switched_off(name: str, says: str) -> None:
    with pytest.raises(SettingsError, match=says):
        Guideline.load(GuidelineSettings(switched_off=frozenset({name})))


def test_unknown_parameters_are_refused() -> None:
    with pytest.raises(SettingsError, match="no parameter 'max_lesions'"):
        Guideline.load(GuidelineSettings(parameters={"max_lesions": 3}))


def test_an_entry_is_found_by_id(guideline: Guideline) -> None:
    assert guideline.entry("ablation-lung").title == "Percutaneous ablation of lung metastases"
    with pytest.raises(KeyError):
        guideline.entry("nothing")
