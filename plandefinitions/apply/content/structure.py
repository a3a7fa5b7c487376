"""A definition's structure and invariants: what is wrong with it as an R4 resource, whatever it refers to."""

from __future__ import annotations

import datetime
import re
from typing import Any

from plandefinitions.apply.content.diagnostics import Findings, Location
from plandefinitions.apply.content.files import Source
from plandefinitions.apply.content.other_versions import element_of, value_of
from plandefinitions.r4 import Finding, check, walk

_CODES = {
    "resource": "PD-102",
    "unknown": "PD-103",
    "type": "PD-104",
    "missing": "PD-105",
    "code": "PD-106",
    "cardinality": "PD-107",
    "empty": "PD-108",
    "choice": "PD-114",
}
_NAME = re.compile(r"[A-Z][A-Za-z0-9_]{0,254}")
_SHAPE = frozenset({"type", "cardinality", "empty", "resource"})
# What is applied must be valid; of what only supports it, the parts that matter are checked where they are used.
_STRICT = frozenset({"PlanDefinition", "ActivityDefinition"})
_CHECKED = _STRICT | {"Library", "Questionnaire"}


def check_structure(source: Source, findings: Findings) -> bool:
    """Report unknown elements, wrong types, missing elements, codes, empty values and broken invariants.

    Returns whether every element has a value of its own shape, so that the definition can be read further.
    """
    if source.type not in _CHECKED:
        return True
    faults = list(check(source.resource))
    report = findings.error if source.type in _STRICT else findings.warn
    for one in faults:
        code, message, hint = _named(one)
        report(code, message, Location(source.at.file, source.at.pointer + one.pointer), hint)
    if any(one.kind in _SHAPE for one in faults):
        return False
    for type_name, value, pointer in walk(source.resource, source.type):
        rule = _INVARIANTS.get(type_name)
        if rule is not None:
            rule(value, Location(source.at.file, source.at.pointer + pointer), findings)
    name = source.resource.get("name")
    if isinstance(name, str) and not _NAME.fullmatch(name):
        findings.warn("PD-113", f"the name {name!r} cannot be used as an identifier", source.at / "name")
    return True


def check_status(source: Source, today: datetime.date, findings: Findings) -> None:
    """Report retired definitions (an error), drafts, experimental ones and those outside their effective period."""
    resource = source.resource
    status = resource.get("status")
    if status == "retired":
        findings.error("PD-122", "the definition is retired", source.at / "status", "load the version that replaces it")
    elif status == "draft":
        findings.warn("PD-123", "the definition is a draft", source.at / "status")
    if resource.get("experimental") is True:
        findings.warn("PD-123", "the definition is experimental", source.at / "experimental")
    period = resource.get("effectivePeriod")
    if isinstance(period, dict):
        day = today.isoformat()
        start, end = str(period.get("start") or "")[:10], str(period.get("end") or "")[:10]
        if (start and day[: len(start)] < start) or (end and day[: len(end)] > end):
            message = f"today, {day}, is outside the definition's effective period ({start or '...'} to {end or '...'})"
            findings.warn("PD-124", message, source.at / "effectivePeriod")


def _named(one: Finding) -> tuple[str, str, str | None]:
    """The finding's code, message and hint, with the other FHIR version named when it has that shape."""
    known = element_of(one.owner, one.member) if one.kind == "unknown" else None
    if one.kind in ("type", "cardinality"):
        known = value_of(one.owner, one.member)
    if known is None:
        return _CODES[one.kind], one.message, one.hint
    version, mend = known
    return "PD-109", f"{one.message}: this is the shape of FHIR {version}", mend


def _expression(value: dict[str, Any], at: Location, findings: Findings) -> None:
    if not value.get("expression") and not value.get("reference"):
        findings.error("PD-110", "an Expression must have expression or reference (exp-1)", at)


def _code_filter(value: dict[str, Any], at: Location, findings: Findings) -> None:
    if ("path" in value) == ("searchParam" in value):
        findings.error("PD-111", "a code filter has either path or searchParam (drq-1)", at)


def _date_filter(value: dict[str, Any], at: Location, findings: Findings) -> None:
    if ("path" in value) == ("searchParam" in value):
        findings.error("PD-111", "a date filter has either path or searchParam (drq-2)", at)


def _trigger(value: dict[str, Any], at: Location, findings: Findings) -> None:
    has_timing = any(member.startswith("timing") for member in value)
    has_data = "data" in value
    kind = str(value.get("type"))
    if has_timing and has_data:
        findings.error("PD-112", "a trigger has either timing or data (trd-1)", at)
    if "condition" in value and not has_data:
        findings.error("PD-112", "a trigger has a condition only if it has data (trd-2)", at)
    wanted = "name" if kind == "named-event" else "timing" if kind == "periodic" else "data"
    given = {"name": "name" in value, "timing": has_timing, "data": has_data}[wanted]
    if not given and (kind in ("named-event", "periodic") or kind.startswith("data-")):
        findings.error("PD-112", f"a {kind} trigger must have {wanted} (trd-3)", at)


_INVARIANTS = {
    "Expression": _expression,
    "DataRequirement.codeFilter": _code_filter,
    "DataRequirement.dateFilter": _date_filter,
    "TriggerDefinition": _trigger,
}
