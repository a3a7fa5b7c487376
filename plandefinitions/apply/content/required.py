"""Will the resource that an ActivityDefinition makes have all that R4 requires of it?

Asked when content is loaded, by making one for a patient who does not exist.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from plandefinitions.apply.content.diagnostics import Findings, Location
from plandefinitions.apply.content.model import Activity, DynamicValue
from plandefinitions.drafts.activity import Circumstances, draft
from plandefinitions.r4 import check

_SOMEONE = Circumstances(
    subject="Patient/x", practitioner="Practitioner/x", organization="Organization/x", encounter="Encounter/x",
    now="2000-01-01T00:00:00Z",
)  # fmt: skip


def check_required(
    activity: Activity, dynamic_values: Sequence[DynamicValue], action: Mapping[str, Any], at: Location,
    findings: Findings,
) -> None:  # fmt: skip
    """Report required elements that neither the definition nor a dynamicValue fills."""
    kind = activity.resource.get("kind")
    if not isinstance(kind, str):
        return
    resource = draft(activity.resource, _SOMEONE, action).resource
    filled = {
        one.path.steps[0].name
        for one in (*activity.dynamic_values, *dynamic_values)
        if one.path.root == "resource" and one.path.steps
    }
    if any(not one.path.steps and one.path.root == "resource" for one in (*activity.dynamic_values, *dynamic_values)):
        return  # $this: the whole resource is computed
    for one in check(resource):
        if one.kind == "missing" and one.pointer == "" and not any(_fills(name, one.member) for name in filled):
            message = f"the {kind} would have no {one.member}, which R4 requires"
            place = activity.at if activity.at.file else at
            findings.error(
                "PD-151", message, place, f"give it in the ActivityDefinition, or a dynamicValue for {one.member}"
            )


def _fills(name: str, member: str) -> bool:
    """Does a path's first step fill the element (also as the JSON name of a choice)?"""
    return name == member or (name.startswith(member) and name[len(member) : len(member) + 1].isupper())
