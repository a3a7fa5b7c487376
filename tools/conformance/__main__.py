"""``python -m tools.conformance [--write]``: run the suite, print what does not pass; ``--write`` renews the pages."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import Any

from tools.conformance.report import results, table
from tools.conformance.run import Outcome, Source, run
from tools.conformance.suite import SUITE, load

DOCS = Path(__file__).resolve().parents[2] / "docs"
START, END = "<!-- conformance table -->\n", "\n<!-- end of conformance table -->"
_TRANSLATORS: dict[Source, str] = {"text": "cql", "elm": "cqframework/clinical_quality_language"}


def main(arguments: list[str]) -> int:
    """Run the suite from both sources; exit status 1 when a test that is no known exclusion does not pass."""
    parser = argparse.ArgumentParser(prog="python -m tools.conformance", description=__doc__)
    parser.add_argument("--write", action="store_true", help="renew docs/conformance.md and its result files")
    options = parser.parse_args(arguments)
    if not SUITE.exists():
        print(f"The HL7 suite is not at {SUITE}; set CQL_CONFORMANCE_SUITE to its file.", file=sys.stderr)
        return 2
    documents: dict[Source, dict[str, Any]] = {}
    missed = 0
    for source in _TRANSLATORS:
        outcomes = [run(test, source) for test in load()]
        documents[source] = results(outcomes, _TRANSLATORS[source])
        missed += _print(outcomes, source)
    if options.write:
        write(documents["text"], documents["elm"])
    return 1 if missed else 0


def _print(outcomes: list[Outcome], source: Source) -> int:
    missed = [row for row in outcomes if row.status in ("fail", "error")]
    for row in missed:
        print(f"{source} {row.status} {row.test.id}: {row.test.expression!r}")
        print(f"    expected {row.test.expected!r}, got {row.actual or row.error}")
    ran = sum(row.status != "skip" for row in outcomes)
    print(f"from {source}: {ran - len(missed)} of {ran} pass ({(ran - len(missed)) / ran:.2%})")
    return len(missed)


def write(text: dict[str, Any], elm: dict[str, Any]) -> None:
    """Put the two result files and the table into ``docs/``."""
    for source, document in (("text", text), ("elm", elm)):
        path = DOCS / "conformance" / f"cql-tests-results.{source}.json"
        path.parent.mkdir(exist_ok=True)
        path.write_text(json.dumps(document, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    page = DOCS / "conformance.md"
    before, _, rest = page.read_text(encoding="utf-8").partition(START)
    _, _, after = rest.partition(END)
    page.write_text(before + START + table(text, elm) + END + after, encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
