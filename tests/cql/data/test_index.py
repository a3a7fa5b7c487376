"""Retrieves through the index, lenient reading of bundles, patients' contexts."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cql.data.index import DataIndex
from cql.data.warnings import DUPLICATE_RESOURCE, ENTRY_WITHOUT_RESOURCE
from cql.errors import DataError
from cql.terminology.value_set import ExpandedValueSet
from cql.values import Code, Concept, DateTime, Interval

Resource = dict[str, Any]
SNOMED, LOINC = "http://snomed.info/sct", "http://loinc.org"


def concept(*codes: str, system: str | None = SNOMED) -> Resource:
    return {"coding": [{"code": code} | ({"system": system} if system else {}) for code in codes]}


def bundle(*resources: Any) -> Resource:
    return {"resourceType": "Bundle", "type": "collection", "entry": [{"resource": one} for one in resources]}


def condition(identity: str, *codes: str, **more: Any) -> Resource:
    return {"resourceType": "Condition", "id": identity, "code": concept(*codes), **more}


def ids(resources: list[Resource]) -> list[str]:
    return [one["id"] for one in resources]


def value_set(*codes: str, system: str = SNOMED) -> ExpandedValueSet:
    return ExpandedValueSet("http://example.org/vs", None, [Code(code, system) for code in codes])


A, B, C = condition("a", "1"), condition("b", "2", "3"), condition("c", "3")
PATIENT: Resource = {"resourceType": "Patient", "id": "p"}


@pytest.mark.parametrize(
    "data", [bundle(PATIENT, A, B), [PATIENT, A, B], iter([bundle(PATIENT, A), B]), (PATIENT, A, B)]
)
def test_every_form_of_data(data: Any) -> None:
    index = DataIndex(data)
    assert index.resources("Condition") == [A, B]
    assert index.patient is PATIENT
    assert index.resources("Observation") == []
    assert index.placed_warnings() == ()


def test_single_resource() -> None:
    assert DataIndex(PATIENT).patient is PATIENT


@pytest.mark.parametrize("data", [None, "text", b"{}", 5, {"a": 1}, {"resourceType": 7}])
def test_what_is_no_fhir_data_is_refused(data: Any) -> None:
    with pytest.raises(DataError):
        DataIndex(data)


def test_retrieve_by_codes_and_value_sets() -> None:
    index = DataIndex(bundle(C, A, B))
    assert ids(index.retrieve("Condition", "code", [Code("3", SNOMED)])) == ["c", "b"]
    assert ids(index.retrieve("Condition", "code", [Code("1", SNOMED), None, Code("2", SNOMED)])) == ["a", "b"]
    assert ids(index.retrieve("Condition", "code", [Concept((Code("1", SNOMED), Code("9", SNOMED)))])) == ["a"]
    assert ids(index.retrieve("Condition", "code", value_set("2", "3"))) == ["c", "b"]
    assert ids(index.retrieve("Condition", "code", value_set(*map(str, range(2, 500))))) == ["c", "b"]
    assert index.retrieve("Condition", "code", []) == []
    assert ids(index.retrieve("Condition", "id", ["a", None, "c", "nowhere"])) == ["c", "a"]
    assert index.retrieve("Condition", "code", ["1"]) == []
    assert ids(index.retrieve("Condition")) == ["c", "a", "b"]


def test_system_has_to_match() -> None:
    bare = condition("bare")
    bare["code"] = concept("1", system=None)
    index = DataIndex(bundle(A, bare))
    assert index.retrieve("Condition", "code", [Code("1", LOINC)]) == []
    assert ids(index.retrieve("Condition", "code", [Code("1", SNOMED)])) == ["a"]
    assert ids(index.retrieve("Condition", "code", [Code("1")])) == ["bare"]


def test_code_paths_of_every_form() -> None:
    observation = {
        "resourceType": "Observation",
        "id": "o",
        "status": "final",
        "category": [{"text": "none"}, concept("lab", "x")],
        "code": {"text": "no coding"},
        "component": [{"code": concept("c1")}, {"code": concept("c2")}],
    }
    encounter = {"resourceType": "Encounter", "id": "e", "class": {"system": SNOMED, "code": "AMB"}}
    request = {"resourceType": "MedicationRequest", "id": "m", "medicationCodeableConcept": concept("3639")}
    by_reference = {
        "resourceType": "MedicationRequest",
        "id": "r",
        "medicationReference": {"reference": "Medication/1"},
    }
    index = DataIndex(bundle(observation, encounter, request, by_reference))
    assert ids(index.retrieve("Observation", "category", [Code("lab", SNOMED)])) == ["o"]
    assert ids(index.retrieve("Observation", "status", [Code("final", "http://any.system")])) == ["o"]
    assert ids(index.retrieve("Observation", "component.code", [Code("c2", SNOMED)])) == ["o"]
    assert ids(index.retrieve("Encounter", "class", [Code("AMB", SNOMED)])) == ["e"]
    assert ids(index.retrieve("MedicationRequest", "medication", [Code("3639", SNOMED)])) == ["m"]
    assert index.retrieve("Observation", "code", [Code("lab", SNOMED)]) == []
    assert index.retrieve("Observation", "nonsense", [Code("lab", SNOMED)]) == []


def test_resource_with_a_code_twice_is_found_once() -> None:
    assert ids(DataIndex([condition("d", "1", "1")]).retrieve("Condition", "code", [Code("1", SNOMED)])) == ["d"]


@given(
    st.lists(st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from(["s", "t", None])), max_size=3), max_size=8),
    st.lists(st.tuples(st.sampled_from("abcd"), st.sampled_from(["s", "t"])), max_size=6),
)
def test_index_finds_what_a_scan_finds(
    codings: list[list[tuple[str, str | None]]], wanted: list[tuple[str, str]]
) -> None:
    resources: list[Resource] = [
        {
            "resourceType": "Condition",
            "id": str(number),
            "code": {"coding": [{"code": code, "system": system} for code, system in one]},
        }
        for number, one in enumerate(codings)
    ]
    expected = [str(number) for number, one in enumerate(codings) if set(one) & set(wanted)]
    codes = [Code(code, system) for code, system in wanted]
    assert ids(DataIndex(resources).retrieve("Condition", "code", codes)) == expected
    assert ids(DataIndex(resources).retrieve("Condition", "code", ExpandedValueSet("u", None, codes))) == expected


def test_faulty_entries_are_left_out_with_a_warning() -> None:
    data: Resource = {
        "resourceType": "Bundle",
        "entry": [
            None,
            "text",
            [],
            {},
            {"resource": None},
            {"resource": "x"},
            {"resource": {"id": "no type"}},
            {"resource": {"resourceType": None}},
            {"resource": {"resourceType": ["Condition"]}},
            {"resource": A},
            {"fullUrl": "urn:x", "response": {"status": "200"}},
        ],
    }
    index = DataIndex(data)
    assert index.resources("Condition") == [A]
    found = index.placed_warnings()
    assert {warning.code for warning in found} == {ENTRY_WITHOUT_RESOURCE}
    assert len(found) == 10
    assert index.resolve("Condition/a") is A


@pytest.mark.parametrize("entry", [None, [], {"a": 1}, "x", 5])
def test_bundle_whose_entry_is_odd(entry: Any) -> None:
    assert DataIndex({"resourceType": "Bundle", "entry": entry}).resources("Patient") == []


def test_items_that_are_no_resources() -> None:
    index = DataIndex([A, None, 5, {"id": "x"}])
    assert index.resources("Condition") == [A]
    assert [warning.reference for warning in index.placed_warnings()] == ["item[1]", "item[2]", "item[3]"]


def test_first_of_several_resources_with_the_same_id_counts() -> None:
    nameless = {"resourceType": "Condition", "code": concept("1")}
    index = DataIndex(bundle(A, condition("a", "9"), nameless, nameless))
    assert index.resources("Condition") == [A, nameless, nameless]
    assert index.resources("Condition") == [A, nameless, nameless]
    (warning,) = index.placed_warnings()
    assert (warning.code, warning.reference) == (DUPLICATE_RESOURCE, "Condition/a")


MALFORMED_CODES: list[Any] = [
    None,
    "text",
    [],
    5,
    {"coding": None},
    {"coding": "x"},
    {"coding": {"system": SNOMED, "code": "1"}},
    {"coding": [None, "x", {"code": None}, {"code": 5, "system": SNOMED}, {"code": "1", "system": ["x"]}]},
    {"coding": [{"display": "only"}]},
]


@pytest.mark.parametrize("code", MALFORMED_CODES)
def test_malformed_codes_match_nothing_and_disturb_nothing(code: Any) -> None:
    odd = {"resourceType": "Condition", "id": "odd", "code": code}
    index = DataIndex(bundle(odd, A, odd | {"id": "odd2"}))
    assert ids(index.retrieve("Condition", "code", [Code("1", SNOMED)])) == ["a"]
    partly = {"resourceType": "Condition", "id": "partly", "code": {"coding": [*concept("1")["coding"], None]}}
    assert ids(DataIndex([partly]).retrieve("Condition", "code", [Code("1", SNOMED)])) == ["partly"]


def test_abstract_types_hold_every_resource() -> None:
    assert DataIndex(bundle(PATIENT, A)).resources("Resource") == [PATIENT, A]


def test_contained_resources_are_not_retrieved() -> None:
    holder = {"resourceType": "Observation", "id": "o", "contained": [A]}
    assert DataIndex([holder]).resources("Condition") == []


def test_dates() -> None:
    early = condition("early", "1", onsetDateTime="2014-01-05T00:00:00Z")
    late = condition("late", "1", onsetDateTime="2016-01-05T00:00:00Z")
    vague = condition("vague", "1", onsetDateTime="2014")
    spell = condition("spell", "1", onsetPeriod={"start": "2014-02-01T00:00:00Z", "end": "2014-03-01T00:00:00Z"})
    none = condition("none", "1")
    index = DataIndex(bundle(early, late, vague, spell, none))
    start, end = DateTime.parse("2014-01-01T00:00:00.000Z"), DateTime.parse("2014-06-01T00:00:00.000Z")
    assert ids(index.retrieve("Condition", date_path="onset", date_range=Interval(start, end))) == ["early", "spell"]
    assert ids(index.retrieve("Condition", "code", [Code("1", SNOMED)], "onset", Interval(start, end))) == [
        "early",
        "spell",
    ]
    assert index.retrieve("Condition", date_path="onset", date_range=None) == []


def test_no_patient() -> None:
    assert DataIndex([A]).patient is None


def test_several_patients() -> None:
    other = {"resourceType": "Patient", "id": "q"}
    mine = condition("mine", "1", subject={"reference": "Patient/p"})
    theirs = condition("theirs", "1", subject={"reference": "http://server/fhir/Patient/q/_history/2"})
    asserted = condition("asserted", "1", subject={"reference": "Patient/q"}, asserter={"reference": "Practitioner/p"})
    loose = condition("loose", "1", subject={"display": "unknown"})
    by_urn = condition("urn", "1", subject={"reference": "urn:uuid:1"})
    medication = {"resourceType": "Medication", "id": "m"}
    cover = {"resourceType": "Coverage", "id": "k", "beneficiary": {"reference": "Patient/q"}}
    data = bundle(PATIENT, other, mine, theirs, asserted, loose, by_urn, medication, cover)
    data["entry"][0]["fullUrl"] = "urn:uuid:1"
    index = DataIndex(data)
    with pytest.raises(DataError, match="2 Patient resources"):
        _ = index.patient
    assert len(index.resources("Condition")) == 5
    p, q = index.for_patient("p"), index.for_patient("q")
    assert p.patient is PATIENT
    assert q.patient is other
    assert ids(p.resources("Condition")) == ["mine", "loose", "urn"]
    assert ids(q.resources("Condition")) == ["theirs", "asserted", "loose"]
    assert ids(q.retrieve("Condition", "code", [Code("1", SNOMED)])) == ["theirs", "asserted", "loose"]
    assert p.resources("Medication") == [medication]
    assert p.resources("Coverage") == []
    assert q.resources("Coverage") == [cover]
