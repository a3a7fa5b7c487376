"""Every case of fixtures/mapping gives the facts it promises."""

from typing import Any

from mappers import FACT_KEYS, Fact, map_patient

PARTS = {"value", "status", "date", "detail", "rules", "references"}


def test_case_gives_its_facts(case: dict[str, Any]) -> None:
    found = map_patient(
        case["resources"],
        patient_id=case.get("patient", "p1"),
        drafts=case["drafts"],
        selections=case.get("selections"),
        as_of=str(case.get("as_of", "2026-11-21")),
        unread=case.get("unread", ()),
    )
    wrong = []
    for key, expected in case["expect"].items():
        if key == "problems":
            reasons = [f"{p.reference}: {p.reason}" for p in found.problems]
            wrong += [f"no problem {text!r} in {reasons}" for text in expected if not any(text in r for r in reasons)]
            if not expected and reasons:
                wrong.append(f"problems: {reasons}")
        else:
            wrong += differences(key, expected, found.facts[key])
    assert not wrong, "\n".join([case["says"], *wrong])


def differences(key: str, expected: Any, fact: Fact) -> list[str]:
    wanted = expected if isinstance(expected, dict) and expected and expected.keys() <= PARTS else {"value": expected}
    got: dict[str, Any] = {
        "value": fact.value,
        "status": fact.status,
        "date": fact.date,
        "detail": {k: fact.detail.get(k) for k in wanted.get("detail", {})},
        "rules": sorted({e.rule for e in fact.evidence}),
        "references": sorted({e.reference for e in fact.evidence}),
    }
    return [
        f"{key}.{part}: expected {value!r}, got {got[part]!r} ({fact.status}; {[e.words for e in fact.evidence]})"
        for part, value in ((part, _plain(value)) for part, value in wanted.items())
        if got[part] != value
    ]


def _plain(value: Any) -> Any:
    if isinstance(value, list):
        return [_plain(item) for item in value]
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    return value.isoformat() if hasattr(value, "isoformat") else value


def test_cases_are_many_and_cover_every_way_records_go_wrong(cases: list[dict[str, Any]]) -> None:
    assert len(cases) >= 60
    assert {paragraph for case in cases for paragraph in case.get("messy", [])} == set(range(1, 23))


def test_cases_are_well_formed(cases: list[dict[str, Any]]) -> None:
    assert len({case["id"] for case in cases}) == len(cases)
    for case in cases:
        assert case["says"], case["id"]
        assert case["expect"].keys() <= {*FACT_KEYS, "problems"}, case["id"]
