"""Reads every distinct string of a label file with the phrase reader and prints recall and precision by family.

    python scripts/text_accuracy.py ../shared/data/labels/histology-and-site-labels.csv

The label file (columns `cancer_type`, `cancer_type_detailed`, `sample_type`, `met_or_biopsy_site`) is read in place:
its licence (ODbL) is not this repository's. What each string should give stands in `tests/mappers/text/labels.yaml`.
"""

import csv
import sys
from collections import Counter, defaultdict
from pathlib import Path

import yaml

from mappers.text import read

EXPECTED = Path(__file__).parent.parent / "tests" / "mappers" / "text" / "labels.yaml"
OUT_OF_SCOPE = frozenset(
    ("gist", "kaposi", "desmoid", "hemangioendothelioma_other", "pseudomyogenic_hemangioendothelioma")
)


def histology_read(text: str) -> str:
    """The tumour a short string names, or an empty string."""
    return next((m.concept for m in read(text) if m.kind == "histology"), "")


def site_read(text: str) -> str:
    """The site a short string names, most exact first: an organ before a region."""
    sites = [m.concept for m in read(text) if m.kind in ("site", "metastasis")]
    return next((site for site in sites if site != "other"), sites[0] if sites else "")


def in_scope(concept: str) -> bool:
    """Whether a tumour is a soft tissue sarcoma."""
    return bool(concept) and not concept.startswith("not-sts:") and concept not in OUT_OF_SCOPE


def distinct(rows: list[dict[str, str]], column: str) -> list[str]:
    """The distinct non-empty values of a column."""
    return sorted({row[column] for row in rows if row[column]})


def site_strings(rows: list[dict[str, str]]) -> list[str]:
    """The distinct sites of metastases."""
    return sorted(
        {row["met_or_biopsy_site"] for row in rows if row["sample_type"] == "Metastasis" and row["met_or_biopsy_site"]}
    )


def main(path: str) -> int:
    """Prints the tables; returns 1 when a string is read wrongly."""
    with Path(path).open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    expected = yaml.safe_load(EXPECTED.read_text(encoding="utf-8"))
    wrong = _print_families(distinct(rows, "cancer_type_detailed"), expected["histology"], histology_read)
    wrong += _print_families(site_strings(rows), expected["site"], site_read)
    return 1 if wrong else 0


def _print_families(strings: list[str], expected: dict[str, str], reader: object) -> int:
    assert callable(reader)
    hits: Counter[str] = Counter()
    read_as: Counter[str] = Counter()
    wanted: dict[str, list[str]] = defaultdict(list)
    wrong = []
    for text in strings:
        want, got = expected.get(text, "?"), str(reader(text))
        wanted[want].append(text)
        read_as[got] += 1
        if want == got:
            hits[got] += 1
        else:
            wrong.append((text, want, got))
    print(f"{'family':<34}{'strings':>8}{'recall':>8}{'precision':>10}")
    for family in sorted(wanted):
        recall = hits[family] / len(wanted[family])
        precision = hits[family] / read_as[family] if read_as[family] else 0.0
        print(f"{family:<34}{len(wanted[family]):>8}{recall:>8.0%}{precision:>10.0%}")
    print(f"{'all':<34}{len(strings):>8}{1 - len(wrong) / len(strings):>8.1%}")
    for text, want, got in wrong:
        print(f"wrong: {text!r}: {got or 'nothing'}, should be {want}")
    print()
    return len(wrong)


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(f"usage: {sys.argv[0]} LABELS.csv")
    sys.exit(main(sys.argv[1]))
