"""Whatever a record holds, mapping it gives facts or listed problems, never an exception."""

import copy
import json
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mappers import FACT_KEYS, map_patient

ODD_VALUES: list[Any] = [
    None,
    True,
    -3,
    4e300,
    "",
    " ",
    "x" * 3000,
    "2091-01-01",
    "0000-00-00",
    "http://snomed.info/sct",
    [],
    [None],
    [[]],
    {},
    {"coding": None},
    {"coding": [{"system": [], "code": {}}]},
    {"reference": 5},
    {"start": "x", "end": []},
]
BUNDLE: dict[str, Any] = {
    "resourceType": "Bundle",
    "type": "collection",
    "entry": [
        {"fullUrl": "urn:uuid:1", "resource": {"resourceType": "Patient", "id": "p1", "birthDate": "1970-01-01"}},
        {
            "resource": {
                "resourceType": "Condition",
                "id": "c1",
                "subject": {"reference": "Patient/p1"},
                "clinicalStatus": {"coding": [{"code": "active"}]},
                "verificationStatus": {"coding": [{"code": "confirmed"}]},
                "code": {
                    "coding": [{"system": "http://snomed.info/sct", "code": "443719001", "display": "Leiomyosarcoma"}],
                    "text": "Metastatic leiomyosarcoma, 3 lung nodules, largest 1.8 cm",
                },
                "bodySite": [{"coding": [{"system": "http://snomed.info/sct", "code": "68367000"}]}],
                "onsetAge": {"value": 50, "unit": "a"},
                "stage": [{"summary": {"text": "Stage IV"}}],
                "extension": [
                    {
                        "url": "http://hl7.org/fhir/StructureDefinition/condition-related",
                        "valueReference": {"reference": "Condition/c2"},
                    },
                    {
                        "url": "mcode-histology-morphology-behavior",
                        "valueCodeableConcept": {"coding": [{"system": "icd-o-3", "code": "8890/3"}]},
                    },
                ],
                "note": [{"text": "no liver metastases"}],
            }
        },
        {
            "resource": {
                "resourceType": "Condition",
                "id": "c2",
                "subject": {"reference": "Patient/p1/_history/2"},
                "code": {"coding": [{"system": "http://hl7.org/fhir/sid/icd-10-cm", "code": "C78.00"}]},
                "onsetDateTime": "2022-03",
            }
        },
        {
            "resource": {
                "resourceType": "Observation",
                "id": "o1",
                "status": "final",
                "subject": {"reference": "Patient/p1"},
                "code": {"coding": [{"system": "http://loinc.org", "code": "21889-1"}]},
                "component": [{"code": {"coding": [{"code": "33728-7"}]}, "valueQuantity": {"value": 2, "unit": "cm"}}],
                "focus": [{"reference": "Condition/c1"}],
                "effectivePeriod": {"start": "2022-01-01", "end": "2022-01-02"},
            }
        },
        {
            "resource": {
                "resourceType": "Observation",
                "id": "o2",
                "status": "final",
                "code": {
                    "coding": [
                        {
                            "system": "https://sarcoma-cds.org/fhir/CodeSystem/sarcoma-facts",
                            "code": "disease-free-interval",
                        }
                    ]
                },
                "valueQuantity": {"value": 20, "unit": "mo"},
            }
        },
        {
            "resource": {
                "resourceType": "Observation",
                "id": "o3",
                "status": "final",
                "code": {"coding": [{"system": "http://loinc.org", "code": "69548-6"}]},
                "valueCodeableConcept": {"coding": [{"system": "http://loinc.org", "code": "LA9633-4"}]},
                "method": {"text": "NGS"},
                "component": [{"valueCodeableConcept": {"text": "ETV6-NTRK3 fusion"}}],
            }
        },
        {
            "resource": {
                "resourceType": "MedicationRequest",
                "id": "m1",
                "status": "active",
                "authoredOn": "2022-05-01",
                "contained": [{"resourceType": "Medication", "id": "m", "code": {"text": "doxorubicin"}}],
                "medicationReference": {"reference": "#m"},
                "reasonReference": [{"reference": "Condition/c1"}],
                "reasonCode": [{"text": "sarcoma"}],
            }
        },
        {
            "resource": {
                "resourceType": "Procedure",
                "id": "pr",
                "status": "completed",
                "code": {"coding": [{"system": "http://snomed.info/sct", "code": "363269004"}]},
                "performedPeriod": {"start": "2020-01-01"},
            }
        },
        {
            "resource": {
                "resourceType": "DiagnosticReport",
                "id": "d",
                "status": "final",
                "conclusion": "SFT",
                "presentedForm": [{"contentType": "text/plain", "data": "TE1T"}],
                "conclusionCode": [{"coding": [{"system": "http://snomed.info/sct", "code": "443719001"}]}],
            }
        },
        {
            "resource": {
                "resourceType": "CarePlan",
                "status": "active",
                "activity": [{"detail": {"code": {"text": "AIM"}}}],
            }
        },
        {"resource": {"resourceType": "BodyStructure", "location": {"text": "lung"}, "morphology": {"text": "met"}}},
        {"resource": {"resourceType": "ResearchSubject", "status": "on-study", "period": {"start": "2024"}}},
        {"resource": {"resourceType": "ServiceRequest", "status": "active", "code": {"text": "PET-CT"}}},
    ],
}
DRAFTS = {"resourceType": "Bundle", "entry": [BUNDLE["entry"][6], BUNDLE["entry"][12]]}


def places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """The path of every element."""
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path, *(place for key, part in inner for place in places(part, (*path, key)))]


PLACES = [path for path in places(BUNDLE) if len(path) > 1]


def mutated(path: tuple[Any, ...], value: Any, drop: bool) -> dict[str, Any]:
    changed: dict[str, Any] = copy.deepcopy(BUNDLE)
    target: Any = changed
    for key in path[:-1]:
        target = target[key]
    if drop:
        del target[path[-1]]
    else:
        target[path[-1]] = value
    return changed


@given(st.sampled_from(PLACES), st.sampled_from(ODD_VALUES), st.booleans())
@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_any_element_may_be_missing_or_odd(path: tuple[Any, ...], value: Any, drop: bool) -> None:
    found = map_patient(mutated(path, value, drop), drafts=DRAFTS, as_of="2026-11-21")
    assert tuple(found.facts) == FACT_KEYS
    json.dumps(found.to_explanation())
    json.dumps(found.observations())


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["coding", "code", "text", "value"]), inner)
    ),
    max_leaves=8,
)


@given(
    st.sampled_from(
        ["Condition", "Observation", "Procedure", "MedicationRequest", "DiagnosticReport", "Bundle", "Patient"]
    ),
    st.dictionaries(
        st.sampled_from(
            ["id", "status", "subject", "code", "valueCodeableConcept", "component", "entry", "birthDate", "note"]
        ),
        json_values,
    ),
)
@settings(max_examples=200, deadline=None)
def test_any_json_is_bearable(kind: str, elements: dict[str, Any]) -> None:
    map_patient([{**elements, "resourceType": kind}], patient_id="p1", drafts=[{**elements, "resourceType": kind}])


def test_deep_nesting_is_bearable() -> None:
    deep: Any = {"resourceType": "Condition"}
    for _ in range(500):
        deep = {"resourceType": "Bundle", "entry": [{"resource": deep}]}
    nested: Any = "x"
    for _ in range(500):
        nested = [nested]
    map_patient([deep, {"resourceType": "Condition", "code": nested, "note": nested}])


def test_a_long_text_is_bearable() -> None:
    text = "no evidence of leiomyosarcoma, " * 30_000
    map_patient([{"resourceType": "DiagnosticReport", "status": "final", "conclusion": text}])


def test_problems_do_not_quote_the_patient() -> None:
    found = map_patient([{"resourceType": "Condition", "id": "c", "onsetDateTime": "secret", "code": {"text": "x"}}])
    assert [(p.reference, p.reason) for p in found.problems] == [("Condition/c", "onsetDateTime: not a date")]
