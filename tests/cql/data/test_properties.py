"""Property access: choices, primitives with extensions, lists, System values, malformed data; accessors."""

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cql.data.context import reading
from cql.data.element import FhirElement
from cql.data.properties import accessor, get_property, raw_object, raw_objects
from cql.data.shapes import element_info, fhir
from cql.data.warnings import WarningLog
from cql.values import Code, Concept, Date, DateTime, Interval, Quantity, Ratio, Tuple, ValueSet

PATIENT: dict[str, Any] = {
    "resourceType": "Patient",
    "id": "p",
    "gender": "female",
    "birthDate": "1967-03-14",
    "_birthDate": {"id": "bd", "extension": [{"url": "http://example.org/time", "valueString": "10:30"}]},
    "name": [{"family": "Doe", "given": ["Jane", None, "Q"], "_given": [None, {"id": "n1"}, {"id": "n2"}]}],
    "deceasedBoolean": False,
    "contained": [{"resourceType": "Organization", "id": "o", "name": "Clinic"}],
    "multipleBirthInteger": 2,
}
OBSERVATION: dict[str, Any] = {
    "resourceType": "Observation",
    "id": "o",
    "status": "final",
    "effectiveDateTime": "2026-02-01T10:00:00Z",
    "valueQuantity": {"value": 5.4, "unit": "mg/dL", "code": "mg/dL", "system": "http://unitsofmeasure.org"},
    "component": [{"code": {"coding": [{"system": "s", "code": "c"}]}, "valueInteger": 1}],
}


def test_primitive_is_boxed_and_its_value_a_system_value() -> None:
    gender = get_property(PATIENT, "gender")
    assert gender == FhirElement("AdministrativeGender", "female")
    assert get_property(gender, "value") == "female"
    assert get_property(get_property(PATIENT, "birthDate"), "value") == Date(1967, 3, 14)
    assert get_property(get_property(PATIENT, "id"), "value") == "p"


def test_extension_and_id_of_a_primitive() -> None:
    birth = get_property(PATIENT, "birthDate")
    assert get_property(birth, "id") == "bd"
    (extension,) = get_property(birth, "extension")
    assert extension.type == "Extension"
    assert get_property(get_property(extension, "value"), "value") == "10:30"
    assert get_property(get_property(PATIENT, "gender"), "extension") is None


def test_primitive_with_extension_only_is_there_but_has_no_value() -> None:
    patient = {"resourceType": "Patient", "_birthDate": {"extension": [{"url": "http://example.org/absent"}]}}
    birth = get_property(patient, "birthDate")
    assert birth is not None
    assert get_property(birth, "value") is None
    assert len(get_property(birth, "extension")) == 1


def test_list_of_primitives_keeps_elements_that_only_have_an_extension() -> None:
    (name,) = get_property(PATIENT, "name")
    given_names = get_property(name, "given")
    assert [get_property(one, "value") for one in given_names] == ["Jane", None, "Q"]
    assert [get_property(one, "id") for one in given_names] == [None, "n1", "n2"]


def test_choice_elements_take_the_type_of_their_key() -> None:
    assert get_property(OBSERVATION, "effective").type == "dateTime"
    assert get_property(OBSERVATION, "value").type == "Quantity"
    assert get_property(PATIENT, "deceased") == FhirElement("boolean", False)
    assert get_property(PATIENT, "multipleBirth") == FhirElement("integer", 2)
    (component,) = get_property(OBSERVATION, "component")
    assert component.type == "Observation.Component"
    assert get_property(get_property(component, "value"), "value") == 1


def test_every_choice_of_the_model_is_found_under_its_own_key() -> None:
    info = element_info("Observation", "value")
    assert info is not None
    assert {shape.key for shape in info.shapes} == {
        "valueQuantity",
        "valueCodeableConcept",
        "valueString",
        "valueBoolean",
        "valueInteger",
        "valueRange",
        "valueRatio",
        "valueSampledData",
        "valueTime",
        "valueDateTime",
        "valuePeriod",
    }
    for shape in info.shapes:
        raw: Any = {} if shape.kind == "complex" else "text"
        assert get_property({"resourceType": "Observation", shape.key: raw}, "value") == FhirElement(shape.type, raw)


def test_constrained_quantity_stands_under_the_name_of_quantity() -> None:
    dosage = {
        "resourceType": "MedicationRequest",
        "dosageInstruction": [{"doseAndRate": [{"doseQuantity": {"value": 5}}]}],
    }
    dose = get_property(dosage, "dosageInstruction.doseAndRate.dose")
    assert dose == [FhirElement("SimpleQuantity", {"value": 5})]


def test_contained_resources_are_themselves() -> None:
    assert get_property(PATIENT, "contained") == PATIENT["contained"]
    entry = FhirElement("Bundle.Entry", {"resource": OBSERVATION})
    assert get_property(entry, "resource") is OBSERVATION


def test_dotted_and_indexed_paths() -> None:
    assert get_property(PATIENT, "birthDate.value") == Date(1967, 3, 14)
    assert get_property(PATIENT, "name.family.value") == ["Doe"]
    assert get_property(PATIENT, "name[0].given[2].value") == "Q"
    assert get_property(PATIENT, "name[7].family") is None
    assert get_property(OBSERVATION, "component.code.coding.code.value") == ["c"]


def test_absent_and_unknown_properties_are_null() -> None:
    for path in ("maritalStatus", "communication", "nonsense", "resourceType", "", "a.b"):
        assert get_property(PATIENT, path) is None
    assert get_property(None, "x") is None
    assert get_property("text", "length") is None
    assert get_property({"no": "resource"}, "no") is None
    assert get_property({"resourceType": "Nonsense", "a": 1}, "a") is None


def test_system_values() -> None:
    quantity = Quantity(Decimal(5), "mg")
    assert get_property(quantity, "value") == Decimal(5)
    assert get_property(quantity, "unit") == "mg"
    assert get_property(Ratio(quantity, quantity), "denominator") is quantity
    interval = Interval(1, 5, False, True)
    assert [get_property(interval, name) for name in ("low", "high", "lowClosed", "highClosed")] == [1, 5, False, True]
    code = Code("c", "s", "v", "d")
    assert [get_property(code, name) for name in ("code", "system", "version", "display")] == ["c", "s", "v", "d"]
    assert get_property(Concept((code,), "text"), "codes") == [code]
    assert get_property(ValueSet("u", None, "N"), "id") == "u"
    assert get_property(Tuple({"a": 1, "a.b": 2}), "a") == 1
    assert get_property(Tuple({"a": 1, "a.b": 2}), "a.b") == 2
    assert get_property(Tuple({"a": 1}), "b") is None
    assert get_property(quantity, "nonsense") is None


def test_property_of_a_list_is_mapped_and_flattened() -> None:
    assert [get_property(one, "value") for one in get_property([PATIENT, None, PATIENT], "gender")] == ["female"] * 2
    assert len(get_property([PATIENT, PATIENT], "name")) == 2


MALFORMED: list[tuple[dict[str, Any], str, Any]] = [
    ({"resourceType": "Patient", "birthDate": {"year": 1967}}, "birthDate", None),
    ({"resourceType": "Patient", "gender": ["male"]}, "gender", None),
    ({"resourceType": "Patient", "birthDate": "19xx"}, "birthDate.value", None),
    ({"resourceType": "Patient", "name": {"family": "Doe"}}, "name", None),
    ({"resourceType": "Patient", "name": ["Doe", {"family": "X"}]}, "name.family.value", ["X"]),
    ({"resourceType": "Patient", "name": "Doe"}, "name", None),
    ({"resourceType": "Condition", "code": [{"text": "x"}]}, "code", None),
    ({"resourceType": "Condition", "code": "x"}, "code", None),
    ({"resourceType": "Observation", "valueQuantity": {"value": "5.4"}}, "value.value.value", None),
    ({"resourceType": "Observation", "valueQuantity": {"value": float("inf")}}, "value.value.value", None),
    ({"resourceType": "Observation", "valueQuantity": {"value": 10**400}}, "value.value.value", None),
    ({"resourceType": "Patient", "contained": [{"no": "type"}]}, "contained", []),
    ({"resourceType": "Patient", "_birthDate": "x"}, "birthDate", None),
]


@pytest.mark.parametrize(("resource", "path", "expected"), MALFORMED)
def test_malformed_is_null_with_one_warning_at_its_place(resource: dict[str, Any], path: str, expected: Any) -> None:
    resource = {"id": "r", **resource}
    log = WarningLog()
    with reading(0, log):
        assert get_property(resource, path) == expected
        assert get_property(resource, path) == expected
    (warning,) = log.placed([resource])
    assert warning.reference == f"{resource['resourceType']}/r" or resource.get("_birthDate") == "x"


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=3) | st.just("2014-01-25"),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["value", "coding", "code", "start", "extension", "x"]), inner, max_size=3)
    ),
    max_leaves=6,
)
KEYS = ["id", "status", "code", "category", "effectiveDateTime", "valueQuantity", "_status", "component", "contained"]
PATHS = ["id", "status", "status.value", "code.coding.code.value", "category", "effective.value", "value.value.value"]


@given(st.dictionaries(st.sampled_from(KEYS), json_values, max_size=4))
def test_no_data_raises(content: dict[str, Any]) -> None:
    resource = {"resourceType": "Observation", **content}
    for path in [*PATHS, "component.code", "contained", "status.extension.url", "category[0].coding[1]"]:
        get_property(resource, path)
    for path in PATHS:
        assert repr(accessor("Observation", path)(resource)) == repr(get_property(resource, path))
    raw_objects(raw_object(resource, "code"), "coding")


def test_accessor_is_get_property_specialised() -> None:
    for path in (
        "gender",
        "birthDate",
        "birthDate.value",
        "name",
        "name.given",
        "deceased",
        "deceased.value",
        "contained",
    ):
        assert accessor("Patient", path)(PATIENT) == get_property(PATIENT, path)
    assert accessor("Observation.Component", "value")({"valueInteger": 1}) == FhirElement("integer", 1)
    with pytest.raises(LookupError, match=r"FHIR\.Patient has no element onset"):
        accessor("Patient", "onset")


def test_element_info_tells_the_compiler_where_to_look() -> None:
    onset = element_info("Condition", "onset")
    assert onset is not None
    assert not onset.is_list
    (shape,) = onset.as_type("dateTime")
    assert (shape.key, shape.kind, shape.extra_key) == ("onsetDateTime", "primitive", "_onsetDateTime")
    assert shape.read is not None
    assert shape.read("2014") == DateTime(2014)
    assert [shape.type for shape in onset.as_type("Quantity")] == ["Age"]
    coding = element_info("CodeableConcept", "coding")
    assert coding is not None
    assert coding.is_list
    assert coding.shapes[0].kind == "complex"
    assert element_info("Condition", "nonsense") is None
    assert element_info("Nonsense", "id") is None


def test_every_element_of_the_model_has_a_shape() -> None:
    model = fhir()
    for name in model.class_names():
        for element in model.elements(name):
            assert element_info(name, element) is not None, f"{name}.{element}"


def test_raw_objects() -> None:
    good = [{"code": "a"}, {"code": "b"}]
    assert raw_objects({"coding": good}, "coding") is good
    assert raw_objects({"coding": [None, "x", {"code": "a"}]}, "coding") == [{"code": "a"}]
    assert raw_objects({"coding": {"code": "a"}}, "coding") == []
    assert raw_objects(None, "coding") == []
    assert raw_object({"code": [1]}, "code") is None
    assert raw_object(None, "code") is None
