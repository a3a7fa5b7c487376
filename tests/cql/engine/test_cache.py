from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from cql import Engine, Library, cache
from cql.compiler.codec import dump_program, load_program
from cql.errors import LibraryNotFound
from tests.cql.compiler.elm import NOW

COMMON = "library Common version '1'\ndefine Seven: 7\n"
TEXT = """library Main version '1'
using FHIR version '4.0.1'
include Common version '1'
codesystem "S": 'urn:s'
code "C": 'c' from "S" display 'see'
parameter "P" Interval<DateTime> default Interval[@2026-01-01T00:00:00.0+00:00, @2026-02-01T00:00:00.0+00:00)
define Sum: Common.Seven + 1
define Dose: 1.50 'mg' + 0.5 'mg'
define Found: [Observation: "C"] O where O.status in { 'final', 'amended' } and O.value is not null
define Fails: singleton from ({ 1, 2 })
"""


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("SARCOMA_CDS_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache"


@pytest.fixture
def translations(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The texts that are translated during the test."""
    import cql.translator

    texts: list[str] = []
    translate = cql.translator.translate

    def counted(text: str, **arguments: object) -> object:
        texts.append(text)
        return translate(text, **arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(cql.translator, "translate", counted)
    return texts


def load(common: str = COMMON) -> Library:
    return Library.from_cql(TEXT, {"Common": common})


def results(library: Library) -> dict[str, object]:
    data = [{"resourceType": "Observation", "id": "o", "status": "final", "valueString": "x"}]
    data[0]["code"] = {"coding": [{"system": "urn:s", "code": "c"}]}  # type: ignore[assignment]
    result = Engine(library).evaluate(data, now=NOW)
    return {**result.defines, **{name: str(error) for name, error in result.errors.items()}}


def test_a_second_load_does_not_translate_and_gives_the_same(translations: list[str]) -> None:
    first = load()
    assert translations == [TEXT, COMMON] or sorted(translations) == sorted([TEXT, COMMON])
    second = load()
    assert len(translations) == 2
    assert second.to_elm() == first.to_elm()
    assert (second.name, second.version, second.warnings) == (first.name, first.version, first.warnings)
    assert second.defines == first.defines
    assert second.data_requirements == first.data_requirements
    assert results(second) == results(first)
    assert len(results(second)["Found"]) == 1  # type: ignore[arg-type]


def test_a_changed_include_is_noticed(translations: list[str]) -> None:
    load()
    assert results(load(COMMON.replace("7", "8")))["Sum"] == 9
    assert translations.count(TEXT) == 2
    with pytest.raises(LibraryNotFound):
        Library.from_cql(TEXT)


@pytest.mark.parametrize("fault", ["cut", "flip", "empty", "forged"])
def test_what_is_corrupt_is_made_again(fault: str, folder: Path, translations: list[str]) -> None:
    expected = results(load())
    for entry in folder.glob("*.bin"):
        content = entry.read_bytes()
        forged = json.dumps({"engine": "another", "elm": {}}).encode()
        entry.write_bytes(
            {
                "cut": content[:500],
                "flip": content[:-9] + b"#" + content[-8:],
                "empty": b"",
                "forged": b"0" * 64 + forged,
            }[fault]
        )
    assert results(load()) == expected
    assert translations.count(TEXT) == 2


def test_another_version_of_the_engine_makes_its_own(translations: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    load()
    monkeypatch.setattr(cache, "engine_version", lambda: "another")
    load()
    assert translations.count(TEXT) == 2


def test_only_a_folder_of_one_s_own_is_trusted(folder: Path, translations: list[str]) -> None:
    load()
    folder.chmod(0o777)
    load()
    assert translations.count(TEXT) == 2


def test_no_folder_no_cache(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_text("in the way")
    for value in ("", str(file), str(file / "below")):
        monkeypatch.setenv("SARCOMA_CDS_CACHE", value)
        assert results(load())["Sum"] == 8
    assert os.listdir(tmp_path) == ["file"]


def test_old_entries_are_removed(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cache, "_MOST_ENTRIES", 4)
    for number in range(8):
        Library.from_cql(f"define X: {number}")
    assert 2 <= len(list(folder.glob("*"))) <= 4


def test_programs_survive_json() -> None:
    program = load().program
    again = load_program(json.loads(json.dumps(dump_program(program))))
    for one, other in zip(again.constants, program.constants, strict=True):
        assert one == other or repr(one) == repr(other)
    assert (again.places, again.lines) == (program.places, program.lines)
    assert again.defines == program.defines
    assert again.parameters == program.parameters
    assert again.code == program.code
