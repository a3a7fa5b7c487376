"""Answers of forms: ticked and empty boxes ("[ ] yes [x] no"), "Mets (Y/N): N", "metastases = 0", "Stage: n/a"."""

from collections.abc import Callable

from mappers.text.report import Report, Sentence
from mappers.text.words import word_set

SIGNS = frozenset(":=[(☐☑☒□❏❑✓✔")
"""One of these stands in every sentence that holds such an answer."""

_TICKED = frozenset("☑☒✓✔")
_EMPTY = frozenset("☐□❏❑")
_TICKS = frozenset("xX✓✔*")
_CLOSING = {"[": "]", "(": ")"}
_NO = word_set("n no 0 false nil nein nee non")
_OPEN = word_set("unknown unk na tbd u pending deferred")
_OPEN_AFTER_NOT = word_set(
    "applicable assessed assessable evaluated evaluable known documented stated specified recorded done performed "
    "available reported determined examined"
)
_ELSEWHERE = word_set("note report comment text narrative")
_ENDS = frozenset((",", ".", ")", "]", "[", "("))
_LONGEST_LABEL = 14

Set = Callable[[str, int, int, int], None]
"""Marks tokens: category, first, last, and the token where the cue stands."""
Clear = Callable[[int, int], None]
"""Forgets what cues outside of these tokens say of them."""


def read_answers(report: Report, sentence: Sentence, mark: Set, clear: Clear) -> None:
    """Marks what an answer denies or leaves open."""
    boxes = _boxes(report, sentence)
    if boxes:
        _read_boxes(report, sentence, boxes, mark, clear)
        return
    folded = report.folded
    for at in range(sentence.first + 1, sentence.last - 1):
        if folded[at] in ":=" and (said := _answer(report, at + 1, sentence.last)):
            first = _label_begin(report, sentence, at)
            if folded[at + 1] == "0":
                _deny_metastases(sentence, first, at, mark)
            else:
                mark(said, first, at, at)


def _answer(report: Report, at: int, last: int) -> str:
    """What one word (or "not known", "n/a") says of its label: that it is not so, that it is open, or nothing."""
    folded = report.folded
    word, end, said = folded[at], at + 1, ""
    if word in _NO:
        said = "negated"
    elif word in _OPEN:
        said = "hypothetical"
    elif word == "see" and end < last and folded[end] in _ELSEWHERE:
        said, end = "hypothetical", end + 1
    elif word == "not" and end < last and folded[end] in _OPEN_AFTER_NOT:
        return "hypothetical"
    if folded[at : at + 3] == ["n", "/", "a"]:
        said, end = "hypothetical", at + 3
    return said if end >= last or folded[end] in _ENDS else ""


def _label_begin(report: Report, sentence: Sentence, colon: int) -> int:
    first = colon
    while first > max(sentence.first, colon - _LONGEST_LABEL) and report.folded[first - 1] not in (",", ":", "=", "-"):
        first -= 1
    return first


def _deny_metastases(sentence: Sentence, first: int, last: int, mark: Set) -> None:
    """ "Metastases: 0" denies them; of a score or a stage nought is a value."""
    for item in sentence.items:
        if first <= item.first < last and "metastasis" in item.roles:
            mark("negated", item.first, item.last, last)


def _boxes(report: Report, sentence: Sentence) -> list[tuple[int, int, bool]]:
    """Each box: its first token, the token after it, and whether it is ticked."""
    folded, found, at = report.folded, [], sentence.first
    while at < sentence.last:
        token = folded[at]
        closing = _CLOSING.get(token)
        if token in _TICKED or token in _EMPTY:
            found.append((at, at + 1, token in _TICKED))
        elif closing and at + 1 < sentence.last and folded[at + 1] == closing:
            found.append((at, at + 2, False))
        elif closing and folded[at + 2 : at + 3] == [closing] and at + 2 < sentence.last:
            if folded[at + 1] in _TICKS:
                found.append((at, at + 3, True))
            elif folded[at + 1] == "_":
                found.append((at, at + 3, False))
        at = found[-1][1] if found and found[-1][0] == at else at + 1
    return found


def _read_boxes(
    report: Report, sentence: Sentence, boxes: list[tuple[int, int, bool]], mark: Set, clear: Clear
) -> None:
    """What stands at an empty box is not said; a ticked "no" denies the words before the first option."""
    options, stem = _options(report, sentence, boxes)
    clear(sentence.first, stem)
    for (first, last), (box, _, ticked) in zip(options, boxes, strict=True):
        if not ticked:
            mark("hypothetical", first, last, box)
            continue
        clear(first, last)
        if stem < first and (said := _answer(report, first, last)):
            mark(said, sentence.first, stem, box)
    if not any(ticked for _, _, ticked in boxes):
        mark("hypothetical", sentence.first, stem, boxes[0][0])


def _options(
    report: Report, sentence: Sentence, boxes: list[tuple[int, int, bool]]
) -> tuple[list[tuple[int, int]], int]:
    """The words of each box, behind it or (nothing follows the last box) before it, and where the stem ends."""
    behind = any(token[0].isalnum() for token in report.folded[boxes[-1][1] : sentence.last])
    if behind or boxes[0][0] == sentence.first:
        ends = [box for box, _, _ in boxes[1:]] + [sentence.last]
        return [(after, end) for (_, after, _), end in zip(boxes, ends, strict=True)], boxes[0][0]
    begins = [sentence.first] + [after for _, after, _ in boxes[:-1]]
    colon = next((at for at in range(sentence.first, boxes[0][0]) if report.folded[at] == ":"), sentence.first)
    if colon > sentence.first:
        begins[0] = colon + 1
    return [(begin, box) for begin, (box, _, _) in zip(begins, boxes, strict=True)], colon
