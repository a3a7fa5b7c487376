"""``sarcoma-cds apply``: apply a PlanDefinition of a content folder to one patient's data, and print what it gives."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import Any

from authoring.files import FileProblem, read_json

_CONCEPTS = {
    "userType": "user_type",
    "userLanguage": "user_language",
    "userTaskContext": "user_task_context",
    "setting": "setting",
    "settingContext": "setting_context",
}
_REFERENCES = ("subject", "encounter", "practitioner", "organization")


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of ``sarcoma-cds apply``."""
    parser.add_argument("plan", metavar="ID-OR-CANONICAL", help="the PlanDefinition: its id, url or url|version")
    parser.add_argument("--content", type=Path, metavar="DIR", required=True, help="the guideline's files")
    parser.add_argument("--data", type=Path, metavar="BUNDLE.json", required=True, help="the patient's resources")
    parser.add_argument(
        "--parameters",
        type=Path,
        metavar="FILE.json",
        help="a FHIR Parameters resource as $apply takes it, or an object of library parameter to value",
    )
    for name in _REFERENCES:
        parser.add_argument(f"--{name}", metavar="REFERENCE", help=f"the {name}, such as {name.title()}/1")
    parser.add_argument("--hook", metavar="NAME", help="only actions that this named event triggers")
    parser.add_argument("--now", metavar="DATETIME", help="the moment of the call, with its time zone (default: now)")
    parser.add_argument(
        "--merge-nested", action="store_true", help="make the results of nested plans part of the one CarePlan"
    )
    form = parser.add_mutually_exclusive_group()
    form.add_argument("--bundle", action="store_true", help="print a Bundle with the RequestGroup and all requests")
    form.add_argument("--cards", action="store_true", help="print CDS Hooks cards instead of the CarePlan")
    parser.add_argument("--trace", action="store_true", help="print every decision and problem with the result")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Apply and print; 1 when the plan has errors, 2 when a file or an argument is wrong."""
    from plandefinitions.apply import ApplyProblem, PlanNotFound, apply, load

    try:
        data = read_json(options.data)
        given = read_json(options.parameters) if options.parameters else {}
        arguments = _arguments(given, options)
    except FileProblem as problem:
        print(problem, file=sys.stderr)
        return 2
    loaded = load([options.content])
    try:
        applied = apply(
            loaded.content, options.plan, data, now=options.now, trigger=options.hook, trace=options.trace, **arguments
        )
    except PlanNotFound as problem:
        for finding in loaded.errors:
            print(finding.render(), file=sys.stderr)
        print(problem, file=sys.stderr)
        return 1 if loaded.errors else 2
    except ApplyProblem as problem:
        print(problem, file=sys.stderr)
        return 2
    for one in applied.problems:
        place = f" ({one.action})" if one.action else ""
        print(f"{one.severity}: {one.plan}{place}: {one.message}", file=sys.stderr)
    print(json.dumps(_document(applied, loaded.content.terminology, options), indent=2, ensure_ascii=False))
    return 0


def _arguments(given: Any, options: argparse.Namespace) -> dict[str, Any]:
    """Keyword arguments of ``apply``. A Parameters resource may hold those of the operation itself."""
    from plandefinitions.apply.request import plain_parameters

    if not isinstance(given, dict):
        raise FileProblem(f"{options.parameters}: is neither a Parameters resource nor an object of names to values")
    named = plain_parameters(given)
    arguments: dict[str, Any] = {name: getattr(options, name) for name in _REFERENCES}
    arguments["merge_nested_care_plans"] = options.merge_nested
    if given.get("resourceType") == "Parameters":
        for name in _REFERENCES:
            arguments[name] = arguments[name] or _reference(named.pop(name, None))
        arguments |= {keyword: named.pop(name) for name, keyword in _CONCEPTS.items() if name in named}
        arguments["merge_nested_care_plans"] |= named.pop("mergeNestedCarePlans", None) is True
        inner = named.pop("parameters", None)
        named |= plain_parameters(inner) if isinstance(inner, dict) else {}
    return {**arguments, "parameters": named}


def _reference(value: Any) -> str | None:
    """A reference given as text, as a Reference, or as the resource."""
    if isinstance(value, dict) and "resourceType" in value:
        return f"{value['resourceType']}/{value.get('id')}"
    return value.get("reference") if isinstance(value, dict) else value


def _document(applied: Any, terminology: Any, options: argparse.Namespace) -> Any:
    if options.cards:
        from plandefinitions.cards import cards_of

        result: dict[str, Any] = {"cards": [one.json for one in cards_of(applied, terminology=terminology)]}
    elif options.bundle:
        from plandefinitions.apply import bundle

        result = bundle(applied)
    else:
        result = applied.care_plan
    if not options.trace:
        return result
    return {
        **(result if options.cards else {"bundle" if options.bundle else "carePlan": result}),
        "decisions": [one.to_json() for one in applied.decisions],
        "problems": [
            {"severity": one.severity, "message": one.message, "action": one.action} for one in applied.problems
        ],
        "versions": dict(applied.versions),
    }
