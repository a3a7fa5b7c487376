"""Draft orders that a visitor may try on any sample patient."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

Json = Mapping[str, Any]

DRUGS = (
    "doxorubicin",
    "ifosfamide",
    "gemcitabine",
    "paclitaxel",
    "pazopanib",
    "trabectedin",
    "eribulin",
    "imatinib",
    "sunitinib",
    "larotrectinib",
    "olaratumab",
)
PROCEDURES = {
    "metastasectomy": "Pulmonary metastasectomy",
    "ablation": "Radiofrequency ablation of lung metastasis",
    "sbrt": "Stereotactic body radiotherapy of lung metastasis",
    "staging-ct": "Staging CT of chest, abdomen and pelvis",
}


def choices() -> dict[str, str]:
    """Every order that can be tried: its key, and its name."""
    return {drug: drug.capitalize() for drug in DRUGS} | PROCEDURES


def context_with(order: str, hook: str, base: Json, patient_id: str) -> dict[str, Any]:
    """The context of an order hook with this one draft. Raises ``KeyError`` for an order that is not offered."""
    name = choices()[order]
    draft: dict[str, Any] = {
        "resourceType": "MedicationRequest" if order in DRUGS else "ServiceRequest",
        "id": f"draft-{order}",
        "status": "draft",
        "intent": "order",
        "subject": {"reference": f"Patient/{patient_id}"},
        ("medicationCodeableConcept" if order in DRUGS else "code"): {"text": name},
    }
    context: dict[str, Any] = {
        "userId": base.get("userId", "Practitioner/example"),
        "patientId": patient_id,
        "draftOrders": {"resourceType": "Bundle", "type": "collection", "entry": [{"resource": draft}]},
    }
    if hook == "order-select":
        context["selections"] = [f"{draft['resourceType']}/{draft['id']}"]
    return context
