"""The documents say what the code does: links lead somewhere, examples run, commands and settings exist."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from tools.conformance.__main__ import END, START
from tools.conformance.report import table

ROOT = Path(__file__).resolve().parents[2]
DOCUMENTS = sorted([ROOT / "README.md", *ROOT.glob("docs/**/*.md"), *ROOT.glob("fixtures/**/*.md")])
PACKAGES = ("cql", "mappers", "authoring")


def _name(path: Path) -> str:
    return str(path.relative_to(ROOT))


@pytest.mark.parametrize("path", DOCUMENTS, ids=_name)
def test_links_lead_to_files_of_the_repository(path: Path) -> None:
    links = re.findall(r"\]\((?!https?://|#|mailto:)([^)#\s]+)", path.read_text(encoding="utf-8"))
    assert [link for link in links if not (path.parent / link).exists()] == []


@pytest.mark.parametrize("path", DOCUMENTS, ids=_name)
def test_python_examples_run(path: Path, tmp_path: Path) -> None:
    blocks = re.findall(r"```python\n(.*?)```", path.read_text(encoding="utf-8"), re.DOTALL)
    if blocks:
        run = subprocess.run(
            [sys.executable, "-W", "error", "-c", "\n".join(blocks)],
            cwd=ROOT,
            capture_output=True,
            text=True,
            timeout=60,
        )
        assert run.returncode == 0, run.stderr


@pytest.mark.parametrize("path", DOCUMENTS, ids=_name)
def test_commands_named_exist(path: Path) -> None:
    from authoring.main import _COMMANDS

    named = set(re.findall(r"^\s*(?:\$ )?(?:\.venv/bin/)?sarcoma-cds ([a-z]+)", path.read_text(encoding="utf-8"), re.M))
    assert named <= set(_COMMANDS)
    scripts = set(re.findall(r"^\s*(?:\$ )?(scripts/[a-z_]+)", path.read_text(encoding="utf-8"), re.MULTILINE))
    assert {script for script in scripts if not (ROOT / script).exists()} == set()


def test_every_environment_variable_is_documented() -> None:
    sources = [path.read_text(encoding="utf-8") for package in PACKAGES for path in (ROOT / package).rglob("*.py")]
    used = {name for text in sources for name in re.findall(r"\bSARCOMA_CDS_[A-Z_]+\b", text)}
    documented = "\n".join(path.read_text(encoding="utf-8") for path in DOCUMENTS)
    assert {name for name in used if name not in documented} == set()


def test_conformance_table_is_that_of_the_result_files() -> None:
    import json

    folder = ROOT / "docs" / "conformance"
    text, elm = (
        json.loads((folder / f"cql-tests-results.{source}.json").read_text(encoding="utf-8"))
        for source in ("text", "elm")
    )
    page = (ROOT / "docs" / "conformance.md").read_text(encoding="utf-8")
    assert START + table(text, elm) + END in page


def test_every_document_is_reached_from_the_readme() -> None:
    linked = {ROOT / "README.md"}
    queue = [ROOT / "README.md"]
    while queue:
        path = queue.pop()
        for link in re.findall(r"\]\((?!https?://|#)([^)#\s]+\.md)", path.read_text(encoding="utf-8")):
            target = (path.parent / link).resolve()
            if target not in linked and target.exists():
                linked.add(target)
                queue.append(target)
    assert {_name(path) for path in DOCUMENTS if path not in linked} == set()
