"""Numbers that change: performance status and ejection fraction. Of a course the newest value counts."""

from collections.abc import Iterator

from mappers.text.mention import Attribute, Polarity
from mappers.text.reading import Reading
from mappers.text.sizes import number
from mappers.text.staging import BETWEEN_NAME_AND_NUMBER
from mappers.text.vocabulary import Item
from mappers.text.words import word_set

_CHANGED = word_set(
    "improved worsened declined dropped fell fallen risen rose increased decreased recovered deteriorated went changed "
    "improving worsening declining has have had"
)
_NOW = word_set("now currently today presently")
_UP_TO = word_set("to is at of ~ about approximately a :")
_ENDS_VALUE = word_set(", . ; : ) ( % and after since on with following")
_BEFORE = word_set(
    "was previously prior previous last earlier former formerly initially initial from baseline had been"
)
_THEN = word_set("diagnosis baseline presentation first initially previously before earlier then")
_ELSE = word_set("performance lvef lesion metastasis mass drug regimen histology site stage")
_BELOW = frozenset(("<", "below", "under", "less"))
_BOXES = word_set("[ ] x ☒ ☑ ☐ ✓ ✔ ( )")
_MOST_BETWEEN = 12


def add_performance(reading: Reading, index: int, item: Item) -> None:
    """Adds an ECOG or Karnofsky score; one of the past beside a current one is marked so."""
    at = _number_after(reading, item)
    if at < 0 or reading.context.unreal(item):
        return
    at = _newest(reading, item, at)
    value = _score(reading, at)
    if value is None:
        return
    before = reading.folded[item.last : at]
    high = _range_end(reading, at)
    doubtful = high is not None or reading.folded[at - 1] in ("<", ">", "≤", "≥") or "than" in before
    karnofsky = item.roles["performance"].concept == "karnofsky" or (value >= 30 and value % 10 == 0 and value <= 100)
    if not (0 <= value <= 100 and value % 10 == 0 if karnofsky else 0 <= value <= 4):
        return
    kind = "karnofsky" if karnofsky else "ecog"
    attributes: dict[str, Attribute] = {"score": value}
    polarity: Polarity | None = None
    if doubtful and not _is_arrow(reading, at):
        attributes = {"low": value, "high": high if high is not None else value}
        polarity = "uncertain"
    past = _is_superseded(reading, item, at, "performance")
    reading.add(kind, kind, item, attributes, last=at + 1, polarity=polarity, historical=past or None)


def add_lvef(reading: Reading, index: int, item: Item) -> None:
    """Adds a left ventricular ejection fraction in percent."""
    at = _percent_after(reading, item)
    if at < 0 or reading.context.unreal(item):
        return
    at = _newest(reading, item, at)
    token = reading.folded[at]
    value = number(token) if len(token) <= 5 else None
    if value is not None and token.startswith("0"):
        value *= 100  # "ejection fraction 0.45"
    if value is None or not 5 <= value <= 90:
        return
    high = _range_end(reading, at)
    before = set(reading.folded[item.last : at])
    if before & _BELOW and not before & {"no", "not"}:
        value -= 1  # below 50 % is not 50 %
    attributes: dict[str, Attribute] = {"percent": value}
    if high is not None:
        attributes = {"percent": value, "high": high}
    past = _is_superseded(reading, item, at, "lvef")
    reading.add("lvef", "lvef", item, attributes, last=at + 1, historical=past or None)


def _percent_after(reading: Reading, item: Item) -> int:
    """The token of the number that an ejection fraction is followed by, or -1."""
    for at in range(item.last, min(item.last + 9, reading.sentence.last)):
        if reading.folded[at][0].isdigit():
            return at
        if reading.folded[at] in (",", "normal") and at > item.last:
            break
    return -1


def _number_after(reading: Reading, item: Item, reach: int = 8) -> int:
    """The token of the number a name is followed by, or -1."""
    changed = False
    boxes = reading.context.marks.get("hypothetical")
    for at in range(item.last, min(item.last + (2 * reach if boxes else reach), reading.sentence.last)):
        token = reading.folded[at]
        if boxes and (boxes[at - reading.sentence.first] or token in _BOXES):
            continue  # "ECOG: [ ] 0 [x] 1"
        if token[0].isdigit():
            return at
        changed = changed or token in _CHANGED
        if token not in BETWEEN_NAME_AND_NUMBER and not changed:
            return -1
        if changed and token not in BETWEEN_NAME_AND_NUMBER and token not in _CHANGED and token not in ("from", "to"):
            return -1
    return -1


def _newest(reading: Reading, item: Item, at: int) -> int:
    """The token of the newest value of a course that begins at a token: "1 -> 2", "from 60 % to 45 %", "0, now 2"."""
    folded, last = reading.folded, min(at + _MOST_BETWEEN, reading.sentence.last)
    for other in reading.items:
        if other.first > at and not other.roles.keys().isdisjoint(_ELSE):  # what follows is about something else
            last = min(last, other.first)
            break
    changed = not _CHANGED.isdisjoint(folded[item.last : at])
    newest = at
    for place in range(at + 1, last):
        token = folded[place]
        changed = changed or token in _CHANGED
        moves = token in _NOW or token == "→" or _is_arrow(reading, place + 1) or (token == "to" and changed)
        if not moves:
            continue
        value = place + 1
        while value < last and folded[value] in _UP_TO:
            value += 1
        after = value + 1
        if (
            value < last
            and folded[value].isdigit()
            and (after >= reading.sentence.last or folded[after] in _ENDS_VALUE)
        ):
            newest = value
    return newest


def _is_arrow(reading: Reading, at: int) -> bool:
    """Whether a token follows an arrow written as "->" or "=>"."""
    return reading.folded[at - 1] == ">" and reading.folded[at - 2] in ("-", "=")


def _score(reading: Reading, at: int) -> int | None:
    token = reading.folded[at]
    return int(token) if token.isdigit() and len(token) <= 3 else None


def _range_end(reading: Reading, at: int) -> int | None:
    folded, last = reading.folded, reading.sentence.last
    if (
        at + 2 < last
        and folded[at + 1] in ("-", "to", "/", "or")
        and folded[at + 2].isdigit()
        and len(folded[at + 2]) <= 3
    ):
        value = int(folded[at + 2])
        return None if folded[at + 1] == "/" and value in (4, 5, 100) else value
    if at + 3 < last and folded[at + 1] == "%" and folded[at + 2] == "-" and folded[at + 3].isdigit():
        return int(folded[at + 3])
    return None


def _is_superseded(reading: Reading, item: Item, at: int, role: str) -> bool:
    """Whether a value is one of the past, beside another of the same kind: "ECOG 2, was ECOG 1"."""
    others = list(_others(reading, item, at, role))
    if not others or not _NOW.isdisjoint(reading.words_before(item, 2)):
        return False
    if any(not _NOW.isdisjoint(reading.words_before(other, 2)) for other, _ in others):
        return True
    return _is_past(reading, item, at) and not all(_is_past(reading, other, place) for other, place in others)


def _others(reading: Reading, item: Item, at: int, role: str) -> Iterator[tuple[Item, int]]:
    find = _percent_after if role == "lvef" else _number_after
    for _, other in reading.with_role(role):
        place = find(reading, other)
        if other is not item and place >= 0 and place != at:
            yield other, place


def _is_past(reading: Reading, item: Item, at: int) -> bool:
    """Whether words beside a value tell it as one of the past: "was ECOG 1", "ECOG 0 at diagnosis"."""
    after = reading.folded[at + 1 : min(at + 4, reading.sentence.last)]
    return not _BEFORE.isdisjoint(reading.words_before(item, 3)) or not _THEN.isdisjoint(after)
