"""The models' data: classes, inheritance, conversions, contexts."""

import subprocess
import sys

import pytest

from cql.models import Model, model
from cql.types import ANY, FHIR_URI, SYSTEM_URI, ChoiceType, IntervalType, ListType, NamedType, system


def fhir(name: str) -> NamedType:
    return NamedType(FHIR_URI, name)


@pytest.fixture(scope="module")
def r4() -> Model:
    return model("FHIR", "4.0.1")


def test_header(r4: Model) -> None:
    assert (r4.name, r4.version, r4.uri) == ("FHIR", "4.0.1", FHIR_URI)
    assert r4.patient_class == "Patient"
    assert r4.patient_birth_date_path == "birthDate.value"
    assert r4.contexts["Patient"].key_element == "id"


def test_model_without_version_is_the_known_one(r4: Model) -> None:
    assert model("FHIR") is r4


def test_fhir_4_0_0_is_read_as_its_technical_correction(r4: Model) -> None:
    assert model("FHIR", "4.0.0") is r4


@pytest.mark.parametrize(("name", "version"), [("FHIR", "3.0.0"), ("QDM", None), ("fhir", "4.0.1")])
def test_unknown_model_names_the_known_ones(name: str, version: str | None) -> None:
    with pytest.raises(LookupError, match=r"FHIR 4\.0\.0 and 4\.0\.1, System 1\.0\.0"):
        model(name, version)


def test_class_has_its_elements_with_types(r4: Model) -> None:
    condition = r4.class_named("Condition")
    assert condition is not None
    assert condition.retrievable
    assert condition.primary_code_path == "code"
    assert condition.identifier == "http://hl7.org/fhir/StructureDefinition/Condition"
    assert condition.elements["code"] == fhir("CodeableConcept")
    assert condition.elements["category"] == ListType(fhir("CodeableConcept"))
    assert condition.elements["onset"] == ChoiceType(tuple(map(fhir, ("dateTime", "Age", "Period", "Range", "string"))))
    assert condition.elements["stage"] == ListType(fhir("Condition.Stage"))
    assert "id" not in condition.elements


def test_inherited_elements(r4: Model) -> None:
    assert r4.element_type("Condition", "id") == fhir("id")
    assert r4.element_type("Condition", "extension") == ListType(fhir("Extension"))
    assert r4.element_type("Condition", "nonsense") is None
    assert r4.element_type("Nonsense", "id") is None
    assert r4.element_type("Age", "value") == fhir("decimal")
    assert r4.element_type("positiveInt", "value") == system("Integer")
    assert r4.element_type("AdministrativeGender", "value") == system("String")
    assert {"id", "meta", "text", "contained", "birthDate"} <= r4.elements("Patient").keys()


def test_subtypes(r4: Model) -> None:
    assert r4.is_subtype(fhir("Condition"), fhir("DomainResource"))
    assert r4.is_subtype(fhir("Condition"), ANY)
    assert r4.is_subtype(fhir("uuid"), fhir("uri"))
    assert r4.is_subtype(ListType(fhir("Age")), ListType(fhir("Quantity")))
    assert not r4.is_subtype(fhir("Quantity"), fhir("Age"))
    assert not r4.is_subtype(fhir("Quantity"), system("Quantity"))


def test_conversions(r4: Model) -> None:
    assert r4.conversions[fhir("dateTime")] == ("ToDateTime", system("DateTime"))
    assert r4.conversions[fhir("AdministrativeGender")] == ("ToString", system("String"))
    assert r4.conversions[fhir("Range")] == ("ToInterval", IntervalType(system("Quantity")))
    assert r4.conversion(fhir("Age")) == ("ToQuantity", system("Quantity"))
    assert r4.conversion(fhir("code")) == ("ToString", system("String"))
    assert r4.conversion(fhir("positiveInt")) == ("ToInteger", system("Integer"))
    assert r4.conversion(fhir("Identifier")) is None
    assert r4.conversion(system("Integer")) is None


def test_classes_by_label(r4: Model) -> None:
    assert r4.class_labelled("Condition") is r4.class_named("Condition")


def test_every_class_of_every_model_can_be_built(r4: Model) -> None:
    for one in (r4, model("System")):
        for name in one.class_names():
            for of in one.elements(name).values():
                assert of is not None
            assert one.lineage(name)[0].name == name


def test_every_named_type_exists(r4: Model) -> None:
    def named(of: object) -> list[NamedType]:
        match of:
            case NamedType():
                return [of]
            case ListType(element):
                return named(element)
            case ChoiceType(choices):
                return [one for choice in choices for one in named(choice)]
        raise AssertionError(of)

    models = {FHIR_URI: r4, SYSTEM_URI: model("System")}
    for name in r4.class_names():
        for of in r4.elements(name).values():
            for one in named(of):
                assert models[one.uri].type_named(one.name) == one


def test_system_model() -> None:
    types = model("System")
    assert types.element_type("Concept", "codes") == ListType(system("Code"))
    assert types.element_type("ValueSet", "id") == system("String")
    assert types.is_subtype(system("ValueSet"), system("Vocabulary"))


def test_loading_is_fast() -> None:
    """A loose bound: the aim is 15 ms, a busy machine may take several times as long."""
    script = (
        "import time, cql.models, gzip, json, importlib.resources\n"
        "start = time.perf_counter(); cql.models.model('FHIR').class_named('Condition')\n"
        "print(time.perf_counter() - start)"
    )
    took = min(float(subprocess.check_output([sys.executable, "-c", script])) for _ in range(3))
    assert took < 0.1
