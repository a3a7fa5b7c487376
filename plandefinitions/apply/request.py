"""One call of ``$apply``: for whom, by whom, when, with which data and parameters (R4, PlanDefinition-apply)."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from cql.data.index import DataIndex
from cql.data.warnings import WarningLog
from cql.errors import DataError
from cql.values import DateTime

Json = dict[str, Any]
_VARIABLES = ("userType", "userLanguage", "userTaskContext", "setting", "settingContext")

_OWNERS = ("subject", "patient", "beneficiary", "for", "individual", "candidate")
_OTHERWISE_OWNED = frozenset({"Appointment", "AppointmentResponse"})


class ApplyProblem(ValueError):
    """A call that cannot be answered; the message says what is wrong and the mend."""


@dataclass(frozen=True)
class Request:
    """The call, with its references resolved. ``variables`` are the resources and concepts behind ``%name``, or
    None.
    """

    subject: str
    index: DataIndex
    moment: datetime.datetime
    practitioner: str | None = None
    organization: str | None = None
    encounter: str | None = None
    user_language: str | None = None
    parameters: Mapping[str, Any] = field(default_factory=dict)
    variables: Mapping[str, Json | None] = field(default_factory=dict)
    trigger: str | None = None
    trace: bool = False

    @property
    def subject_type(self) -> str:
        """The type of the subject's resource."""
        return self.subject.partition("/")[0]

    @property
    def now(self) -> str:
        """The moment as a FHIR dateTime."""
        return self.moment.isoformat(timespec="seconds")


def make_request(
    data: Any, *, subject: str | None, parameters: Mapping[str, Any] | None, encounter: str | None,
    practitioner: str | None, organization: str | None, now: datetime.datetime | DateTime | str | None,
    trigger: str | None, trace: bool, concepts: Mapping[str, Any],
) -> Request:  # fmt: skip
    """Check and resolve a call's arguments. Raises ``ApplyProblem``."""
    try:
        index = data if isinstance(data, DataIndex) else DataIndex(data, WarningLog())
    except DataError as error:
        raise ApplyProblem(str(error)) from error
    reference = _subject(subject, index)
    if not isinstance(data, DataIndex):
        index = _of_subject(index, reference)
    references = {"encounter": encounter, "practitioner": practitioner, "organization": organization}
    variables: dict[str, Json | None] = {"subject": _resource(reference, index)}
    variables |= {name: _resource(one, index) for name, one in references.items()}
    variables |= {name: concepts.get(name) for name in _VARIABLES}
    return Request(
        reference,
        index,
        _moment(now),
        practitioner,
        organization,
        encounter,
        _language(concepts.get("userLanguage")),
        plain_parameters(parameters or {}),
        variables,
        trigger,
        trace,
    )


def _subject(given: str | None, index: DataIndex) -> str:
    if given:
        return given if "/" in given else f"Patient/{given}"
    patients = index.resources("Patient")
    if len(patients) != 1:
        raise ApplyProblem(f"the data holds {len(patients)} Patient resources; say which one is the subject")
    if not patients[0].get("id"):
        raise ApplyProblem("the Patient in the data has no id; give it one, or name the subject")
    return f"Patient/{patients[0]['id']}"


def _of_subject(index: DataIndex, reference: str) -> DataIndex:
    """The data without what belongs to other patients only."""
    kind, _, identity = reference.partition("/")
    if kind != "Patient" or _is_all_of(index, reference):
        return index
    return index.for_patient(identity)


def _is_all_of(index: DataIndex, reference: str) -> bool:
    """Does every resource plainly belong to the patient, or to nobody? Cheaper than asking what each refers to."""
    for one in index.all_resources():
        kind = one.get("resourceType")
        if kind in _OTHERWISE_OWNED or (kind == "Patient" and f"Patient/{one.get('id')}" != reference):
            return False
        for name in _OWNERS:
            owner = one.get(name)
            if owner is not None and not (isinstance(owner, dict) and owner.get("reference") == reference):
                return False
    return True


def _resource(reference: str | None, index: DataIndex) -> Json | None:
    if not reference:
        return None
    kind, _, identity = reference.partition("/")
    found = next((one for one in index.resources(kind) if one.get("id") == identity), None)
    return found if found is not None else index.resolve({"reference": reference})


def _moment(now: datetime.datetime | DateTime | str | None) -> datetime.datetime:
    if now is None:
        return datetime.datetime.now(datetime.UTC)
    if isinstance(now, str):
        try:
            now = DateTime.parse(now, 0)
        except ValueError as error:
            raise ApplyProblem(f"now is no date and time: {error}") from error
    if isinstance(now, DateTime):
        zone = datetime.timezone(datetime.timedelta(minutes=now.offset or 0))
        return now.first.replace(tzinfo=zone)
    if now.tzinfo is None:
        raise ApplyProblem("now must say its time zone")
    return now


def _language(concept: Any) -> str | None:
    codings = concept.get("coding") if isinstance(concept, dict) else None
    return next((str(one["code"]) for one in codings or () if isinstance(one, dict) and one.get("code")), None)


def plain_parameters(given: Mapping[str, Any]) -> dict[str, Any]:
    """Parameters by name. Of a FHIR Parameters resource, a repeated name is a list, and parts are an object."""
    if given.get("resourceType") != "Parameters":
        return dict(given)
    return _parts(given.get("parameter"))


def _parts(entries: Any) -> dict[str, Any]:
    found: dict[str, list[Any]] = {}
    for one in entries or ():
        if isinstance(one, dict) and isinstance(one.get("name"), str):
            found.setdefault(one["name"], []).append(_value(one))
    return {name: values[0] if len(values) == 1 else values for name, values in found.items()}


def _value(entry: Json) -> Any:
    if "resource" in entry:
        return entry["resource"]
    if "part" in entry:
        return _parts(entry["part"])
    return next((value for name, value in entry.items() if name.startswith("value")), None)
