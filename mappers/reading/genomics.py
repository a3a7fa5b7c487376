"""Molecular findings: fusions by their genes, ALK, MSI and TMB, with result and method."""

import re

from mappers.fhir.read import Coding, Json, as_bool, as_dicts, as_number, as_text, codings, concept_text, quantity
from mappers.reading.phrases import read_text
from mappers.reading.source import Source
from mappers.terminology import meanings

MARKERS = frozenset({"variant", "ALK", "MSI", "TMB", "gene-studied"})
_NTRK = re.compile(r"NTRK[123]$")
_GENE = re.compile(r"\b(NTRK[123]|ALK|SS18|SSX[124]?|COL1A1|PDGFB|ETV6|FUS|EWSR1|DDIT3)\b")
_POSITIVE = re.compile(r"\b(positive|detected|present|rearranged|msi-?h(igh)?|high|instable|unstable)\b", re.IGNORECASE)
_NEGATIVE = re.compile(
    r"\b(negative|not detected|none detected|no\b.{0,40}\bdetected|absent|not identified|not rearranged|stable|mss|"
    r"msi-?l(ow)?|low|wild.?type)\b",
    re.IGNORECASE,
)


def read_molecular(source: Source, observable: str, own: list[Coding]) -> None:
    """Reads one molecular Observation: a marker test by its code, or a variant by the genes in its components."""
    resource = source.resource
    method = _method(resource, own)
    result = _result(resource)
    if observable == "TMB":
        _read_tmb(source, method, result)
        return
    if observable in ("ALK", "MSI"):
        if result:
            _add(source, observable, result, method)
        return
    genes = _genes(resource)
    text = " ".join((as_text(resource.get("valueString")), *_component_texts(resource)))
    if method == "sequencing":
        source.add("sequencing", "done", "variant", "")
    if len(genes) >= 2 or _says_fusion(resource, text):
        for marker, gene, partner in markers_of(genes):
            if result:
                _add(source, marker, result, method, gene=gene, partner=partner)
    if text.strip():
        read_text(source, text)


def _add(source: Source, marker: str, result: str, method: str, **more: object) -> None:
    if method == "ihc" and marker == "NTRK":
        marker = "TRK-IHC"
    source.add("molecular", marker, "molecular", f"{marker} {result}", result=result, method=method, extra=more)


def markers_of(genes: list[str]) -> list[tuple[str, str, str]]:
    """The markers a fusion of these genes counts for, with the gene of interest and its partner."""
    named = set(genes)
    found: list[tuple[str, str, str]] = []
    for gene in genes:
        if _NTRK.match(gene):
            found.append(("NTRK", gene, next((g for g in genes if g != gene), "")))
    if {"ETV6", "NTRK3"} <= named:
        found.append(("ETV6-NTRK3", "NTRK3", "ETV6"))
    if {"COL1A1", "PDGFB"} <= named:
        found.append(("COL1A1-PDGFB", "PDGFB", "COL1A1"))
    if "SS18" in named and any(g.startswith("SSX") for g in named):
        found.append(("SS18-SSX", "SS18", next(g for g in genes if g.startswith("SSX"))))
    if "DDIT3" in named and named & {"FUS", "EWSR1"}:
        found.append(("FUS/EWSR1-DDIT3", "DDIT3", "FUS" if "FUS" in named else "EWSR1"))
    if "ALK" in named:
        found.append(("ALK", "ALK", next((g for g in genes if g != "ALK"), "")))
    return found


def _genes(resource: Json) -> list[str]:
    found: list[str] = []
    for component in as_dicts(resource.get("component")):
        value = component.get("valueCodeableConcept")
        for coding in codings(value):
            found += [
                m.detail for m in meanings(coding.system, coding.code) if m.family == "answer" and m.concept == "gene"
            ]
            found += _GENE.findall(coding.display)
        found += _GENE.findall(as_text(component.get("valueString")) + " " + concept_text(value))
    found += _GENE.findall(concept_text(resource.get("code")))
    return list(dict.fromkeys(found))


def _component_texts(resource: Json) -> list[str]:
    return [as_text(c.get("valueString")) for c in as_dicts(resource.get("component"))]


def _says_fusion(resource: Json, text: str) -> bool:
    words = [text, concept_text(resource.get("code"))]
    for component in as_dicts(resource.get("component")):
        words.append(concept_text(component.get("valueCodeableConcept")))
        if any(c.code in ("SO:0001565", "SO:0000806") for c in codings(component.get("valueCodeableConcept"))):
            return True
    return re.search(r"\bfusion|rearrange|translocat", " ".join(words), re.IGNORECASE) is not None


def _result(resource: Json) -> str:
    answered = as_bool(resource.get("valueBoolean"))
    if answered is not None:
        return "positive" if answered else "negative"
    for element in ("valueCodeableConcept", "interpretation"):
        for coding in codings(resource.get(element)):
            for meaning in meanings(coding.system, coding.code):
                if meaning.family == "answer" and meaning.concept == "result":
                    return meaning.detail
    words = f"{concept_text(resource.get('valueCodeableConcept'))} {as_text(resource.get('valueString'))}"
    if _NEGATIVE.search(words):
        return "negative"
    return "positive" if _POSITIVE.search(words) else ""


def _method(resource: Json, own: list[Coding]) -> str:
    for coding in codings(resource.get("method")):
        for meaning in meanings(coding.system, coding.code):
            if meaning.family == "answer" and meaning.concept == "method":
                return meaning.detail
    words = f"{concept_text(resource.get('method'))} {concept_text(resource.get('code'))} ".lower()
    words += " ".join(c.display.lower() for c in own)
    if re.search(r"immun|\bihc\b", words) or any(c.code == "62862-8" for c in own):
        return "ihc"
    if re.search(r"\bfish\b|in situ", words):
        return "fish"
    if re.search(r"sequenc|\bngs\b|\brna\b|\bdna\b|panel", words):
        return "sequencing"
    return ""


def _read_tmb(source: Source, method: str, result: str) -> None:
    amount = quantity(source.resource.get("valueQuantity"))
    number = amount.value if amount else as_number(source.resource.get("valueString"))
    if number is not None:
        if not 0 <= number <= 10_000:
            source.problem("value: not a plausible mutational burden")
            return
        source.add("molecular", "TMB", "molecular", f"TMB {number}", result=float(number), method=method)
    elif result:
        _add(source, "TMB", "high" if result == "positive" else "low", method)
