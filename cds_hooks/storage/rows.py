"""What the storage tells about cards and what became of them: one frozen row each, without patient data."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from cds_hooks.feedback.feedback import Feedback


@dataclass(frozen=True, slots=True)
class CardFired:
    """A card that was shown. `recommendations` are pairs of id and status, `suggestions` uuids, `call` the call's id.

    A hook instance that is repeated shows the same card again: it counts once per client, as shown last (`at`, in UTC).
    """

    card: str
    at: datetime
    call: str
    service: str
    client: str
    content_version: str
    recommendations: tuple[tuple[str, str], ...]
    suggestions: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CardOutcome:
    """The newest feedback on a card, by the time of the action.

    `shown` is None where this client was shown no card of that uuid (or its record is no longer kept). `earlier` counts
    the feedback of the same client on the same card that this one supersedes.
    """

    feedback: Feedback
    shown: CardFired | None
    earlier: int


@dataclass(frozen=True, slots=True)
class Purged:
    """How many records were deleted because their time was over."""

    calls: int
    cards: int
    feedback: int
    tokens: int
