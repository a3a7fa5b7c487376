from __future__ import annotations

import datetime as stdlib
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from cql import Engine, Library
from cql.data.index import DataIndex
from cql.errors import DataError, EvaluationError, MessageError
from cql.values import Date, DateTime, Interval, Time
from tests.cql.compiler.elm import (
    NOW,
    NULL,
    Node,
    alias,
    define_ref,
    items,
    library,
    lit,
    numbers,
    op,
    prop,
    query,
    retrieve,
    run,
)

FAILING = op("SingletonFrom", numbers(1, 2))


def at(now: Any, timezone: Any = None, **defines: Node) -> dict[str, Any]:
    return dict(Engine(Library.from_elm(library(defines)), timezone=timezone).evaluate([], now=now))


MOMENTS: dict[str, Node] = {"N": {"type": "Now"}, "D": {"type": "Today"}, "T": {"type": "TimeOfDay"}}
PATIENT: dict[str, Any] = {"resourceType": "Patient", "id": "p1"}


class TestNow:
    def test_is_one_moment_in_its_own_zone(self) -> None:
        zone = stdlib.timezone(stdlib.timedelta(hours=2))
        found = at(stdlib.datetime(2026, 1, 2, 3, 4, 5, 678901, zone), **MOMENTS)
        assert found == {"N": DateTime(2026, 1, 2, 3, 4, 5, 678, 120), "D": Date(2026, 1, 2), "T": Time(3, 4, 5, 678)}

    @pytest.mark.parametrize("timezone", [120, "+02:00", "Europe/Berlin", ZoneInfo("Europe/Berlin")])
    def test_is_shown_in_the_engine_s_zone(self, timezone: Any) -> None:
        found = at(DateTime(2026, 6, 30, 23, 0, 0, 0, 0), timezone, **MOMENTS)
        assert found["D"] == Date(2026, 7, 1)
        assert found["N"] == DateTime(2026, 7, 1, 1, 0, 0, 0, 120)

    def test_by_default_is_the_current_time_in_utc(self) -> None:
        before = stdlib.datetime.now(stdlib.UTC) - stdlib.timedelta(milliseconds=1)
        moment = at(None, N={"type": "Now"})["N"]
        assert before <= moment.first.replace(tzinfo=stdlib.UTC) <= stdlib.datetime.now(stdlib.UTC)
        assert moment.offset == 0

    def test_without_a_zone_is_refused(self) -> None:
        with pytest.raises(ValueError, match="time zone"):
            at(stdlib.datetime(2026, 1, 1), N={"type": "Now"})

    def test_times_without_an_offset_have_the_zone_s(self) -> None:
        built = {"type": "DateTime", "year": lit(2026), "month": lit(7), "day": lit(1), "hour": lit(0)}
        found = at("2026-07-01T00:00:00Z", "Europe/Berlin", A=built, B=op("ToDateTime", lit("2026-07-01T00:00:00")))
        assert (found["A"].offset, found["B"].offset) == (120, 120)

    @pytest.mark.parametrize("timezone", ["Nowhere/Land", "+1"])
    def test_an_unknown_zone_is_refused(self, timezone: str) -> None:
        with pytest.raises(ValueError, match="time zone"):
            Engine(Library.from_elm(library({})), timezone=timezone)


class TestResults:
    def test_are_a_mapping_of_the_public_defines(self) -> None:
        elm = library({"A": lit(1), "B": lit(2)})
        elm["library"]["statements"]["def"][0]["accessLevel"] = "Private"
        result = run(elm)
        assert dict(result) == {"B": 2}
        assert (list(result), len(result), "A" in result) == (["B"], 1, False)
        with pytest.raises(KeyError):
            _ = result["C"]

    def test_only_what_is_asked_for_is_evaluated(self) -> None:
        result = run(library({"A": lit(1), "B": FAILING, "C": define_ref("A")}), defines=["C"])
        assert dict(result) == {"C": 1}
        with pytest.raises(KeyError):
            run(library({"A": lit(1)}), defines=["Z"])

    def test_uncertain_numbers_are_intervals(self) -> None:
        months = op(
            "DurationBetween", op("ToDateTime", lit("2005")), op("ToDateTime", lit("2006-05")), precision="Month"
        )
        assert run(library({"A": months}))["A"] == Interval(4, 16)

    def test_belong_to_their_reader(self) -> None:
        engine = Engine(Library.from_elm(library({"A": items(lit(1), items(lit(2)))})))
        first = engine.evaluate([], now=NOW)["A"]
        first[1].append("spoilt")
        assert engine.evaluate([], now=NOW)["A"] == [1, [2]]

    def test_a_define_is_evaluated_once(self) -> None:
        message = {"type": "Message", "source": lit(1), "condition": lit(True), "message": lit("evaluated")}
        result = run(library({"A": message, "B": op("Add", define_ref("A"), define_ref("A"))}))
        assert [one.text for one in result.messages] == ["evaluated"]


class TestErrors:
    def test_carry_library_define_and_place(self) -> None:
        elm = library({"A": {**FAILING, "locator": "3:5-3:20"}, "B": define_ref("A"), "C": lit(1)})
        result = run(elm)
        assert result["C"] == 1
        for name in ("A", "B"):
            with pytest.raises(EvaluationError, match="singleton from") as caught:
                _ = result[name]
            assert (caught.value.library, caught.value.define, caught.value.locator) == ("Test", "A", "3:5-3:20")
        assert set(result.errors) == {"A", "B"}

    def test_the_innermost_place_counts(self) -> None:
        inner = {**FAILING, "locator": "4:9-4:12"}
        node = {**query({"X": numbers(1)}, returns=inner), "locator": "3:1-5:1"}
        assert run(library({"A": node})).errors["A"].locator == "4:9-4:12"

    def test_operators_on_the_wrong_types_are_evaluation_errors(self) -> None:
        error = run(library({"A": op("Multiply", lit("x"), lit(True))})).errors["A"]
        assert error.define == "A"

    def test_message_errors(self) -> None:
        node = {
            "type": "Message",
            "source": lit(1),
            "condition": lit(True),
            "severity": lit("Error"),
            "message": lit("stop"),
        }
        assert isinstance(run(library({"A": node})).errors["A"], MessageError)
        assert run(library({"A": {**node, "condition": NULL}}))["A"] == 1

    def test_data_that_is_no_fhir(self) -> None:
        with pytest.raises(DataError):
            Engine(Library.from_elm(library({"A": lit(1)}))).evaluate("text", now=NOW)


class TestData:
    def test_in_all_its_forms(self) -> None:
        engine = Engine(Library.from_elm(library({"A": prop("id", source=op("SingletonFrom", retrieve("Patient")))})))
        bundle = {"resourceType": "Bundle", "type": "collection", "entry": [{"resource": PATIENT}]}
        for data in (PATIENT, [PATIENT], (one for one in [PATIENT]), bundle, DataIndex(bundle)):
            assert engine.evaluate(data, now=NOW)["A"] == "p1"

    def test_several_patients_in_the_patient_context(self) -> None:
        elm = library({"A": lit(1)})
        two = [PATIENT, {**PATIENT, "id": "p2"}]
        assert run(elm, two)["A"] == 1
        elm["library"]["statements"]["def"][0]["context"] = "Patient"
        with pytest.raises(DataError, match="2 Patient"):
            run(elm, two)


def test_one_engine_serves_many_threads() -> None:
    node = query(
        {"O": retrieve("Observation")}, where=op("Equal", prop("id", "O"), prop("id", "O")), returns=prop("id", "O")
    )
    engine = Engine(
        Library.from_elm(
            library({"A": node, "B": op("Exists", query({"X": define_ref("A")}, where=op("IsNull", alias("X"))))})
        )
    )

    def evaluate(number: int) -> bool:
        data = [{"resourceType": "Observation", "id": f"{number}-{n}"} for n in range(20)]
        result = engine.evaluate(data, now=NOW, trace=number % 5 == 0)
        found: list[str] = result["A"]
        return found == [one["id"] for one in data]

    with ThreadPoolExecutor(8) as pool:
        assert all(pool.map(evaluate, range(100)))
