"""The pages of the demonstration. No page exists outside demo mode."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

import orjson
from anyio import to_thread
from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from cds_hooks.content import ActiveContent
from cds_hooks.demo import logic, mapping, orders, pasted, population, view
from cds_hooks.demo.stage import HOOKS, ORDER_HOOKS, Stage
from cds_hooks.errors import CallError
from cds_hooks.pages import page
from cds_hooks.settings import Settings


def demo_routes(active: ActiveContent, settings: Settings) -> APIRouter:
    """The sample patients, each with its page and files; a record to try; all patients at once; the mapping."""
    router = APIRouter(include_in_schema=False)
    stage = Stage(active, settings)
    all_at_once: dict[str, tuple[str, str]] = {}
    """Pages about all patients, which take a second, with the version of the content that they are about."""

    async def kept(name: str, make: Any) -> Response:
        version = stage.guidance.version
        if all_at_once.get(name, ("", ""))[0] != version:
            all_at_once[name] = (version, await to_thread.run_sync(make))
        return HTMLResponse(all_at_once[name][1])

    @router.get("/")
    async def start() -> Response:
        return RedirectResponse("/demo")

    @router.get("/demo")
    async def index() -> Response:
        people = [
            {"patient": one, "person": view.person(one.patient, one.as_of), "hooks": list(one.contexts)}
            for one in stage.patients.values()
        ]
        return HTMLResponse(page("demo_index.html", {"people": people, "hooks": HOOKS, "base_url": settings.base_url}))

    @router.get("/demo/patients/{patient_id}")
    async def show(patient_id: str, hook: str = "", order: str = "") -> Response:
        patient = stage.patient(patient_id)
        played = await to_thread.run_sync(stage.play_sample, patient, hook, order)
        address, here = _address(played.service.hook, order), f"/demo/patients/{patient.id}"
        values = pasted.result_values(played, stage.guidance.titles) | {
            "patient": patient,
            "hooks": HOOKS,
            "order": order,
            "orders": orders.choices() if played.service.hook in ORDER_HOOKS else {},
            "address": address,
            "request_path": f"{here}/request.json?{address}",
            "trace_path": f"{here}/trace.json?{address}",
            "logic_path": f"{here}/logic",
            "base_url": settings.base_url,
        }
        return HTMLResponse(page("demo_patient.html", values))

    @router.get("/demo/patients/{patient_id}/request.json")
    async def request_file(patient_id: str, hook: str = "", order: str = "") -> Response:
        played = await to_thread.run_sync(stage.play_sample, stage.patient(patient_id), hook, order)
        return Response(orjson.dumps(played.request, option=orjson.OPT_INDENT_2), media_type="application/json")

    @router.get("/demo/patients/{patient_id}/trace.json")
    async def trace_file(patient_id: str, hook: str = "", order: str = "") -> Response:
        played = await to_thread.run_sync(stage.play_sample, stage.patient(patient_id), hook, order)
        return pasted.trace_file(played, f"trace-{patient_id}-{played.service.hook}.json")

    @router.get("/demo/patients/{patient_id}/logic/{recommendation_id}")
    async def logic_page(patient_id: str, recommendation_id: str, hook: str = "", order: str = "") -> Response:
        patient, guidance = stage.patient(patient_id), stage.guidance
        if recommendation_id not in guidance.titles:
            raise CallError(404, "not-found", "there is no guidance of this id; GET /guidance lists what there is")
        entry = guidance.guideline.entry(recommendation_id)

        def make() -> str:
            played = stage.play_sample(patient, hook, order)
            values = logic.page_values(guidance.guideline, entry, played)
            address = _address(played.service.hook, order)
            return page("demo_logic.html", values | {"patient": patient, "address": address})

        return HTMLResponse(await to_thread.run_sync(make))

    @router.get("/demo/try")
    async def empty_form() -> Response:
        return HTMLResponse(page("demo_try.html", pasted.form_values()))

    @router.post("/demo/try")
    async def try_record(request: Request) -> Response:
        return await pasted.answer(stage, request)

    @router.get("/demo/population")
    async def population_page(hook: str = "patient-view") -> Response:
        if hook not in HOOKS:
            raise CallError(404, "not-found", "there is no such hook; GET /cds-services lists those there are")

        def make() -> str:
            values = population.page_values(population.rows(stage, hook), stage.guidance.guideline)
            return page("demo_population.html", values | {"hooks": HOOKS, "hook": hook})

        return await kept(f"population {hook}", make)

    @router.get("/demo/mapping")
    async def mapping_page() -> Response:
        return await kept("mapping", lambda: page("demo_mapping.html", mapping.page_values(stage)))

    return router


def _address(hook: str, order: str) -> str:
    return urlencode({"hook": hook} | ({"order": order} if order else {}))
