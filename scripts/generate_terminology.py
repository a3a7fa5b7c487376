"""Writes what follows from the mapper's tables: mappers/terminology/fhir/*.json and the code tables of docs/mapping.md.

Run it after changing a table. ``--check`` writes nothing and exits 1 when a file is out of date.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))

from mappers.observations import DRUGS, FACTS, HISTOLOGY, PROCEDURES_SYSTEM, SITES_SYSTEM
from mappers.terminology import CONCEPTS, SITES, ancestors
from mappers.terminology.drugs import ANTHRACYCLINES, CYTOTOXIC, DRUG_LABELS
from mappers.terminology.procedures import PROCEDURES
from mappers.terminology.tables import FOLDER, table

Resource = dict[str, Any]
OUTPUT = FOLDER / "fhir"
DOCUMENT = Path(__file__).parents[1] / "docs" / "mapping.md"
START, END = "<!-- generated: codes -->", "<!-- end of generated -->"
SHOWN = [concept for concept in CONCEPTS.values() if not concept.scope_only]
VERSION = "0.1.0"
VALUE_SET_BASE = "https://sarcoma-cds.org/fhir/ValueSet/"
URIS = {
    "snomed": "http://snomed.info/sct",
    "loinc": "http://loinc.org",
    "icd-10-cm": "http://hl7.org/fhir/sid/icd-10-cm",
    "icd-9-cm": "http://hl7.org/fhir/sid/icd-9-cm",
    "icd-10-pcs": "http://www.cms.gov/Medicare/Coding/ICD10",
    "icd-o-3": "http://terminology.hl7.org/CodeSystem/icd-o-3",
    "rxnorm": "http://www.nlm.nih.gov/research/umls/rxnorm",
    "atc": "http://www.whocc.no/atc",
    "ncit": "http://ncicb.nci.nih.gov/xml/owl/EVS/Thesaurus.owl",
    "oncotree": "http://oncotree.mskcc.org",
    "hcpcs": "http://www.cms.gov/Medicare/Coding/HCPCSReleaseCodeSets",
}
NOTICES = {
    "snomed": "This value set includes content from SNOMED CT, which is copyright (c) 2002+ International Health "
    "Terminology Standards Development Organisation (IHTSDO), and distributed by agreement between IHTSDO and HL7. "
    "Implementer use of SNOMED CT is not covered by this agreement.",
    "loinc": "This material contains content from LOINC (http://loinc.org). LOINC is copyright (c) 1995-2020, "
    "Regenstrief Institute, Inc. and the Logical Observation Identifiers Names and Codes (LOINC) Committee and is "
    "available at no cost under the license at http://loinc.org/license. LOINC(R) is a registered United States "
    "trademark of Regenstrief Institute, Inc.",
    "icd-10-cm": "ICD-10-CM is maintained by the National Center for Health Statistics; release of April 2026.",
    "icd-9-cm": "ICD-9-CM is maintained by the Centers for Medicare and Medicaid Services.",
    "icd-10-pcs": "ICD-10-PCS is maintained by the Centers for Medicare and Medicaid Services; codes of FY2024.",
    "icd-o-3": "ICD-O-3 is copyright of the World Health Organization. Only codes needed to recognise input are "
    "listed, without their terms.",
    "rxnorm": "This product uses publicly available data courtesy of the U.S. National Library of Medicine (NLM), "
    "National Institutes of Health, Department of Health and Human Services; NLM is not responsible for the product "
    "and does not endorse or recommend this or any other product.",
    "atc": "ATC codes are copyright of the WHO Collaborating Centre for Drug Statistics Methodology; only the codes "
    "needed to recognise input are listed.",
    "ncit": "NCI Thesaurus content is from NCI Enterprise Vocabulary Services, licensed under CC BY 4.0.",
    "oncotree": "OncoTree is copyright of Memorial Sloan Kettering Cancer Center, version 2025_10_03, licensed under "
    "CC BY 4.0.",
    "hcpcs": "HCPCS Level II is maintained by the Centers for Medicare and Medicaid Services.",
}
OWN_NOTICE = "Part of sarcoma-cds, Apache-2.0."


def code_system(name: str, uri: str, title: str, concepts: Iterable[Resource]) -> Resource:
    """A complete CodeSystem of ours."""
    listed = list(concepts)
    return {
        "resourceType": "CodeSystem",
        "id": name,
        "url": uri,
        "version": VERSION,
        "name": "".join(part.title() for part in name.split("-")),
        "title": title,
        "status": "active",
        "experimental": False,
        "copyright": OWN_NOTICE,
        "caseSensitive": True,
        "content": "complete",
        "count": len(listed),
        "concept": listed,
    }


def value_set(name: str, title: str, codes: Iterable[tuple[str, str, str]]) -> Resource:
    """A ValueSet of (system URI, code, display), grouped by system, with the notices of the systems used."""
    by_system: dict[str, list[Resource]] = {}
    for system, code, display in codes:
        concept = {"code": code} | ({"display": display} if display else {})
        if concept not in by_system.setdefault(system, []):
            by_system[system].append(concept)
    keys = [key for key, uri in URIS.items() if uri in by_system]
    return {
        "resourceType": "ValueSet",
        "id": name,
        "url": VALUE_SET_BASE + name,
        "version": VERSION,
        "name": "".join(part.title() for part in name.replace("_", "-").split("-")),
        "title": title,
        "status": "active",
        "experimental": False,
        "copyright": " ".join([NOTICES[key] for key in keys] or [OWN_NOTICE]),
        "compose": {"include": [{"system": system, "concept": by_system[system]} for system in sorted(by_system)]},
    }


def _rows(name: str, wanted: Callable[[dict[str, str]], bool]) -> Iterable[tuple[str, str, str]]:
    for row in table(name):
        if wanted(row) and row["system"] in URIS:
            yield URIS[row["system"]], row["code"], row.get("display", "")


def _own(system: str, keys: Iterable[str], labels: Callable[[str], str]) -> Iterable[tuple[str, str, str]]:
    return ((system, key, labels(key)) for key in keys)


def code_systems() -> Iterable[Resource]:
    """Our own code systems: facts, histologies, sites, drugs, procedures."""
    facts = ({"code": row["code"], "display": row["definition"]} for row in table("fact_codes"))
    yield code_system("sarcoma-facts", FACTS, "Facts of a patient", facts)
    histologies = ({"code": c.key, "display": c.label} for c in SHOWN)
    yield code_system("sarcoma-histology", HISTOLOGY, "Histologies", histologies)
    yield code_system("sarcoma-sites", SITES_SYSTEM, "Metastatic sites", ({"code": s, "display": s} for s in SITES))
    yield code_system("sarcoma-drugs", DRUGS, "Drugs", ({"code": k, "display": v} for k, v in DRUG_LABELS.items()))
    procedures = ({"code": key, "display": key.replace("_", " ")} for key in PROCEDURES)
    yield code_system("sarcoma-procedures", PROCEDURES_SYSTEM, "Procedures", procedures)


def classes() -> Iterable[Resource]:
    """Value sets over our own codes: families of histologies, and classes of histologies and drugs."""
    label = {c.key: c.label for c in SHOWN}.__getitem__
    for family in sorted({parent for concept in SHOWN for parent in ancestors(concept.key)}):
        members = [c.key for c in SHOWN if c.key == family or family in ancestors(c.key)]
        title = f"{label(family)} and its subtypes"
        yield value_set(f"family-{family.replace('_', '-')}", title, _own(HISTOLOGY, members, label))
    groups = {
        "translocation-related": ("Translocation-related sarcomas", [c.key for c in SHOWN if c.translocation_related]),
        "subtype-unknown": ("Sarcoma, subtype unknown", [c.key for c in SHOWN if not c.subtype_known]),
        "in-scope": ("Histologies in scope", [c.key for c in SHOWN if c.in_scope]),
    }
    for name, (title, members) in groups.items():
        yield value_set(name, title, _own(HISTOLOGY, members, label))
    drug_label = DRUG_LABELS.__getitem__
    yield value_set("cytotoxic", "Cytotoxic drugs", _own(DRUGS, sorted(CYTOTOXIC), drug_label))
    yield value_set("anthracyclines", "Anthracyclines", _own(DRUGS, sorted(ANTHRACYCLINES), drug_label))


def codes_of(name: str, column: str, labels: dict[str, str]) -> Iterable[Resource]:
    """One value set of outside codes for each concept of a table."""
    for key, title in labels.items():
        codes = list(_rows(name, lambda row, key=key: row[column] == key))  # type: ignore[misc]
        if codes:
            yield value_set(f"codes-{key.replace('_', '-')}", f"Codes read as: {title}", codes)


def metastasis_codes() -> Iterable[Resource]:
    """One value set of outside codes for each metastatic site, and one for those that name none."""
    for site in (*SITES, ""):
        codes = _rows("metastasis", lambda row, key=site: (row["site"], row["meaning"]) == (key, "metastasis"))  # type: ignore[misc]
        named = site or "site-not-stated"
        yield value_set(f"codes-metastasis-{named}", f"Codes read as a metastasis: {named}", codes)


def files() -> dict[str, str]:
    """File name to content: one collection Bundle for each family of concepts."""
    bundles = {
        "code-systems": code_systems(),
        "classes": classes(),
        "histology-codes": codes_of("histology", "concept", {c.key: c.label for c in SHOWN}),
        "metastasis-codes": metastasis_codes(),
        "drug-codes": codes_of("drugs", "drug", DRUG_LABELS),
        "procedure-codes": codes_of("procedures", "procedure", {key: key.replace("_", " ") for key in PROCEDURES}),
    }
    made: dict[str, str] = {}
    for name, resources in bundles.items():
        entries = [{"fullUrl": resource["url"], "resource": resource} for resource in resources]
        bundle = {"resourceType": "Bundle", "id": name, "type": "collection", "entry": entries}
        made[f"{name}.json"] = json.dumps(bundle, indent=1, ensure_ascii=False) + "\n"
    return made


def code_tables() -> str:
    """The tables of codes for the document: one line for each concept, its codes by system, and their sources."""
    sections = [
        _table("Histologies", "histology", "concept", "metastatic"),
        _table("Metastases, and codes that are none", "metastasis", "meaning", "site"),
        _table("Other malignancies", "malignancies", "malignancy", "metastasises"),
        _table("Drugs", "drugs", "drug", ""),
        _table("Procedures", "procedures", "procedure", ""),
        _table("Observations", "observables", "observable", ""),
        _table("Answers", "answers", "question", "answer"),
        _table("Other conditions", "conditions", "condition", ""),
        _table("Sites", "sites", "site", ""),
    ]
    return "\n\n".join(sections)


def _table(title: str, name: str, column: str, second: str) -> str:
    grouped: dict[str, dict[str, list[str]]] = {}
    sources: dict[str, set[str]] = {}
    for row in table(name):
        key = row[column] + (f" ({row[second]})" if second and row[second] not in ("", "yes", "no") else "")
        grouped.setdefault(key, {}).setdefault(row["system"], []).append(row["code"])
        sources.setdefault(key, set()).add(row["source"])
    lines = [f"### {title}", "", "| read as | codes | sources |", "| --- | --- | --- |"]
    for key, systems in grouped.items():
        codes = "; ".join(f"{system} {' '.join(codes)}" for system, codes in systems.items())
        lines.append(f"| {key} | {codes} | {', '.join(sorted(sources[key]))} |")
    return "\n".join(lines)


def document() -> str:
    """docs/mapping.md with its generated part renewed."""
    text = DOCUMENT.read_text("utf-8")
    head, rest = text.split(START, 1)
    _, tail = rest.split(END, 1)
    return f"{head}{START}\n\n{code_tables()}\n\n{END}{tail}"


def out_of_date() -> list[str]:
    """The files that differ from what the tables give, are missing, or should not be there."""
    made = files()
    there = {path.name for path in OUTPUT.glob("*.json")}
    stale = [name for name, text in made.items() if name not in there or (OUTPUT / name).read_text("utf-8") != text]
    if document() != DOCUMENT.read_text("utf-8"):
        stale.append(str(DOCUMENT.name))
    return sorted([*stale, *(there - made.keys())])


def main() -> int:
    """Writes the files, or checks them."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing; exit 1 when a file is out of date")
    if parser.parse_args().check:
        stale = out_of_date()
        print("\n".join(stale) or "up to date")
        return 1 if stale else 0
    OUTPUT.mkdir(exist_ok=True)
    made = files()
    for path in OUTPUT.glob("*.json"):
        if path.name not in made:
            path.unlink()
    for name, text in made.items():
        (OUTPUT / name).write_text(text, encoding="utf-8")
    DOCUMENT.write_text(document(), encoding="utf-8")
    print(f"{len(made)} files in {OUTPUT}, and {DOCUMENT}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
