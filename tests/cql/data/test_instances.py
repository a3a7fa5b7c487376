"""FHIR instances built by a library."""

from decimal import Decimal

import pytest

from cql.data.element import FhirElement
from cql.data.fhir_helpers import to_date_time, to_quantity
from cql.data.instances import fhir_instance
from cql.data.properties import get_property
from cql.values import DateTime, Quantity


def test_primitive() -> None:
    moment = fhir_instance("dateTime", {"value": DateTime(2014)})
    assert isinstance(moment, FhirElement)
    assert get_property(moment, "value") == DateTime(2014)
    assert to_date_time(moment) == DateTime(2014)


def test_complex() -> None:
    decimal = fhir_instance("decimal", {"value": Decimal("5.0")})
    unit = fhir_instance("string", {"value": "mg"})
    quantity = fhir_instance("Quantity", {"value": decimal, "unit": unit, "code": None})
    assert isinstance(quantity, FhirElement)
    assert to_quantity(quantity) == Quantity(Decimal("5.0"), "mg")
    assert get_property(quantity, "code") is None


def test_resource_with_choice_list_and_extension() -> None:
    value = fhir_instance("Quantity", {"value": fhir_instance("decimal", {"value": Decimal(1)})})
    url = fhir_instance("uri", {"value": "http://example.org/x"})
    status = fhir_instance(
        "ObservationStatus", {"value": "final", "extension": [fhir_instance("Extension", {"url": url})]}
    )
    concept = fhir_instance("CodeableConcept", {"text": fhir_instance("string", {"value": "lab"})})
    observation = fhir_instance("Observation", {"status": status, "value": value, "category": [concept]})
    assert observation == {
        "resourceType": "Observation",
        "status": "final",
        "_status": {"extension": [{"url": "http://example.org/x"}]},
        "valueQuantity": {"value": Decimal(1)},
        "category": [{"text": "lab"}],
    }
    assert get_property(observation, "status") == status


def test_what_the_model_does_not_have() -> None:
    with pytest.raises(LookupError, match="no class Nonsense"):
        fhir_instance("Nonsense", {})
    with pytest.raises(LookupError, match="no element nonsense"):
        fhir_instance("Patient", {"nonsense": 1})
    with pytest.raises(LookupError, match="value cannot be int"):
        fhir_instance("Observation", {"value": 5})
