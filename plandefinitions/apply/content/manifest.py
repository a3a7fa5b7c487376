"""The manifest: how library parameters get their values from what a call gives. An optional file, ``manifest.json``::

    {"parameters": {"ContextPrescriptions": "draftOrders"},
     "plans": {"http://example.org/PlanDefinition/p": {"parameters": {"Limit": "limit"}}}}

A parameter that is not named gets the value given under its own name. ``%encounter``, ``%practitioner`` and the other
variables of ``$apply`` may be named too.
"""

from __future__ import annotations

from typing import Any

from plandefinitions.apply.content.diagnostics import Findings, Location
from plandefinitions.apply.content.model import ParameterMapping


def read_manifest(document: Any, at: Location, findings: Findings) -> ParameterMapping:
    """The mapping of a manifest; what cannot be used is reported and left out."""
    for name in document:
        if name not in ("parameters", "plans"):
            findings.error(
                "PD-170", f"the manifest has an unknown member {name!r}", at / name, "it has: parameters, plans"
            )
    everywhere = _names(document.get("parameters", {}), at / "parameters", findings)
    plans = document.get("plans", {})
    if not isinstance(plans, dict):
        findings.error("PD-170", "plans must be an object of canonical to {parameters}", at / "plans")
        plans = {}
    by_plan = {
        url: _names(one.get("parameters", {}) if isinstance(one, dict) else None, at / "plans" / url, findings)
        for url, one in plans.items()
    }
    return ParameterMapping(everywhere, by_plan)


def _names(value: Any, at: Location, findings: Findings) -> dict[str, str]:
    if not isinstance(value, dict) or not all(isinstance(one, str) for one in value.values()):
        findings.error("PD-170", "parameters must be an object of parameter name to the name of what is given", at)
        return {}
    return dict(value)
