"""Whether a token was made out to the URL that is called (CDS Hooks 2.0, Trusting CDS Clients: ``aud``)."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from urllib.parse import urlsplit

_DEFAULT_PORTS = {"https": 443, "http": 80}


def same_url(one: str, other: str) -> bool:
    """Whether two URLs are the same but for the case of scheme and host, a default port, and a slash at the end.

    These are what hand-typed settings differ in; path and query are compared to the letter.
    """
    return one == other or (_normal(one) is not None and _normal(one) == _normal(other))


def is_for(audience: Iterable[str], url: str, accepted: Collection[str]) -> bool:
    """Whether one of the token's audiences is the called URL, or, to the letter, accepted for the client."""
    return any(one in accepted or same_url(one, url) for one in audience)


def _normal(url: str) -> tuple[str, str, int | None, str, str] | None:
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return None
    blank = any(one <= " " for one in url)  # which urlsplit removes in places
    if blank or not parts.hostname or parts.username is not None or parts.fragment:
        return None
    scheme = parts.scheme.lower()
    return scheme, parts.hostname.lower(), port or _DEFAULT_PORTS.get(scheme), parts.path.rstrip("/"), parts.query
