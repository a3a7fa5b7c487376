"""URLs, origins and addresses as they are typed: what would never match anything is refused, with the mend."""

from __future__ import annotations

from ipaddress import ip_network
from urllib.parse import SplitResult, urlsplit


def sound_url(text: str) -> SplitResult | None:
    """The parts of a URL; None where it is none, or has a user, a query, a fragment or blanks."""
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError:
        return None
    plain = parts.hostname and parts.username is None and not set("?#\\") & set(text) and port != 0
    return parts if plain and text.isprintable() and " " not in text else None


def https_url(text: str) -> str:
    """An https URL, without a slash at the end. Raises ``ValueError``."""
    parts = sound_url(text)
    if parts is None or parts.scheme != "https":
        raise ValueError("must be an https URL without user, query or fragment")
    return text.rstrip("/")


def web_origin(text: str) -> str:
    """A web origin, spelt as browsers do. Raises ``ValueError``."""
    parts = sound_url(text)
    if parts is None or parts.scheme not in ("https", "http") or parts.path not in ("", "/"):
        raise ValueError("must be an origin: scheme and host, such as https://ehr.example.org, without a path")
    default_port = ":443" if parts.scheme == "https" else ":80"  # which browsers leave out
    return f"{parts.scheme}://{parts.netloc.lower().removesuffix(default_port)}"


def proxy_address(text: str) -> str:
    """An IP address, or a network of them. Raises ``ValueError``."""
    try:
        ip_network(text)
    except ValueError:
        raise ValueError("must be an IP address, or a network such as 10.1.2.0/24; names are not looked up") from None
    return text
