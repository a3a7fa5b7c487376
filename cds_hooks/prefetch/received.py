"""What came under each prefetch key, told apart: absent, empty, read, partial, failed.

The difference matters. An empty answer means "nothing on record"; an absent or failed one means that nobody looked,
and then nothing may be concluded from not finding it.
"""

from __future__ import annotations

import enum
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from cds_hooks.fhir_versions import refuse_other_version
from cds_hooks.prefetch.templates import Template

Json = Mapping[str, Any]


class State(enum.Enum):
    """What became of one key."""

    ABSENT = "absent"
    """The client did not send it."""
    EMPTY = "empty"
    """The client looked and found nothing: null, or a Bundle without entries."""
    READ = "read"
    PARTIAL = "partial"
    """Some resources came, and there are more: a further page, or an error beside them."""
    FAILED = "failed"
    """Something came that is not the data: an OperationOutcome, another type, another patient."""


@dataclass(frozen=True, slots=True)
class Received:
    """The resources that came, and the state of each template's key."""

    resources: tuple[Json, ...]
    states: Mapping[str, State]
    unread: frozenset[str]
    """Resource types of which not everything was read."""
    missing: tuple[str, ...]
    """Keys of required templates that brought nothing, because they are absent or failed."""


def read_prefetch(prefetch: Json, templates: Sequence[Template], patient_id: str) -> Received:
    """The resources under the templates' keys; other keys are ignored.

    A Bundle or a single resource will do for either kind of template. Resources that belong under another key of ours
    are left to that key; others that came along (a referenced Medication, say) are kept. Raises ``CallError`` when the
    resources are of a FHIR version that is not supported.
    """
    keyed = frozenset(template.resource_type for template in templates)
    resources: list[Json] = []
    states: dict[str, State] = {}
    for template in templates:
        found, state = _read(prefetch, template, patient_id, keyed)
        states[template.key] = state
        resources += found
    incomplete = {State.ABSENT, State.FAILED, State.PARTIAL}
    return Received(
        tuple(resources),
        states,
        frozenset(one.resource_type for one in templates if states[one.key] in incomplete),
        tuple(one.key for one in templates if one.required and states[one.key] in {State.ABSENT, State.FAILED}),
    )


def _read(prefetch: Json, template: Template, patient_id: str, keyed: frozenset[str]) -> tuple[list[Json], State]:
    if template.key not in prefetch:
        return [], State.ABSENT
    value = prefetch[template.key]
    if value is None:
        return [], State.EMPTY
    if not isinstance(value, dict):
        return [], State.FAILED
    is_bundle = value.get("resourceType") == "Bundle"
    entries = value.get("entry") if is_bundle else [{"resource": value}]
    if entries is not None and not isinstance(entries, list):
        return [], State.FAILED
    content = _Content.of(entries or (), template)
    refuse_other_version(content.others, f"prefetch.{template.key}")
    found = content.own
    if template.resource_type == "Patient":  # one without an id is taken to be the one of the call
        found = [one for one in found if one.get("id") in (None, patient_id)]
    outcomes = [one for one in content.others if one.get("resourceType") == "OperationOutcome"]
    more = content.broken or any(map(_is_error, outcomes)) or _has_further_page(value)
    more = more or _falls_short(value, len(content.own))
    if found:
        company = [one for one in content.others if one.get("resourceType") not in keyed | {"OperationOutcome"}]
        return found + company, State.PARTIAL if more else State.READ
    something_else = bool(content.own) or len(outcomes) < len(content.others)
    return [], State.EMPTY if is_bundle and not more and not something_else else State.FAILED


@dataclass(frozen=True, slots=True)
class _Content:
    """The resources of a Bundle: those of the template's type, and others. `broken`: there was an entry without one."""

    own: list[Json]
    others: list[Json]
    broken: bool

    @classmethod
    def of(cls, entries: Iterable[Any], template: Template) -> _Content:
        own: list[Json] = []
        others: list[Json] = []
        broken = False
        for entry in entries:
            resource = entry.get("resource") if isinstance(entry, dict) else None
            if not isinstance(resource, dict):
                broken = True
            elif resource.get("resourceType") == template.resource_type:
                own.append(resource)
            else:
                others.append(resource)
        return cls(own, others, broken)


def _is_error(outcome: Json) -> bool:
    issues = outcome.get("issue")
    if not isinstance(issues, list) or not issues:
        return True
    return any(not isinstance(one, dict) or one.get("severity") not in ("warning", "information") for one in issues)


def _has_further_page(bundle: Json) -> bool:
    links = bundle.get("link")
    if not isinstance(links, list):
        return False
    return any(isinstance(link, dict) and link.get("relation") == "next" for link in links)


def _falls_short(bundle: Json, came: int) -> bool:
    """Whether the server says that more matched than came (a page cut off without a link to the next)."""
    total = bundle.get("total")
    return bundle.get("type") == "searchset" and type(total) is int and total > came
