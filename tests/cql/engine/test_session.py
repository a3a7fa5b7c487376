"""A session computes what is asked for, each define once."""

from __future__ import annotations

import pytest

from cql import Engine, Library
from cql.errors import EvaluationError

LIBRARY = """library L
using FHIR version '4.0.1'
parameter Limit Integer default 3
context Patient
define "Shared": Message(Limit, true, '1', 'Message', 'computed')
define "A": "Shared" > 2
define "B": "Shared" > 5
define "Fails": Message(1, true, '1', 'Error', 'no')
"""


def test_defines_are_computed_when_asked_for_and_once() -> None:
    session = Engine(Library.from_cql(LIBRARY)).session([], parameters={"Limit": 4}, now="2024-01-01T00:00:00Z")
    assert session.result.messages == ()
    assert session.value("A") is True
    assert session.value("B") is False
    assert session.value("A") is True
    assert len(session.result.messages) == 1
    assert dict(session.result) == {"A": True, "B": False}


def test_a_failing_define_fails_alone_and_every_time() -> None:
    session = Engine(Library.from_cql(LIBRARY)).session([])
    for _ in range(2):
        with pytest.raises(EvaluationError):
            session.value("Fails")
    assert session.value("A") is True


def test_an_unknown_define_is_a_key_error() -> None:
    with pytest.raises(KeyError):
        Engine(Library.from_cql(LIBRARY)).session([]).value("Nothing")


def test_a_session_can_trace() -> None:
    session = Engine(Library.from_cql(LIBRARY)).session([], trace=True)
    session.value("A")
    assert ("L", "A") in session.result.trace.defines
