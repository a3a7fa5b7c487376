"""Every example of `cases/*.yaml` reads as it says: a text with what must be read in it, see `cases/README.md`."""

from pathlib import Path

import pytest
import yaml

from mappers.text import Mention, read

CASES = Path(__file__).parent / "cases"


def _load() -> list[tuple[str, dict[str, object]]]:
    found = []
    for path in sorted(CASES.glob("*.yaml")):
        for number, case in enumerate(yaml.safe_load(path.read_text(encoding="utf-8")), 1):
            found.append((f"{path.stem}-{number}", case))
    return found


LOADED = _load()


def _said(mention: Mention) -> str:
    marks = [mention.kind, mention.concept]
    if mention.polarity != "affirmed":
        marks.append(mention.polarity)
    if mention.historical:
        marks.append("historical")
    if mention.other_person:
        marks.append("other")
    return " ".join(marks)


def _matches(expected: str, mention: Mention) -> bool:
    words = expected.split()
    wanted = dict(word.split("=", 1) for word in words if "=" in word)
    if " ".join(word for word in words if "=" not in word) != _said(mention):
        return False
    return all(_written(mention.attributes.get(key)) == value for key, value in wanted.items())


def _written(value: object) -> str:
    return "+".join(value) if isinstance(value, tuple) else str(value)


@pytest.mark.parametrize("example", [case for _, case in LOADED], ids=[name for name, _ in LOADED])
def test_example(example: dict[str, object]) -> None:
    text, expected, absent = str(example["text"]), example.get("expect", []), example.get("none", [])
    assert isinstance(expected, list)
    assert isinstance(absent, list)
    assert expected or absent, "a case says what must be read, or what must not"
    found = read(text)
    shown = [f"{_said(m)} {dict(m.attributes)} {m.words!r}" for m in found]
    for line in expected:
        assert any(_matches(line, mention) for mention in found), f"{text!r}: {line!r} not in {shown}"
    kinds = {line.split()[0] for line in expected}
    for mention in found:
        if mention.kind in kinds:
            assert any(_matches(line, mention) for line in expected), (
                f"{text!r}: not expected: {_said(mention)} {shown}"
            )
        assert mention.kind not in absent, f"{text!r}: not expected: {_said(mention)} {dict(mention.attributes)}"


def test_there_are_enough_cases() -> None:
    assert len(LOADED) >= 300
    assert len({str(case["text"]) for _, case in LOADED}) == len(LOADED), "a text is given twice"


def test_offsets_hold() -> None:
    for _, case in LOADED:
        text = str(case["text"])
        for mention in read(text):
            assert text[mention.start : mention.end] == mention.words
