"""What cannot be switched off where it was named is an error, never ignored."""

import shutil
from pathlib import Path

import pytest

from plandefinitions.guideline import Guideline, GuidelineSettings
from plandefinitions.guideline.errors import SettingsError
from plandefinitions.guideline.settings import CONTENT
from plandefinitions.guideline.words import read_words

ENTRY, FILE = "hepatic-local", "HepaticLocal.cql"


@pytest.fixture
def content(tmp_path: Path) -> Path:
    """A guideline of one entry, which marks as local what it takes from a shared list."""
    for name in ("library", ENTRY):
        shutil.copytree(CONTENT / name, tmp_path / name)
    library = tmp_path / ENTRY / FILE
    text = library.read_text(encoding="utf-8")
    assert 'define "Unless":\n  Facts."Unless For Local Therapy"' in text
    library.write_text(text.replace('define "Unless":', '/*\n@local: Poor Performance\n*/\ndefine "Unless":'))
    return tmp_path


def test_a_criterion_of_a_shared_list_is_switched_off_there_only(content: Path) -> None:
    with pytest.raises(SettingsError, match="HepaticLocal takes Poor Performance from a list of another library"):
        Guideline.load(GuidelineSettings(content=content, switched_off=frozenset({f"{ENTRY}/Poor Performance"})))
    Guideline.load(GuidelineSettings(content=content, switched_off=frozenset({"SarcomaFacts/Poor Performance"})))


def _local() -> list[str]:
    """Every criterion that the content marks as local."""
    libraries = {file: read_words(file.read_text(encoding="utf-8")) for file in CONTENT.glob("*/*.cql")}
    return [
        f"{file.stem if file.parent.name == 'library' else file.parent.name}/{name}"
        for file, words in sorted(libraries.items())
        for name in sorted({name for one in words.values() for name in one.all("local")})
    ]


def test_everything_the_content_marks_as_local_can_be_switched_off() -> None:
    assert len(_local()) > 20
    Guideline.load(GuidelineSettings(switched_off=frozenset(_local())))
