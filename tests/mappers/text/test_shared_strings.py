"""The project's own strings and labels, where they are at hand: every histology, status and site right."""

import csv
import importlib.util
from pathlib import Path
from types import ModuleType

import pytest
import yaml

from mappers.text import Mention, read

SHARED = Path(__file__).parents[4] / "shared"
STRINGS = SHARED / "terminology" / "strings.csv"
SYNONYMS = SHARED / "terminology" / "synonyms.csv"
LABELS = SHARED / "data" / "labels" / "histology-and-site-labels.csv"
SCRIPT = Path(__file__).parents[3] / "scripts" / "text_accuracy.py"
OUT_OF_SCOPE = ("gist", "kaposi", "desmoid")
UNSTATED = "malignant_soft_tissue_neoplasm_nos"


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _strings() -> list[dict[str, str]]:
    return _rows(STRINGS) if STRINGS.exists() else []


needs_shared = pytest.mark.skipif(not STRINGS.exists(), reason="the shared strings are not on this machine")


@needs_shared
@pytest.mark.parametrize("row", _strings(), ids=lambda row: row["text"][:40])
def test_string(row: dict[str, str]) -> None:
    found = read(row["text"])
    _check_histology(row["expected_histology_key"], [m for m in found if m.kind == "histology"])
    _check_metastasis(row, found)


def _check_histology(expected: str, named: list[Mention]) -> None:
    concepts = {m.concept for m in named if m.concept != UNSTATED}
    if expected == "none":
        assert not concepts
    elif expected == "NOT_STS":
        assert concepts
        assert all(concept.startswith("not-sts:") for concept in concepts)
    elif expected == "UNCERTAIN":
        assert named
        assert all(m.polarity == "uncertain" for m in named)
    elif expected.endswith("(history)"):
        assert [(m.concept, m.historical) for m in named] == [(expected.removesuffix("(history)"), True)]
    else:
        assert concepts == {expected}
        assert all(m.polarity == "affirmed" for m in named)


def _check_metastasis(row: dict[str, str], found: tuple[Mention, ...]) -> None:
    status, sites = row["expected_metastatic"], row["expected_sites"]
    spread = [m for m in found if m.kind in ("metastasis", "m-category") and not m.historical]
    affirmed = [m for m in spread if m.polarity == "affirmed" and m.concept != "M0"]
    if status == "yes":
        assert affirmed
        if sites not in ("unspecified", "multiple", ""):
            read_sites = {m.attributes.get("site", m.concept) for m in affirmed} - {"M1", "unspecified"}
            assert read_sites == set(sites.split())
    elif status.startswith("AMBIGUOUS"):
        assert affirmed
        assert all(m.attributes.get("origin") == "breast" for m in affirmed)
    else:
        assert not affirmed
        if status == "no" and "sarcoid" not in row["text"] and "Desmoid" not in row["text"]:
            assert any(m.polarity == "negated" for m in spread)
    if sites.startswith("lymph_node"):
        assert {(m.concept, m.polarity) for m in spread} >= {("lymph-node", "uncertain")}
    if sites == "local":
        assert any(m.kind == "local-recurrence" for m in found)
    if "history" in sites:
        assert any(m.historical for m in found)


def _script() -> ModuleType:
    spec = importlib.util.spec_from_file_location("text_accuracy", SCRIPT)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


needs_labels = pytest.mark.skipif(not LABELS.exists(), reason="the label file is not on this machine")


@needs_labels
def test_labels() -> None:
    script = _script()
    expected = yaml.safe_load(script.EXPECTED.read_text(encoding="utf-8"))
    rows = _rows(LABELS)
    histology = {text: script.histology_read(text) for text in script.distinct(rows, "cancer_type_detailed")}
    assert histology == {text: expected["histology"][text] for text in histology}
    sites = {text: script.site_read(text) for text in script.site_strings(rows)}
    assert sites == {text: expected["site"][text] for text in sites}


@needs_labels
def test_no_false_positive_among_the_negatives() -> None:
    script = _script()
    sarcomas = (
        "Soft Tissue Sarcoma",
        "Sarcoma",
        "Uterine Sarcoma",
        "Breast Sarcoma",
        "Breast Cancer",
        "Skin Cancer, Non-Melanoma",
    )
    for row in _rows(LABELS):
        if row["cancer_type"] not in sarcomas:
            assert not script.in_scope(script.histology_read(row["cancer_type_detailed"])), row["cancer_type_detailed"]


@needs_shared
def test_most_synonyms_read_as_their_concept() -> None:
    """All but codes in letters, site-level ICD terms, and names that bone claims."""
    expected: dict[str, set[str]] = {}
    for row in _rows(SYNONYMS):
        expected.setdefault(row["term"], set()).add(row["concept_key"])
    wrong = [
        term for term, keys in expected.items() if not keys & {m.concept for m in read(term) if m.kind == "histology"}
    ]
    assert len(wrong) <= len(expected) * 0.07, wrong
