"""The page of conformance: no row without a test or a reason, and it says what the markers say."""

import re

import pytest

from tools.hooks_conformance.report import NOT_APPLICABLE, PAGE, claims_on_page, results_on_page
from tools.hooks_conformance.requirements import reasons, requirements
from tools.hooks_conformance.run import Results, run

TEXT = PAGE.read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def marked() -> Results:
    """The tests that carry the marker, by requirement; collecting them fails for an unknown one."""
    return run("--collect-only")


def test_the_rows_are_complete_and_in_order() -> None:
    rows = requirements()
    assert list(rows) == [f"CH-{number:03}" for number in range(1, 155)]
    for row in rows.values():
        assert row.level in {"SHALL", "SHALL NOT", "SHOULD", "SHOULD NOT", "RECOMMENDED", "MAY", "PRACTICE"}
        assert re.fullmatch(r"[A-R]\. .+", row.section)
        assert row.requirement.endswith(".")


def test_every_row_has_either_tests_or_a_reason(marked: Results) -> None:
    with_reason = set(reasons())
    assert with_reason <= set(requirements())
    assert {one for one in requirements() if one not in marked and one not in with_reason} == set()
    assert with_reason & set(marked) == set()
    assert all(len(reason) > 20 for reason in reasons().values())


def test_the_page_names_the_marked_tests(marked: Results) -> None:
    """Renew it with ``python -m tools.hooks_conformance``."""
    assert {row: tests for row, tests in claims_on_page(TEXT).items() if tests} == {
        row: set(tests) for row, tests in marked.items()
    }


def test_every_row_of_the_page_passed_or_is_not_applicable() -> None:
    results = results_on_page(TEXT)
    assert list(results) == list(requirements())
    for row, result in results.items():
        assert result == (NOT_APPLICABLE if row in reasons() else "passed"), row
    for row, reason in reasons().items():
        assert f"| {reason} | {NOT_APPLICABLE} |" in TEXT, row
