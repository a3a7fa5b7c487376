"""What came for one call, key by key: absent, empty, read, partial, failed are told apart.

The difference matters. An empty answer means "nothing on record"; an absent or failed one means that nobody looked,
and then nothing may be concluded from not finding it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from cds_hooks.audit import FhirQuery
from cds_hooks.errors import CallError
from cds_hooks.prefetch.pages import Pages, Reading, State
from cds_hooks.prefetch.reasons import told
from cds_hooks.prefetch.templates import Template

Json = Mapping[str, Any]
_UNREAD = frozenset({State.ABSENT, State.FAILED, State.PARTIAL})
_NOTHING = frozenset({State.ABSENT, State.FAILED})


@dataclass(frozen=True, slots=True)
class Received:
    """The resources that came, and the state of each template's key."""

    resources: tuple[Json, ...]
    states: Mapping[str, State]
    unread: frozenset[str]
    """Resource types of which not everything was read."""
    missing: tuple[str, ...]
    """Keys of required templates that brought nothing, because they are absent or failed."""
    reasons: Mapping[str, str] = field(default_factory=dict)
    """Why a key was not read, or not all of it: a code of ``REASONS``."""
    not_asked: str | None = None
    """Why no FHIR server could be asked for what was not sent, if none could: a code of ``REASONS``."""
    foreign: tuple[str, ...] = ()
    """Resources of other patients that were left out, as ``Condition/123``."""
    queries: tuple[FhirQuery, ...] = ()
    """What a FHIR server was asked."""
    fetched: int = 0
    """Bytes that it sent."""

    @classmethod
    def of(
        cls,
        templates: Sequence[Template],
        readings: Mapping[str, Reading],
        not_asked: str | None = None,
        queries: Iterable[FhirQuery] = (),
        fetched: int = 0,
    ) -> Received:
        """The readings of all keys, put together."""
        states = {key: one.state for key, one in readings.items()}
        return cls(
            tuple(resource for one in readings.values() for resource in one.resources),
            states,
            frozenset(one.resource_type for one in templates if states[one.key] in _UNREAD),
            tuple(one.key for one in templates if one.required and states[one.key] in _NOTHING),
            {key: one.reason for key, one in readings.items() if one.reason is not None},
            not_asked,
            tuple(name for one in readings.values() for name in one.foreign),
            tuple(queries),
            fetched,
        )

    def lacking(self, keys: Sequence[str]) -> CallError:
        """The refusal for want of these keys: 412, with the reason of each and the mend."""
        each = "; ".join(f"prefetch.{key}: {told(self.reasons[key])}" for key in keys)
        server = ""
        if self.not_asked is not None and self.not_asked not in self.reasons.values():
            server = f" As to fetching it: {told(self.not_asked)}."
        return CallError(
            412,
            "missing-data",
            f"patient data that is needed did not come: {each}.{server} "
            "Send these keys as the prefetch templates of GET /cds-services say, "
            "or fhirServer and fhirAuthorization with which they can be fetched",
            [f"prefetch.{key}" for key in keys],
        )


def read_prefetch(prefetch: Json, templates: Sequence[Template], patient_id: str) -> Received:
    """What was sent under the templates' keys, and nothing else; other keys are ignored.

    Raises ``CallError`` when the resources are of a FHIR version that is not supported.
    """
    keyed = types_of(templates)
    readings = {one.key: read_key(prefetch, one, Pages(one, patient_id, keyed)) for one in templates}
    return Received.of(templates, readings)


def types_of(templates: Iterable[Template]) -> frozenset[str]:
    """The resource types that have a key."""
    return frozenset(one.resource_type for one in templates)


def read_key(prefetch: Json, template: Template, pages: Pages) -> Reading:
    """What was sent under one key. Raises ``CallError`` as `read_prefetch` does."""
    if template.key not in prefetch:
        return Reading(State.ABSENT, "not-sent")
    value = prefetch[template.key]
    if value is None:
        return Reading(State.EMPTY)
    pages.add(value, f"prefetch.{template.key}")
    return pages.result()
