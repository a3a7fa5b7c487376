"""Where a client's public keys come from: the settings, a file, or the URL (``jku``) it is registered with."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Protocol

from cds_hooks.authentication.key_set import KeySet, KeySetError, PublicKey
from cds_hooks.observability.log import field_extra
from cds_hooks.outbound import OutboundError
from cds_hooks.settings import AuthenticationSettings, ClientSettings, SettingsError

_LOG = logging.getLogger(__name__)
FetchKeys = Callable[[ClientSettings], bytes]
"""Gets the JWK Set at a client's `jku`; raises ``OutboundError``."""
_MAX_AGE_SECONDS = 86_400.0
"""How long fetched keys are believed that cannot be fetched again; for longer only if their own time is longer."""
_MAX_WAITING = 20
"""Threads that wait for one client's keys. There are 40 that authenticate: the rest are for other clients, while
somebody sends invented key ids and the server with the keys hangs."""


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
            return KeySet.read(client.jwks).check()
        if client.jwks_file is not None:
            return FileKeys(client.name, client.jwks_file)
    except KeySetError as error:
        what = "jwks" if client.jwks is not None else f"jwks_file {client.jwks_file}"
        raise SettingsError(f"clients: the {what} of {client.name!r} {error}") from None
    except OSError as error:
        raise SettingsError(
            f"clients: the jwks_file {client.jwks_file} of {client.name!r} cannot be read ({error.strerror}); "
            "name a readable file with its JWK Set"
        ) from None
    return FetchedKeys(client, settings, fetch)


class FileKeys:
    """Keys in a file, read again when it has changed; a file that was spoilt leaves the keys as they were.

    Raises ``OSError`` and ``KeySetError`` when it cannot be used to begin with.
    """

    def __init__(self, client: str, file: Path) -> None:
        self._client = client
        self._file = file
        self._lock = threading.Lock()
        self._state = self._look()  # before reading: what is written in between is noticed at the next look
        self._keys = KeySet.read(file.read_bytes()).check()

    def find(self, key_id: str, algorithm: str) -> tuple[PublicKey, ...]:
        """The keys of the file as it is now."""
        with self._lock:
            state = self._look()
            if state != self._state:
                self._state = state
                self._read_again()
            return self._keys.find(key_id, algorithm)

    def _look(self) -> tuple[int, int, int, int] | None:
        """What changes with the content, or with the right to read it; None when the file is gone."""
        try:
            status = self._file.stat()
        except OSError:
            return None
        return status.st_mtime_ns, status.st_ctime_ns, status.st_size, status.st_ino

    def _read_again(self) -> None:
        try:
            self._keys = KeySet.read(self._file.read_bytes())
        except (OSError, KeySetError):
            _LOG.error("a client's key file cannot be used, its older keys go on", extra=_of(self._client))
        else:
            _LOG.info("a client's key file has changed and was read", extra=_of(self._client))
            _warn_of_none(self._client, self._keys)


class FetchedKeys:
    """Keys at a URL: fetched when first needed, as they grow old, and when a token names one that is not among them.

    The last so that a client can change its keys at any time; at most once in ``keys_refetch_seconds``, so that nobody
    can make us call by inventing key ids. Of several threads that need the keys one fetches. Whoever has a key to go on
    with does not wait: keys are renewed in the background from half of their time on, and only when that is over does
    one caller wait. When fetching fails, what was fetched before goes on, for a day at most: a key that its owner has
    withdrawn must not live for as long as somebody can keep us from hearing of it.
    """

    def __init__(
        self,
        client: ClientSettings,
        settings: AuthenticationSettings,
        fetch: FetchKeys,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._client = client
        self._ttl = settings.keys_ttl_seconds
        self._pause = settings.keys_refetch_seconds
        self._fetch = fetch
        self._clock = clock
        self._lock = threading.Lock()  # held while fetching
        self._waiting = threading.BoundedSemaphore(_MAX_WAITING)
        self._keys: KeySet | None = None
        self._fetched = self._tried = float("-inf")
        self._failed = False

    def find(self, key_id: str, algorithm: str) -> tuple[PublicKey, ...]:
        """The keys with this id, fetched where that is due."""
        found = self._found(key_id, algorithm)
        age = self._age()
        if self._may_fetch():
            if not found or (age >= self._ttl and not self._failed):
                self._renew_now(has_key=bool(found))
            elif age >= self._ttl / 2 and not self._lock.locked():
                threading.Thread(target=self._renew, name="keys", daemon=True).start()
        if self._usable() is None:
            raise KeysUnavailable
        return self._found(key_id, algorithm)

    def _usable(self) -> KeySet | None:
        return self._keys if self._age() < max(self._ttl, _MAX_AGE_SECONDS) else None

    def _found(self, key_id: str, algorithm: str) -> tuple[PublicKey, ...]:
        keys = self._usable()
        return keys.find(key_id, algorithm) if keys is not None else ()

    def _age(self) -> float:
        return self._clock() - self._fetched

    def _may_fetch(self) -> bool:
        return self._clock() - self._tried >= self._pause

    def _renew_now(self, *, has_key: bool) -> None:
        """Returns when the keys are renewed; at once for who has a key while another fetches, and for the many."""
        if self._waiting.acquire(blocking=False):
            try:
                self._renew(wait=not has_key)
            finally:
                self._waiting.release()

    def _renew(self, *, wait: bool = False) -> None:
        if self._lock.acquire(blocking=wait):
            try:
                if self._may_fetch():  # else it was done while this thread waited
                    self._refresh()
            finally:
                self._lock.release()

    def _refresh(self) -> None:
        began = self._clock()
        self._failed = True
        try:
            self._keys = KeySet.read(self._fetch(self._client))
        except (OutboundError, KeySetError) as error:
            reason = error.code if isinstance(error, OutboundError) else "not-a-key-set"
            _LOG.error("a client's public keys could not be fetched", extra=_of(self._client.name, reason))
        else:
            self._fetched, self._failed = began, False
            _warn_of_none(self._client.name, self._keys)
        finally:
            # Not before: it is by this time that the waiting threads see that it was done for them.
            self._tried = self._clock()


def _warn_of_none(client: str, keys: KeySet) -> None:
    """A client may withdraw all its keys; that is obeyed, but is hardly ever meant."""
    if not keys.keys:
        _LOG.error("a client has no public key left that can be used", extra=_of(client))


def _of(client: str, reason: str | None = None) -> dict[str, object]:
    return field_extra(client=client, reason=reason)
