"""One request to another server."""

from __future__ import annotations

import logging
import time
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from urllib.parse import urlsplit

import requests
import urllib3
from urllib3.exceptions import DecodeError, HTTPError, ReadTimeoutError

from cds_hooks.outbound.error import OutboundError
from cds_hooks.outbound.sockets import connected_anew, remaining, until
from cds_hooks.outbound.transport import Transport, tls_context

_CHUNK = 65_536
_AGENT = f"sarcoma-cds/{metadata.version('sarcoma-cds')}"


@dataclass(frozen=True, slots=True)
class OutboundAnswer:
    """An answer other than a redirect: its status, headers (by name, in any case) and decompressed body."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    url: str


class Outbound:
    """Makes requests. One for the process, used by many threads at once; connections stay open for the next request.

    There are no redirects, proxies, cookies or stored passwords. `insecure_loopback` (the demonstration) allows http to
    this machine; `ca_file` (PEM) names certificate authorities beside the usual ones. Raises ``ValueError`` when that
    file cannot be read.
    """

    def __init__(self, *, connections: int = 64, insecure_loopback: bool = False, ca_file: Path | None = None) -> None:
        context = tls_context(ca_file)
        self._schemes = {"https", "http"} if insecure_loopback else {"https"}
        self._transports = {
            private: Transport(context, connections, private_network=private) for private in (False, True)
        }
        # urllib3 writes URLs, and with them patients' ids, into its log, in warnings too.
        logging.getLogger("urllib3").setLevel(logging.CRITICAL + 1)

    def get(
        self, url: str, *, headers: Mapping[str, str], deadline: float, max_bytes: int, private_network: bool
    ) -> OutboundAnswer:
        """The answer to a GET, complete by `deadline` (``time.monotonic()``).

        `max_bytes` is for the decompressed body. Unless `private_network`, only public addresses are called.
        Raises ``OutboundError``.
        """
        request = self._prepared(url, headers)
        transport = self._transports[private_network]
        try:
            with until(deadline):
                try:
                    return _exchange(transport, request, max_bytes)
                except requests.ConnectionError:
                    if connected_anew():
                        raise
                # The server may have closed the open connection just as it was used. GET can be sent again.
                return _exchange(transport, request, max_bytes)
        except OutboundError:
            raise
        except Exception as error:
            code = "timeout" if time.monotonic() >= deadline else _code(error)
        raise OutboundError(code)

    def close(self) -> None:
        """Closes the connections that are open and not in use."""
        for transport in self._transports.values():
            transport.close()

    def _prepared(self, url: str, headers: Mapping[str, str]) -> requests.PreparedRequest:
        try:
            parts = urlsplit(url)
            sound = parts.scheme in self._schemes and parts.hostname and parts.username is None
            if sound:
                own = {"User-Agent": _AGENT, "Accept-Encoding": "gzip"}
                return requests.Request("GET", url, headers={**headers, **own}).prepare()
        except ValueError:  # what `requests` raises for a faulty URL or header is one too
            pass
        raise OutboundError("refused-url")


def _exchange(transport: Transport, request: requests.PreparedRequest, max_bytes: int) -> OutboundAnswer:
    left = remaining()
    response = transport.send(request, stream=True, timeout=(left, left), proxies={})
    whole = False
    try:
        if 300 <= response.status_code < 400:
            raise OutboundError("redirect", response.status_code)
        body = _body(response, max_bytes)
        whole = True
        return OutboundAnswer(response.status_code, response.headers, body, request.url or "")
    finally:
        if whole:
            response.raw.release_conn()
        else:
            response.raw.close()


def _body(response: requests.Response, max_bytes: int) -> bytes:
    """The body, decompressed piece by piece, so that a small one that would become huge is noticed early."""
    too_large = OutboundError("too-large", response.status_code)
    announced = response.headers.get("Content-Length", "")
    if announced.isdigit() and int(announced) > max_bytes:
        raise too_large
    pieces: list[bytes] = []
    size = 0
    for piece in response.raw.stream(_CHUNK, decode_content=True):
        size += len(piece)
        if size > max_bytes:
            raise too_large
        pieces.append(piece)
        remaining()
    return b"".join(pieces)


def _code(error: Exception) -> str:
    """The code of an error of `requests`, of urllib3 or of a socket. Raises any other one."""
    if isinstance(error, requests.Timeout | ReadTimeoutError | TimeoutError):
        return "timeout"
    if isinstance(error, requests.exceptions.SSLError | urllib3.exceptions.SSLError):
        return "tls"
    if isinstance(error, DecodeError):
        return "garbled"
    if isinstance(error, requests.RequestException | HTTPError | OSError):
        return "connection"
    raise error
