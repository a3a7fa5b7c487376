"""Between the service's records and rows of the tables."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

import orjson

from cds_hooks.audit.record import CallRecord, CardShown, FhirQuery
from cds_hooks.feedback.feedback import Feedback
from cds_hooks.storage.rows import CardFired

Row = Mapping[str, Any]


def text(value: str) -> str:
    """The text with what a database may not hold (NUL, lone surrogates) replaced, so that it cannot stop a record."""
    if value.isascii() and "\0" not in value:
        return value
    return value.encode("utf-8", "replace").decode().replace("\0", "�")


def moment(value: datetime) -> datetime:
    """The moment in UTC. Raises ``ValueError`` where it has no time zone: which moment it is would be a guess."""
    if value.tzinfo is None:
        raise ValueError("a moment needs its time zone")
    return value.astimezone(UTC)


def call_row(record: CallRecord) -> Row:
    """The row of ``calls``."""
    return {
        "id": record.id,
        "at": moment(record.at),
        "kind": record.kind,
        "service": text(record.service),
        "content_version": record.content_version,
        "status": record.status,
        "milliseconds": record.milliseconds,
        "code": record.code,
        "hook": _text(record.hook),
        "hook_instance": _text(record.hook_instance),
        "client": _text(record.client),
        "issuer": _text(record.issuer),
        "tenant": _text(record.tenant),
        "user_id": _text(record.user),
        "patient": _text(record.patient),
        "encounter": _text(record.encounter),
        "cards": [
            {
                "uuid": text(one.uuid),
                "recommendations": _recommendations(one),
                "suggestions": list(map(text, one.suggestions)),
            }
            for one in record.cards
        ],
        "queries": [
            {
                "server": text(one.server),
                "query": text(one.query),
                "status": one.status,
                "milliseconds": one.milliseconds,
                "error": one.error,
            }
            for one in record.queries
        ],
    }


def call_record(row: Row) -> CallRecord:
    """The record of a row of ``calls``."""
    values = dict(row)
    values["user"] = values.pop("user_id")
    values["cards"] = tuple(
        CardShown(one["uuid"], _pairs(one["recommendations"]), tuple(one["suggestions"])) for one in values["cards"]
    )
    values["queries"] = tuple(FhirQuery(**one) for one in values["queries"])
    return CallRecord(**values)


def card_rows(record: CallRecord) -> list[Row]:
    """The rows of ``cards``, in the order of their keys: whoever locks several rows does it in the same order.

    None but for the call of a hook: the cards of an explanation were shown to no clinician.
    """
    if record.kind != "call":
        return []
    rows = {
        one.uuid: {
            "card": text(one.uuid),
            "client": text(record.client or ""),
            "at": moment(record.at),
            "call": record.id,
            "service": text(record.service),
            "content_version": record.content_version,
            "recommendations": _recommendations(one),
            "suggestions": list(map(text, one.suggestions)),
        }
        for one in record.cards
    }
    return [rows[uuid] for uuid in sorted(rows)]


def card_fired(row: Row) -> CardFired:
    """The card of a row of ``cards``."""
    return CardFired(
        **{
            **row,
            "recommendations": _pairs(row["recommendations"]),
            "suggestions": tuple(row["suggestions"]),
        }
    )


def feedback_rows(given: Iterable[Feedback], received: datetime) -> list[Row]:
    """The rows of ``feedback``, each content once, in the order of their keys (see ``card_rows``)."""
    rows = {}
    for one in given:
        row = {
            "card": text(one.card),
            "client": text(one.client),
            "service": text(one.service),
            "outcome": one.outcome,
            "at": moment(one.at),
            "accepted_suggestions": sorted({text(suggestion) for suggestion in one.accepted_suggestions}),
            "reason_system": _text(one.reason_system),
            "reason_code": _text(one.reason_code),
            "reason_display": _text(one.reason_display),
            "comment": _text(one.comment),
        }
        digest = hashlib.sha256(orjson.dumps(row, option=orjson.OPT_SORT_KEYS | orjson.OPT_UTC_Z)).hexdigest()
        rows[digest] = {**row, "digest": digest, "received": received}
    return [rows[digest] for digest in sorted(rows)]


def feedback_given(row: Row) -> Feedback:
    """The feedback of a row of ``feedback``."""
    names = ("card", "service", "client", "outcome", "at", "reason_system", "reason_code", "reason_display", "comment")
    return Feedback(**{name: row[name] for name in names}, accepted_suggestions=tuple(row["accepted_suggestions"]))


def token_digest(issuer: str, token_id: str) -> str:
    """The key of a seen token; whatever the client put into `jti`, it has one length and only safe characters."""
    return hashlib.sha256(orjson.dumps([text(issuer), text(token_id)])).hexdigest()


def _text(value: str | None) -> str | None:
    return None if value is None else text(value)


def _recommendations(card: CardShown) -> list[dict[str, str]]:
    return [{"id": text(identifier), "status": text(status)} for identifier, status in card.recommendations]


def _pairs(recommendations: Iterable[Mapping[str, str]]) -> tuple[tuple[str, str], ...]:
    return tuple((one["id"], one["status"]) for one in recommendations)
