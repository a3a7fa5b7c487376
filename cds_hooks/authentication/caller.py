"""The caller, and what makes sure of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from cds_hooks.settings import ClientSettings


@dataclass(frozen=True, slots=True)
class Caller:
    """Who calls, as the token says it; without a client in the demonstration only."""

    client: ClientSettings | None
    issuer: str | None
    tenant: str | None
    token_id: str | None

    @property
    def name(self) -> str:
        """The client's name in logs, metrics and reports."""
        return self.client.name if self.client else "demo"


ANONYMOUS = Caller(None, None, None, None)


class Authenticator(Protocol):
    """Tells who calls. Blocking: for a worker thread."""

    def authenticate(self, authorization: str | None, url: str) -> Caller:
        """The caller, from the `Authorization` header and the public URL of what is called.

        Raises ``CallError`` 401 ``unauthorized``, which never says why; the log does.
        """


class Nobody:
    """The demonstration's: everybody may call, unknown."""

    def authenticate(self, authorization: str | None, url: str) -> Caller:
        """Nobody in particular."""
        return ANONYMOUS
