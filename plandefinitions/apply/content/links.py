"""References between the parts of one plan: ids are unique, related actions and goals exist."""

from __future__ import annotations

from plandefinitions.apply.content.diagnostics import Findings
from plandefinitions.apply.content.model import Plan


def check_links(plan: Plan, findings: Findings) -> None:
    """Ids are unique; related actions and goals exist."""
    actions = [one for top in plan.actions for one in top.walk()]
    ids: set[str] = set()
    for one in actions:
        if one.id is not None and one.id in ids:
            findings.error("PD-136", f"another action has the id {one.id!r}", one.at / "id")
        ids |= {one.id} if one.id is not None else set()
    goals = {one.get("id") for one in plan.resource.get("goal") or () if isinstance(one, dict)}
    for one in actions:
        for number, related in enumerate(one.raw.get("relatedAction") or ()):
            target = related.get("actionId") if isinstance(related, dict) else None
            if isinstance(target, str) and target not in ids:
                place = one.at / "relatedAction" / number / "actionId"
                findings.error("PD-135", f"no action of this plan has the id {target!r}", place)
        for number, goal in enumerate(one.raw.get("goalId") or ()):
            if goal not in goals:
                findings.error("PD-137", f"no goal of this plan has the id {goal!r}", one.at / "goalId" / number)
