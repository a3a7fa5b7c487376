"""Call records as FHIR R4 AuditEvents, after IHE Basic Audit Log Patterns (BALP) 1.1.4.

One event for the call itself, with what was shown, and one for each query to a FHIR server. A query that was answered
follows BALP's PatientQuery or PatientRead (Query or Read where the patient is not known); one that failed has the same
shape, but claims no profile, since these are for successes only.
"""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid5

from cds_hooks.audit import codes
from cds_hooks.audit.record import CallRecord, CardShown, FhirQuery

Json = dict[str, Any]

PRODUCT = "sarcoma-cds"
_ID = re.compile(r"[A-Za-z0-9.-]{1,64}")
_REFERENCE = re.compile(r"[A-Z][A-Za-z]+/[A-Za-z0-9.-]{1,64}")


@dataclass(frozen=True, slots=True)
class AuditEvents:
    """Makes the events of the service at `base_url`. With `hashed`, patient ids are not those of the FHIR server."""

    base_url: str
    hashed: bool = False

    def of(self, record: CallRecord) -> Iterator[Json]:
        """The events of one call. The same call gives the same events, ids included."""
        yield self._call(record)
        for place, query in enumerate(record.queries):
            yield self._query(record, query, str(uuid5(UUID(record.id), f"query/{place}")))

    def _call(self, record: CallRecord) -> Json:
        return {
            "resourceType": "AuditEvent",
            "id": record.id,
            "type": codes.REST,
            "subtype": [codes.SUBTYPES[record.kind]],
            "action": "E",
            "period": {
                "start": _instant(record.at),
                "end": _instant(record.at + timedelta(milliseconds=record.milliseconds)),
            },
            "recorded": _instant(record.at),
            **_outcome(record.status, record.code),
            "agent": [
                self._ehr(record),
                self._service(codes.DESTINATION_ROLE),
                *_user(record),
            ],
            "source": self._source(),
            "entity": [
                _request(record),
                *self._patient(record),
                *self._encounter(record),
                _hook(record),
                *map(_card, record.cards),
            ],
        }

    def _query(self, record: CallRecord, query: FhirQuery, identifier: str) -> Json:
        read = _REFERENCE.fullmatch(query.query) is not None
        patient = self._patient(record)
        event: Json = {"resourceType": "AuditEvent", "id": identifier}
        if query.error is None:
            name = ("Patient" if patient else "") + ("Read" if read else "Query")
            event["meta"] = {"profile": [f"{codes.BALP_PROFILES}.{name}"]}
        # DICOM's roles follow the data of a read, and the parameters of a query.
        ours, theirs = (
            (codes.DESTINATION_ROLE, codes.SOURCE_ROLE) if read else (codes.SOURCE_ROLE, codes.DESTINATION_ROLE)
        )
        return event | {
            "type": codes.REST,
            "subtype": [codes.READ if read else codes.SEARCH],
            "action": "R" if read else "E",
            "recorded": _instant(record.at),
            **_outcome(query.status, query.error),
            "agent": [
                {**self._service(ours), "requestor": record.user is None},
                _agent(theirs, {"display": query.server}, False, query.server),
                *_user(record),
            ],
            "source": self._source(),
            "entity": [_request(record), *patient, self._read(query) if read else _searched(query)],
        }

    def _service(self, role: Json) -> Json:
        return _agent(role, {"display": PRODUCT}, False, self.base_url)

    def _source(self) -> Json:
        return {"site": self.base_url, "observer": {"display": PRODUCT}, "type": [codes.APPLICATION_SERVER]}

    @staticmethod
    def _ehr(record: CallRecord) -> Json:
        who: Json = {"display": record.client or "unknown"}
        if record.issuer:
            who["identifier"] = {"value": record.issuer}
        return _agent(codes.SOURCE_ROLE, who, record.user is None)

    def _patient(self, record: CallRecord) -> Sequence[Json]:
        if not record.patient:
            return []
        return [{"what": self._reference("Patient", record.patient), "type": codes.PERSON, "role": codes.PATIENT}]

    def _encounter(self, record: CallRecord) -> Sequence[Json]:
        bare = (record.encounter or "").removeprefix("Encounter/")
        if not bare:
            return []
        what = self._reference("Encounter", bare)
        return [{"what": what, "type": codes.SYSTEM_OBJECT, "role": codes.DOMAIN_RESOURCE}]

    def _read(self, query: FhirQuery) -> Json:
        what = self._reference(*query.query.split("/"))
        return {"what": what, "type": codes.SYSTEM_OBJECT, "role": codes.DOMAIN_RESOURCE}

    def _reference(self, kind: str, identifier: str) -> Json:
        """A literal reference where the id is one of the FHIR server's; of another, the identifier."""
        if not self.hashed and _ID.fullmatch(identifier):
            return {"reference": f"{kind}/{identifier}"}
        return {"type": kind, "identifier": {"value": identifier}}


def _agent(role: Json, who: Json, requestor: bool, address: str | None = None) -> Json:
    agent: Json = {"type": role, "who": who, "requestor": requestor}
    if address is not None:
        agent["network"] = {"address": address, "type": codes.URI_NETWORK}
    return agent


def _user(record: CallRecord) -> Sequence[Json]:
    if not record.user:
        return []
    known = _REFERENCE.fullmatch(record.user)
    who: Json = {"reference": record.user} if known else {"identifier": {"value": record.user}}
    return [_agent(codes.USER_ROLE, who, True)]


def _request(record: CallRecord) -> Json:
    return {"what": {"identifier": {"value": record.id}}, "type": codes.REQUEST_ID}


def _hook(record: CallRecord) -> Json:
    """The call of the hook, with the service that answered and the version of the content it answered from."""
    entity: Json = {"type": codes.OTHER, "role": codes.JOB, "name": codes.SUBTYPES[record.kind]["display"]}
    if record.hook_instance:
        entity["what"] = {"identifier": {"value": record.hook_instance}}
    said = {
        "service": record.service,
        "hook": record.hook,
        "hookInstance": record.hook_instance,
        "contentVersion": record.content_version,
        "tenant": record.tenant,
        "httpStatus": str(record.status),
    }
    entity["detail"] = [_detail(name, value) for name, value in said.items() if value]
    return entity


def _card(card: CardShown) -> Json:
    details = [_detail("recommendation", f"{one}={status}") for one, status in card.recommendations]
    details += [_detail("suggestion", one) for one in card.suggestions]
    entity: Json = {
        "what": {"identifier": {"system": "urn:ietf:rfc:3986", "value": f"urn:uuid:{card.uuid}"}},
        "type": codes.OTHER,
        "role": codes.REPORT,
        "name": "Card",
    }
    return entity | ({"detail": details} if details else {})


def _searched(query: FhirQuery) -> Json:
    line = f"GET {query.server.rstrip('/')}/{query.query}"
    return {"type": codes.SYSTEM_OBJECT, "role": codes.QUERY, "query": b64encode(line.encode()).decode()}


def _detail(name: str, value: str) -> Json:
    return {"type": name, "valueString": value}


def _outcome(status: int | None, code: str | None) -> Json:
    """0 for success; what failed says why in our codes: 4 when it was refused, 8 when something broke."""
    if code is None:
        return {"outcome": codes.SUCCESS}
    refused = status is not None and 400 <= status < 500
    return {"outcome": codes.MINOR_FAILURE if refused else codes.SERIOUS_FAILURE, "outcomeDesc": code}


def _instant(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
