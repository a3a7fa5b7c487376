"""What is known of one call so far; at its end the record that is kept of it."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Literal

from cds_hooks.audit import CallRecord, CardShown, FhirQuery
from cds_hooks.authentication import ANONYMOUS, Caller
from cds_hooks.envelope import HookCall

RECOMMENDATIONS = "org.sarcoma-cds.recommendations"
"""The member of a card's ``extension`` that lists the recommendations on it."""


class Journal:
    """Filled in as a call goes on. It holds ids, never a resource or a token."""

    def __init__(self, request_id: str, kind: Literal["call", "explain", "feedback"], service: str) -> None:
        self._id = request_id
        self.kind = kind
        self._service = service
        self._at = datetime.now(UTC)
        self._started = time.perf_counter()
        self._hook: HookCall | None = None
        self._user: str | None = None
        self._encounter: str | None = None
        self.caller: Caller = ANONYMOUS
        self.content_version = ""
        self.queries: tuple[FhirQuery, ...] = ()
        self.cards: tuple[CardShown, ...] = ()

    def read(self, call: HookCall) -> None:
        """The envelope has been read."""
        self._hook = call
        self._user = _text(call.context.get("userId"))
        self._encounter = _text(call.context.get("encounterId"))

    def show(self, cards: Sequence[Mapping[str, Any]]) -> None:
        """These cards go out."""
        self.cards = tuple(map(_shown, cards))

    def record(self, status: int, code: str | None = None) -> CallRecord:
        """The record of the call, which ended with this HTTP status and, if it was refused, this code of ours."""
        hook, caller = self._hook, self.caller
        return CallRecord(
            id=self._id,
            at=self._at,
            kind=self.kind,
            service=self._service,
            content_version=self.content_version,
            status=status,
            milliseconds=(time.perf_counter() - self._started) * 1000,
            code=code,
            hook=hook.hook if hook else None,
            hook_instance=hook.instance if hook else None,
            client=caller.name,
            issuer=caller.issuer,
            tenant=caller.tenant,
            user=self._user,
            patient=hook.patient_id if hook else None,
            encounter=self._encounter,
            cards=self.cards if code is None else (),
            queries=self.queries,
        )


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None


def _shown(card: Mapping[str, Any]) -> CardShown:
    named = card.get("extension", {}).get(RECOMMENDATIONS, ())
    return CardShown(
        str(card["uuid"]),
        tuple((str(one["id"]), str(one["status"])) for one in named),
        tuple(str(one["uuid"]) for one in card.get("suggestions", ())),
    )
