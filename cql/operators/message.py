"""Message (CQL reference, B.13 Errors and Messaging)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from cql.errors import EvaluationError, MessageError

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class MessageRecord:
    """What a library said while it ran. ``source`` is only kept for Trace: it may be patient data."""

    severity: str
    code: str | None
    text: str | None
    source: Any = None


Sink = Callable[[MessageRecord], None]

_SEVERITIES = {name.casefold(): name for name in ("Trace", "Message", "Warning", "Error")}


def message(
    source: T,
    condition: bool | None,
    code: str | None = None,
    severity: str | None = None,
    text: str | None = None,
    *,
    sink: Sink | None = None,
) -> T:
    """``Message``: gives ``source`` back and, if the condition is true, tells ``sink`` of it.

    A null severity is ``Message``. Raises ``MessageError`` for the severity ``Error`` and ``EvaluationError`` for one
    that CQL does not have.
    """
    if condition is not True:
        return source
    name = "Message" if severity is None else _SEVERITIES.get(severity.casefold())
    if name is None:
        raise EvaluationError(f"Message has no severity {severity!r}; it must be Trace, Message, Warning or Error")
    if name == "Error":
        raise MessageError(": ".join(part for part in (code, text) if part) or "the library raised an error")
    if sink is not None:
        sink(MessageRecord(name, code, text, source if name == "Trace" else None))
    return source
