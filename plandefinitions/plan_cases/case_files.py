"""Cases of a plan as its author writes them: who the patient is, what happens, and what is expected.

The form is described in ``docs/authoring.md``. All that is wrong with a file is reported.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

import orjson
import yaml

from plandefinitions.apply.content.content import Content, PlanNotFound
from plandefinitions.apply.content.diagnostics import Findings, Location
from plandefinitions.apply.content.hooks import is_hook
from plandefinitions.apply.content.model import Plan

SUFFIX = ".cases.yaml"
NOT_JUDGED = "not-judged"
STATUSES = ("applicable", "not-applicable", "unknown", "error", NOT_JUDGED)
_FILE_KEYS = frozenset({"plan", "given", "cases"})
_CIRCUMSTANCES = frozenset({"hook", "now", "subject", "data", "resources", "context"})
_EXPECTED = frozenset({"actions", "cards", "problems"})
_CARD_KEYS = frozenset({"summary", "detail", "indicator", "source", "suggestions"})
_KINDS: Mapping[str, tuple[type | tuple[type, ...], str]] = {
    "name": (str, "text"),
    "hook": (str, "text"),
    "now": (str, "text"),
    "subject": (str, "a reference"),
    "data": ((str, list), "a path, or a list of paths"),
    "resources": (list, "a list of FHIR resources"),
    "context": (dict, "an object"),
    "actions": (dict, "an object of action to status"),
    "cards": (list, "a list of objects"),
    "problems": (list, "a list of texts"),
    "summary": (str, "text"),
    "detail": (str, "text"),
    "indicator": (str, "info, warning or critical"),
    "source": (str, "text"),
    "suggestions": (list, "a list of texts"),
}


@dataclass(frozen=True, slots=True)
class PlanCase:
    """One case. ``actions``: the expected status by an action's id or address; ``cards``: what each card must have, in
    order (None: not looked at); ``problems``: parts of the errors that are expected.
    """

    plan: Plan
    at: Location
    name: str
    hook: str | None
    now: str | None
    subject: str | None
    resources: tuple[Mapping[str, Any], ...]
    context: Mapping[str, Any]
    actions: Mapping[str, str]
    cards: tuple[Mapping[str, Any], ...] | None
    problems: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CasesRead:
    """The cases that can be run, and the plans (by ``key_of``) that have a case that cannot."""

    cases: tuple[PlanCase, ...]
    faulty: frozenset[str]


def key_of(plan: Plan) -> str:
    """What a plan is known by here: its canonical, or its id if it has none."""
    return plan.canonical or plan.id


_Safe: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class _Loader(_Safe):  # type: ignore[misc]
    """YAML in which a date is text, as it is in FHIR's JSON."""

    yaml_implicit_resolvers: ClassVar[dict[str, Any]] = {
        first: [(tag, pattern) for tag, pattern in found if tag != "tag:yaml.org,2002:timestamp"]
        for first, found in _Safe.yaml_implicit_resolvers.items()
    }


class _Fault(ValueError):
    """What makes a part of a case unusable. The pointer is where in the part."""

    def __init__(self, message: str, pointer: str = "") -> None:
        super().__init__(message)
        self.pointer = pointer


def case_files(paths: Iterable[Path]) -> tuple[Path, ...]:
    """The files of cases below the paths, without hidden ones."""
    found: dict[Path, None] = {}
    for path in paths:
        for file in [path] if path.is_file() else sorted(path.rglob(f"*{SUFFIX}")):
            hidden = any(part.startswith(".") for part in file.relative_to(path).parts)
            if file.name.endswith(SUFFIX) and not hidden:
                found[file] = None
    return tuple(found)


def read_plan_cases(content: Content, paths: Iterable[Path], findings: Findings) -> CasesRead:
    """Every case below the paths; what is wrong is reported as PD-180. Cases of plans with errors are passed over."""
    roots = tuple(one.resolve() for one in paths)
    found = [one for file in case_files(roots) for one in _of_file(file, roots, content, findings)]
    faulty = frozenset(key_of(one) for one in found if isinstance(one, Plan))
    return CasesRead(tuple(one for one in found if isinstance(one, PlanCase)), faulty)


def _of_file(file: Path, roots: tuple[Path, ...], content: Content, findings: Findings) -> Iterator[PlanCase | Plan]:
    """The cases of a file; the plan in the place of one that cannot be run."""
    at = Location(file)
    try:
        document = yaml.load(file.read_text(encoding="utf-8"), _Loader)
        given, cases = _parts(document)
        plan = _plan(document["plan"], content)
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        findings.error("PD-180", f"the file cannot be read: {error}", at)
        return
    except _Fault as fault:
        findings.error("PD-180", str(fault), Location(file, fault.pointer))
        return
    if plan is None:
        return
    for number, one in enumerate(cases):
        place = at / "cases" / number
        try:
            yield _case(plan, place, file, roots, given, one)
        except _Fault as fault:
            findings.error("PD-180", str(fault), Location(file, place.pointer + fault.pointer))
            yield plan


def _parts(document: Any) -> tuple[Mapping[str, Any], list[Any]]:
    if not isinstance(document, dict) or not isinstance(document.get("plan"), str):
        raise _Fault("an object with plan (the canonical or id of a PlanDefinition) and cases is wanted")
    _only(document, _FILE_KEYS)
    given, cases = document.get("given") or {}, document.get("cases")
    if not isinstance(cases, list) or not cases:
        raise _Fault("cases must be a list with a case in it", "/cases")
    _check(given, _CIRCUMSTANCES, "/given")
    return given, cases


def _plan(name: str, content: Content) -> Plan | None:
    """The plan; None when it has errors, which are told already."""
    try:
        return content.plan(name)
    except PlanNotFound as problem:
        if any(
            name in (one, one.partition("|")[0], one.partition("|")[0].rpartition("/")[2]) for one in content.refused
        ):
            return None
        raise _Fault(str(problem), "/plan") from problem


def _case(
    plan: Plan, at: Location, file: Path, roots: tuple[Path, ...], given: Mapping[str, Any], case: Any
) -> PlanCase:
    _check(case, _CIRCUMSTANCES | _EXPECTED | {"name"}, "")
    if not _EXPECTED & case.keys():
        raise _Fault(f"nothing is expected; say one of {', '.join(sorted(_EXPECTED))}")
    told = {**given, **case}
    for name, status in case.get("actions", {}).items():
        if status not in STATUSES:
            raise _Fault(f"{status!r} is none of {', '.join(STATUSES)}", f"/actions/{name}")
    for number, card in enumerate(case.get("cards", ())):
        _check(card, _CARD_KEYS, f"/cards/{number}")
    hooks = [one for one in plan.events if is_hook(one)]
    return PlanCase(
        plan,
        at,
        str(case.get("name", "without a name")),
        told.get("hook", hooks[0] if hooks else None),
        told.get("now"),
        told.get("subject"),
        (*_resources(given, file, roots), *_resources(case, file, roots)),
        {**given.get("context", {}), **case.get("context", {})},
        case.get("actions", {}),
        tuple(case["cards"]) if "cards" in case else None,
        tuple(map(str, case.get("problems", ()))),
    )


def _check(part: Any, allowed: frozenset[str], pointer: str) -> None:
    _only(part, allowed, pointer)
    for name, value in part.items():
        kind, words = _KINDS[name]
        if not isinstance(value, kind):
            raise _Fault(f"{name} must be {words}", f"{pointer}/{name}")


def _only(part: Any, allowed: frozenset[str], pointer: str = "") -> None:
    if not isinstance(part, dict):
        raise _Fault("an object is wanted", pointer)
    for name in part:
        if name not in allowed:
            raise _Fault(f"{name!r} is none of {', '.join(sorted(allowed))}", pointer)


def _resources(part: Mapping[str, Any], file: Path, roots: tuple[Path, ...]) -> Iterator[Mapping[str, Any]]:
    data = part.get("data", [])
    for name in [data] if isinstance(data, str) else data:
        path = (file.parent / str(name)).resolve()
        if not any(path.is_relative_to(root) for root in roots):
            raise _Fault(f"{name} is outside the guideline's folder", "/data")
        try:
            yield from _opened(orjson.loads(path.read_bytes()), "/data")
        except (OSError, orjson.JSONDecodeError) as error:
            raise _Fault(f"{name} cannot be read: {error}", "/data") from error
    yield from _opened(part.get("resources", []), "/resources")


def _opened(value: Any, pointer: str) -> Iterator[Mapping[str, Any]]:
    """The resources of a Bundle, a list, or one resource."""
    if isinstance(value, list):
        for one in value:
            yield from _opened(one, pointer)
    elif not isinstance(value, dict) or not isinstance(value.get("resourceType"), str):
        raise _Fault("FHIR resources are wanted", pointer)
    elif value["resourceType"] == "Bundle":
        entries = value.get("entry", [])
        for entry in entries if isinstance(entries, list) else [entries]:
            yield from _opened(entry.get("resource") if isinstance(entry, dict) else None, pointer)
    else:
        yield value
