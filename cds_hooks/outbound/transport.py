"""The adapter of `requests` over our sockets."""

from __future__ import annotations

import socket
import ssl
from pathlib import Path
from typing import Any

from requests.adapters import HTTPAdapter
from requests.utils import DEFAULT_CA_BUNDLE_PATH
from urllib3 import HTTPConnectionPool, HTTPSConnectionPool, PoolManager
from urllib3.connection import HTTPConnection, HTTPSConnection

from cds_hooks.outbound.sockets import TimedTlsSocket, connect

_HOSTS = 32


def tls_context(ca_file: Path | None) -> ssl.SSLContext:
    """Certificates are verified against the usual authorities and those of the file. Raises ``ValueError``."""
    context = ssl.create_default_context(cafile=DEFAULT_CA_BUNDLE_PATH)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.sslsocket_class = TimedTlsSocket
    if ca_file is not None:
        try:
            context.load_verify_locations(ca_file)
        except OSError as error:
            raise ValueError(f"ca_file: {ca_file} cannot be read; name a file with certificates in PEM form") from error
    return context


class Transport(HTTPAdapter):
    """Sends requests. Used by itself, without a session of `requests`: that would keep cookies, read proxies and
    passwords from the environment, and read the whole body of a redirect, however large.
    """

    def __init__(self, context: ssl.SSLContext, connections: int, *, private_network: bool) -> None:
        self._context = context
        self._pools = _pools(private_network)
        super().__init__(pool_connections=_HOSTS, pool_maxsize=connections)

    def init_poolmanager(self, connections: int, maxsize: int, block: bool = False, **more: Any) -> None:
        """Connection pools that open our sockets only."""
        self.poolmanager = PoolManager(connections, maxsize=maxsize, block=block, ssl_context=self._context, **more)
        self.poolmanager.pool_classes_by_scheme = self._pools

    def cert_verify(self, conn: Any, url: str, verify: Any, cert: Any) -> None:
        """The context does it; its authorities need not be read again for each connection."""


def _pools(private_network: bool) -> dict[str, Any]:
    """Pools by scheme. Separate ones for each of the two rules, so that no connection is used under the other rule."""

    class Plain(HTTPConnection):
        def _new_conn(self) -> socket.socket:
            return connect(self.host, self.port, private_network=private_network, loopback_only=True)

    class Tls(HTTPSConnection):
        def _new_conn(self) -> socket.socket:
            return connect(self.host, self.port, private_network=private_network, loopback_only=False)

    class PlainPool(HTTPConnectionPool):
        ConnectionCls = Plain

    class TlsPool(HTTPSConnectionPool):
        ConnectionCls = Tls

    return {"http": PlainPool, "https": TlsPool}
