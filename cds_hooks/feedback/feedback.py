"""One thing that a clinician did with one card."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

Outcome = Literal["accepted", "overridden"]


@dataclass(frozen=True, slots=True)
class Feedback:
    """One item of a feedback request (CDS Hooks 2.0, "Feedback"), and who sent it to which service.

    `card` is the card's uuid in lower case, `at` the moment of the action in UTC. `accepted_suggestions` (as the client
    sent them) come with `accepted`, the reason and the comment with `overridden`. The comment is free text and may name
    the patient: it is kept out of what is printed of an item.
    """

    card: str
    service: str
    client: str
    outcome: Outcome
    at: datetime
    accepted_suggestions: tuple[str, ...] = ()
    reason_system: str | None = None
    reason_code: str | None = None
    reason_display: str | None = None
    comment: str | None = field(default=None, repr=False)
