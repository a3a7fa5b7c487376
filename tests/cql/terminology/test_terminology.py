"""Value sets: expansions, definitions, versions, and what is missing."""

import json
from pathlib import Path
from typing import Any

import pytest

from cql.errors import EvaluationError, TerminologyError, ValueSetNotFound
from cql.terminology import ExpandedValueSet, Terminology
from cql.values import Code

Resource = dict[str, Any]
S, T = "http://example.org/system", "http://example.org/other"


def value_set(name: str, **content: Any) -> Resource:
    return {"resourceType": "ValueSet", "url": f"http://example.org/vs/{name}", **content}


def expansion(*codes: str, system: str = S) -> Resource:
    return {"contains": [{"system": system, "code": code} for code in codes]}


def enumerated(*codes: str, system: str = S) -> Resource:
    return {"system": system, "concept": [{"code": code, "display": code.upper()} for code in codes]}


def vs(name: str) -> str:
    return f"http://example.org/vs/{name}"


def codes(of: ExpandedValueSet) -> list[str | None]:
    return [code.code for code in of.codes]


SYSTEM: Resource = {
    "resourceType": "CodeSystem",
    "url": S,
    "version": "1",
    "content": "complete",
    "concept": [
        {
            "code": "sarcoma",
            "concept": [
                {"code": "lms", "display": "Leiomyosarcoma", "property": [{"code": "grade", "valueCode": "high"}]},
                {"code": "lps", "concept": [{"code": "ddlps"}]},
            ],
        },
        {"code": "group", "property": [{"code": "notSelectable", "valueBoolean": True}], "concept": [{"code": "x"}]},
        {"code": "late", "property": [{"code": "parent", "valueCode": "lps"}]},
    ],
}


def test_membership() -> None:
    found = Terminology([value_set("a", expansion=expansion("1", "2"))]).value_set(vs("a"))
    assert found.contains("1", S)
    assert not found.contains("1", T)
    assert not found.contains("1", None)
    assert not found.contains(None, S)
    assert found.contains_code_only("2")
    assert not found.contains_code_only("3")
    assert len(found) == 2


def test_code_alone_in_a_set_of_several_systems_is_an_error() -> None:
    both = {"contains": [{"system": S, "code": "1"}, {"system": T, "code": "2"}]}
    with pytest.raises(EvaluationError, match="2 code systems"):
        Terminology([value_set("a", expansion=both)]).value_set(vs("a")).contains_code_only("1")


def test_expansion_with_nesting_abstract_and_inactive_entries() -> None:
    content = {
        "contains": [
            {"display": "group only", "contains": [{"system": S, "code": "1", "inactive": True}]},
            {"system": S, "code": "abstract", "abstract": True, "contains": [{"system": S, "code": "2"}]},
            {"system": S, "code": "3", "version": "v", "display": "Three"},
            {"system": S, "code": "1"},
        ]
    }
    found = Terminology([value_set("a", expansion=content)]).value_set(vs("a"))
    assert codes(found) == ["1", "2", "3"]
    assert found.codes[2] == Code("3", S, "v", "Three")


def test_partial_expansion_gives_way_to_the_definition() -> None:
    part = expansion("1") | {"total": 2}
    both = value_set("a", expansion=part, compose={"include": [enumerated("1", "2")]})
    assert codes(Terminology([both]).value_set(vs("a"))) == ["1", "2"]
    with pytest.raises(ValueSetNotFound, match="1 of its 2 codes"):
        Terminology([value_set("a", expansion=part)]).value_set(vs("a"))


def test_empty_expansion_is_empty_only_when_it_says_so() -> None:
    assert len(Terminology([value_set("a", expansion={"total": 0})]).value_set(vs("a"))) == 0
    with pytest.raises(ValueSetNotFound, match="neither an expansion nor a definition"):
        Terminology([value_set("a", expansion={"timestamp": "2026"})]).value_set(vs("a"))
    with pytest.raises(ValueSetNotFound, match="neither an expansion nor a definition"):
        Terminology([value_set("a")]).value_set(vs("a"))
    with pytest.raises(ValueSetNotFound, match="includes nothing"):
        Terminology([value_set("a", compose={"include": []})]).value_set(vs("a"))


def test_compose_with_enumerated_concepts_and_exclusion() -> None:
    compose = {
        "include": [enumerated("1", "2", "3"), enumerated("9", system=T)],
        "exclude": [enumerated("2"), {"system": T}],
    }
    found = Terminology([value_set("a", compose=compose)]).value_set(vs("a"))
    assert codes(found) == ["1", "3"]
    assert found.codes[0] == Code("1", S, None, "1")


def test_compose_of_value_sets() -> None:
    one, two = value_set("1", expansion=expansion("a", "b")), value_set("2", version="5", expansion=expansion("b", "c"))

    def of(*includes: Resource, **more: Any) -> list[str | None]:
        composed = value_set("x", compose={"include": list(includes), **more})
        return codes(Terminology([one, two, composed]).value_set(vs("x")))

    assert of({"valueSet": [vs("1")]}, {"valueSet": [vs("2") + "|5"]}) == ["a", "b", "c"]
    assert of({"valueSet": [vs("1"), vs("2")]}) == ["b"]
    assert of({"valueSet": [vs("1")], "system": S}) == ["a", "b"]
    assert of({"valueSet": [vs("1")], "system": T}) == []
    assert of({"valueSet": [vs("1")], **enumerated("b", "z")}) == ["b"]
    assert of({"valueSet": [vs("1")]}, exclude=[{"valueSet": [vs("2")]}]) == ["a"]


def test_nested_value_set_that_is_missing_is_named_with_its_user() -> None:
    nested = value_set("x", compose={"include": [{"valueSet": [vs("missing")]}]})
    with pytest.raises(ValueSetNotFound, match=r"vs/missing is not loaded \(needed by http://example\.org/vs/x\)"):
        Terminology([nested]).value_set(vs("x"))


def test_cycle_is_named() -> None:
    a = value_set("a", compose={"include": [{"valueSet": [vs("b")]}]})
    b = value_set("b", compose={"include": [{"valueSet": [vs("a")]}]})
    with pytest.raises(ValueSetNotFound, match=r"vs/a -> http://example\.org/vs/b -> http://example\.org/vs/a"):
        Terminology([a, b]).value_set(vs("a"))


def test_whole_code_system() -> None:
    whole = value_set("x", compose={"include": [{"system": S}]})
    found = Terminology([whole, SYSTEM]).value_set(vs("x"))
    assert codes(found) == ["sarcoma", "lms", "lps", "ddlps", "x", "late"]
    assert found.codes[1] == Code("lms", S, "1", "Leiomyosarcoma")
    with pytest.raises(ValueSetNotFound, match=r"needs the code system http://example\.org/system \(all its codes\)"):
        Terminology([whole]).value_set(vs("x"))
    with pytest.raises(ValueSetNotFound, match="a part of it"):
        Terminology([whole, SYSTEM | {"content": "fragment"}]).value_set(vs("x"))


@pytest.mark.parametrize(
    ("name", "op", "value", "expected"),
    [
        ("concept", "is-a", "lps", ["lps", "ddlps", "late"]),
        ("concept", "descendent-of", "sarcoma", ["lms", "lps", "ddlps", "late"]),
        ("concept", "is-not-a", "sarcoma", ["x"]),
        ("concept", "generalizes", "ddlps", ["sarcoma", "lps", "ddlps"]),
        ("concept", "in", "lms,x", ["lms", "x"]),
        ("concept", "not-in", "lms, x", ["sarcoma", "lps", "ddlps", "late"]),
        ("grade", "=", "high", ["lms"]),
        ("grade", "exists", "true", ["lms"]),
        ("display", "=", "Leiomyosarcoma", ["lms"]),
        ("parent", "=", "lps", ["ddlps", "late"]),
        ("child", "=", "lps", ["sarcoma"]),
    ],
)
def test_filters(name: str, op: str, value: str, expected: list[str]) -> None:
    included = {"system": S, "filter": [{"property": name, "op": op, "value": value}]}
    filtered = value_set("x", compose={"include": [included]})
    assert codes(Terminology([filtered, SYSTEM]).value_set(vs("x"))) == expected


def test_filter_that_cannot_be_resolved_is_named() -> None:
    def filtered(op: str) -> Resource:
        included = {"system": S, "filter": [{"property": "concept", "op": op, "value": "64572001"}]}
        return value_set("x", compose={"include": [included]})

    with pytest.raises(ValueSetNotFound, match=r"concept is-a 64572001.*not loaded"):
        Terminology([filtered("is-a")]).value_set(vs("x"))
    with pytest.raises(ValueSetNotFound, match="not supported: concept regex 64572001"):
        Terminology([filtered("regex"), SYSTEM]).value_set(vs("x"))


def test_versions() -> None:
    versions = ["1.9.0", "1.10.0", "1.2", None]
    terminology = Terminology([value_set("a", version=v, expansion=expansion(str(v))) for v in versions])
    assert codes(terminology.value_set(vs("a"))) == ["1.10.0"]
    assert codes(terminology.value_set(vs("a") + "|1.2")) == ["1.2"]
    assert codes(terminology.value_set(vs("a"), "1.9.0")) == ["1.9.0"]
    with pytest.raises(ValueSetNotFound, match=r"vs/a\|2 is not loaded; loaded versions are 1\.9\.0, 1\.10\.0"):
        terminology.value_set(vs("a"), "2")


def test_unknown_value_set_is_an_error() -> None:
    with pytest.raises(ValueSetNotFound, match="vs/none is not loaded"):
        Terminology().value_set(vs("none"))


def test_expansion_is_kept() -> None:
    terminology = Terminology(value_set("a", expansion=expansion("1")))
    assert terminology.value_set(vs("a")) is terminology.value_set(vs("a"))


def test_expansion_and_definition_in_two_resources() -> None:
    definition = value_set("a", compose={"include": [{"system": S}]})
    expanded = value_set("a", expansion=expansion("1"))
    for order in ([definition, expanded], [expanded, definition]):
        assert codes(Terminology(order).value_set(vs("a"))) == ["1"]


def test_bundles_and_mappings() -> None:
    bundle = {"resourceType": "Bundle", "entry": [{"resource": value_set("a", expansion=expansion("1"))}, {}]}
    assert codes(Terminology(bundle).value_set(vs("a"))) == ["1"]
    assert codes(Terminology([bundle, {"resourceType": "Patient"}]).value_set(vs("a"))) == ["1"]
    listed = Terminology({vs("a"): {"1": [{"code": "c", "system": S, "version": "1"}]}, vs("b"): [Code("d", S)]})
    assert listed.value_set(vs("a"), "1").codes == (Code("c", S, "1"),)
    assert listed.value_set(vs("b")).contains("d", S)
    assert listed.urls == (vs("a"), vs("b"))
    assert len(Terminology({vs("none"): []}).value_set(vs("none"))) == 0


@pytest.mark.parametrize(
    "content",
    [
        5,
        "text",
        [5],
        [{"a": 1}],
        {"url": 5},
        {"url": ["code"]},
        {"resourceType": "ValueSet", "id": "x"},
        {vs("a"): "x"},
    ],
)
def test_what_is_no_terminology_is_refused(content: Any) -> None:
    with pytest.raises(TerminologyError):
        Terminology(content)


def test_directory(tmp_path: Path) -> None:
    (tmp_path / "deeper").mkdir()
    (tmp_path / "a.json").write_text(json.dumps(value_set("a", expansion=expansion("1"))))
    (tmp_path / "deeper" / "b.json").write_text(json.dumps([value_set("b", expansion=expansion("2"))]))
    (tmp_path / "notes.txt").write_text("not JSON")
    terminology = Terminology.from_directory(tmp_path)
    assert set(terminology.urls) == {vs("a"), vs("b")}
    (tmp_path / "broken.json").write_text("{")
    with pytest.raises(TerminologyError, match=r"broken\.json"):
        Terminology.from_directory(tmp_path)
    with pytest.raises(TerminologyError, match="is not a folder"):
        Terminology.from_directory(tmp_path / "none")


def test_code_system_content() -> None:
    terminology = Terminology([SYSTEM])
    content = terminology.code_system(S)
    assert content is not None
    assert "ddlps" in content
    assert "nonsense" not in content
    assert content.descends_from("late", "sarcoma")
    assert terminology.code_system(T) is None


def test_hierarchy_with_a_cycle_ends() -> None:
    looped = {
        "resourceType": "CodeSystem",
        "url": S,
        "concept": [
            {"code": "a", "property": [{"code": "parent", "valueCode": "b"}]},
            {"code": "b", "property": [{"code": "parent", "valueCode": "a"}]},
        ],
    }
    content = Terminology([looped]).code_system(S)
    assert content is not None
    assert not content.descends_from("a", "c")
