"""A mutated request as it goes over the line: faults in the JSON, in its bytes, and in what is around them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from random import Random
from typing import Any

from tools.mutate.tree import mutated

_FEEDBACK: Any = {
    "feedback": [
        {
            "card": "4f8c2a90-5b1e-4c3d-8e7f-0123456789ab",
            "outcome": "accepted",
            "acceptedSuggestions": [{"id": "4f8c2a90-5b1e-4c3d-8e7f-0123456789ac"}],
            "outcomeTimestamp": "2026-11-21T12:00:00.123Z",
        },
        {
            "card": "4f8c2a90-5b1e-4c3d-8e7f-0123456789ad",
            "outcome": "overridden",
            "overrideReason": {
                "reason": {"code": "c", "system": "https://x.example.org", "display": "d"},
                "userComment": "u",
            },
            "outcomeTimestamp": "2026-11-21T12:00:00Z",
        },
    ]
}
_TYPES = (
    "application/json",
    "application/json",
    "application/fhir+json",
    "text/plain",
    "",
    "application/json; charset=x",
)
_METHODS = ("POST",) * 100 + ("GET", "PUT", "PATCH", "DELETE", "OPTIONS", "HEAD")
_NAMES = ("x-request-id", "origin", "accept", "authorization", "content-encoding", "expect", "forwarded", "cookie")
_VALUES = ("", "x", "gzip", "Bearer x.y.z", "null", "*", "\xff\xfe", "a" * 5000, "100-continue")


@dataclass(frozen=True, slots=True)
class Seed:
    """A request that is sound: its hook and body."""

    hook: str
    body: Any


@dataclass(frozen=True, slots=True)
class Request:
    """A request with faults in it."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes


def mutated_request(seeds: Sequence[Seed], services: Sequence[tuple[str, str]], random: Random) -> Request:
    """A request made of one of the seeds; `services` are ids and hooks."""
    seed = random.choice(seeds)
    fitting = [one for one in services if one[1] == seed.hook] if random.random() < 0.95 else services
    service, hook = random.choice(fitting or services)
    place = random.random()
    if place < 0.1:
        path, body = f"/cds-services/{service}/feedback", _FEEDBACK
    else:
        path, body = f"/{'explain' if place < 0.25 else 'cds-services'}/{service}", seed.body
        if not fitting and isinstance(body, dict):  # the sample of another hook, for one that there is
            body = {**body, "hook": hook}
    others = [one.body for one in random.sample(seeds, min(3, len(seeds)))]
    content = _bytes(mutated(body, others, random), random)
    headers = {"content-type": random.choice(_TYPES) if random.random() < 0.1 else "application/json"}
    if random.random() < 0.1:
        headers[random.choice(_NAMES)] = random.choice(_VALUES)
    if random.random() < 0.02:
        path = path.replace(
            service, random.choice(("%00", "..%2f", "x" * 3000, "a b", "\u00e9", service.upper()))
        ).replace(" ", "%20")
    return Request(random.choice(_METHODS), path.encode("ascii", "replace").decode(), headers, content)


def _bytes(value: Any, random: Random) -> bytes:
    content = json.dumps(value, ensure_ascii=False).encode("utf-8", "replace")
    if random.random() > 0.15 or not content:
        return content
    at = random.randrange(len(content))
    match random.randrange(7):
        case 0:
            return content[:at]
        case 1:
            return content[:at] + bytes(random.randrange(256) for _ in range(random.randrange(1, 9))) + content[at:]
        case 2:
            return (
                content[:at]
                + random.choice((b"NaN", b"1e999", b"9" * 400, b"\xed\xa0\x80", b'\\ud800"', b"//"))
                + content[at + 1 :]
            )
        case 3:
            return b"\xef\xbb\xbf" + content
        case 4:
            return content.decode().encode("utf-16")
        case 5:
            return b'{"hook":1,' + content[1:]
        case _:
            return b"[" * random.choice((900, 1020, 1030, 100_000)) + content
