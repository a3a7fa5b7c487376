"""A service at its most talkative is given canaries in every place: none of them may get into log or metrics."""

from __future__ import annotations

import socket
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import requests

from cds_hooks.observability.log import FIELDS
from tests.cds_hooks.process import Service, running

CANARY = "Canary4711"
_FAULTS = f"""
import logging, threading
from cds_hooks.sarcoma import SarcomaGuidance
_answer = SarcomaGuidance.answer
def _failing(self, service, call, *rest):
    fault = (call.context.get("fault") if isinstance(call.context, dict) else None)
    if fault == "exception":
        raise RuntimeError("about {CANARY}") from KeyError("{CANARY}")
    if fault == "library":
        logging.getLogger("urllib3.connectionpool").debug("GET /Patient/{CANARY}")
        logging.getLogger("asyncio").error("Task failed: {CANARY}")
        def fail():
            raise ValueError("{CANARY}")
        thread = threading.Thread(target=fail)
        thread.start()
        thread.join()
        import warnings
        warnings.warn("{CANARY}")
    return _answer(self, service, call, *rest)
SarcomaGuidance.answer = _failing
"""


def _body(hook: str, **context: Any) -> dict[str, Any]:
    """A call with a canary in every string that is not a keyword of the protocol."""
    name = [{"family": CANARY, "given": [CANARY], "text": CANARY}]
    patient = {"resourceType": "Patient", "id": CANARY, "name": name, "birthDate": CANARY, "gender": CANARY}
    coded = {"coding": [{"system": CANARY, "code": CANARY, "display": CANARY}], "text": CANARY}
    condition = {
        "resourceType": "Condition",
        "id": CANARY,
        "code": coded,
        "subject": {"reference": f"Patient/{CANARY}"},
    }
    bundle = {"resourceType": "Bundle", "type": "searchset", "entry": [{"fullUrl": CANARY, "resource": condition}]}
    failed = {
        "resourceType": "OperationOutcome",
        "issue": [{"severity": "error", "code": CANARY, "diagnostics": CANARY}],
    }
    order = {"resourceType": "MedicationRequest", "id": CANARY, "medicationCodeableConcept": coded}
    keys = ("conditions", "observations", "procedures", "medications")
    return {
        "hook": hook,
        "hookInstance": CANARY,
        "fhirServer": f"https://{CANARY}.example.org/fhir",
        "fhirAuthorization": {
            "access_token": CANARY, "token_type": "Bearer", "expires_in": 300, "scope": CANARY, "subject": CANARY,
        },
        "context": {
            "userId": f"Practitioner/{CANARY}", "patientId": CANARY, "encounterId": CANARY,
            "selections": [CANARY], "draftOrders": {"resourceType": "Bundle", "entry": [{"resource": order}]},
            **context,
        },
        "prefetch": {"patient": patient, CANARY: bundle, **dict.fromkeys(keys, bundle), "documents": failed},
        "extension": {CANARY: CANARY},
    }  # fmt: skip


_FEEDBACK = {
    "feedback": [
        {
            "card": CANARY,
            "outcome": "overridden",
            "outcomeTimestamp": "2026-11-21T12:00:00Z",
            "overrideReason": {"reason": {"code": CANARY, "system": CANARY, "display": CANARY}, "userComment": CANARY},
        },
        {"card": CANARY, "outcome": CANARY, "outcomeTimestamp": CANARY},
    ]
}
_HEADERS = {
    "Authorization": f"Bearer {CANARY}.{CANARY}.{CANARY}", "X-Request-Id": CANARY, "User-Agent": CANARY,
    "Cookie": CANARY,
    "Origin": f"https://{CANARY}.example.org", "Referer": CANARY, "X-Forwarded-For": CANARY, "Accept-Language": CANARY,
    CANARY: CANARY,
}  # fmt: skip


def _everything(service: Service) -> set[int]:
    """Sends canaries in every way there is; the statuses that came back."""
    base, found = service.base, set()
    services = requests.get(f"{base}/cds-services", timeout=20).json()["services"]

    def send(method: str, path: str, **more: Any) -> None:
        headers = {**_HEADERS, **more.pop("headers", {})}
        answer = requests.request(method, base + path, headers=headers, timeout=30, **more)
        assert CANARY.lower() not in answer.headers.get("x-request-id", "").lower()
        found.add(answer.status_code)

    for one in services:
        for path in (f"/cds-services/{one['id']}", f"/explain/{one['id']}"):
            for fault in (None, "exception", "library"):
                send("POST", f"{path}?{CANARY}={CANARY}", json=_body(one["hook"], fault=fault))
            send("POST", path, json=_body(CANARY))
            send("POST", path, data=CANARY.encode(), headers={"Content-Type": f"text/{CANARY}"})
            send("POST", path, data=f'{{"{CANARY}": "{CANARY}'.encode(), headers={"Content-Type": "application/json"})
            send("POST", path, json={"hook": one["hook"], "context": CANARY, "prefetch": CANARY})
            send("DELETE", path)
        for feedback in (_FEEDBACK, {"feedback": _FEEDBACK["feedback"][:1]}, {"feedback": CANARY}):
            send("POST", f"/cds-services/{one['id']}/feedback", json=feedback)
    for path in (
        f"/{CANARY}",
        f"/cds-services/{CANARY}",
        f"/guidance/{CANARY}",
        f"/demo/patients/{CANARY}",
        f"/static/{CANARY}",
    ):
        send("GET", f"{path}?q={CANARY}")
        send("POST", path, json=_body("patient-view"))
    send("OPTIONS", f"/cds-services/{CANARY}", headers={"Access-Control-Request-Method": CANARY})
    _raw(base, f"{CANARY} /{CANARY} HTTP/1.1\r\n\r\n".encode())
    _raw(base, f"GET /{CANARY} HTTP/1.1\r\nhost: {CANARY}\r\n{CANARY} {CANARY}\r\n\r\n".encode())
    _raw(base, f"POST /cds-services/x HTTP/1.1\r\nhost: x\r\ncontent-length: 99\r\n\r\n{CANARY}".encode())
    return found


def _raw(base: str, request: bytes) -> None:
    parts = urlsplit(base)
    with socket.create_connection((parts.hostname or "", parts.port or 0), timeout=10) as client:
        client.sendall(request)


@pytest.mark.requirement("CH-059", "CH-113", "CH-144")
@pytest.mark.parametrize("form", ["json", "text"])
def test_no_canary_gets_into_log_or_metrics(tmp_path: Path, form: str) -> None:
    with running(tmp_path, _FAULTS, log={"level": "debug", "format": form}) as service:
        statuses = _everything(service)
        metrics = requests.get(f"{service.base}/metrics", timeout=10).text
        assert service.stop() == 0
        log = service.log.read_text(encoding="utf-8")
        assert {200, 400, 404, 405, 415, 500} <= statuses
        assert CANARY.lower() not in log.lower()
        assert CANARY.lower() not in metrics.lower()
        assert "RuntimeError < KeyError" in log
        assert "ValueError" in log
        if form == "json":
            assert {name for line in service.lines() for name in line} <= FIELDS.keys()
            codes = {line.get("code") for line in service.lines()}
            assert {"internal-error", "malformed-json", "hook-mismatch", "unsupported-media-type", "not-found"} <= codes
