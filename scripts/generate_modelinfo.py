#!/usr/bin/env python3
"""Generate ``cql/models/<name>-<version>.json.gz`` from a model info file of the CQL project.

A model info file (``urn:hl7-org:elm-modelinfo:r1``) describes the classes of a data model for CQL. The FHIR one is
3.5 MB of XML, most of it descriptions; the engine needs names and types only. Give the XML (plain or gzip)::

    scripts/generate_modelinfo.py fhir-modelinfo-4.0.1.xml

or nothing at all: then it is taken from the npm package ``cql-exec-fhir`` (Apache License 2.0) with ``npm pack``.
The output is the same byte for byte for the same input, and for both sources: what a class repeats of its base is
dropped, and the few places where the package's copy lags behind the current file are mended (``CORRECTIONS``).

Form of the output, JSON::

    {"licence": ..., "name", "version", "uri", "patient_class", "patient_birth_date_path",
     "contexts": {name: [class, key element]},
     "conversions": {from type: [FHIRHelpers function, to type]},
     "classes": {name: [base, label, identifier, retrievable, primary code path,
                        {element: type}]}}

Types are written as in ``cql.models.types``: ``Coding`` (this model's), ``System.String``, ``List<Coding>``,
``Choice<string,Period>``, ``Interval<System.DateTime>``.
"""

from __future__ import annotations

import argparse
import gzip
import json
import subprocess
import sys
import tarfile
import tempfile
import xml.etree.ElementTree as ElementTree
from pathlib import Path
from typing import Any

NS = "{urn:hl7-org:elm-modelinfo:r1}"
XSI_TYPE = "{http://www.w3.org/2001/XMLSchema-instance}type"
NPM_PACKAGE = "cql-exec-fhir@2.2.0"
NPM_MEMBER = "package/lib/modelInfos/fhir-modelinfo-4.0.1.xml"
LICENCE = (
    "Derived from the model information of the CQL project (Clinical Quality Language, HL7), "
    "Apache License 2.0; names and types only."
)
# Where the npm package's copy of FHIR 4.0.1 differs from the file the CQL translator uses (5.x): class -> what holds.
CORRECTIONS: dict[tuple[str, str], dict[str, dict[str, Any]]] = {
    ("FHIR", "4.0.1"): {
        "Communication": {"primary_code_path": "reasonCode"},
        "MeasureReport": {"primary_code_path": "type"},
        "SimpleQuantity": {"primary_code_path": None},
        "MoneyQuantity": {"primary_code_path": None},
        "DomainResource": {"retrievable": False},
        "ElementDefinition.Type": {
            "elements": {"profile": "List<canonical>", "aggregation": "List<AggregationMode>"},
        },
    },
}
MODELS = Path(__file__).resolve().parent.parent / "cql" / "models"


def main(arguments: list[str]) -> int:
    """Read the model info named on the command line and write the data file."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("xml", nargs="?", type=Path, help="model info XML, plain or .gz")
    parser.add_argument("--to", type=Path, default=MODELS, help="folder to write to")
    options = parser.parse_args(arguments)
    text = read(options.xml) if options.xml else read_from_npm()
    content = convert(ElementTree.fromstring(text))
    target = options.to / f"{content['name'].lower()}-{content['version']}.json.gz"
    raw = json.dumps(content, separators=(",", ":"), ensure_ascii=False).encode()
    target.write_bytes(gzip.compress(raw, compresslevel=9, mtime=0))
    print(f"{target}: {len(content['classes'])} classes, {target.stat().st_size} bytes")
    return 0


def read(path: Path) -> bytes:
    """The XML in ``path``, unpacked when it is gzip."""
    content = path.read_bytes()
    return gzip.decompress(content) if content[:2] == b"\x1f\x8b" else content


def read_from_npm() -> bytes:
    """The XML of the npm package, fetched with the user's npm client. Raises ``CalledProcessError`` when npm fails."""
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run(["npm", "pack", "--silent", NPM_PACKAGE], cwd=folder, check=True, stdout=subprocess.DEVNULL)
        (archive,) = Path(folder).glob("*.tgz")
        with tarfile.open(archive) as package:
            member = package.extractfile(NPM_MEMBER)
            if member is None:
                raise FileNotFoundError(f"{NPM_MEMBER} is not in {NPM_PACKAGE}")
            return member.read()


def convert(root: ElementTree.Element) -> dict[str, Any]:
    """The compact form (see the module's docstring) of a ``modelInfo`` element."""
    name, version = root.attrib["name"], root.attrib["version"]
    prefix = name + "."
    classes = {class_name(info, prefix): convert_class(info, prefix) for info in root.findall(f"{NS}typeInfo")}
    for corrected, holds in CORRECTIONS.get((name, version), {}).items():
        elements = {**classes[corrected]["elements"], **holds.get("elements", {})}
        classes[corrected] |= {**holds, "elements": elements}
    patient = root.get("patientClassName")
    return {
        "licence": LICENCE,
        "name": name,
        "version": version,
        "uri": root.attrib["url"],
        "patient_class": patient.removeprefix(prefix) if patient else None,
        "patient_birth_date_path": root.get("patientBirthDatePropertyName"),
        "contexts": {
            info.attrib["name"]: [info.find(f"{NS}contextType").attrib["name"], info.get("keyElement")]  # type: ignore[union-attr]
            for info in sorted(root.findall(f"{NS}contextInfo"), key=lambda info: info.attrib["name"])
        },
        "conversions": {
            info.attrib["fromType"].removeprefix(prefix): [
                info.attrib["functionName"].rpartition(".")[2],
                info.attrib["toType"].replace(prefix, ""),
            ]
            for info in sorted(root.findall(f"{NS}conversionInfo"), key=lambda info: info.attrib["fromType"])
        },
        "classes": {key: compact(key, classes) for key in sorted(classes)},
    }


def class_name(info: ElementTree.Element, prefix: str) -> str:
    """The name of a ``typeInfo`` without its model's prefix."""
    return info.attrib["name"].removeprefix(prefix)


def convert_class(info: ElementTree.Element, prefix: str) -> dict[str, Any]:
    """One ``typeInfo`` as a dict; descriptions, search parameters and relations to contexts are left out."""
    return {
        "base": info.attrib.get("baseType", "System.Any").removeprefix(prefix),
        "label": info.get("label"),
        "identifier": info.get("identifier"),
        "retrievable": info.get("retrievable") == "true",
        "primary_code_path": info.get("primaryCodePath"),
        "elements": {e.attrib["name"]: element_type(e, prefix) for e in info.findall(f"{NS}element")},
    }


def element_type(element: ElementTree.Element, prefix: str) -> str:
    """The type of an ``element``, from its attribute or its type specifier."""
    named = element.get("elementType") or element.get("type")
    if named:
        return named.removeprefix(prefix)
    specifier = element.find(f"{NS}elementTypeSpecifier")
    if specifier is None:
        raise ValueError(f"element {element.attrib['name']} has no type")
    return specifier_type(specifier, prefix)


def specifier_type(specifier: ElementTree.Element, prefix: str) -> str:
    """A type specifier as text."""
    kind = specifier.attrib[XSI_TYPE].rpartition(":")[2]
    if kind == "NamedTypeSpecifier":
        space = specifier.get("namespace")
        return f"{space}.{specifier.attrib['name']}".removeprefix(prefix) if space else specifier.attrib["name"]
    if kind == "ListTypeSpecifier":
        return f"List<{element_type_of_list(specifier, prefix)}>"
    if kind == "ChoiceTypeSpecifier":
        return f"Choice<{','.join(specifier_type(one, prefix) for one in specifier)}>"
    raise ValueError(f"type specifier {kind} is not supported")


def element_type_of_list(specifier: ElementTree.Element, prefix: str) -> str:
    """What a list type specifier holds: an attribute or a nested specifier."""
    named = specifier.get("elementType")
    return named.removeprefix(prefix) if named else specifier_type(specifier[0], prefix)


def compact(name: str, classes: dict[str, dict[str, Any]]) -> list[Any]:
    """The class as the data file's list, without the elements that it has from its base unchanged."""
    info = classes[name]
    inherited: dict[str, str] = {}
    base = info["base"]
    while base in classes:
        inherited = {**classes[base]["elements"], **inherited}
        base = classes[base]["base"]
    own = {key: of for key, of in sorted(info["elements"].items()) if inherited.get(key) != of}
    keys = ("base", "label", "identifier", "retrievable", "primary_code_path")
    return [*(info[key] for key in keys), own]


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
