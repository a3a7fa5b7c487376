"""What ties actions together: relations to other actions, goals. Only what applies is kept."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from plandefinitions.apply.content.model import Plan
from plandefinitions.apply.outcome import AppliedAction

Json = dict[str, Any]


def drop_dead_relations(actions: Sequence[AppliedAction]) -> list[str]:
    """Remove relations to actions that do not apply; returns what was removed, in words."""
    every = [inner for one in actions for inner in _of_plan(one)]
    present = {one.json.get("id") for one in every}
    removed = []
    for one in every:
        related = one.json.get("relatedAction") or []
        kept = [each for each in related if each.get("actionId") in present]
        for each in related:
            if each not in kept:
                removed.append(
                    f"{one.action.label}: its relation to {each.get('actionId')} is dropped; that action does not apply"
                )
        if kept:
            one.json["relatedAction"] = kept
        elif related:
            del one.json["relatedAction"]
    return removed


def goals_in_use(plan: Plan, actions: Sequence[AppliedAction], goals: Mapping[str, Json]) -> list[Json]:
    """The goals of applicable actions, and those that no action names; none when no action applies."""
    named = {one for top in plan.actions for inner in top.walk() for one in inner.raw.get("goalId") or ()}
    alive = {one for top in actions for inner in _of_plan(top) for one in inner.action.raw.get("goalId") or ()}
    return [made for key, made in goals.items() if actions and (key in alive or key not in named)]


def _of_plan(action: AppliedAction) -> Iterator[AppliedAction]:
    """The action and those below it in the same plan."""
    yield action
    for child in action.children:
        yield from _of_plan(child)
