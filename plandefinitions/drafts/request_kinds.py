"""Where each kind of request keeps what an ActivityDefinition says (FHIR R4, value set request-resource-types)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

_OCCURRENCE = {"DateTime": "occurrenceDateTime", "Period": "occurrencePeriod", "Timing": "occurrenceTiming"}


DUE = {
    "coding": [
        {
            "system": "http://terminology.hl7.org/CodeSystem/immunization-recommendation-status",
            "code": "due",
            "display": "Due",
        }
    ]
}
"""The forecast status of a vaccine that is recommended now."""


@dataclass(frozen=True, slots=True)
class Kind:
    """The members of one kind of request; None: it has no such member.

    ``members`` are those whose name differs from the ActivityDefinition's element; ``timing`` goes by the type of time;
    ``product_is_due``: the product is a vaccine that is recommended (``recommendation`` with the status due);
    ``constants`` are what R4 requires and nothing in the definition says.
    """

    subject: str | None = None
    status: str | None = "draft"
    has_intent: bool = False
    intent: str = "proposal"
    code: str | None = None
    code_as_payload: bool = False
    author: str | None = None
    authored: tuple[str, ...] = ()
    performer: str | None = None
    performer_type: str | None = None
    product: str | None = None
    product_is_due: bool = False
    reason: str | None = None
    supporting: str | None = None
    subject_participant: bool = False
    timing: Mapping[str, str] = field(default_factory=dict)
    members: Mapping[str, str] = field(default_factory=dict)
    constants: Mapping[str, Any] = field(default_factory=dict)


KINDS: dict[str, Kind] = {
    "Appointment": Kind(
        status="proposed",
        code="serviceType",
        authored=("created",),
        reason="reasonCode",
        supporting="supportingInformation",
        subject_participant=True,
        timing={"Period": "requestedPeriod"},
        members={"priority": ""},  # R4 has a number there
    ),
    "AppointmentResponse": Kind(status=None, subject="actor", constants={"participantStatus": "needs-action"}),
    "CarePlan": Kind(
        subject="subject",
        has_intent=True,
        code="category",
        author="author",
        authored=("created",),
        supporting="supportingInfo",
        timing={"Period": "period"},
    ),
    "Claim": Kind(
        subject="patient",
        code="type",
        author="provider",
        authored=("created",),
        constants={"use": "preauthorization", "priority": {"coding": [{"code": "normal"}]}},
        timing={"Period": "billablePeriod"},
    ),
    "CommunicationRequest": Kind(
        subject="subject",
        code="category",
        code_as_payload=True,
        author="requester",
        authored=("authoredOn",),
        performer="recipient",
        reason="reasonCode",
        timing={"DateTime": "occurrenceDateTime", "Period": "occurrencePeriod"},
    ),
    "Contract": Kind(
        subject="subject",
        status="offered",
        code="type",
        author="author",
        authored=("issued",),
        timing={"Period": "applies"},
    ),
    "DeviceRequest": Kind(
        subject="subject",
        has_intent=True,
        code="codeCodeableConcept",
        product="code",
        author="requester",
        authored=("authoredOn",),
        performer="performer",
        performer_type="performerType",
        reason="reasonCode",
        supporting="supportingInfo",
        timing=_OCCURRENCE,
    ),
    "EnrollmentRequest": Kind(subject="candidate", author="provider", authored=("created",)),
    "ImmunizationRecommendation": Kind(subject="patient", status=None, authored=("date",), product_is_due=True),
    "MedicationRequest": Kind(
        subject="subject",
        has_intent=True,
        product="medication",
        author="requester",
        authored=("authoredOn",),
        performer="performer",
        performer_type="performerType",
        reason="reasonCode",
        supporting="supportingInformation",
        members={"dosage": "dosageInstruction"},
    ),
    "NutritionOrder": Kind(subject="patient", has_intent=True, author="orderer", authored=("dateTime",)),
    "ServiceRequest": Kind(
        subject="subject",
        has_intent=True,
        code="code",
        author="requester",
        authored=("authoredOn",),
        performer="performer",
        performer_type="performerType",
        reason="reasonCode",
        supporting="supportingInfo",
        timing=_OCCURRENCE,
        members={"quantity": "quantityQuantity", "location": "locationReference"},
    ),
    "SupplyRequest": Kind(
        product="item",
        code="category",
        author="requester",
        authored=("authoredOn",),
        reason="reasonCode",
        timing=_OCCURRENCE,
        members={"location": "deliverTo"},
        subject="deliverTo",
    ),
    "Task": Kind(
        subject="for",
        has_intent=True,
        code="code",
        author="requester",
        authored=("authoredOn",),
        performer="owner",
        performer_type="performerType",
        reason="reasonCode",
        timing={"Period": "executionPeriod"},
    ),
    "VisionPrescription": Kind(subject="patient", author="prescriber", authored=("created", "dateWritten")),
}
