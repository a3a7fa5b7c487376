"""Recognising resources of other FHIR versions by the types that R4 does not have."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from cds_hooks.errors import CallError

_OTHER_VERSIONS = {
    "BodySite": "DSTU2 or STU3",
    "DeviceUseRequest": "DSTU2",
    "DeviceUsage": "R5",
    "DiagnosticOrder": "DSTU2",
    "GenomicStudy": "R5",
    "ImagingManifest": "STU3",
    "ImagingObjectSelection": "DSTU2",
    "ImagingSelection": "R5",
    "MedicationOrder": "DSTU2",
    "MedicationPrescription": "DSTU1",
    "MedicationUsage": "R5",
    "NutritionIntake": "R5",
    "Order": "DSTU2",
    "OrderResponse": "DSTU2",
    "ProcedureRequest": "DSTU2 or STU3",
    "ProcessRequest": "DSTU2 or STU3",
    "ReferralRequest": "DSTU2 or STU3",
    "Sequence": "STU3",
}
"""Resource types that an order, or an answer to our queries, may have in another version and never has in R4."""


def refuse_other_version(resources: Iterable[Mapping[str, Any]], where: str) -> None:
    """Raises ``CallError`` when one of the resources is of a type that only another FHIR version has."""
    for resource in resources:
        kind = resource.get("resourceType")
        if isinstance(kind, str) and kind in _OTHER_VERSIONS:
            raise CallError(
                400,
                "unsupported-fhir-version",
                f"{where}: holds a {kind}, a resource type of FHIR {_OTHER_VERSIONS[kind]}; "
                "this service reads FHIR R4 (4.0.1): send R4 resources",
                [where],
            )
