"""Conditions read as trees of criteria."""

import pytest

from cql import Library
from plandefinitions.guideline.criteria import ConditionReader, Criterion, Group, leaves
from plandefinitions.guideline.errors import ContentError
from plandefinitions.guideline.words import read_words

SHARED = """
library Shared version '1.0.0'
using FHIR version '4.0.1'
context Patient
define "Fact": true
define "Old": false
/*
@local: Old
*/
define "Common": { Tuple { reason: 'old', holds: "Old" } }
"""
OWN = """
library Own version '1.0.0'
using FHIR version '4.0.1'
include Shared version '1.0.0' called S
context Patient
define "A": true
define "B": false
define "C": true
/*
@local: B
*/
define "When": S."Fact" and "A" and ("B" or ("C" or "A"))
define "One": "A"
define "Loose": "A" and 1 = 1
define "Unless": flatten { S."Common", { Tuple { reason: 'b', holds: "B" } } }
define "None": List<Tuple { reason String, holds Boolean }> {}
define "Wrong": { Tuple { reason: 'b', holds: not "B" } }
"""


@pytest.fixture(scope="module")
def reader() -> ConditionReader:
    library = Library.from_cql(OWN, {"Shared": SHARED})
    return ConditionReader(library, {"Own": read_words(OWN), "Shared": read_words(SHARED)})


def test_conjunctions_and_disjunctions_are_flat(reader: ConditionReader) -> None:
    either = Group(True, (Criterion("Own", "B", True), Criterion("Own", "C"), Criterion("Own", "A")))
    assert reader.tree("When") == Group(False, (Criterion("Shared", "Fact"), Criterion("Own", "A"), either))
    assert [one.name for one in leaves(reader.tree("When"))] == ["Fact", "A", "B", "C", "A"]


def test_a_single_criterion_is_a_conjunction_of_one(reader: ConditionReader) -> None:
    assert reader.tree("One") == Group(False, (Criterion("Own", "A"),))


def test_an_expression_without_a_name_is_refused(reader: ConditionReader) -> None:
    with pytest.raises(ContentError, match="make it a define of its own"):
        reader.tree("Loose")
    with pytest.raises(ContentError, match="make it a define of its own"):
        reader.clauses("Wrong")


def test_clauses_come_from_included_lists_too(reader: ConditionReader) -> None:
    found = [one.criterion for one in reader.clauses("Unless")]
    assert found == [Criterion("Shared", "Old", True), Criterion("Own", "B")]
    assert reader.clauses("None") == ()


def test_a_define_that_is_not_there_is_named(reader: ConditionReader) -> None:
    with pytest.raises(ContentError, match='no define "Fires"'):
        reader.tree("Fires")
