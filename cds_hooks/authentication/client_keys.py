"""Where a client's public keys come from: the settings, a file, or the URL (``jku``) it is registered with."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from typing import Protocol

from cds_hooks.authentication.key_set import KeySet, KeySetError, PublicKey
from cds_hooks.observability.log import field_extra
from cds_hooks.outbound import OutboundError
from cds_hooks.settings import AuthenticationSettings, ClientSettings, SettingsError

_LOG = logging.getLogger(__name__)
FetchKeys = Callable[[ClientSettings], bytes]
"""Gets the JWK Set at a client's `jku`; raises ``OutboundError``."""


class KeysUnavailable(Exception):
    """The client's keys could not be had, and there are no older ones."""


class ClientKeys(Protocol):
    """The public keys of one client; used by several threads at once."""

    def find(self, key_id: str, algorithm: str) -> tuple[PublicKey, ...]:
        """The keys that may have signed; none when the client has none like that. Raises ``KeysUnavailable``."""


def keys_of(client: ClientSettings, settings: AuthenticationSettings, fetch: FetchKeys) -> ClientKeys:
    """The keys of a client as it is registered. Raises ``SettingsError`` for those that cannot be used."""
    try:
        if client.jwks is not None:
            return KeySet.read(client.jwks)
        if client.jwks_file is not None:
            return FileKeys(client)
    except (KeySetError, OSError) as error:
        what = "jwks" if client.jwks is not None else f"jwks_file {client.jwks_file}"
        told = "cannot be read" if isinstance(error, OSError) else error
        raise SettingsError(f"clients: the {what} of {client.name!r} {told}") from None
    return FetchedKeys(client, settings, fetch)


class FileKeys:
    """Keys in a file, read again when it has changed; a file that was spoilt leaves the keys as they were."""

    def __init__(self, client: ClientSettings) -> None:
        assert client.jwks_file is not None
        self._client = client
        self._file = client.jwks_file
        self._lock = threading.Lock()
        self._state = self._look()
        self._keys = KeySet.read(self._file.read_bytes())

    def find(self, key_id: str, algorithm: str) -> tuple[PublicKey, ...]:
        """The keys of the file as it is now."""
        with self._lock:
            try:
                state = self._look()
                if state != self._state:
                    self._state = state
                    self._keys = KeySet.read(self._file.read_bytes())
            except (OSError, KeySetError):
                _LOG.error(
                    "a client's key file cannot be used, its older keys go on",
                    extra=field_extra(client=self._client.name),
                )
            return self._keys.find(key_id, algorithm)

    def _look(self) -> tuple[int, int]:
        status = self._file.stat()
        return status.st_mtime_ns, status.st_size


class FetchedKeys:
    """Keys at a URL: fetched when first needed, after their time, and when a token names one that is not among them.

    The last so that a client can change its keys at any time; at most once in ``keys_refetch_seconds``, so that nobody
    can make us call by inventing key ids. Of several threads that need the keys one fetches. What was fetched before
    goes on when fetching fails.
    """

    def __init__(
        self,
        client: ClientSettings,
        settings: AuthenticationSettings,
        fetch: FetchKeys,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._client = client
        self._settings = settings
        self._fetch = fetch
        self._clock = clock
        self._lock = threading.Lock()
        self._keys: KeySet | None = None
        self._fetched = self._tried = float("-inf")

    def find(self, key_id: str, algorithm: str) -> tuple[PublicKey, ...]:
        """The keys with this id, fetched where that is due."""
        with self._lock:
            found = self._keys.find(key_id, algorithm) if self._keys is not None else ()
            now = self._clock()
            stale = now - self._fetched >= self._settings.keys_ttl_seconds
            if (not found or stale) and now - self._tried >= self._settings.keys_refetch_seconds:
                self._tried = now
                self._refresh(now)
            if self._keys is None:
                raise KeysUnavailable
            return self._keys.find(key_id, algorithm)

    def _refresh(self, now: float) -> None:
        try:
            self._keys = KeySet.read(self._fetch(self._client))
        except (OutboundError, KeySetError) as error:
            reason = error.code if isinstance(error, OutboundError) else "not-a-key-set"
            _LOG.error(
                "a client's public keys could not be fetched",
                extra=field_extra(client=self._client.name, reason=reason),
            )
        else:
            self._fetched = now
