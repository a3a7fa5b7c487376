"""Call records as FHIR AuditEvents (IHE BALP): one for the call, one for each query."""

from __future__ import annotations

import dataclasses
from base64 import b64decode
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import orjson
import pytest
from fhir.resources.R4B.auditevent import AuditEvent
from hypothesis import given, settings
from hypothesis import strategies as st

from cds_hooks.audit import CallRecord, CardShown, FhirQuery
from cds_hooks.audit.codes import AUDIT_EVENT_SUBTYPES
from cds_hooks.audit.events import AuditEvents
from tests.cds_hooks.audit import balp

Json = dict[str, Any]
CARD = "4e0a3a1e-3283-4575-ab82-028d55fe2719"
SUGGESTION = "e56e1945-20b3-4393-8503-a1a20fd73152"
SERVER = "https://ehr.example.org/fhir"
OURS = "https://cds.example.org"
RECORD = CallRecord(
    id="7b1f7f5c-6d8e-4a56-9f0e-3f6d3a6a9c11",
    at=datetime(2026, 11, 21, 7, 22, 11, 441_000, UTC),
    kind="call",
    service="sarcoma-patient-view",
    content_version="0.1.0+a1b2c3",
    status=200,
    milliseconds=84.2,
    hook="patient-view",
    hook_instance="d1577c69-dfbe-44ad-ba6d-3e05e953b2ea",
    client="Example Hospital",
    issuer="https://ehr.example.org",
    tenant="ward-7",
    user="Practitioner/abc",
    patient="sts-1",
    encounter="89284",
    cards=(CardShown(CARD, (("ablation-lung", "offered"), ("asps-vegf", "to-confirm")), (SUGGESTION,)),),
    queries=(
        FhirQuery(SERVER, "Observation?patient=sts-1&category=laboratory", 200, 21.0),
        FhirQuery(SERVER, "Patient/sts-1", 200, 9.5),
        FhirQuery(SERVER, "Condition?patient=sts-1", None, 1500.0, "timeout"),
        FhirQuery(SERVER, "Procedure?patient=sts-1", 403, 12.0, "refused"),
        FhirQuery(SERVER, "MedicationRequest?patient=sts-1", 500, 12.0, "server-error"),
    ),
)
REFUSED = dataclasses.replace(
    RECORD,
    status=400,
    code="missing-field",
    hook=None,
    hook_instance=None,
    user=None,
    patient=None,
    encounter=None,
    cards=(),
    queries=(),
)


def events(record: CallRecord = RECORD, *, hashed: bool = False) -> list[Json]:
    made = AuditEvents(OURS, hashed).of(record)
    return [orjson.loads(orjson.dumps(one)) for one in made]


def details(event: Json) -> list[tuple[str, str]]:
    found = [one for entity in event["entity"] for one in entity.get("detail", [])]
    return [(one["type"], one["valueString"]) for one in found]


@pytest.mark.requirement("CH-153")
@pytest.mark.parametrize(
    "record",
    [
        RECORD,
        REFUSED,
        dataclasses.replace(RECORD, kind="explain"),
        dataclasses.replace(RECORD, kind="feedback", hook=None, hook_instance=None, user=None, patient=None),
        dataclasses.replace(RECORD, user=None),
        dataclasses.replace(RECORD, user="dr. smith", patient="a b|c", encounter="Encounter/89284"),
        dataclasses.replace(RECORD, patient=None),
        dataclasses.replace(RECORD, status=500, code="internal-error", content_version=""),
        dataclasses.replace(RECORD, client=None, issuer=None, tenant=None),
    ],
)
@pytest.mark.parametrize("hashed", [False, True])
def test_every_event_is_valid_and_keeps_to_the_profile_it_claims(record: CallRecord, hashed: bool) -> None:
    made = events(record, hashed=hashed)
    assert len(made) == 1 + len(record.queries)
    for event in made:
        AuditEvent.model_validate(event)
        profile = balp.claimed(event)
        if profile is not None:
            balp.check(event, profile)
    assert len({one["id"] for one in made}) == len(made)


def test_the_profiles_that_are_claimed() -> None:
    # Those of failures are for successes only, and the call of a hook has none.
    assert list(map(balp.claimed, events())) == [None, "PatientQuery", "PatientRead", None, None, None]
    unknown = events(dataclasses.replace(RECORD, patient=None))
    assert list(map(balp.claimed, unknown)) == [None, "Query", "Read", None, None, None]


def test_what_was_asked_can_be_read_again() -> None:
    _, searched, read, *_ = events()
    (query,) = (one for one in searched["entity"] if "query" in one)
    assert b64decode(query["query"]).decode() == f"GET {SERVER}/Observation?patient=sts-1&category=laboratory"
    assert {"reference": "Patient/sts-1"} in [one.get("what") for one in read["entity"]]


def test_outcomes() -> None:
    assert [(one["outcome"], one.get("outcomeDesc")) for one in events()] == [
        ("0", None),
        ("0", None),
        ("0", None),
        ("8", "timeout"),
        ("4", "refused"),
        ("8", "server-error"),
    ]
    (refused,) = events(REFUSED)
    assert (refused["outcome"], refused["outcomeDesc"]) == ("4", "missing-field")
    broken = dataclasses.replace(REFUSED, status=503, code="database-unavailable")
    assert events(broken)[0]["outcome"] == "8"


@pytest.mark.parametrize("kind", ["call", "explain", "feedback"])
def test_the_subtype_is_ours(kind: Any) -> None:
    event, *_ = events(dataclasses.replace(RECORD, kind=kind))
    assert [balp.code_of(one) for one in event["subtype"]] == [(AUDIT_EVENT_SUBTYPES, f"cds-hooks-{kind}")]
    assert event["action"] == "E"


@pytest.mark.requirement("CH-153")
def test_who_called_about_whom() -> None:
    event, *_ = events()
    (ehr,), (service,), (user,) = (
        balp.slices(event, role)
        for role in (
            (balp.DCM, "110153"),
            (balp.DCM, "110152"),
            (f"{balp.TERMINOLOGY}/v3-ParticipationType", "IRCP"),
        )
    )
    assert ehr["who"] == {"display": "Example Hospital", "identifier": {"value": "https://ehr.example.org"}}
    assert service["network"] == {"address": OURS, "type": "5"}
    assert user["who"] == {"reference": "Practitioner/abc"}
    assert [one["requestor"] for one in (ehr, service, user)] == [False, False, True]
    (patient,) = balp.entities(event, (f"{balp.TERMINOLOGY}/audit-entity-type", "1"))
    assert patient["what"] == {"reference": "Patient/sts-1"}


def test_without_a_user_the_client_asked() -> None:
    event, query, *_ = events(dataclasses.replace(RECORD, user=None))
    assert [one["requestor"] for one in event["agent"]] == [True, False]
    assert [one["requestor"] for one in query["agent"]] == [True, False]


@pytest.mark.requirement("CH-153")
def test_what_was_shown() -> None:
    event, *_ = events()
    assert ("hookInstance", "d1577c69-dfbe-44ad-ba6d-3e05e953b2ea") in details(event)
    assert ("contentVersion", "0.1.0+a1b2c3") in details(event)
    assert ("service", "sarcoma-patient-view") in details(event)
    assert [one for one in details(event) if one[0] == "recommendation"] == [
        ("recommendation", "ablation-lung=offered"),
        ("recommendation", "asps-vegf=to-confirm"),
    ]
    assert ("suggestion", SUGGESTION) in details(event)
    cards = [one["what"]["identifier"] for one in event["entity"] if one.get("name") == "Card"]
    assert cards == [{"system": "urn:ietf:rfc:3986", "value": f"urn:uuid:{CARD}"}]
    assert (event["recorded"], event["period"]) == (
        "2026-11-21T07:22:11.441Z",
        {"start": "2026-11-21T07:22:11.441Z", "end": "2026-11-21T07:22:11.525Z"},
    )


def test_every_event_of_a_call_has_its_request_id() -> None:
    for event in events():
        (entity,) = balp.entities(event, balp.REQUEST_ID)
        assert entity["what"]["identifier"]["value"] == RECORD.id


def test_hashed_ids_are_no_references() -> None:
    record = dataclasses.replace(RECORD, patient="ab" * 32, encounter="cd" * 32)
    event, _, read, *_ = events(record, hashed=True)
    assert not any("reference" in one.get("what", {}) for one in read["entity"])
    whats = [one.get("what", {}) for one in event["entity"]]
    assert {"type": "Patient", "identifier": {"value": "ab" * 32}} in whats
    assert {"type": "Encounter", "identifier": {"value": "cd" * 32}} in whats
    assert not any("reference" in one for one in whats)


def test_the_same_call_gives_the_same_events() -> None:
    assert events() == events()
    assert events()[0]["id"] == RECORD.id


_text = st.text(st.characters(codec="utf-8", categories=("L", "N", "P", "S")), min_size=1, max_size=30)
_queries = st.builds(
    FhirQuery,
    st.just(SERVER),
    _text,
    st.none() | st.integers(100, 599),
    st.floats(0, 1e5),
    st.none() | st.just("timeout"),
)
_records = st.builds(
    CallRecord,
    id=st.uuids().map(str),
    at=st.datetimes(datetime(1970, 1, 1), datetime(2200, 1, 1), timezones=st.just(UTC)),
    kind=st.sampled_from(["call", "explain", "feedback"]),
    service=_text,
    content_version=_text | st.just(""),
    status=st.sampled_from([200, 400, 412, 503]),
    milliseconds=st.floats(0, 1e5),
    code=st.none() | st.just("missing-field"),
    hook=st.none() | _text,
    hook_instance=st.none() | _text,
    client=st.none() | _text,
    issuer=st.none() | _text,
    tenant=st.none() | _text,
    user=st.none() | _text | st.just(""),
    patient=st.none() | _text | st.just(""),
    encounter=st.none() | _text | st.sampled_from(["", "Encounter/", "Encounter/1"]),
    cards=st.lists(
        st.builds(CardShown, st.uuids().map(str), st.just((("a", "offered"),)) | st.just(()), st.just(())), max_size=2
    ).map(tuple),
    queries=st.lists(_queries, max_size=2).map(tuple),
)


@settings(max_examples=60, deadline=None)
@given(_records, st.booleans())
def test_any_record_gives_valid_events(record: CallRecord, hashed: bool) -> None:
    for event in events(record, hashed=hashed):
        AuditEvent.model_validate(event)
        UUID(event["id"])
        profile = balp.claimed(event)
        if profile is not None:
            balp.check(event, profile)
