"""Faults in a JSON tree: the kinds that clients, proxies and attackers make."""

from __future__ import annotations

import copy
from collections.abc import Callable, Sequence
from random import Random
from typing import Any

_SCALARS: tuple[Any, ...] = (
    None, True, False, 0, -1, 1.5, 2**31, 2**63 - 1, -(2**63), 1e308, -0.0, "", " ", "null", "x" * 10_000,
    "Patient/x1", "Patient/other", "urn:uuid:x", "#contained", "https://[::1", "2026-02-30", "2026-13-45T25:61:61Z",
    "0001-01-01", "9999-12-31", "2026", "-0044-03-15", "<script>alert(1)</script>", "{{context.patientId}}", "%00",
    "\u202e\u0000\ufffe", "Ä" * 300, "👩🏽‍⚕️", "'; drop table calls; --", "${jndi:ldap://x}", "../../etc/passwd",
)  # fmt: skip
_KEYS = (
    "resourceType", "id", "entry", "resource", "status", "code", "coding", "value", "valueQuantity", "subject", "total",
    "link", "issue", "contained", "extension", "component", "medicationCodeableConcept", "", "__proto__", "_id",
)  # fmt: skip
_TYPES = (
    "Patient", "Condition", "Observation", "Procedure", "MedicationRequest", "MedicationAdministration", "Bundle",
    "OperationOutcome", "DiagnosticReport", "DocumentReference", "MedicationOrder", "Nothing", "Parameters",
)  # fmt: skip
_DEPTHS = (50, 200, 900, 990, 1010)

Place = tuple[Any, Any]
"""A node's holder (dict or list) and its key there."""


def mutated(body: Any, others: Sequence[Any], random: Random) -> Any:
    """A copy of the body with one to four faults; parts of other bodies may get into it."""
    made = copy.deepcopy(body)
    for _ in range(random.choice((1, 1, 1, 2, 2, 3, 4))):
        places = _places(made)
        if not places:
            return random.choice(_SCALARS)
        holder, key = random.choice(places)
        random.choice(_FAULTS)(holder, key, others, random)
    return made


def _places(value: Any) -> list[Place]:
    found: list[Place] = []
    waiting = [value]
    while waiting and len(found) < 5000:
        one = waiting.pop()
        items = one.items() if isinstance(one, dict) else enumerate(one) if isinstance(one, list) else ()
        for key, below in items:
            found.append((one, key))
            if isinstance(below, (dict, list)):
                waiting.append(below)
    return found


def _scalar(holder: Any, key: Any, others: Sequence[Any], random: Random) -> None:
    holder[key] = random.choice(_SCALARS)


def _empty(holder: Any, key: Any, others: Sequence[Any], random: Random) -> None:
    holder[key] = random.choice(([], {}, [None], [[]], [{}], {"": None}))


def _remove(holder: Any, key: Any, others: Sequence[Any], random: Random) -> None:
    del holder[key]


def _wrap(holder: Any, key: Any, others: Sequence[Any], random: Random) -> None:
    holder[key] = random.choice(([holder[key]], {"value": holder[key]}, [[holder[key]]], str(holder[key])[:200]))


def _repeat(holder: Any, key: Any, others: Sequence[Any], random: Random) -> None:
    times = random.choice((2, 20, 300))
    if isinstance(holder[key], list):
        holder[key] = (holder[key] * times)[:2000]
    else:
        holder[key] = [holder[key]] * times


def _deepen(holder: Any, key: Any, others: Sequence[Any], random: Random) -> None:
    name = random.choice((None, *_KEYS))
    value = holder[key]
    for _ in range(random.choice(_DEPTHS)):
        value = [value] if name is None else {name: value, "resourceType": random.choice(_TYPES[:7])}
    holder[key] = value


def _rename(holder: Any, key: Any, others: Sequence[Any], random: Random) -> None:
    if isinstance(holder, dict):
        holder[random.choice(_KEYS)] = holder.pop(key)


def _retype(holder: Any, key: Any, others: Sequence[Any], random: Random) -> None:
    target = holder[key] if isinstance(holder[key], dict) else holder
    if isinstance(target, dict):
        target["resourceType"] = random.choice(_TYPES)


def _graft(holder: Any, key: Any, others: Sequence[Any], random: Random) -> None:
    places = _places(random.choice(others))
    if places:
        source, name = random.choice(places)
        holder[key] = copy.deepcopy(source[name])


def _swap(holder: Any, key: Any, others: Sequence[Any], random: Random) -> None:
    other = random.choice(list(holder) if isinstance(holder, dict) else range(len(holder)))
    holder[key], holder[other] = holder[other], holder[key]


_FAULTS: tuple[Callable[[Any, Any, Sequence[Any], Random], None], ...] = (
    _scalar, _scalar, _scalar, _empty, _remove, _remove, _wrap, _repeat, _deepen, _rename, _retype, _graft, _graft,
    _swap,
)  # fmt: skip
