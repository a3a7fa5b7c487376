"""Suggestions from the actions below a card's action (CDS Hooks 2.0, Suggestion and Action).

A child is a suggestion; what is below a child are its actions, taken together. With ``all`` or ``all-or-none`` the
children are the actions of one suggestion. Levels below the third are taken into their suggestion, in document order.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from plandefinitions.apply.outcome import AppliedAction
from plandefinitions.cards.drafts import action_type, draft_order
from plandefinitions.cards.identity import Identities
from plandefinitions.cards.text import plain

Json = dict[str, Any]
_TOGETHER = frozenset({"all", "all-or-none"})
_ONE = frozenset({"exactly-one", "at-most-one"})


def selection_behavior(action: AppliedAction) -> str:
    """``at-most-one`` or ``any``, the two that CDS Hooks 2.0 has."""
    return "at-most-one" if action.json.get("selectionBehavior") in _ONE else "any"


def suggestions(action: AppliedAction, subject: str, identities: Identities, problems: list[str]) -> list[Json]:
    """The suggestions of a card. What cannot be suggested is told in ``problems``."""
    own = [] if action.nested is not None else list(_actions_of(action, subject, problems))
    below = action.below
    groups: list[tuple[AppliedAction, list[Json]]] = [(action, own)] if own else []
    if action.json.get("selectionBehavior") in _TOGETHER and below:
        together = [one for child in below for one in _all_actions(child, subject, problems)]
        groups = [(action, own + together)]
    else:
        groups += [(child, list(_all_actions(child, subject, problems))) for child in below]
    made = [_suggestion(one, actions, identities) for one, actions in groups]
    if selection_behavior(action) == "at-most-one":
        _keep_first_recommended(made)
    return made


def _suggestion(action: AppliedAction, actions: list[Json], identities: Identities) -> Json:
    made: Json = {"label": told(action), "uuid": identities.suggestion(action)}
    if action.json.get("precheckBehavior") == "yes" or action.json.get("requiredBehavior") == "must":
        made["isRecommended"] = True
    if actions:
        made["actions"] = actions
    return made


def _keep_first_recommended(made: list[Json]) -> None:
    """With at-most-one at most one suggestion may be recommended (cds-resp-1)."""
    seen = False
    for one in made:
        if one.get("isRecommended") and seen:
            del one["isRecommended"]
        seen = seen or bool(one.get("isRecommended"))


def _all_actions(action: AppliedAction, subject: str, problems: list[str]) -> Iterator[Json]:
    if action.nested is None:
        yield from _actions_of(action, subject, problems)
    for child in action.below:
        yield from _all_actions(child, subject, problems)


def _actions_of(action: AppliedAction, subject: str, problems: list[str]) -> Iterator[Json]:
    """The action's own resource as create, update or delete; none when it has no resource."""
    resource = draft_order(action, subject)
    if resource is None:
        return
    kind = action_type(action)
    if kind is None:
        problems.append(f"{told(action)}: CDS Hooks has no counterpart of its type; it is shown as text only")
        return
    if kind != "create" and action.target is None:
        problems.append(f"{told(action)}: which resource to {kind} is not known; it is shown as text only")
        return
    made: Json = {"type": kind, "description": told(action)}
    if kind == "delete":
        made["resourceId"] = action.target
    else:
        made["resource"] = resource
    yield made


def told(action: AppliedAction) -> str:
    """What the action proposes, in words; that it is *not* to be done is part of them."""
    json = action.json
    name = next((json[one] for one in ("title", "prefix", "description", "textEquivalent") if json.get(one)), None)
    words = plain(str(name or action.action.label))
    return f"Do not perform: {words}" if action.do_not_perform else words
