"""Section B of the PlanDefinition checklist: triggers and the services they ask for."""

from __future__ import annotations

from typing import Any

import pytest


def on(*names: str) -> list[dict[str, Any]]:
    return [{"type": "named-event", "name": name} for name in names]


def test_pd_010_a_service_for_each_hook_of_a_plan(guideline: Any) -> None:
    plan = guideline.plan(
        {"trigger": on("patient-view")},
        {"action": [{"trigger": on("order-sign", "patient-view")}]},
        description="What it does",
    )
    services = guideline.load(plan).content.services
    assert [(one.id, one.hook) for one in services] == [
        ("p-patient-view", "patient-view"),
        ("p-order-sign", "order-sign"),
    ]


def test_pd_016_one_hook_takes_the_end_of_the_url_as_id(guideline: Any) -> None:
    first = guideline.plan({"trigger": on("patient-view")}, description="What it does")
    second = guideline.plan({"trigger": on("order-sign")}, id="q", url="http://other.org/PlanDefinition/p")
    one, two = guideline.load(first, second).content.services
    assert (one.id, one.title, one.description) == ("p", "The plan", "What it does")
    assert (two.id, two.description) == ("p-2", "The plan")


def test_pd_011_only_actions_of_the_hook_are_judged(guideline: Any) -> None:
    child = {"title": "child", "trigger": on("order-sign")}
    plan = guideline.plan(
        {"title": "view", "trigger": on("patient-view")},
        {"title": "inherits", "trigger": on("order-sign"), "action": [{"title": "inner"}]},
        {"title": "above", "action": [child, {"title": "sibling"}]},
        {"title": "none", "condition": [guideline.when("Fails")]},
    )
    applied = guideline.apply(plan, trigger="order-sign")
    assert [one.label for one in applied.decisions] == ["inherits", "inner", "above", "child"]
    assert len(guideline.apply(plan).decisions) == 7


def test_pd_012_a_plan_without_triggers_offers_no_service(guideline: Any) -> None:
    content = guideline.load(guideline.plan({"title": "A"})).content
    assert content.services == ()
    assert guideline.apply(guideline.plan({"title": "A"}), trigger="patient-view").actions == ()


@pytest.mark.parametrize(
    "trigger",
    [
        {"type": "periodic", "timingDate": "2024-01-01"},
        {"type": "data-added", "data": [{"type": "Condition"}]},
        {"type": "named-event", "name": "ANC.B10.4. Diagnosis and treatment"},
        {"type": "named-event", "name": "http://example.org/event"},
    ],
)
def test_pd_013_and_014_other_events_load_with_a_warning(guideline: Any, trigger: Any) -> None:
    loaded = guideline.load(guideline.plan({"title": "A", "trigger": [trigger]}))
    assert [(one.severity, one.code) for one in loaded.diagnostics] == [("warning", "PD-160")]
    assert loaded.content.services == ()
    assert len(loaded.content.plans) == 1


@pytest.mark.parametrize("name", ["order-dispatch", "org.example.my-hook", "problem-list-item-create"])
def test_pd_014_hooks_are_known_by_name_or_form(guideline: Any, name: str) -> None:
    assert [one.hook for one in guideline.load(guideline.plan({"trigger": on(name)})).content.services] == [name]


@pytest.mark.parametrize(("expression", "count"), [("Is True", 1), ("Is False", 0), ("Is Unknown", 0)])
def test_pd_015_a_triggers_condition_gates_it(guideline: Any, expression: str, count: int) -> None:
    trigger = {
        "type": "named-event",
        "name": "patient-view",
        "data": [{"type": "Condition"}],
        "condition": {"language": "text/cql-identifier", "expression": expression},
    }
    applied = guideline.apply(guideline.plan({"title": "A", "trigger": [trigger]}), trigger="patient-view")
    assert len(applied.actions) == count


def test_pd_017_an_endpoint_of_its_own_is_a_warning(guideline: Any) -> None:
    endpoint = {
        "url": "http://hl7.org/fhir/StructureDefinition/cqf-cdsHooksEndpoint",
        "valueUri": "http://elsewhere.org",
    }
    assert guideline.codes(guideline.plan(extension=[endpoint]), severity="warning") == ["PD-161"]
