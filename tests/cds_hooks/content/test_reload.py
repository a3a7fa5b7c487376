"""Real content, edited while it is served."""

from __future__ import annotations

import json
import shutil
import threading
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import requests
from fastapi import FastAPI

from cds_hooks.app import create_app
from cds_hooks.assembly import load_guidance
from cds_hooks.content import ActiveContent, ContentWatcher
from cds_hooks.settings import Settings
from plandefinitions.guideline.settings import CONTENT

ENTRY = "eribulin-not-liposarcoma"
CQL = """library Logic version '1.0'
using FHIR version '4.0.1'
context Patient
define "Has Condition": exists [Condition]
"""
PLAN: dict[str, Any] = {
    "resourceType": "PlanDefinition",
    "id": "p",
    "url": "http://example.org/PlanDefinition/p",
    "version": "1",
    "title": "First",
    "status": "active",
    "library": ["http://example.org/Library/Logic"],
    "action": [
        {
            "id": "act",
            "title": "Look",
            "trigger": [{"type": "named-event", "name": "patient-view"}],
            "condition": [
                {
                    "kind": "applicability",
                    "expression": {"language": "text/cql-identifier", "expression": "Has Condition"},
                }
            ],
        }
    ],
}
CASES = """plan: p
cases:
  - name: nothing on record
    resources: [{resourceType: Patient, id: p1}]
    actions: {act: not-applicable}
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Somebody else's content: one plan with its case."""
    monkeypatch.setenv("SARCOMA_CDS_CACHE", str(tmp_path / "cache"))
    content = tmp_path / "content"
    content.mkdir()
    (content / "Logic.cql").write_text(CQL, encoding="utf-8")
    (content / "p.cases.yaml").write_text(CASES, encoding="utf-8")
    write(content, PLAN)
    return content


def write(folder: Path, plan: dict[str, Any]) -> None:
    (folder / "plan.json").write_text(json.dumps(plan), encoding="utf-8")


def serving(folder: Path) -> ActiveContent:
    settings = Settings(demo=True, content=folder)
    return ActiveContent(lambda: load_guidance(settings))


def titles(active: ActiveContent) -> list[str]:
    return [one["title"] for one in json.loads(active.current.discovery)["services"]]


def test_an_edited_plan_is_served_and_a_faulty_one_is_not(folder: Path) -> None:
    active = serving(folder)
    assert titles(active) == ["First"]
    first = active.current.guidance.version
    write(folder, PLAN | {"title": "Second"})
    assert active.reload().refusal is None
    assert titles(active) == ["Second"]
    assert active.current.guidance.version != first
    write(folder, PLAN | {"title": "Third", "status": "in force"})
    refusal = active.reload().refusal
    assert refusal is not None
    assert any("PD-106" in one for one in refusal.faults)
    assert titles(active) == ["Second"]


@pytest.mark.parametrize("what", ["half a file", "no file", "no folder", "a failing case", "CQL that does not compile"])
def test_pd_018_content_that_breaks_is_refused(folder: Path, what: str) -> None:
    active = serving(folder)
    match what:
        case "half a file":
            (folder / "plan.json").write_text(json.dumps(PLAN)[:100], encoding="utf-8")
        case "no file":
            (folder / "plan.json").unlink()
        case "no folder":
            shutil.rmtree(folder)
        case "a failing case":
            (folder / "Logic.cql").write_text(CQL.replace("exists", "not exists"), encoding="utf-8")
        case _:
            (folder / "Logic.cql").write_text(CQL.replace("exists", "exist"), encoding="utf-8")
    refusal = active.reload().refusal
    assert refusal is not None
    assert active.last_refusal is refusal
    assert titles(active) == ["First"]


def test_another_plan_beside_one_that_was_never_sound(folder: Path) -> None:
    faulty = PLAN | {"id": "q", "url": "http://example.org/PlanDefinition/q", "status": "in force"}
    (folder / "other.json").write_text(json.dumps(faulty), encoding="utf-8")
    active = serving(folder)
    assert titles(active) == ["First"]
    write(folder, PLAN | {"title": "Second"})
    assert active.reload().refusal is None
    assert titles(active) == ["Second"]


def test_our_guideline_in_a_folder_of_the_hospitals(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, serve: Callable[[FastAPI], AbstractContextManager[str]]
) -> None:
    monkeypatch.setenv("SARCOMA_CDS_CACHE", str(tmp_path / "cache"))
    own = tmp_path / "own"
    for name in ("library", ENTRY):
        shutil.copytree(CONTENT / name, own / name)
    settings = Settings(demo=True, guideline=own)
    active = ActiveContent(lambda: load_guidance(settings))
    assert list(active.current.guidance.titles) == [ENTRY]
    first = active.current.guidance.version
    app = FastAPI()
    app.router.default = active.pages
    plan = own / ENTRY / "plandefinition.json"
    with serve(app) as base, ContentWatcher(active.reload, [own], 0.05):
        document = json.loads(plan.read_text(encoding="utf-8")) | {"title": "Eribulin, our own words"}
        plan.write_text(json.dumps(document), encoding="utf-8")
        assert _within(10, lambda: "our own words" in requests.get(f"{base}/guidance", timeout=10).text)
        assert active.current.guidance.version != first
        cases = own / ENTRY / "cases.yaml"
        cases.write_text(cases.read_text(encoding="utf-8").replace("status: offered", "status: undecided"))
        assert _within(10, lambda: active.last_refusal is not None)
        assert active.last_refusal is not None
        assert "expected undecided" in "\n".join(active.last_refusal.faults)
        assert list(active.current.guidance.titles) == [ENTRY]


def test_pd_018_the_service_goes_on_while_its_content_changes(
    folder: Path, monkeypatch: pytest.MonkeyPatch, serve: Callable[[FastAPI], AbstractContextManager[str]]
) -> None:
    monkeypatch.setattr("cds_hooks.assembly.ContentWatcher", partial(ContentWatcher, seconds=0.05))
    statuses: set[int] = set()
    stop = threading.Event()

    def calls(base: str) -> None:
        body = {
            "hook": "patient-view",
            "hookInstance": "d1577c69-dfbe-44ad-ba6d-3e05e953b2ea",
            "context": {"userId": "Practitioner/p1", "patientId": "p1"},
            "prefetch": {"patient": {"resourceType": "Patient", "id": "p1"}, "conditions": None},
        }
        while not stop.is_set():
            statuses.add(requests.post(f"{base}/cds-services/p", json=body, timeout=10).status_code)

    with serve(create_app(Settings(demo=True, content=folder))) as base:

        def title() -> str:
            return str(requests.get(f"{base}/cds-services", timeout=10).json()["services"][0]["title"])

        def is_refused() -> bool:
            return "refused" in requests.get(f"{base}/readyz", timeout=10).json()

        caller = threading.Thread(target=calls, args=(base,))
        caller.start()
        try:
            assert (title(), is_refused()) == ("First", False)
            write(folder, PLAN | {"title": "Second"})
            assert _within(10, lambda: title() == "Second")
            (folder / "plan.json").write_text("{", encoding="utf-8")
            assert _within(10, is_refused)
            assert title() == "Second"
            write(folder, PLAN | {"title": "Third"})
            assert _within(10, lambda: title() == "Third")
            assert not is_refused()
        finally:
            stop.set()
            caller.join()
    assert statuses == {200}


def _within(seconds: float, is_so: Callable[[], bool]) -> bool:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if is_so():
            return True
        time.sleep(0.05)
    return False
