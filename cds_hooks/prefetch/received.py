"""What came under each prefetch key, told apart: absent, empty, read, partial, failed.

The difference matters. An empty answer means "nothing on record"; an absent or failed one means that nobody looked,
and then nothing may be concluded from not finding it.
"""

from __future__ import annotations

import enum
from collections.abc import Iterable, Iterator, Mapping, Sequence
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
    own_types = {template.resource_type for template in templates}
    resources: list[Json] = []
    states: dict[str, State] = {}
    for template in templates:
        found, state = _read(prefetch, template, patient_id)
        states[template.key] = state
        foreign = own_types - {template.resource_type}
        resources.extend(one for one in found if one.get("resourceType") not in foreign)
    incomplete = {State.ABSENT, State.FAILED, State.PARTIAL}
    return Received(
        tuple(resources),
        states,
        frozenset(one.resource_type for one in templates if states[one.key] in incomplete),
        tuple(one.key for one in templates if one.required and states[one.key] in {State.ABSENT, State.FAILED}),
    )


def _read(prefetch: Json, template: Template, patient_id: str) -> tuple[list[Json], State]:
    if template.key not in prefetch:
        return [], State.ABSENT
    value = prefetch[template.key]
    if value is None:
        return [], State.EMPTY
    if not isinstance(value, dict):
        return [], State.FAILED
    if value.get("resourceType") != "Bundle":
        return _single(value, template, patient_id)
    return _bundle(value, template, patient_id)


def _single(resource: Json, template: Template, patient_id: str) -> tuple[list[Json], State]:
    refuse_other_version([resource], f"prefetch.{template.key}")
    if not _wanted(resource, template, patient_id):
        return [], State.FAILED
    return [resource], State.READ


def _bundle(bundle: Json, template: Template, patient_id: str) -> tuple[list[Json], State]:
    entries = bundle.get("entry")
    if entries is None:
        entries = []
    if not isinstance(entries, list):
        return [], State.FAILED
    resources = list(_resources(entries))
    refuse_other_version(resources, f"prefetch.{template.key}")
    failed = len(resources) < len(entries)
    found = []
    for resource in resources:
        if resource.get("resourceType") == "OperationOutcome":
            failed = failed or _is_error(resource)
        else:
            found.append(resource)
    wanted = sum(1 for resource in found if _wanted(resource, template, patient_id))
    more = failed or _has_further_page(bundle) or _falls_short(bundle, wanted)
    if wanted:
        if template.resource_type == "Patient":
            found = [resource for resource in found if _wanted(resource, template, patient_id)]
        return found, State.PARTIAL if more else State.READ
    return [], State.FAILED if more or found else State.EMPTY


def _resources(entries: Iterable[Any]) -> Iterator[Json]:
    """The resources of entries; an entry without one (a failed part of a batch, or broken) gives nothing."""
    for entry in entries:
        resource = entry.get("resource") if isinstance(entry, dict) else None
        if isinstance(resource, dict):
            yield resource


def _wanted(resource: Json, template: Template, patient_id: str) -> bool:
    """Whether it is what the template asks for; a Patient without an id is taken to be the one of the call."""
    if resource.get("resourceType") != template.resource_type:
        return False
    return template.resource_type != "Patient" or resource.get("id") in (None, patient_id)


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


def _falls_short(bundle: Json, wanted: int) -> bool:
    """Whether the server says that more matched than came (a page cut off without a link to the next)."""
    total = bundle.get("total")
    return bundle.get("type") == "searchset" and type(total) is int and total > wanted
