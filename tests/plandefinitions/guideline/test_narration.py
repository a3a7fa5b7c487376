"""Three-valued conditions, and the sentences about them."""

import pytest

from plandefinitions.guideline.case_facts import facts_of
from plandefinitions.guideline.criteria import Criterion, Group
from plandefinitions.guideline.narration import Narrator, deciding, met, value_of
from plandefinitions.guideline.parameters import Parameter
from plandefinitions.guideline.words import Words

A, B, C = (Criterion("L", name) for name in "ABC")
BOTH, EITHER = Group(False, (A, B)), Group(True, (A, B))
LIMIT = Parameter("limit", 12, 12, True, "months", "", "paper", "")


def values(a: bool | None, b: bool | None, c: bool | None = None) -> dict[str, bool | None]:
    return {"L.A": a, "L.B": b, "L.C": c}


@pytest.mark.parametrize("a", [True, False, None])
@pytest.mark.parametrize("b", [True, False, None])
def test_groups_follow_three_valued_logic(a: bool | None, b: bool | None) -> None:
    both = False if False in (a, b) else None if None in (a, b) else True
    either = True if True in (a, b) else None if None in (a, b) else False
    assert value_of(BOTH, values(a, b)) is both
    assert value_of(EITHER, values(a, b)) is either


def test_what_decides_has_the_value_of_the_condition() -> None:
    tree = Group(False, (C, EITHER))
    assert list(deciding(tree, values(False, None, True))) == [B]
    assert list(deciding(tree, values(False, False, None))) == [A, B]
    assert list(deciding(tree, values(True, None, True))) == [C, A]


def test_what_is_met_speaks_for_a_condition() -> None:
    tree = Group(False, (C, EITHER))
    assert list(met(tree, values(False, True, None))) == [B]


@pytest.fixture
def narrator() -> Narrator:
    given = {"disease_free_interval_months": 28, "histology": "leiomyosarcoma", "lesion_count": {"total": 1, "lung": 1}}
    return Narrator(facts_of({**given, "conflicting": ["presentation"]}), {"limit": LIMIT})


def said(narrator: Narrator, template: str) -> str:
    return narrator.sentence(A, Words({"met": (template,)}), True)


def test_braces_hold_facts_and_parameters(narrator: Narrator) -> None:
    assert said(narrator, "interval {disease_free_interval_months}, more than {limit.number}") == (
        "interval 28 months, more than 12"
    )
    assert said(narrator, "limit {limit}") == "limit 12 months"
    assert said(narrator, "{histology}; {lesion_count}") == "leiomyosarcoma; 1 metastasis (lung 1)"


def test_an_interval_that_reads_like_its_limit_is_given_with_days() -> None:
    words = Words({"met": ("interval {disease_free_interval_months}, more than {limit.number}",)})
    for low, shown in ((12.03, "12 months and 1 day"), (12.5, "12 months and 15 days"), (12.0, "12 months")):
        patient = facts_of({"disease_free_interval_months": {"value": 12, "low": low, "high": low}})
        assert Narrator(patient, {"limit": LIMIT}).sentence(A, words, True) == f"interval {shown}, more than 12"


def test_a_value_that_is_not_there_leaves_nothing_behind(narrator: Narrator) -> None:
    assert said(narrator, "largest lung lesion {largest_lesion_cm.lung}, below {limit}") == (
        "largest lung lesion, below 12 months"
    )
    assert said(narrator, "not metastatic: {metastatic_sites}") == "not metastatic"


def test_without_words_the_name_is_used(narrator: Narrator) -> None:
    nothing = Words({})
    named = Criterion("L", "Some Criterion")
    assert narrator.sentence(named, nothing, True) == "some Criterion"
    assert narrator.sentence(named, nothing, False) == "not so: some Criterion"
    assert narrator.sentence(named, nothing, None) == "some Criterion: not known"
    assert narrator.sentence(named, nothing, None, ("ecog",)) == "ECOG performance status not recorded"


def test_absence_tells_contradiction_and_imprecision(narrator: Narrator) -> None:
    assert narrator.absence("presentation") == "synchronous or metachronous presentation: the record contradicts itself"
    assert narrator.absence("disease_free_interval_months") == "disease-free interval: too imprecise to decide"
    assert narrator.absence("prior_systemic") == "systemic therapy: the record could not be read"
