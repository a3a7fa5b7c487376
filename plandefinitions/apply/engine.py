"""PlanDefinition ``$apply`` (R4): a plan's actions judged for a subject, and what applies made into requests.

Nothing is stored. Actions are judged in document order; below one that does not apply nothing is evaluated.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping
from copy import deepcopy
from dataclasses import replace
from typing import Any

from cql.values import DateTime
from plandefinitions.apply.content.content import Content
from plandefinitions.apply.content.model import Action, Activity, Plan
from plandefinitions.apply.evaluation import Evaluator
from plandefinitions.apply.forms import merged
from plandefinitions.apply.group import MESSAGES, PERTAINS_TO_GOAL, care_plan, goal, group_action, request_group
from plandefinitions.apply.judging import judge
from plandefinitions.apply.ledger import Ledger
from plandefinitions.apply.outcome import Applied, AppliedAction
from plandefinitions.apply.relations import drop_dead_relations, goals_in_use
from plandefinitions.apply.request import Request, make_request
from plandefinitions.apply.setting import Setting
from plandefinitions.apply.triggers import Triggers
from plandefinitions.drafts.activity import Circumstances, draft
from plandefinitions.r4 import check

Json = dict[str, Any]


def apply(
    content: Content,
    plan: Plan | str,
    data: Any,
    *,
    subject: str | None = None,
    parameters: Mapping[str, Any] | None = None,
    encounter: str | None = None,
    practitioner: str | None = None,
    organization: str | None = None,
    user_type: Json | None = None,
    user_language: Json | None = None,
    user_task_context: Json | None = None,
    setting: Json | None = None,
    setting_context: Json | None = None,
    now: datetime.datetime | DateTime | str | None = None,
    trigger: str | None = None,
    trace: bool = False,
    merge_nested_care_plans: bool = False,
) -> Applied:
    """Apply a plan of the content to a subject.

    ``plan``: the plan, its canonical or its id. ``data``: a FHIR Bundle or resources (those of other patients are
    left aside), or a ``DataIndex`` of this patient. ``subject``, ``encounter``, ``practitioner``, ``organization``:
    references (``Patient/1``); without ``subject`` the only Patient of the data. ``parameters``: values by name, or a
    FHIR Parameters resource. The user and setting are CodeableConcepts. ``trigger``: only actions that answer to this
    named event. ``trace``: give the reasons of unknown conditions. ``merge_nested_care_plans``: the results of plans
    that the plan applies become part of its own CarePlan, and are no CarePlans within it.

    Raises ``PlanNotFound`` and ``ApplyProblem`` for a call that cannot be answered; what goes wrong while answering
    is in ``Applied.problems``.
    """
    found = content.plan(plan) if isinstance(plan, str) else plan
    concepts = {
        "userType": user_type, "userLanguage": user_language, "userTaskContext": user_task_context, "setting": setting,
        "settingContext": setting_context,
    }  # fmt: skip
    request = make_request(
        data, subject=subject, parameters=parameters, encounter=encounter, practitioner=practitioner,
        organization=organization, now=now, trigger=trigger, trace=trace, concepts=concepts,
    )  # fmt: skip
    applied = apply_all(content, [found], request)[0]
    return merged(applied) if merge_nested_care_plans else applied


def apply_all(content: Content, plans: Iterable[Plan], request: Request) -> tuple[Applied, ...]:
    """Apply several plans in one request: what their expressions share is computed once.

    Plans whose parameters the manifest maps differently do not share.
    """
    evaluators: dict[tuple[tuple[str, str], ...], Evaluator] = {}
    answers = []
    for plan in plans:
        mapping = content.parameters.of(plan)
        key = tuple(sorted(mapping.items()))
        evaluator = evaluators.setdefault(key, Evaluator(content, request, mapping))
        answers.append(Application(evaluator, request).run(plan))
    return tuple(answers)


class Application:
    """One answer in the making."""

    def __init__(self, evaluator: Evaluator, request: Request) -> None:
        self._evaluator = evaluator
        self._request = request
        self._triggers = Triggers(evaluator, request.trigger)
        self._ledger = Ledger()
        self._who = Circumstances(
            request.subject, request.practitioner, request.organization, request.encounter, request.now
        )

    def run(self, plan: Plan) -> Applied:
        """Judge and build."""
        ledger = self._ledger
        if self._request.variables.get("subject") is None:
            ledger.problem("warning", f"the subject {self._request.subject} is not in the data", plan)
        before = len(self._evaluator.problems)
        applied = self._plan(plan, is_nested=False)
        for message in self._evaluator.problems[before:]:
            ledger.problem("error", message, plan)
        for warning in self._request.index.placed_warnings():
            ledger.problem("warning", f"the data: {warning.render()}", plan)
        whole = {"resourceType": "CarePlan", "id": applied.care_plan["id"], "contained": [], **applied.care_plan}
        whole["contained"] = [applied.request_group, *ledger.resources, *ledger.goals]
        messages = ledger.messages()
        if messages is not None:
            whole["contained"].append(messages)
            whole["extension"] = [{"url": MESSAGES, "valueReference": {"reference": f"#{messages['id']}"}}]
        return replace(
            applied,
            care_plan=whole,
            resources=tuple(ledger.resources),
            goals=tuple(ledger.goals),
            decisions=tuple(ledger.decisions),
            problems=ledger.problems,
            versions=ledger.versions,
        )

    def _plan(self, plan: Plan, *, is_nested: bool) -> Applied:
        """The plan's answer without what it contains, which the ledger has."""
        self._note_version(plan.resource, plan.canonical)
        self._ledger.versions.update({one.partition("|")[0]: one for one in plan.libraries.values()})
        identity = self._ledger.identity(plan.id or "plan")
        goals = self._goals(plan)
        actions = self._actions(plan.actions, plan, goals, is_nested, first_only=False)
        for message in drop_dead_relations(actions):
            self._ledger.problem("information", message, plan)
        used = goals_in_use(plan, actions, goals)
        self._ledger.goals += used
        group_id = self._ledger.identity("request-group")
        group = request_group(plan, group_id, [one.json for one in actions], self._request)
        whole = care_plan(plan, identity, group, used, self._request)
        return Applied(plan, self._request.subject, whole, group, tuple(actions), (), (), (), (), {})

    def _goals(self, plan: Plan) -> dict[str, Json]:
        """The plan's goals by their id there; those without one by their number."""
        return {
            str(one.get("id") or number): goal(one, self._ledger.identity(str(one.get("id") or "goal")), self._request)
            for number, one in enumerate(plan.resource.get("goal") or ())
        }

    def _actions(
        self, actions: Iterable[Action], plan: Plan, goals: Mapping[str, Json], is_nested: bool, *, first_only: bool
    ) -> list[AppliedAction]:
        """The actions that apply; with ``first_only`` the first of them."""
        found: list[AppliedAction] = []
        for action in actions:
            if not is_nested and not self._triggers.concern(action):
                continue
            decision, errors = judge(action, plan, self._evaluator, self._request)
            position = len(self._ledger.decisions)
            self._ledger.decisions.append(decision)
            for message in errors:
                self._ledger.problem("error", message, plan, action)
            if decision.status != "applicable":
                continue
            applied, values = self._build(action, plan, goals, is_nested)
            self._ledger.decisions[position] = replace(decision, values=tuple(values))
            found.append(applied)
            if first_only:
                break
        return found

    def _build(
        self, action: Action, plan: Plan, goals: Mapping[str, Json], is_nested: bool
    ) -> tuple[AppliedAction, list[tuple[str, str]]]:
        """An applicable action, and what became of its dynamicValues."""
        definition = action.definition
        told = definition.resource if isinstance(definition, Activity | Plan) else definition or {}
        setting = Setting(group_action(action, self._request, told))
        nested: Applied | None = None
        if isinstance(definition, Activity):
            self._draft(definition, action, plan, setting)
        elif isinstance(definition, Plan):
            nested = self._plan(definition, is_nested=True)
            setting.resource = nested.care_plan
        elif definition is not None:
            setting.resource = deepcopy(dict(definition))
        setting.run(action.dynamic_values, self._evaluator)
        for severity, message in setting.problems:
            self._ledger.problem(severity, message, plan, action)
        children = self._actions(action.children, plan, goals, is_nested, first_only=action.applies_first_only)
        made, resource = setting.action, setting.resource
        if children:
            made["action"] = [one.json for one in children]
        for one in action.raw.get("goalId") or ():
            if one in goals:
                link = {"url": PERTAINS_TO_GOAL, "valueReference": {"reference": f"#{goals[one]['id']}"}}
                made.setdefault("extension", []).append(link)
        target = f"{resource['resourceType']}/{resource['id']}" if resource and resource.get("id") else None
        if resource is not None:
            resource = self._keep(resource, nested, plan, action)
            made["resource"] = {"reference": f"#{resource['id']}"}
        elif "definitionUri" in action.raw:
            made["resource"] = {"reference": action.raw["definitionUri"]}
        not_to_do = bool(told.get("doNotPerform")) or bool((resource or {}).get("doNotPerform"))
        applied = AppliedAction(action, made, resource, tuple(children), nested, setting.indicator, not_to_do, target)
        return applied, setting.told

    def _draft(self, activity: Activity, action: Action, plan: Plan, setting: Setting) -> None:
        """Make the activity's request, with the activity's own dynamicValues; it is one option of the plan's."""
        self._note_version(activity.resource, activity.canonical)
        drafted = draft(activity.resource, self._who, action.raw)
        for element, why in drafted.left_out:
            self._ledger.problem("warning", f"{activity.canonical}: {element} is left out: {why}", plan, action)
        setting.resource = drafted.resource
        if "intent" in drafted.resource:
            drafted.resource["intent"] = "option"
        setting.run(activity.dynamic_values, self._evaluator, activity.resource)

    def _keep(self, resource: Json, nested: Applied | None, plan: Plan, action: Action) -> Json:
        """Give the resource an id of its own, and check it."""
        if nested is not None:
            self._ledger.resources += [resource, nested.request_group]
        else:
            base = str(resource.get("id") or action.id or resource["resourceType"])
            resource = {**resource, "id": self._ledger.identity(base)}
            self._ledger.resources.append(resource)
        for one in check(resource):
            place = one.pointer or "the resource"
            message = f"{resource['resourceType']}: {place}: {one.message}"
            self._ledger.problem("error", message, plan, action)
        return resource

    def _note_version(self, resource: Mapping[str, Any], canonical: str) -> None:
        if resource.get("url"):
            self._ledger.versions[str(resource["url"])] = canonical
