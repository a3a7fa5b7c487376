"""Portability: the official translator accepts our libraries, and its ELM gives what ours gives."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.cql_data import LIBRARY, NOW, bundle, value_sets
from cql import Engine, Library
from tools.peer import fhir_helpers
from tools.peer.node import missing, translate

pytestmark = pytest.mark.skipif(missing() is not None, reason=str(missing()))

LIBRARIES = sorted(Path(__file__).with_name("libraries").glob("*.cql"))


def test_our_fhir_helpers_are_valid() -> None:
    [answer] = translate([fhir_helpers.text()])
    assert "errors" not in answer


@pytest.mark.parametrize("path", [LIBRARY, *LIBRARIES], ids=lambda path: path.stem)
def test_official_elm_gives_what_our_translation_gives(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    [answer] = translate([text])
    assert "errors" not in answer
    official, ours = Library.from_elm(answer["elm"]), Library.from_cql(text)
    data, valuesets = bundle(500), value_sets()
    expected = Engine(official, valuesets=valuesets).evaluate(data, now=NOW)
    actual = Engine(ours, valuesets=valuesets).evaluate(data, now=NOW)
    assert {name: actual[name] for name in ours.defines} == {name: expected[name] for name in official.defines}
