"""Sockets that are opened only to addresses that may be called, and that keep one deadline over all their reads.

A timeout of a socket is for each read: a server that sends a byte now and then would never run into it. These sockets
ask before each read how much is left of the time of the request that their thread is making.
"""

from __future__ import annotations

import socket
import ssl
import threading
import time
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

from cds_hooks.outbound.addresses import is_loopback, may_call
from cds_hooks.outbound.error import OutboundError

_RESOLVERS = ThreadPoolExecutor(8, "resolve")
"""Asking for a name cannot be given up, so that it is done where waiting for it can be."""

Found = list[tuple[Any, Any, int, str, Any]]


class _Current(threading.local):
    deadline: float | None = None
    connected: bool = False


_current = _Current()


@contextmanager
def until(deadline: float) -> Iterator[None]:
    """All that this thread's sockets do within must end by then (``time.monotonic()``)."""
    _current.deadline, _current.connected = deadline, False
    try:
        yield
    finally:
        _current.deadline = None


def connected_anew() -> bool:
    """Whether the request that this thread is making opened a connection, instead of using one that was open."""
    return _current.connected


def remaining() -> float:
    """Seconds left. Raises ``TimeoutError`` when none are."""
    if _current.deadline is None:
        raise TimeoutError("a request is made without a deadline")
    left = _current.deadline - time.monotonic()
    if left <= 0:
        raise TimeoutError("the deadline has passed")
    return left


class _TimedSocket(socket.socket):
    def recv_into(self, *arguments: Any, **named: Any) -> int:
        self.settimeout(remaining())
        return super().recv_into(*arguments, **named)


class TimedTlsSocket(ssl.SSLSocket):
    """The same, over TLS."""

    def recv_into(self, *arguments: Any, **named: Any) -> int:
        """As of ``ssl.SSLSocket``."""
        self.settimeout(remaining())
        return super().recv_into(*arguments, **named)


def connect(host: str, port: int, *, private_network: bool, loopback_only: bool) -> socket.socket:
    """A socket connected to the host, at one of the addresses of its name that may be called.

    The address is checked that the socket is then connected to: what the name leads to a moment later changes nothing.
    Raises ``OutboundError`` `refused-address` when there is none, and ``OSError``.
    """
    _current.connected = True
    found = _resolve(host.strip("[]"), port)
    allowed = [one for one in found if may_call(one[4][0], private_network=private_network)]
    if loopback_only:
        allowed = [one for one in allowed if is_loopback(one[4][0])]
    if not allowed:
        raise OutboundError("refused-address")
    failure: OSError | None = None
    for left, (family, kind, protocol, _, address) in zip(range(len(allowed), 0, -1), allowed, strict=True):
        opened = _TimedSocket(family, kind, protocol)
        try:
            opened.settimeout(remaining() / left)  # an address that does not answer leaves time for the next one
            opened.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            opened.connect(address)
            opened.settimeout(remaining())  # for what urllib3 does next: the handshake, sending
        except OSError as error:
            opened.close()
            failure = error
        else:
            return opened
    assert failure is not None
    raise failure


def _resolve(host: str, port: int) -> Found:
    left = remaining()
    asked: Future[Found] = _RESOLVERS.submit(lambda: socket.getaddrinfo(host, port, 0, socket.SOCK_STREAM))
    try:
        return asked.result(left)
    except UnicodeError as error:  # a label of the name is empty or too long
        raise OSError("not a name") from error
    finally:
        asked.cancel()
