"""Whether the service can listen where the settings say, tried before anything is loaded."""

from __future__ import annotations

import os
import socket
from typing import Any

from cds_hooks.settings.model import Settings, SettingsError


def check_address(settings: Settings) -> None:
    """Raises ``SettingsError`` when `host` is no address of this machine, or `port` cannot be had."""
    host, port = settings.host, settings.port
    try:
        found = socket.getaddrinfo(host or None, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    except (socket.gaierror, UnicodeError):
        raise SettingsError(f"host: {host} is not an address of this machine, nor a name of one") from None
    for family, _, _, _, address in found:
        fault = _fault(family, address)
        if fault is not None:
            raise SettingsError(
                f"host, port: cannot listen on {host or 'all addresses'}, port {port} ({fault}); "
                "stop what listens there, or choose another port (--port N) or an address of this machine"
            )


def _fault(family: int, address: Any) -> str | None:
    try:
        tried = socket.socket(family, socket.SOCK_STREAM)
    except OSError:  # IPv6 on a machine without it: asyncio passes over it, too
        return None
    with tried:
        tried.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if family == socket.AF_INET6:
            tried.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        try:
            tried.bind(address)
        except OSError as error:
            return os.strerror(error.errno or 0)
    return None
