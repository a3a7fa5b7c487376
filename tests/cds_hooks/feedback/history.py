"""A small history of calls, cards and feedback, whose figures can be counted by hand."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from itertools import count
from uuid import UUID

from cds_hooks.audit import CallRecord, CardShown
from cds_hooks.feedback import Feedback
from plandefinitions.guideline.override_reasons import OVERRIDE_REASONS

START = datetime(2026, 11, 2, 9, tzinfo=UTC)
NOW = START + timedelta(days=28)
SERVICE = "sarcoma-patient-view"
COMMENT = "Mrs Canary declined, MRN 4711"
TITLES = {"ablation-lung": "Percutaneous ablation of lung metastases", "asps-vegf": "VEGFR-directed therapy"}

_numbers = count(1)


def uuid(number: int) -> str:
    return str(UUID(int=number))


def card(number: int, *recommendations: str) -> CardShown:
    return CardShown(uuid(number), tuple((one, "offered") for one in recommendations), (uuid(number + 1000),))


def call(
    patient: str, hours: float, *cards: CardShown, version: str = "1.0", client: str = "north", status: int = 200
) -> CallRecord:
    return CallRecord(
        id=uuid(10_000 + next(_numbers)),
        at=START + timedelta(hours=hours),
        kind="call",
        service=SERVICE,
        content_version=version,
        status=status,
        milliseconds=40.0,
        client=client,
        patient=patient,
        cards=cards,
    )


def accepted(number: int, hours: float, client: str = "north") -> Feedback:
    at = START + timedelta(hours=hours)
    return Feedback(uuid(number), SERVICE, client, "accepted", at, (uuid(number + 1000),))


def overridden(
    number: int, hours: float, code: str | None = None, comment: str | None = None, client: str = "north"
) -> Feedback:
    at = START + timedelta(hours=hours)
    system = OVERRIDE_REASONS if code else None
    return Feedback(
        uuid(number), SERVICE, client, "overridden", at, reason_system=system, reason_code=code, comment=comment
    )


CALLS: Sequence[CallRecord] = (
    call("p1", 0, card(1, "ablation-lung")),
    call("p1", 1, card(1, "ablation-lung")),  # the chart opened again: the same card
    call("p2", 2, card(2, "ablation-lung", "asps-vegf"), card(3, "asps-vegf")),
    call("p3", 3),
    call("p3", 4, card(4, "ablation-lung"), version="1.1"),
    call("p4", 5, card(5, "ablation-lung"), client="south", version="1.1"),
    call("p5", 6, status=400),
)
GIVEN: Sequence[Feedback] = (
    overridden(1, 0.5, "not-fit"),
    accepted(1, 30),  # a change of mind: this one counts
    overridden(2, 2.5, "not-fit"),
    overridden(4, 4.5, comment=COMMENT),
    accepted(5, 5.5, client="south"),
    accepted(3, 40, client="south"),  # which was shown to another client
    accepted(77, 7),  # never shown
)
