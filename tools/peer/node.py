"""Running the peers: Node, its packages, and the official translator as a filter."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from tools.peer import fhir_helpers

HERE = Path(__file__).resolve().parent
_SYSTEM = HERE.parents[2] / "shared" / "conformance" / "models" / "system-modelinfo.xml"


def missing() -> str | None:
    """Why the peers cannot run on this machine (and the mend), or None when they can."""
    if shutil.which("node") is None:
        return "Node is not installed"
    if not (HERE / "node_modules" / "@cqframework" / "cql").exists():
        return "the peers' packages are not installed (npm install --no-package-lock --ignore-scripts in tools/peer)"
    if not _SYSTEM.exists():
        return f"the translator's model of the System types is not at {_SYSTEM}"
    return None


def translate(libraries: Iterable[str], *, includes: Mapping[str, str] | None = None) -> list[dict[str, Any]]:
    """The official translator over CQL texts: for each ``{"elm": {...}}`` or ``{"errors": [...]}``, in order."""
    known = {"FHIRHelpers": fhir_helpers.text(), **(includes or {})}
    lines = [json.dumps({"id": number, "cql": text, "libraries": known}) for number, text in enumerate(libraries)]
    run = subprocess.run(
        ["node", "translate.mjs"],
        cwd=HERE,
        input="\n".join(lines),
        capture_output=True,
        text=True,
        check=True,
        timeout=600,
        env=os.environ | {"SYSTEM_MODELINFO": str(_SYSTEM)},
    )
    answers = [
        json.loads(line) for line in run.stdout.split("\n") if line.startswith("{")
    ]  # its logger writes there too
    return sorted(answers, key=lambda answer: int(answer["id"]))


def execute(request: Mapping[str, Any]) -> dict[str, Any]:
    """The JavaScript reference engine over one library and bundle; ``execute.cjs`` says what goes in and out."""
    run = subprocess.run(
        ["node", "--max-old-space-size=8192", "execute.cjs"],
        cwd=HERE,
        input=json.dumps(request),
        capture_output=True,
        text=True,
        check=True,
        timeout=600,
    )
    answer: dict[str, Any] = json.loads(run.stdout)
    return answer
