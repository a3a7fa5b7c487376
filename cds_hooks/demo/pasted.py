"""A record that a visitor pastes: read, answered and forgotten. It is in the body of a request, and nowhere else."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import orjson
from anyio import to_thread
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from cds_hooks.body import read_bytes
from cds_hooks.demo import orders, view
from cds_hooks.demo.form import read_form
from cds_hooks.demo.record import RecordProblem, read_record
from cds_hooks.demo.stage import HOOKS, ORDER_HOOKS, Played, Stage, context_of
from cds_hooks.errors import CallError
from cds_hooks.pages import page

Form = Mapping[str, bytes]


async def answer(stage: Stage, request: Request) -> Response:
    """The page with the cards, or the trace as a file; what is wrong with the record is told above the form.

    Raises ``CallError`` for a body that is too large, or no form.
    """
    limits = stage.settings.limits
    body = await read_bytes(request, limits.body_bytes, limits.body_seconds)
    return await to_thread.run_sync(_answer, stage, request.headers.get("content-type", ""), body)


def _answer(stage: Stage, content_type: str, body: bytes) -> Response:
    try:
        form = read_form(content_type, body)
    except ValueError as error:
        raise CallError(415, "unsupported-media-type", "send the form of GET /demo/try") from error
    try:
        played = _played(stage, form)
    except RecordProblem as problem:
        return HTMLResponse(page("demo_try.html", form_values(form, str(problem))), 400)
    except CallError as refused:
        return HTMLResponse(page("demo_try.html", form_values(form, refused.diagnostics)), refused.status)
    if _field(form, "form") == "trace":
        return trace_file(played, "trace.json")
    values = form_values(form) | result_values(played, stage.guidance.titles)
    return HTMLResponse(page("demo_try.html", values))


def _played(stage: Stage, form: Form) -> Played:
    text = form.get("record", b"").strip() or form.get("file", b"").strip()
    if not text:
        raise RecordProblem("There is nothing to read: paste a Bundle, or choose a file.")
    hook, order = _field(form, "hook") or "patient-view", _field(form, "order")
    record = read_record(text, _field(form, "as_of"))
    return stage.play(record, hook, context_of({}, hook, order if hook in ORDER_HOOKS else "", record.patient_id))


def form_values(form: Form | None = None, problem: str = "") -> dict[str, Any]:
    """The values of the form: its choices as they were made, but not the record, which is not sent back."""
    given = form or {}
    return {
        "hooks": HOOKS,
        "hook": _field(given, "hook"),
        "orders": orders.choices(),
        "order": _field(given, "order"),
        "as_of": _field(given, "as_of"),
        "problem": problem,
    }


def _field(form: Form, name: str) -> str:
    return form.get(name, b"").decode("utf-8", "replace").strip()


def result_values(played: Played, titles: Mapping[str, str]) -> dict[str, Any]:
    """The cards beside the decision behind them; without the links that only a sample patient has."""
    explanation, cards = played.answer.explain(), played.answer.cards
    facts = explanation["facts"]
    return {
        "person": view.person(played.record.patient, played.record.as_of),
        "hook": played.service.hook,
        "service": played.service,
        "cards": cards,
        "looks": view.LOOKS,
        "groups": view.decision_groups(explanation, cards, titles),
        "facts": view.fact_groups(facts),
        "records": view.records(played.record.resources, played.request["context"], facts),
        "problems": explanation.get("problems", []),
        "request": view.abridged(played.request),
        "response": {"cards": cards},
        "resources": len(played.record.resources),
        "shown_as_of": played.record.as_of,
        "milliseconds": played.milliseconds,
        "kilobytes": played.kilobytes,
        "request_path": "",
        "trace_path": "",
        "logic_path": "",
        "address": "",
    }


def trace_file(played: Played, name: str) -> Response:
    """The trace as a download."""
    content = orjson.dumps(played.trace, option=orjson.OPT_INDENT_2)
    headers = {"content-disposition": f'attachment; filename="{name}"'}
    return Response(content, media_type="application/json", headers=headers)
