"""What is found out about a request while it is answered, for its log line and the metrics."""

from __future__ import annotations

import re
from contextvars import ContextVar
from dataclasses import dataclass, field
from uuid import uuid4

from starlette.types import Scope

_WELL_FORMED = re.compile(r"[0-9a-fA-F]{32}|[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
_KEY = "sarcoma_cds.request"
CURRENT_REQUEST: ContextVar[str | None] = ContextVar("request_id", default=None)
"""The id of the request that is being answered, also in the threads that work for it: every line of the log gets it."""


@dataclass(slots=True)
class RequestFacts:
    """One request. Whoever finds something out writes it here; the log line is made of it at the end."""

    call_id: str = field(default_factory=lambda: str(uuid4()))
    """Ours, and unique: the id of the audit record."""
    request_id: str = ""
    """What the `X-Request-Id` of the answer says: the client's or the proxy's if it is well-formed, else `call_id`."""
    client: str | None = None
    """The name of the client in the settings, once it is authenticated."""
    code: str | None = None
    """The code of a refusal."""
    cards: int | None = None
    """Cards in the answer."""
    received: int = 0
    """Bytes of the body that were read."""

    def __post_init__(self) -> None:
        self.request_id = self.request_id or self.call_id


def facts_of(scope: Scope) -> RequestFacts:
    """The facts about the request of this scope; there are some from the first question on."""
    facts = scope.get(_KEY)
    if not isinstance(facts, RequestFacts):
        facts = scope[_KEY] = RequestFacts(request_id=_given_id(scope))
    return facts


def _given_id(scope: Scope) -> str:
    """The request id that came with the request: a UUID or 32 hex digits, as proxies make them.

    Anything else could hold whatever the caller likes, and would stand in the log.
    """
    given = [value for name, value in scope["headers"] if name == b"x-request-id"]
    if len(given) != 1:
        return ""
    text = str(given[0], "latin-1")
    return text if _WELL_FORMED.fullmatch(text) else ""
