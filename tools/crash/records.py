"""Records as the service writes them, with everything that may be given otherwise."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

from cds_hooks.audit.record import CallRecord, CardShown, FhirQuery
from cds_hooks.feedback.feedback import Feedback


def card_shown(uuid: str | None = None, **given: Any) -> CardShown:
    """A card with two recommendations and a suggestion."""
    shown: dict[str, Any] = {
        "recommendations": (("first-line-anthracycline", "recommended"), ("mdt-referral", "for-consideration")),
        "suggestions": (str(uuid4()),),
    }
    return CardShown(uuid or str(uuid4()), **(shown | given))


def call_record(**given: Any) -> CallRecord:
    """An answered call about patient `p-1`, with two cards and two queries."""
    record: dict[str, Any] = {
        "id": str(uuid4()),
        "at": datetime.now(UTC),
        "kind": "call",
        "service": "sarcoma-order-select",
        "content_version": "1.0.0",
        "status": 200,
        "milliseconds": 21.5,
        "hook": "order-select",
        "hook_instance": str(uuid4()),
        "client": "ehr",
        "issuer": "https://ehr.example.org",
        "tenant": "t1",
        "user": "Practitioner/dr-1",
        "patient": "p-1",
        "encounter": "e-1",
        "cards": (card_shown(), card_shown()),
        "queries": (
            FhirQuery("https://fhir.example.org/r4", "Patient/p-1", 200, 12.25),
            FhirQuery("https://fhir.example.org/r4", "Condition?patient=p-1", None, 1500.0, "timeout"),
        ),
    }
    return CallRecord(**(record | given))


def feedback(card: str | None = None, **given: Any) -> Feedback:
    """An accepted suggestion."""
    item: dict[str, Any] = {
        "service": "sarcoma-order-select",
        "client": "ehr",
        "outcome": "accepted",
        "at": datetime.now(UTC),
        "accepted_suggestions": (str(uuid4()),),
    }
    return Feedback(card or str(uuid4()), **(item | given))
