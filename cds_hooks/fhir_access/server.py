"""The base URL of a FHIR server in its normal form, so that two spellings of it are told to be the same."""

from __future__ import annotations

from urllib.parse import urlsplit

_PORTS = {"https": 443, "http": 80}


def base_url(url: str) -> str | None:
    """The URL with scheme and host in lower case, without the scheme's own port and without a slash at the end.

    None when it is not the http or https URL of a server: no host, or a user, a query or a fragment in it, or a path
    that leads elsewhere (`..`).
    """
    try:
        parts = urlsplit(url.strip())
        port = parts.port
    except ValueError:
        return None
    if parts.scheme not in _PORTS or not parts.hostname or parts.username is not None or not url.isprintable():
        return None
    if "?" in url or "#" in url or "\\" in url or " " in url.strip():
        return None
    if {"..", "."} & set(parts.path.lower().replace("%2e", ".").split("/")):
        return None
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    shown = "" if port is None or port == _PORTS[parts.scheme] else f":{port}"
    return f"{parts.scheme}://{host}{shown}{parts.path.rstrip('/')}"


def within(server: str, url: str) -> str | None:
    """The URL, if it is at the server: of the same origin, and at or below the path of its base URL; None otherwise.

    `server` is a base URL in normal form. What is returned is spelt like it, so that there is one reading of it.
    """
    head, question, query = url.partition("#")[0].partition("?")
    place = base_url(head)
    if place is None or not query.isprintable():
        return None
    if place != server and not place.startswith(f"{server}/"):
        return None
    return place + question + query
