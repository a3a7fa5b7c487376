"""What came under one key, page by page, and what is to be made of it."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from cds_hooks.fhir_versions import refuse_other_version
from cds_hooks.ownership import Ownership, named
from cds_hooks.prefetch.templates import Template

Json = Mapping[str, Any]


class State(enum.Enum):
    """What became of one key."""

    ABSENT = "absent"
    """The client did not send it."""
    EMPTY = "empty"
    """Somebody looked and found nothing: null, or a Bundle without entries."""
    READ = "read"
    PARTIAL = "partial"
    """Some resources came, and there are more, or may be: a further page, an error beside them."""
    FAILED = "failed"
    """What came is not the data (an OperationOutcome, another type, another patient), or nothing came."""


@dataclass(frozen=True, slots=True)
class Reading:
    """A key's state and resources. `reason` is a code of ``REASONS``; None when everything was read."""

    state: State
    reason: str | None = None
    resources: tuple[Json, ...] = ()
    foreign: tuple[str, ...] = ()
    """Resources of other patients that were left out, as ``Condition/123``."""


class Pages:
    """Takes in what was sent, or answered, under one key: a resource, a Bundle, or one page of a Bundle after another.

    A Bundle within a Bundle counts as what it holds. Resources that belong under another key of ours (`keyed`) are left
    to that key; others that came along (a referenced Medication, say) are kept. Resources of other patients are left
    out; where all are others', this is not the data that was asked for.
    """

    def __init__(self, template: Template, patient_id: str, keyed: frozenset[str]) -> None:
        self._template = template
        self._patient_id = patient_id
        self._elsewhere = keyed | {"OperationOutcome"}
        self._ownership = Ownership(patient_id)
        self._own: list[Json] = []
        self._company: list[Json] = []
        self._foreign: list[str] = []
        self._came = 0
        self._total = 0
        self._pages = 0
        self._something_else = False
        self._fault: str | None = None
        self.next: str | None = None
        """The URL of the next page, as the last page has it."""
        self.repeats = False
        """Whether the last page held resources, and all of them had come before."""

    def add(self, value: object, where: str) -> str | None:
        """Takes in a value; returns what is wrong with it, a code of ``REASONS``, if anything is.

        Raises ``CallError``, naming `where`, when the resources are of a FHIR version that is not supported.
        """
        self.next = None
        came, held = self._came, len(self._own)
        fault = self._take(value, where)
        self.repeats = self._came > came and len(self._own) == held
        self._fault = self._fault or fault
        self._pages += 1
        return fault

    def result(self, cut: str | None = None) -> Reading:
        """The reading of all that came. `cut` says why there may be more than that."""
        reason = cut or self._fault or self._shortfall()
        foreign = tuple(self._foreign)
        if self._own:
            state = State.PARTIAL if reason else State.READ
            return Reading(state, reason, (*self._own, *self._company), foreign)
        if reason is None and self._something_else:
            reason = "wrong-type"
        return Reading(State.FAILED if reason else State.EMPTY, reason, (), foreign)

    def _shortfall(self) -> str | None:
        if self.next is not None:
            return "more-pages"
        return "falls-short" if self._total > self._came else None

    def _take(self, value: object, where: str) -> str | None:
        kind = value.get("resourceType") if isinstance(value, dict) else None
        if not isinstance(value, dict) or not isinstance(kind, str):
            return "not-fhir"
        if kind != "Bundle":
            outcome = kind == "OperationOutcome"
            return "outcome" if outcome else self._take_entries([{"resource": value}], where)
        entries = value.get("entry")
        if entries is not None and not isinstance(entries, list):
            return "not-fhir"
        following = _next(value)
        self.next = self.next if following is None else following
        total = value.get("total")
        if value.get("type") == "searchset" and isinstance(total, int | float):
            self._total = max(self._total, int(total))
        return self._take_entries(entries or (), where)

    def _take_entries(self, entries: Any, where: str) -> str | None:
        own: list[Json] = []
        others: list[Json] = []
        within: list[str | None] = []
        broken = False
        for entry in entries:
            resource = entry.get("resource") if isinstance(entry, dict) else None
            kind = resource.get("resourceType") if isinstance(resource, dict) else None
            if not isinstance(resource, dict) or not isinstance(kind, str):
                broken = True
            elif kind == self._template.resource_type:
                own.append(resource)
            elif kind == "Bundle":  # the answer to a batch holds the answer to each search
                within.append(self._take(resource, where))
            else:
                others.append(resource)
        refuse_other_version(others, where)
        self._came += len(own)
        outcomes = [one for one in others if one.get("resourceType") == "OperationOutcome"]
        self._something_else = self._something_else or len(outcomes) < len(others)
        if self._keep(own, others) and own:
            return "wrong-patient"
        if any(map(_is_error, outcomes)):
            return "outcome"
        return "broken-entry" if broken else next(filter(None, within), None)

    def _keep(self, own: list[Json], others: list[Json]) -> bool:
        """Keeps the patient's resources, each once; returns whether all that should be theirs are others'."""
        company = [one for one in others if one.get("resourceType") not in self._elsewhere]
        is_foreign = self._is_another if self._template.resource_type == "Patient" else self._ownership.is_foreign
        foreign = [one for one in own if is_foreign(one)]
        alien = [one for one in company if self._ownership.is_foreign(one)]
        for kept, came, left_out in ((self._own, own, foreign), (self._company, company, alien)):
            if left_out:
                ids = set(map(id, left_out))
                came = [one for one in came if id(one) not in ids]
                self._foreign += map(named, left_out)
            if self._pages:
                known = {named(one) for one in kept if "id" in one}
                came = [one for one in came if named(one) not in known]
            kept += came
        return len(foreign) == len(own)

    def _is_another(self, patient: Json) -> bool:
        """Whether a Patient is another one; without an id it is taken to be the one of the call."""
        return patient.get("id") not in (None, self._patient_id)


def _is_error(outcome: Json) -> bool:
    issues = outcome.get("issue")
    if not isinstance(issues, list) or not issues:
        return True
    return any(not isinstance(one, dict) or one.get("severity") not in ("warning", "information") for one in issues)


def _next(bundle: Json) -> str | None:
    """The link to the next page; an empty text when there is one that leads nowhere."""
    links = bundle.get("link")
    if not isinstance(links, list):
        return None
    for link in links:
        if isinstance(link, dict) and link.get("relation") == "next":
            url = link.get("url")
            return url if isinstance(url, str) else ""
    return None
