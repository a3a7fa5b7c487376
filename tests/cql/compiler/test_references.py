from __future__ import annotations

from typing import Any

import pytest

from cql import Library
from cql.errors import LibraryNotFound
from tests.cql.compiler.elm import (
    NULL,
    SYSTEM,
    Node,
    call,
    define_ref,
    function,
    library,
    lit,
    numbers,
    op,
    operand,
    problems,
    run,
)

INTEGER, STRING, DECIMAL = SYSTEM + "Integer", SYSTEM + "String", SYSTEM + "Decimal"


def including(defines: dict[str, Node], **includes: str) -> Node:
    found = [{"localIdentifier": local, "path": path} for local, path in includes.items()]
    return library(defines, name="Main") | {} if not found else _with(library(defines, name="Main"), found)


def _with(elm: Node, includes: list[dict[str, Any]]) -> Node:
    elm["library"]["includes"]["def"] += includes
    return elm


class TestDefines:
    def test_are_evaluated_in_any_order(self) -> None:
        result = run(library({"A": op("Add", define_ref("B"), lit(1)), "B": lit(1)}))
        assert (result["A"], result["B"]) == (2, 1)

    def test_a_cycle_is_refused(self) -> None:
        found = problems(library({"A": define_ref("B"), "B": define_ref("A")}))
        assert any("defined by itself" in one for one in found)

    def test_an_unknown_one_is_refused_and_the_others_are_still_looked_at(self) -> None:
        found = problems(library({"A": define_ref("C"), "B": {"type": "Nonsense"}}))
        assert len(found) == 2
        assert "no define called 'C'" in found[0]
        assert "'Nonsense'" in found[1]


class TestFunctions:
    def test_overloads_are_chosen_by_type(self) -> None:
        functions = [
            function("F", {"x": INTEGER}, lit("integer")),
            function("F", {"x": STRING}, lit("string")),
            function("F", {"x": SYSTEM + "Any"}, lit("any")),
            function("F", {"x": INTEGER, "y": INTEGER}, lit("two")),
        ]
        defines = {
            "A": call("F", lit(1)),
            "B": call("F", lit("x")),
            "C": call("F", numbers(1)),
            "D": call("F", lit(1), lit(2)),
            "E": call("F", NULL, signature=[{"type": "NamedTypeSpecifier", "name": STRING}]),
        }
        assert dict(run(library(defines, functions=functions))) == {
            "A": "integer",
            "B": "string",
            "C": "any",
            "D": "two",
            "E": "string",
        }

    def test_operands_are_the_caller_s_values(self) -> None:
        functions = [function("Twice", {"x": INTEGER}, op("Add", operand("x"), operand("x")))]
        nested = call("Twice", call("Twice", lit(3)))
        assert run(library({"X": nested}, functions=functions))["X"] == 12

    def test_recursion_is_refused(self) -> None:
        direct = [function("F", {"x": INTEGER}, call("F", operand("x")))]
        assert "calls itself" in problems(library({}, functions=direct))[0]
        mutual = [function("F", {}, call("G")), function("G", {}, call("F"))]
        assert "calls itself" in problems(library({"X": call("F")}, functions=mutual))[0]

    def test_external_ones_are_refused_where_they_are_called(self) -> None:
        external = function("F", {"x": INTEGER}, NULL, external=True)
        del external["expression"]
        assert problems(library({"X": lit(1)}, functions=[external])) == []
        assert "external" in problems(library({"X": call("F", lit(1))}, functions=[external]))[0]

    def test_unknown_ones_are_refused(self) -> None:
        assert "no function 'F' of 1 operands" in problems(library({"X": call("F", lit(1))}))[0]


class TestIncludes:
    COMMON = library(
        {"Seven": lit(7), "Hidden": lit(8)},
        name="Common",
        functions=[function("Twice", {"x": INTEGER}, op("Add", operand("x"), operand("x")))],
        codeSystems=[{"name": "S", "id": "urn:s", "version": "2"}],
        codes=[{"name": "C", "id": "c", "display": "a code", "codeSystem": {"name": "S"}}],
        parameters=[
            {"name": "P", "parameterTypeSpecifier": {"type": "NamedTypeSpecifier", "name": INTEGER}, "default": lit(5)}
        ],
    )
    COMMON["library"]["statements"]["def"][2]["accessLevel"] = "Private"

    def test_defines_functions_codes_and_parameters_of_another_library(self) -> None:
        defines = {
            "A": define_ref("Seven", libraryName="C"),
            "B": call("Twice", lit(4), libraryName="C"),
            "D": {"type": "CodeRef", "name": "C", "libraryName": "C"},
            "E": {"type": "ParameterRef", "name": "P", "libraryName": "C"},
        }
        result = run(including(defines, C="Common"), includes={"Common": self.COMMON})
        assert (result["A"], result["B"], result["E"]) == (7, 8, 5)
        code = result["D"]
        assert (code.code, code.system, code.version, code.display) == ("c", "urn:s", "2", "a code")

    def test_parameters_of_an_included_library_are_given_with_its_name(self) -> None:
        elm = including({"E": {"type": "ParameterRef", "name": "P", "libraryName": "C"}}, C="Common")
        assert run(elm, includes={"Common": self.COMMON}, parameters={"Common.P": 6})["E"] == 6

    def test_private_definitions_stay_private(self) -> None:
        elm = including({"A": define_ref("Hidden", libraryName="C")}, C="Common")
        assert "private" in problems(elm, includes={"Common": self.COMMON})[0]

    def test_a_library_given_ready_made(self) -> None:
        elm = including({"A": define_ref("Seven", libraryName="C")}, C="Common")
        assert run(elm, includes={"Common": Library.from_elm(self.COMMON)})["A"] == 7

    def test_what_is_not_found_is_named(self) -> None:
        with pytest.raises(LibraryNotFound, match="Common"):
            Library.from_elm(including({}, C="Common"))

    def test_a_wrong_version_is_not_taken(self) -> None:
        elm = _with(library({}), [{"localIdentifier": "C", "path": "Common", "version": "9"}])
        with pytest.raises(LibraryNotFound, match="version 9 is wanted"):
            Library.from_elm(elm, {"Common": self.COMMON})

    def test_libraries_that_include_each_other_are_refused(self) -> None:
        one, two = (library({}, name=name) for name in ("One", "Two"))
        _with(one, [{"localIdentifier": "T", "path": "Two"}])
        _with(two, [{"localIdentifier": "O", "path": "One"}])
        assert "include each other" in problems(one, includes={"One": one, "Two": two})[0]


class TestContexts:
    def test_unfiltered_sees_a_patient_s_define_as_a_list(self) -> None:
        elm = library({"A": define_ref("B"), "C": define_ref("D"), "B": lit(1), "D": numbers(1, 2)})
        for one in elm["library"]["statements"]["def"]:
            if one["name"] in ("B", "D"):
                one["context"] = "Patient"
        result = run(elm)
        assert (result["A"], result["C"]) == ([1], [1, 2])
