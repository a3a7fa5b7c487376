"""Other forms of an answer: nested plans merged into one, and the Bundle of the Clinical Practice Guidelines IG.

CPG 2.0.0, PlanDefinition/$apply: ``mergeNestedCarePlans``, and the return value.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from copy import deepcopy
from dataclasses import replace
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from plandefinitions.apply.group import MESSAGES
from plandefinitions.apply.outcome import Applied, AppliedAction

Json = dict[str, Any]


def merged(applied: Applied) -> Applied:
    """The answer with the results of nested plans in the one CarePlan and its RequestGroup.

    An action that applied a plan has that plan's actions below it. An id that the plan around it uses as well is
    changed, with what refers to it. ``actions``, from which cards are made, stay as they were.
    """
    nested = list(_nested(applied.actions))
    gone = {one["id"] for inner in nested for one in (inner.care_plan, inner.request_group)}
    canonicals = list(dict.fromkeys(one.plan.canonical for one in (applied, *nested) if one.plan.resource.get("url")))
    group = dict(applied.request_group)
    actions = _Merger().scope(applied.actions)
    if actions:
        group["action"] = actions
    plan = {
        **applied.care_plan,
        "contained": [group, *(one for one in applied.care_plan["contained"][1:] if one["id"] not in gone)],
    }
    if applied.goals:
        plan["goal"] = [{"reference": f"#{one['id']}"} for one in applied.goals]
    for one in (group, plan):
        if canonicals:
            one["instantiatesCanonical"] = canonicals
    resources = tuple(one for one in applied.resources if one["id"] not in gone)
    return replace(applied, care_plan=plan, request_group=group, resources=resources)


def bundle(applied: Applied) -> Json:
    """The answer as a collection: the RequestGroup first, those of nested plans, the requests, the goals.

    Entries refer to each other by their ``fullUrl``, a ``urn:uuid`` that is the same for the same answer. Problems are
    an OperationOutcome that the RequestGroup contains (``cqf-messages``).
    """
    care_plans = {inner.care_plan["id"]: inner.request_group for inner in _nested(applied.actions)}
    resources = [one for one in applied.resources if one["id"] not in care_plans]
    entries = [applied.request_group, *resources, *applied.goals]
    name = "|".join((applied.plan.canonical, applied.subject, str(applied.request_group.get("authoredOn"))))
    urls = {one["id"]: uuid5(NAMESPACE_URL, f"{name}|{one['id']}").urn for one in entries}
    urls |= {identity: urls[group["id"]] for identity, group in care_plans.items() if group["id"] in urls}
    options = {group["id"] for group in care_plans.values()}
    return {
        "resourceType": "Bundle",
        "id": applied.plan.id,
        "type": "collection",
        "entry": [{"fullUrl": urls[one["id"]], "resource": one} for one in _entries(applied, entries, options, urls)],
    }


def _entries(
    applied: Applied, entries: Iterable[Json], options: set[str], urls: Mapping[str, str]
) -> Iterator[Json]:  # fmt: skip
    for one in entries:
        if one["resourceType"] != "RequestGroup":
            yield one
            continue
        group = {**one, "action": [_linked(action, urls) for action in one["action"]]} if "action" in one else dict(one)
        if one["id"] in options:
            group["intent"] = "option"
        if one is applied.request_group:
            group |= _messages(applied)
        yield group


def _messages(applied: Applied) -> Json:
    """The OperationOutcome of the CarePlan, as a part of the RequestGroup."""
    links = [one for one in applied.care_plan.get("extension", ()) if one["url"] == MESSAGES]
    if not links:
        return {}
    outcome = [one for one in applied.care_plan["contained"] if one["resourceType"] == "OperationOutcome"]
    return {"contained": outcome, "extension": links}


def _linked(action: Json, urls: Mapping[str, str]) -> Json:
    """The action with references into the answer made references between entries."""

    def linked(node: Any) -> Any:
        if isinstance(node, list):
            return [linked(one) for one in node]
        if not isinstance(node, dict):
            return node
        reference = node.get("reference")
        if isinstance(reference, str) and reference[:1] == "#" and reference[1:] in urls:
            return {**node, "reference": urls[reference[1:]]}
        return {name: linked(value) for name, value in node.items()}

    made: Json = linked(action)
    return made


def _nested(actions: Iterable[AppliedAction]) -> Iterator[Applied]:
    """The nested answers, in document order."""
    for one in actions:
        yield from _nested(one.children)
        if one.nested is not None:
            yield one.nested
            yield from _nested(one.nested.actions)


class _Merger:
    """Makes one tree of actions of several plans'."""

    def __init__(self) -> None:
        self._taken: set[str] = set()

    def scope(self, actions: Iterable[AppliedAction]) -> list[Json]:
        """The actions of one plan, and all below them."""
        actions = tuple(actions)
        names = {name: self._unique(name) for name in _ids(actions)}
        return [self._action(one, names) for one in actions]

    def _action(self, one: AppliedAction, names: Mapping[str, str]) -> Json:
        made = {name: deepcopy(value) for name, value in one.json.items() if name != "action"}
        if "id" in made:
            made["id"] = names[made["id"]]
        for related in made.get("relatedAction", ()):
            related["actionId"] = names.get(related["actionId"], related["actionId"])
        below = [self._action(child, names) for child in one.children]
        if one.nested is not None:
            made.pop("resource", None)
            below += self.scope(one.nested.actions)
        if below:
            made["action"] = below
        return made

    def _unique(self, name: str) -> str:
        unique, number = name, 2
        while unique in self._taken:
            unique, number = f"{name}-{number}", number + 1
        self._taken.add(unique)
        return unique


def _ids(actions: Iterable[AppliedAction]) -> Iterator[str]:
    for one in actions:
        if "id" in one.json:
            yield one.json["id"]
        yield from _ids(one.children)
