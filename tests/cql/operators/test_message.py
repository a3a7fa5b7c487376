from __future__ import annotations

import pytest

from cql.errors import EvaluationError, MessageError
from cql.operators.message import MessageRecord, message


def test_gives_the_source_back_and_records_the_message() -> None:
    said: list[MessageRecord] = []
    assert message(2, True, "200", "Warning", "You have been warned!", sink=said.append) == 2
    assert said == [MessageRecord("Warning", "200", "You have been warned!")]


def test_only_a_trace_carries_the_source() -> None:
    said: list[MessageRecord] = []
    message([3, 4], True, "300", "Trace", "This is a trace", sink=said.append)
    message([3, 4], True, "300", None, "Plain", sink=said.append)
    assert said == [MessageRecord("Trace", "300", "This is a trace", [3, 4]), MessageRecord("Message", "300", "Plain")]


@pytest.mark.parametrize("condition", [False, None])
def test_says_nothing_unless_the_condition_is_true(condition: bool | None) -> None:
    said: list[MessageRecord] = []
    assert message("x", condition, "1", "Error", "never", sink=said.append) == "x"
    assert said == []


def test_an_error_stops_the_evaluation() -> None:
    with pytest.raises(MessageError, match="400: This is an error!"):
        message(1, True, "400", "Error", "This is an error!")
    with pytest.raises(MessageError, match="the library raised an error"):
        message(1, True, None, "error", None)


def test_an_unknown_severity_is_refused() -> None:
    with pytest.raises(EvaluationError, match="'Fatal'"):
        message(1, True, "1", "Fatal", "x")
