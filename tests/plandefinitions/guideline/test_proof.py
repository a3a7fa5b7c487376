"""Entries serve only while their own cases pass; that they do is remembered."""

import copy
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest
import yaml

from plandefinitions.guideline import Guideline, GuidelineSettings, proof
from plandefinitions.guideline.cases import run_case
from plandefinitions.guideline.errors import ContentError
from plandefinitions.guideline.proof import Proven, load_proven
from plandefinitions.guideline.settings import CONTENT

CHECK, RADIOTHERAPY, BRAIN = "eribulin-not-liposarcoma", "palliative-radiotherapy", "brain-metastasis"
METASTASECTOMY = "pulmonary-metastasectomy"
TARGETED, CHEMOTHERAPY = "asps-vegf", "chemotherapy-in-asps"


@pytest.fixture
def content(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A guideline of three entries, and a cache of the test's own."""
    monkeypatch.setenv("SARCOMA_CDS_CACHE", str(tmp_path / "cache"))
    for folder in ("library", CHECK, RADIOTHERAPY, BRAIN):
        shutil.copytree(CONTENT / folder, tmp_path / "content" / folder)
    return tmp_path / "content"


def replace(file: Path, old: str, new: str) -> None:
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new), encoding="utf-8")


def append(file: Path) -> None:
    file.write_text(file.read_text(encoding="utf-8") + "\n// of no import\n", encoding="utf-8")


def loaded(content: Path, **settings: object) -> tuple[Proven, list[str]]:
    """The guideline, and the entries whose cases were run for it."""
    ran: dict[str, None] = {}

    def run(guideline: object, case: object) -> object:
        ran[case.entry] = None  # type: ignore[attr-defined]
        return run_case(guideline, case)  # type: ignore[arg-type]

    with patch.object(proof, "run_case", run):
        return load_proven(GuidelineSettings(content=content, **settings)), list(ran)  # type: ignore[arg-type]


def ids(proven: Proven) -> set[str]:
    return {one.id for one in proven.guideline.entries}


def test_cases_run_once_and_again_after_a_change_of_what_they_test(content: Path) -> None:
    proven, ran = loaded(content)
    assert proven.faults == ()
    assert set(ran) == ids(proven) == {CHECK, RADIOTHERAPY, BRAIN}
    assert loaded(content)[1] == []
    append(content / CHECK / "EribulinNotLiposarcoma.cql")
    assert loaded(content)[1] == [CHECK]
    (content / RADIOTHERAPY / "cases.yaml").write_text("cases: []")
    (content / BRAIN / "evidence.md").write_text("# Other words")
    assert loaded(content)[1] == []
    append(content / "library" / "SarcomaFacts.cql")
    assert loaded(content)[1] == [BRAIN, CHECK]


@pytest.mark.requirement("CH-152")
def test_pd_173_an_entry_whose_cases_fail_is_left_out_and_tried_again(content: Path) -> None:
    library = content / CHECK / "EribulinNotLiposarcoma.cql"
    replace(library, ' and Facts."Known Histology Not Liposarcoma"', "")
    for _ in range(2):
        proven, ran = loaded(content)
        assert CHECK in ran
        assert ids(proven) == {RADIOTHERAPY, BRAIN}
        assert any("eribulin for liposarcoma" in one and "found offered" in one for one in proven.faults)
        assert all(str(content / CHECK / "cases.yaml") in one for one in proven.faults)


@pytest.mark.parametrize(
    ("cases", "said"),
    [
        ("cases: [", "cases.yaml"),
        ("cases:\n- {name: one, facts: {histologie: ups}}\n", "histologie"),
        ("cases:\n- {name: one, others: {nothing: offered}}\n", "nothing: expected offered, found no such entry"),
        ("cases:\n- {name: one, gaps: [ecog]}\n", "gaps: expected ['ecog'], found []"),
    ],
)
def test_cases_that_cannot_be_run_are_faults(content: Path, cases: str, said: str) -> None:
    (content / CHECK / "cases.yaml").write_text(cases)
    proven, _ = loaded(content)
    assert ids(proven) == {RADIOTHERAPY, BRAIN}
    assert said in "\n".join(proven.faults)


def test_settings_do_not_make_the_cases_fail(content: Path) -> None:
    proven, ran = loaded(content, switched_off=frozenset({BRAIN}))
    assert BRAIN not in ran
    assert (ids(proven), proven.faults) == ({CHECK, RADIOTHERAPY}, ())
    assert loaded(content)[1] == [BRAIN]


def test_parameters_are_not_those_of_the_cases(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SARCOMA_CDS_CACHE", "")
    for folder in ("library", METASTASECTOMY):
        shutil.copytree(CONTENT / folder, tmp_path / folder)
    proven, ran = loaded(tmp_path, parameters={"metastasectomy_min_dfi_months": 24})
    assert (ran, proven.faults) == ([METASTASECTOMY], ())
    assert proven.guideline.parameters["metastasectomy_min_dfi_months"].value == 24


def test_who_uses_the_library_of_a_failing_entry_is_left_out(content: Path) -> None:
    for folder in (TARGETED, CHEMOTHERAPY):
        shutil.copytree(CONTENT / folder, content / folder)
        (content / folder / "cases.yaml").write_text(
            "cases: [{name: one, facts: {histology: ups}, status: not-applicable}]"
        )
    assert CHEMOTHERAPY in ids(loaded(content)[0])
    replace(content / TARGETED / "cases.yaml", "not-applicable", "offered")
    proven, _ = loaded(content)
    assert ids(proven) == {CHECK, RADIOTHERAPY, BRAIN}
    assert any(f"{CHEMOTHERAPY}: is left out" in one for one in proven.faults)


def test_nothing_left_is_an_error(content: Path) -> None:
    for folder in (CHECK, RADIOTHERAPY, BRAIN):
        (content / folder / "cases.yaml").write_text("nothing")
    with pytest.raises(ContentError, match='the list "cases" is wanted'):
        load_proven(GuidelineSettings(content=content))


def _places(value: Any, at: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    yield at
    parts = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, part in parts:
        yield from _places(part, (*at, key))


@pytest.mark.parametrize("odd", [None, 5, "x", [], {}, [5], {"x": 5}, True], ids=repr)
def test_odd_values_anywhere_in_the_cases_are_told_and_raise_nothing(content: Path, odd: Any) -> None:
    guideline = Guideline.load(GuidelineSettings(content=content))
    document = {
        "given": {"histology": "ups", "prior_systemic": [{"drug": "doxorubicin", "line": 1}]},
        "cases": [
            {
                "name": "one", "hook": "order-sign", "facts": {"drafts": [{"drug": "eribulin"}], "ecog": 0},
                "status": "offered", "because": ["x"], "missing": ["ecog"], "notes": "x", "others": {CHECK: "offered"},
            },
            {"name": "two", "resources": [{"resourceType": "Patient", "id": "p"}], "gaps": [], "unread": ["Condition"]},
        ],
    }  # fmt: skip
    for at in _places(document):
        holder: Any = {"all": copy.deepcopy(document)}
        part = holder
        for key in ("all", *at)[:-1]:
            part = part[key]
        part[("all", *at)[-1]] = odd
        (content / CHECK / "cases.yaml").write_text(yaml.safe_dump(holder["all"]), encoding="utf-8")
        assert isinstance(list(proof._faults(guideline, guideline.entry(CHECK))), list)
