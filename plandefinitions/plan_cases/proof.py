"""A plan serves only while its own cases pass. That all of a folder's did is remembered on disk."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Iterator
from dataclasses import replace
from pathlib import Path

from cql.cache import fingerprint, read, write
from plandefinitions.apply.content.content import Content
from plandefinitions.apply.content.diagnostics import Findings
from plandefinitions.apply.content.files import content_files
from plandefinitions.apply.content.load import Loaded, load
from plandefinitions.apply.content.model import Plan
from plandefinitions.code_version import code_version
from plandefinitions.plan_cases.case_files import case_files, key_of, read_plan_cases
from plandefinitions.plan_cases.run import run_plan_case

_CODE = tuple(Path(__file__).parents[1] / name for name in ("apply", "cards", "plan_cases"))


def load_proven(paths: Collection[Path]) -> Loaded:
    """Load content, and leave out the plans whose cases fail, and those that apply such a plan.

    Every fault is among the diagnostics: PD-180 for cases that cannot be run, PD-181 for those that fail.
    """
    loaded = load(paths)
    files = case_files(paths)
    if not files:
        return loaded
    place = fingerprint("plan cases that passed", *(str(one.resolve()) for one in paths))
    digest = fingerprint(code_version(*_CODE), *_digests([*content_files(paths), *files]))
    if (read(place) or {}).get("digest") == digest:
        return loaded
    findings = Findings()
    found = read_plan_cases(loaded.content, paths, findings)
    failed = set(found.faulty)
    for case in found.cases:
        for fault in run_plan_case(loaded.content, case).faults:
            findings.error("PD-181", f"case {case.name!r}: {fault}", case.at)
            failed.add(key_of(case.plan))
    if not findings.all:
        write(place, {"digest": digest})
        return loaded
    content = _without(loaded.content, failed, findings)
    return Loaded(content, tuple(dict.fromkeys((*loaded.diagnostics, *findings.all))))


def _digests(files: Iterable[Path]) -> Iterator[str]:
    for file in files:
        try:
            yield f"{file} {hashlib.sha256(file.read_bytes()).hexdigest()}"
        except OSError:
            yield f"{file} is unreadable"


def _without(content: Content, failed: set[str], findings: Findings) -> Content:
    """The content without these plans and those that apply them."""
    out = set(failed)
    for plan in content.plans:
        used = failed.intersection(map(key_of, _applied_by(plan)))
        if used and key_of(plan) not in failed:
            out.add(key_of(plan))
            message = f"the plan {key_of(plan)} applies {', '.join(sorted(used))}, whose cases fail"
            findings.error("PD-138", message, plan.at)
    plans = tuple(one for one in content.plans if key_of(one) not in out)
    return replace(content, plans=plans, refused=(*content.refused, *sorted(out)))


def _applied_by(plan: Plan) -> Iterator[Plan]:
    for top in plan.actions:
        for action in top.walk():
            if isinstance(action.definition, Plan):
                yield action.definition
                yield from _applied_by(action.definition)
