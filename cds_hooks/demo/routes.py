"""The pages of the demonstration. No page exists outside demo mode."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

import orjson
from anyio import to_thread
from fastapi import APIRouter
from starlette.responses import HTMLResponse, RedirectResponse, Response

from cds_hooks.content import ActiveContent
from cds_hooks.demo import orders, view
from cds_hooks.demo.patients import SamplePatient, load_patients
from cds_hooks.errors import CallError
from cds_hooks.pages import page
from cds_hooks.pipeline import rehearse
from cds_hooks.services import Answer, Service
from cds_hooks.settings import Settings

_HOOKS = {
    "patient-view": "Chart opened",
    "order-select": "Order chosen",
    "order-sign": "Orders signed",
    "encounter-start": "Encounter starts",
}
_ORDER_HOOKS = ("order-select", "order-sign")


def demo_routes(active: ActiveContent, settings: Settings) -> APIRouter:
    """The list of patients, a page for each, and each one's request as a file."""
    router = APIRouter(include_in_schema=False)
    patients = load_patients(settings.patients)

    @router.get("/")
    async def start() -> Response:
        return RedirectResponse("/demo")

    @router.get("/demo")
    async def index() -> Response:
        people = [
            {"patient": one, "person": view.person(one.patient, one.as_of), "hooks": list(one.contexts)}
            for one in patients.values()
        ]
        return HTMLResponse(page("demo_index.html", {"people": people, "hooks": _HOOKS, "base_url": settings.base_url}))

    @router.get("/demo/patients/{patient_id}")
    async def show(patient_id: str, hook: str = "", order: str = "") -> Response:
        patient, service, request = _call(patient_id, hook, order)
        guidance = active.current.guidance
        body = orjson.dumps(request)
        started = time.perf_counter()
        answer = await to_thread.run_sync(lambda: rehearse(guidance, service, body))
        taken = time.perf_counter() - started
        values = _page_values(patient, service, request, answer)
        address = urlencode({"hook": service.hook} | ({"order": order} if order else {}))
        values |= {
            "order": order,
            "orders": orders.choices() if service.hook in _ORDER_HOOKS else {},
            "milliseconds": taken * 1000,
            "kilobytes": len(body) / 1000,
            "request_path": f"/demo/patients/{patient.id}/request.json?{address}",
        }
        return HTMLResponse(page("demo_patient.html", values))

    @router.get("/demo/patients/{patient_id}/request.json")
    async def request_file(patient_id: str, hook: str = "", order: str = "") -> Response:
        _, _, request = _call(patient_id, hook, order)
        return Response(orjson.dumps(request, option=orjson.OPT_INDENT_2), media_type="application/json")

    def _call(patient_id: str, hook: str, order: str) -> tuple[SamplePatient, Service, dict[str, Any]]:
        patient = patients.get(patient_id)
        if patient is None:
            raise CallError(404, "not-found", "there is no sample patient of this id; /demo lists them")
        hook = hook or next(iter(patient.contexts))
        services = {service.hook: service for service in active.current.guidance.services}
        if hook not in services:
            raise CallError(
                404, "not-found", "there is no service for this hook; GET /cds-services lists those there are"
            )
        service = services[hook]
        return patient, service, patient.request(hook, _context(patient, hook, order), service.templates)

    def _page_values(
        patient: SamplePatient, service: Service, request: Mapping[str, Any], answer: Answer
    ) -> dict[str, Any]:
        explanation = answer.explain()
        facts = explanation["facts"]
        return {
            "patient": patient,
            "person": view.person(patient.patient, patient.as_of),
            "hooks": _HOOKS,
            "hook": service.hook,
            "service": service,
            "cards": answer.cards,
            "looks": view.LOOKS,
            "groups": view.decision_groups(explanation, answer.cards, active.current.guidance.titles),
            "facts": view.fact_groups(facts),
            "records": view.records(patient, request["context"], facts),
            "problems": explanation.get("problems", []),
            "request": view.abridged(request),
            "response": {"cards": answer.cards},
            "base_url": settings.base_url,
            "resources": patient.size,
        }

    return router


def _context(patient: SamplePatient, hook: str, order: str) -> dict[str, Any]:
    """The context of the hook: the one told for the patient, or one made from the order that is tried."""
    told = dict(patient.contexts.get(hook, {}))
    if hook in _ORDER_HOOKS and (order or not told):
        if order and order not in orders.choices():
            raise CallError(404, "not-found", "this order is not among those that can be tried")
        return orders.context_with(order or orders.DRUGS[0], hook, told, patient.id)
    return (
        {"userId": "Practitioner/example", "patientId": patient.id}
        | ({"encounterId": f"{patient.id}-encounter"} if hook == "encounter-start" else {})
        | told
    )
