"""Results for short texts are remembered; long ones do not fill the memory."""

from __future__ import annotations

from mappers import recall
from mappers.recall import remembered


def test_a_short_text_is_worked_out_once() -> None:
    seen: list[tuple[str, ...]] = []

    @remembered(maxsize=8)
    def joined(*texts: str) -> str:
        seen.append(texts)
        return "".join(texts)

    assert [joined("a", "b") for _ in range(5)] == ["ab"] * 5
    assert seen == [("a", "b")]


def test_long_texts_are_forgotten_together() -> None:
    seen: list[int] = []

    @remembered(maxsize=1000)
    def length(text: str) -> int:
        seen.append(len(text))
        return len(text)

    assert length("short") == 5
    size = recall._MOST // 4
    for number in range(40):
        assert length(str(number % 10) + "x" * size) == size + 1
    assert len(seen) > 35  # nothing of the kind is still known after three others
    assert length.cache_info().currsize <= 5  # type: ignore[attr-defined]


def test_one_text_beyond_the_bound_goes_with_the_next() -> None:
    @remembered(maxsize=1000)
    def length(text: str) -> int:
        return len(text)

    length("x" * (recall._MOST + 1))
    length("short")
    assert length.cache_info().currsize == 1  # type: ignore[attr-defined]
