"""The log of what is wrong with the data, and how it finds the places again."""

from typing import Any

from cql.data.warnings import MOST_WARNINGS, DataWarning, WarningLog, reference_of


def test_place_of_a_faulty_value() -> None:
    bad_date, bad_name = "19xx", ["no name"]
    resources: list[dict[str, Any]] = [
        {"resourceType": "Condition", "id": "c1", "onsetDateTime": "2014"},
        {"resourceType": "Patient", "id": "p1", "birthDate": bad_date, "name": [{"family": "X"}, {"given": bad_name}]},
    ]
    log = WarningLog()
    log.add_unplaced(bad_date, "CQL-1", "wrong")
    log.add_unplaced(bad_date, "CQL-1", "wrong")
    log.add_unplaced(bad_name, "CQL-1", "wrong")
    assert set(log.placed(resources)) == {
        DataWarning("CQL-1", "Patient/p1", "Patient.birthDate", "wrong"),
        DataWarning("CQL-1", "Patient/p1", "Patient.name[1].given", "wrong"),
    }


def test_value_that_is_not_in_the_data_has_no_place() -> None:
    log = WarningLog()
    log.add_unplaced("elsewhere", "CQL-1", "wrong")
    assert log.placed([{"resourceType": "Patient", "id": "p"}]) == (DataWarning("CQL-1", None, None, "wrong"),)


def test_number_of_warnings_is_bounded() -> None:
    log = WarningLog()
    values = [[number] for number in range(MOST_WARNINGS + 50)]
    for value in values:
        log.add_unplaced(value, "CQL-1", "wrong")
    for number in range(MOST_WARNINGS + 50):
        log.add(DataWarning("CQL-2", None, f"entry[{number}]", "wrong"))
    found = log.placed([{"resourceType": "Basic", "id": "b", "x": values}])
    assert len(found) == 2 * MOST_WARNINGS


def test_deep_nesting_is_no_problem() -> None:
    deep: dict[str, object] = {"leaf": ["bad"]}
    for _ in range(20_000):
        deep = {"a": deep}
    log = WarningLog()
    log.add_unplaced("elsewhere", "CQL-1", "wrong")
    assert len(log.placed([{"resourceType": "Basic", "deep": deep}])) == 1


def test_reference_of() -> None:
    assert reference_of({"resourceType": "Patient", "id": "p"}) == "Patient/p"
    assert reference_of({"resourceType": "Patient"}) is None
