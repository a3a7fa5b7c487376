"""Reading content: JSON files and CQL texts in any folders, Bundles opened."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import orjson

from plandefinitions.apply.content.diagnostics import Findings, Location

MANIFEST = "manifest.json"
_XML_DEFINITION = re.compile(
    rb"<(?:PlanDefinition|ActivityDefinition|Library|Questionnaire|ValueSet|CodeSystem|Bundle)\s[^>]*http://hl7\.org/fhir\b"
)


@dataclass(frozen=True, slots=True)
class Source:
    """A resource with the place it was read from."""

    resource: dict[str, Any]
    at: Location

    @property
    def type(self) -> str:
        """The resource's type."""
        return str(self.resource["resourceType"])


@dataclass(slots=True)
class Files:
    """What was found: resources, CQL texts and ELM libraries that stand alone, the manifest."""

    resources: list[Source] = field(default_factory=list)
    texts: list[tuple[str, Location]] = field(default_factory=list)
    elms: list[tuple[dict[str, Any], Location]] = field(default_factory=list)
    manifest: tuple[Any, Location] | None = None


def read(paths: Iterable[Path], findings: Findings) -> Files:
    """Read files, and folders with all folders below them. What cannot be read is reported."""
    files = Files()
    paths = tuple(paths)
    for path in paths:
        if not path.exists():
            findings.error("PD-101", f"{path} does not exist", Location(path), "give the path of a file or folder")
    for file in content_files(paths):
        _read(file, files, findings)
    for path in paths:
        _report_xml(path, findings)
    return files


def _report_xml(folder: Path, findings: Findings) -> None:
    """Warn of definitions that are there as FHIR XML only, which is not read."""
    for file in sorted(folder.rglob("*.xml")) if folder.is_dir() else ():
        if _is_hidden(file.relative_to(folder)) or file.with_suffix(".json").exists() or not file.is_file():
            continue
        with file.open("rb") as opened:
            if _XML_DEFINITION.search(opened.read(2000)):
                findings.warn("PD-101", "the file is FHIR XML, which is not read", Location(file), "convert it to JSON")


def content_files(paths: Iterable[Path]) -> Iterator[Path]:
    """The files that are read: those named, and below folders all with JSON or CQL, without hidden ones.

    Hidden folders are how version control and mounted configuration keep second copies.
    """
    for path in paths:
        if path.is_dir():
            found = (one for one in path.rglob("*") if one.suffix in (".json", ".cql") and one.is_file())
            yield from sorted(one for one in found if not _is_hidden(one.relative_to(path)))
        elif path.exists():
            yield path


def _is_hidden(path: Path) -> bool:
    return any(part.startswith(".") for part in path.parts)


def _read(file: Path, files: Files, findings: Findings) -> None:
    at = Location(file)
    try:
        content = file.read_bytes()
        if file.suffix == ".cql":
            files.texts.append((content.decode("utf-8-sig"), at))
            return
        document = orjson.loads(content.removeprefix(b"\xef\xbb\xbf"))
    except (OSError, ValueError) as error:
        findings.error("PD-101", f"the file cannot be read: {error}", at)
        return
    if file.name == MANIFEST and isinstance(document, dict) and "resourceType" not in document:
        files.manifest = (document, at)
    elif isinstance(document, dict):
        _add(document, at, files, findings)


def _add(document: dict[str, Any], at: Location, files: Files, findings: Findings) -> None:
    kind = document.get("resourceType")
    if kind == "Bundle":
        entries = document.get("entry")
        for number, entry in enumerate(entries if isinstance(entries, list) else ()):
            resource = entry.get("resource") if isinstance(entry, dict) else None
            if isinstance(resource, dict):
                _add(resource, at / "entry" / number / "resource", files, findings)
    elif isinstance(kind, str):
        files.resources.append(Source(document, at))
    elif isinstance(document.get("library"), dict) and "identifier" in document["library"]:
        files.elms.append((document, at))
    elif {"status", "url"} <= document.keys():
        findings.error("PD-102", "the object looks like a FHIR definition, but has no resourceType", at)
