"""The HL7 CQL suite: every test passes, or stands among the exclusions with a reason."""

from __future__ import annotations

import pytest

from tools.conformance.exclusions import exclusions
from tools.conformance.run import Source, run
from tools.conformance.suite import SUITE, SuiteTest, load

TESTS = load() if SUITE.exists() else ()


@pytest.mark.skipif(not SUITE.exists(), reason=f"the HL7 CQL suite is not at {SUITE} (CQL_CONFORMANCE_SUITE)")
@pytest.mark.parametrize("source", ["text", "elm"])
class TestHl7Suite:
    @pytest.mark.parametrize("file", sorted({test.file for test in TESTS}))
    def test_only_the_listed_exclusions_do_not_pass(self, file: str, source: Source) -> None:
        outcomes = [run(test, source) for test in TESTS if test.file == file]
        missed = {row.test.id for row in outcomes if row.status in ("fail", "error")}
        in_file = {test.id for test in TESTS if test.file == file}
        assert missed == in_file & exclusions(source).keys()

    def test_at_least_985_per_mille_pass(self, source: Source) -> None:
        ran = [test for test in TESTS if source == "text" or test.elm is not None]
        assert len(exclusions(source)) <= 0.015 * len(ran)

    def test_every_exclusion_names_a_test(self, source: Source) -> None:
        assert exclusions(source).keys() <= {test.id for test in TESTS}


@pytest.mark.parametrize("source", ["text", "elm"])
def test_every_exclusion_has_a_cause_and_a_reason(source: Source) -> None:
    for row in exclusions(source).values():
        assert row.cause in ("test-wrong", "engine")
        assert len(row.reason) > 20


def test_suite_ids_are_unique() -> None:
    def ids(tests: tuple[SuiteTest, ...]) -> list[str]:
        return [test.id for test in tests]

    assert len(set(ids(TESTS))) == len(TESTS)
