"""The outcomes as cqframework's ``cql-tests-results`` JSON and as the table of ``docs/conformance.md``."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from importlib.metadata import version
from typing import Any

from tools.conformance.run import Outcome

CHAPTERS = {
    "CqlAggregateFunctionsTest": "Aggregate functions",
    "CqlAggregateTest": "Aggregate clause",
    "CqlArithmeticFunctionsTest": "Arithmetic operators",
    "CqlComparisonOperatorsTest": "Comparison operators",
    "CqlConditionalOperatorsTest": "Conditional expressions",
    "CqlDateTimeOperatorsTest": "Date and time operators",
    "CqlErrorsAndMessagingOperatorsTest": "Errors and messages",
    "CqlIntervalOperatorsTest": "Interval operators",
    "CqlListOperatorsTest": "List operators",
    "CqlLogicalOperatorsTest": "Logical operators",
    "CqlNullologicalOperatorsTest": "Nullological operators",
    "CqlQueryTests": "Queries",
    "CqlStringOperatorsTest": "String operators",
    "CqlTypeOperatorsTest": "Type operators",
    "CqlTypesTest": "Types",
    "ValueLiteralsAndSelectors": "Literals and selectors",
}
"""The suite's files by the chapter of the CQL reference that each covers."""


def results(outcomes: Iterable[Outcome], translator: str) -> dict[str, Any]:
    """The run in the format of https://github.com/cqframework/cql-tests-results."""
    rows = list(outcomes)
    counts = Counter(row.status for row in rows)
    return {
        "cqlengine": {
            "apiUrl": "",
            "description": "cql: the CQL engine of sarcoma-cds (Python)",
            "cqlVersion": "1.5",
            "cqlTranslator": translator,
            "cqlTranslatorVersion": version("sarcoma-cds") if translator == "cql" else "5.3.0",
            "cqlEngine": "cql",
            "cqlEngineVersion": version("sarcoma-cds"),
        },
        "testsRunDateTime": datetime.now(UTC).isoformat(timespec="seconds"),
        "testResultsSummary": {f"{status}Count": counts[status] for status in ("pass", "skip", "fail", "error")},
        "results": [_row(row) for row in rows],
    }


def _row(row: Outcome) -> dict[str, Any]:
    result: dict[str, Any] = {
        "testStatus": row.status,
        "testsName": row.test.file.removesuffix(".xml"),
        "groupName": row.test.group,
        "testName": row.test.name,
        "invalid": "true" if row.test.invalid else "false",
        "expression": row.test.expression,
        "expected": row.test.expected,
    }
    if row.actual is not None:
        result["actual"] = row.actual
    if row.error is not None:
        result["error"] = {"message": row.error}
    return result


def table(text: Mapping[str, Any], elm: Mapping[str, Any]) -> str:
    """One row per chapter with passed/run for both sources, from two results documents."""
    lines = ["| chapter | from text | from official ELM | state |", "| --- | --- | --- | --- |"]
    for file, chapter in CHAPTERS.items():
        rows = [_of(document, file) for document in (text, elm)]
        misses = [
            f"{r['groupName']}/{r['testName']}" for r in rows[0] + rows[1] if r["testStatus"] in ("fail", "error")
        ]
        state = f"partial, because of {', '.join(f'`{m}`' for m in dict.fromkeys(misses))}" if misses else "complete"
        cells = " | ".join(_passed(one) for one in rows)
        lines.append(f"| {chapter} | {cells} | {state} |")
    lines.append(f"| **all** | {_passed(text['results'])} | {_passed(elm['results'])} | |")
    return "\n".join(lines)


def _of(document: Mapping[str, Any], file: str) -> list[dict[str, Any]]:
    return [row for row in document["results"] if row["testsName"] == file]


def _passed(rows: list[dict[str, Any]]) -> str:
    run = [row for row in rows if row["testStatus"] != "skip"]
    return f"{sum(row['testStatus'] == 'pass' for row in run)} of {len(run)}"
