"""An ordinary medical life before and beside the sarcoma: visits, vital signs, laboratory, medicines, vaccines.

Everything is drawn from a generator seeded with the patient's id, so the same patient always has the same history.
Nothing here touches a fact the guidance reads (no heart failure, no second malignancy, no pregnancy).
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from tools.demo_patients.record import (
    AS_OF,
    CVX,
    ICD10CM,
    LOINC,
    RXNORM,
    SNOMED,
    TERMINOLOGY,
    UCUM,
    Json,
    Record,
    coding,
    concept,
    day,
    moment,
    quantity,
)


@dataclass(frozen=True)
class Chronic:
    """A common chronic problem and the medicine it is treated with."""

    name: str
    snomed: str
    icd: str
    medicine: str
    rxnorm: str


_CHRONIC = (
    Chronic("Essential hypertension", "59621000", "I10", "lisinopril", "29046"),
    Chronic("Hyperlipidemia", "55822004", "E78.5", "atorvastatin", "83367"),
    Chronic("Diabetes mellitus type 2", "44054006", "E11.9", "metformin", "6809"),
    Chronic("Hypothyroidism", "40930008", "E03.9", "levothyroxine", "10582"),
    Chronic("Gastroesophageal reflux disease", "235595009", "K21.9", "omeprazole", "7646"),
    Chronic("Asthma", "195967001", "J45.909", "albuterol", "435"),
    Chronic("Migraine", "37796009", "G43.909", "acetaminophen", "161"),
    Chronic("Osteoarthritis", "396275006", "M19.90", "ibuprofen", "5640"),
)
_LABORATORY = (
    ("718-7", "Hemoglobin [Mass/volume] in Blood", 13.6, 0.9, "g/dL"),
    ("6690-2", "Leukocytes [#/volume] in Blood by Automated count", 6.8, 1.3, "10*3/uL"),
    ("777-3", "Platelets [#/volume] in Blood by Automated count", 248, 38, "10*3/uL"),
    ("751-8", "Neutrophils [#/volume] in Blood by Automated count", 4.1, 0.8, "10*3/uL"),
    ("2951-2", "Sodium [Moles/volume] in Serum or Plasma", 139, 2, "mmol/L"),
    ("2823-3", "Potassium [Moles/volume] in Serum or Plasma", 4.2, 0.3, "mmol/L"),
    ("2160-0", "Creatinine [Mass/volume] in Serum or Plasma", 0.9, 0.12, "mg/dL"),
    ("1742-6", "Alanine aminotransferase [Enzymatic activity/volume] in Serum or Plasma", 24, 6, "U/L"),
    ("1975-2", "Bilirubin.total [Mass/volume] in Serum or Plasma", 0.6, 0.15, "mg/dL"),
    ("2345-7", "Glucose [Mass/volume] in Serum or Plasma", 97, 9, "mg/dL"),
)
_VACCINES = (
    ("140", "Influenza, seasonal, injectable, preservative free"),
    ("115", "Tdap"),
    ("187", "zoster recombinant"),
)
_VISITS = (("162673000", "General examination of patient"), ("185349003", "Encounter for check up"))


def add_history(record: Record, resources: int, until: date = AS_OF) -> None:
    """Adds an ordinary history, oldest first, so that the whole record comes to at least `resources` resources."""
    rng = random.Random(f"history of {record.id}")
    adult = (until - record.birth).days > 18 * 365
    chronic = rng.sample(_CHRONIC, 3 if resources > 150 else 1) if adult else []
    groups = max(1, (resources - len(record.resources)) // 19 + 1)
    step = max(21, min(183, 365 * 15 // groups))
    first = max(until - timedelta(days=step * groups), record.birth + timedelta(days=10))
    _background(record, rng, first, chronic)
    visit = first
    while len(record.resources) < resources and visit < until:
        _visit(record, rng, visit, chronic, resources)
        visit += timedelta(days=step + rng.randint(-5, 5))


def _background(record: Record, rng: random.Random, first: date, chronic: Sequence[Chronic]) -> None:
    for problem in chronic:
        onset = first - timedelta(days=rng.randint(20, 900))
        codes = coding(SNOMED, problem.snomed, problem.name), coding(ICD10CM, problem.icd)
        record.condition(concept(problem.name, *codes), max(onset, record.birth))
    record.add(
        "AllergyIntolerance",
        {
            "clinicalStatus": concept("active", coding(f"{TERMINOLOGY}/allergyintolerance-clinical", "active")),
            "verificationStatus": concept(
                "confirmed", coding(f"{TERMINOLOGY}/allergyintolerance-verification", "confirmed")
            ),
            "code": concept("Penicillin", coding(RXNORM, "7980", "penicillin G")),
            "patient": record.subject,
        },
    )
    record.add(
        "FamilyMemberHistory",
        {
            "status": "completed",
            "patient": record.subject,
            "relationship": concept("mother", coding(f"{TERMINOLOGY}/v3-RoleCode", "MTH", "mother")),
            "condition": [{"code": concept("Malignant neoplasm of breast", coding(ICD10CM, "C50.919"))}],
        },
    )


def _visit(record: Record, rng: random.Random, when: date, chronic: Sequence[Chronic], limit: int) -> None:
    code, name = rng.choice(_VISITS)
    encounter = record.add(
        "Encounter",
        {
            "status": "finished",
            "class": coding(f"{TERMINOLOGY}/v3-ActCode", "AMB", "ambulatory"),
            "type": [concept(name, coding(SNOMED, code, name))],
            "subject": record.subject,
            "period": {"start": moment(when, 9), "end": moment(when, 10)},
        },
    )
    context = {"encounter": {"reference": encounter}}
    for write in (_vital_signs, _laboratory):
        if len(record.resources) < limit:
            write(record, rng, when, context)
    if when.month in (9, 10, 11, 12) and len(record.resources) < limit:
        _vaccine(record, rng, when)
    for problem in chronic:
        if len(record.resources) < limit:
            _renew(record, when, problem, context)


def _vital_signs(record: Record, rng: random.Random, when: date, context: Json) -> None:
    years = (when - record.birth).days / 365
    height = round(min(172.0, 52 + years * 6.4), 1)
    weight = round(min(74.0, 4 + years * 3.6) + rng.gauss(0, 1.5), 1)
    for code, name, value, unit in (
        ("8302-2", "Body height", height, "cm"),
        ("29463-7", "Body weight", max(3.0, weight), "kg"),
        ("8867-4", "Heart rate", float(rng.randint(58, 92)), "/min"),
        ("8310-5", "Body temperature", round(rng.gauss(36.7, 0.2), 1), "Cel"),
    ):
        record.observation(
            {"coding": [coding(LOINC, code, name)]}, when, "vital-signs", valueQuantity=quantity(value, unit), **context
        )
    parts = [
        {"code": {"coding": [coding(LOINC, code, name)]}, "valueQuantity": quantity(value, "mm[Hg]")}
        for code, name, value in (
            ("8480-6", "Systolic blood pressure", rng.randint(108, 148)),
            ("8462-4", "Diastolic blood pressure", rng.randint(64, 92)),
        )
    ]
    panel = concept("Blood pressure", coding(LOINC, "85354-9", "Blood pressure panel with all children optional"))
    record.observation(panel, when, "vital-signs", component=parts, **context)


def _laboratory(record: Record, rng: random.Random, when: date, context: Json) -> None:
    results = []
    for code, name, mean, spread, unit in _LABORATORY:
        value = {"value": round(rng.gauss(mean, spread), 1), "unit": unit, "system": UCUM, "code": unit}
        results.append(
            record.observation({"coding": [coding(LOINC, code, name)]}, when, valueQuantity=value, **context)
        )
    panel = concept("Blood count and chemistry", coding(LOINC, "24323-8", "Comprehensive metabolic 2000 panel"))
    record.report(panel, when, "", "LAB", results)


def _vaccine(record: Record, rng: random.Random, when: date) -> None:
    code, name = rng.choice(_VACCINES)
    record.add(
        "Immunization",
        {
            "status": "completed",
            "vaccineCode": concept(name, coding(CVX, code, name)),
            "patient": record.subject,
            "occurrenceDateTime": moment(when),
            "primarySource": True,
        },
    )


def _renew(record: Record, when: date, problem: Chronic, context: Json) -> None:
    record.add(
        "MedicationRequest",
        {
            "status": "completed" if when.year < AS_OF.year else "active",
            "intent": "order",
            "medicationCodeableConcept": concept(problem.medicine, coding(RXNORM, problem.rxnorm, problem.medicine)),
            "subject": record.subject,
            "authoredOn": day(when),
            **context,
        },
    )
