"""One test to one outcome."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal

from cql import Engine, Library
from cql.errors import CqlError
from tools.conformance.compare import same
from tools.conformance.suite import SuiteTest

Status = Literal["pass", "fail", "error", "skip"]
Source = Literal["text", "elm"]

_NOW = datetime(2026, 11, 21, 8, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one test gave: ``actual`` as text, ``error`` the message of an exception."""

    test: SuiteTest
    status: Status
    actual: str | None = None
    error: str | None = None


def run(test: SuiteTest, source: Source) -> Outcome:
    """Run one test from CQL text or from the official ELM.

    A test that wants an error passes only with an error of our own tree. From ELM, an expression that the official
    translator refused has nothing to run and is skipped.
    """
    if source == "elm" and test.elm is None:
        return Outcome(test, "skip", error="refused by the official translator")
    try:
        actual = _evaluate(lambda: _library(test, source))
    except CqlError as error:
        return Outcome(test, "pass" if test.invalid else "error", error=str(error))
    except Exception as error:  # a crash is a finding of its own: never counted as a refusal
        return Outcome(test, "error", error=f"crash: {type(error).__name__}: {error}")
    if test.invalid or test.expected_elm is None:
        return Outcome(test, "fail", actual=repr(actual), error="an error was expected")
    expected_elm = test.expected_elm
    expected = _evaluate(lambda: Library.from_elm(expected_elm))
    return Outcome(test, "pass" if same(actual, expected) else "fail", actual=repr(actual))


def _library(test: SuiteTest, source: Source) -> Library:
    if source == "elm":
        assert test.elm is not None
        return Library.from_elm(test.elm)
    return Library.from_cql(f"define Test: {test.expression}\n")


def _evaluate(library: Callable[[], Library]) -> Any:
    return Engine(library()).evaluate([], now=_NOW)["Test"]
