"""PlanDefinition ``$apply`` (R4): a plan's actions judged for a subject, and what applies made into requests.

Nothing is stored. Actions are judged in document order; below one that does not apply nothing is evaluated.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterable, Mapping
from copy import deepcopy
from dataclasses import replace
from typing import Any

from cql.values import DateTime
from plandefinitions.apply.activity import Circumstances, draft
from plandefinitions.apply.content.content import Content
from plandefinitions.apply.content.model import Action, Activity, DynamicValue, Plan
from plandefinitions.apply.evaluation import Evaluator, Outcome
from plandefinitions.apply.group import MESSAGES, PERTAINS_TO_GOAL, care_plan, goal, group_action, request_group
from plandefinitions.apply.judging import judge
from plandefinitions.apply.outcome import Applied, AppliedAction, Decision, Problem
from plandefinitions.apply.r4 import check
from plandefinitions.apply.request import Request, make_request
from plandefinitions.apply.triggers import Triggers
from plandefinitions.apply.values.writing import WriteProblem, write

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
) -> Applied:
    """Apply a plan of the content to a subject.

    ``plan``: the plan, its canonical or its id. ``data``: a FHIR Bundle, resources, or a ``DataIndex``. ``subject``,
    ``encounter``, ``practitioner``, ``organization``: references (``Patient/1``); without ``subject`` the only
    Patient of the data. ``parameters``: values by name, or a FHIR Parameters resource. The user and setting are
    CodeableConcepts. ``trigger``: only actions that answer to this named event. ``trace``: give the reasons of
    unknown conditions.

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
    return apply_all(content, [found], request)[0]


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
        self._resources: list[Json] = []
        self._goals: list[Json] = []
        self._decisions: list[Decision] = []
        self._problems: list[Problem] = []
        self._ids: set[str] = set()
        self._versions: dict[str, str] = {}
        self._who = Circumstances(
            request.subject, request.practitioner, request.organization, request.encounter, request.now
        )

    def run(self, plan: Plan) -> Applied:
        """Judge and build."""
        if self._request.variables.get("subject") is None:
            self._problem("warning", f"the subject {self._request.subject} is not in the data", plan)
        before = len(self._evaluator.problems)
        applied = self._plan(plan, is_nested=False)
        for message in self._evaluator.problems[before:]:
            self._problem("error", message, plan)
        contained = [applied.request_group, *self._resources, *self._goals]
        messages = self._messages()
        if messages is not None:
            applied.care_plan["extension"] = [{"url": MESSAGES, "valueReference": {"reference": "#messages"}}]
            contained.append(messages)
        whole = {
            "resourceType": "CarePlan",
            "id": applied.care_plan["id"],
            **({"language": applied.care_plan["language"]} if "language" in applied.care_plan else {}),
            "contained": contained,
            **applied.care_plan,
        }
        return replace(
            applied, care_plan=whole, resources=tuple(self._resources), goals=tuple(self._goals),
            decisions=tuple(self._decisions), problems=tuple(dict.fromkeys(self._problems)), versions=self._versions,
        )  # fmt: skip

    # -- a plan
    # ------------------------------------------------------------------------------------------------------------

    def _plan(self, plan: Plan, *, is_nested: bool) -> Applied:
        if plan.resource.get("url"):
            self._versions[str(plan.resource["url"])] = plan.canonical
        identity = self._identity(plan.id or "plan")
        goals = self._plan_goals(plan)
        actions = self._actions(plan.actions, plan, goals, is_nested, first_only=False)
        _drop_relations(actions, lambda message: self._problem("information", message, plan))
        used = _goals_used(plan, actions, goals)
        self._goals += used
        group = request_group(plan, self._identity("request-group"), [one.json for one in actions], self._request)
        whole = care_plan(plan, identity, group, used, self._request)
        return Applied(plan, self._request.subject, whole, group, tuple(actions), (), (), (), (), {})

    def _plan_goals(self, plan: Plan) -> dict[str, Json]:
        """The plan's goals by their id there; those without one by their number."""
        return {
            str(one.get("id") or number): goal(one, self._identity(str(one.get("id") or "goal")), self._request)
            for number, one in enumerate(plan.resource.get("goal") or ())
        }

    # -- actions
    # -------------------------------------------------------------------------------------------------------------

    def _actions(
        self, actions: Iterable[Action], plan: Plan, goals: Mapping[str, Json], is_nested: bool, *, first_only: bool
    ) -> list[AppliedAction]:
        found: list[AppliedAction] = []
        for action in actions:
            if not is_nested and not self._triggers.concern(action):
                continue
            decision, errors = judge(action, plan, self._evaluator, self._request)
            position = len(self._decisions)
            self._decisions.append(decision)
            for message in errors:
                self._problem("error", message, plan, action)
            if decision.status != "applicable":
                continue
            applied, values = self._build(action, plan, goals, is_nested)
            self._decisions[position] = replace(decision, values=tuple(values))
            found.append(applied)
            if first_only:
                break
        return found

    def _build(
        self, action: Action, plan: Plan, goals: Mapping[str, Json], is_nested: bool
    ) -> tuple[AppliedAction, list[tuple[str, str]]]:
        definition = action.definition
        told = definition.resource if isinstance(definition, Activity | Plan) else definition or {}
        made = group_action(action, self._request, told)
        values: list[tuple[str, str]] = []
        nested: Applied | None = None
        resource: Json | None = None
        if isinstance(definition, Activity):
            resource = self._request_of(definition, action, plan, made, values)
        elif isinstance(definition, Plan):
            nested = self._plan(definition, is_nested=True)
            resource = nested.care_plan
        elif definition is not None:
            resource = deepcopy(dict(definition))
        made, resource, indicator = self._set_all(action.dynamic_values, made, resource, plan, action, values)
        children = self._actions(action.children, plan, goals, is_nested, first_only=action.applies_first_only)
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
        return AppliedAction(action, made, resource, tuple(children), nested, indicator, not_to_do, target), values

    def _request_of(
        self, activity: Activity, action: Action, plan: Plan, made: Json, values: list[tuple[str, str]]
    ) -> Json | None:
        if activity.resource.get("url"):
            self._versions[str(activity.resource["url"])] = activity.canonical
        drafted = draft(activity.resource, self._who, action.raw)
        for element, why in drafted.left_out:
            self._problem("warning", f"{activity.canonical}: {element} is left out: {why}", plan, action)
        resource = drafted.resource
        if "intent" in resource:
            resource["intent"] = "option"
        _, changed, _ = self._set_all(activity.dynamic_values, made, resource, plan, action, values)
        return changed

    def _set_all(
        self, dynamic_values: Iterable[DynamicValue], made: Json, resource: Json | None, plan: Plan, action: Action,
        values: list[tuple[str, str]],
    ) -> tuple[Json, Json | None, str | None]:  # fmt: skip
        """Compute and set each value, in order: (action, resource, indicator)."""
        indicator: str | None = None
        for one in dynamic_values:
            outcome = self._evaluator.evaluate(one.expression, {"action": made, "resource": resource})
            values.append((one.path.text, _told(outcome)))
            if outcome.error is not None:
                self._problem("error", f"{one.path.text} is not set: {outcome.error}", plan, action)
            elif outcome.value is None:
                message = f"{one.path.text} is not set: {one.expression.text!r} is unknown"
                self._problem("information", message, plan, action)
            elif one.path.root == "indicator":
                indicator = str(getattr(outcome.value, "value", outcome.value))
            else:
                try:
                    if one.path.root == "action":
                        made = write(made, "RequestGroup.action", one.path, outcome.value)
                    else:
                        resource = _set(resource, one, outcome.value)
                except WriteProblem as problem:
                    self._problem("error", str(problem), plan, action)
        return made, resource, indicator

    def _keep(self, resource: Json, nested: Applied | None, plan: Plan, action: Action) -> Json:
        """Give the resource an id of its own, and check it."""
        if nested is not None:
            self._resources += [resource, nested.request_group]
        else:
            base = str(resource.get("id") or (action.id or resource["resourceType"]))
            resource = {"resourceType": resource["resourceType"], "id": self._identity(base), **_without_id(resource)}
            self._resources.append(resource)
        for one in check(resource):
            place = one.pointer or "the resource"
            self._problem("error", f"{resource['resourceType']}: {place}: {one.message}", plan, action)
        return resource

    # -- ids and problems
    # ------------------------------------------------------------------------------------------------------

    def _identity(self, base: str) -> str:
        """An id unique within the answer."""
        stem = re.sub(r"[^A-Za-z0-9\-.]+", "-", base).strip("-")[:56] or "resource"
        identity, number = stem, 2
        while identity in self._ids:
            identity, number = f"{stem}-{number}", number + 1
        self._ids.add(identity)
        return identity

    def _problem(self, severity: Any, message: str, plan: Plan, action: Action | None = None) -> None:
        self._problems.append(Problem(severity, message, plan.title, action.address if action else None))

    def _messages(self) -> Json | None:
        issues = [
            {
                "severity": one.severity,
                "code": "informational" if one.severity == "information" else "processing",
                "diagnostics": f"{one.plan}{f' ({one.action})' if one.action else ''}: {one.message}",
            }
            for one in dict.fromkeys(self._problems)
        ]
        return {"resourceType": "OperationOutcome", "id": "messages", "issue": issues} if issues else None


def _set(resource: Json | None, one: DynamicValue, value: Any) -> Json:
    if one.path.steps:
        if resource is None:
            raise WriteProblem(f"{one.path.text}: there is no resource to write to")
        return write(resource, str(resource["resourceType"]), one.path, value)
    whole = value[0] if isinstance(value, list) and len(value) == 1 else value
    if not isinstance(whole, dict) or "resourceType" not in whole:
        raise WriteProblem(f"{one.path.text}: the whole resource is wanted, not {type(value).__name__}")
    return deepcopy(whole)


def _without_id(resource: Json) -> Json:
    return {name: value for name, value in resource.items() if name not in ("resourceType", "id")}


def _told(outcome: Outcome) -> str:
    return "error" if outcome.error else "unknown" if outcome.value is None else "set"


def _goals_used(plan: Plan, actions: list[AppliedAction], goals: Mapping[str, Json]) -> list[Json]:
    """The goals of applicable actions, and those that no action names; none when no action applies."""
    named = {one for top in plan.actions for inner in top.walk() for one in inner.raw.get("goalId") or ()}
    alive = {one for top in actions for inner in _own(top) for one in inner.action.raw.get("goalId") or ()}
    return [made for key, made in goals.items() if actions and (key in alive or key not in named)]


def _own(action: AppliedAction) -> Iterable[AppliedAction]:
    yield action
    for child in action.children:
        yield from _own(child)


def _drop_relations(actions: list[AppliedAction], report: Any) -> None:
    """Drop relations to actions that do not apply."""
    every = [inner for one in actions for inner in _own(one)]
    present = {one.json.get("id") for one in every}
    for one in every:
        related = one.json.get("relatedAction")
        if not related:
            continue
        kept = [each for each in related if each.get("actionId") in present]
        for each in related:
            if each not in kept:
                report(
                    f"{one.action.label}: its relation to {each.get('actionId')} is dropped; that action does not apply"
                )
        if kept:
            one.json["relatedAction"] = kept
        else:
            del one.json["relatedAction"]
