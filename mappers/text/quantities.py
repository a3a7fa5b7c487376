"""Counts and sizes of lesions, and the size of the primary."""

import re
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from mappers.text.mention import Attribute
from mappers.text.reading import Reading
from mappers.text.spread import sites_of_lesion
from mappers.text.vocabulary import Item
from mappers.text.words import word_set

LARGEST_CM = Decimal(100)
SMALLEST_CM = Decimal("0.05")
MOST_LESIONS = 200
_UNITS = {"cm": Decimal(1), "centimeter": Decimal(1), "mm": Decimal("0.1"), "millimeter": Decimal("0.1")}
_DIGIT = re.compile(r"\d")
_BY = frozenset(("x", "by", "*"))
_BELOW = frozenset(("<", "under", "sub", "≤"))
_AFTER_UNIT_NOT_SIZE = frozenset(
    (
        "from",
        "away",
        "above",
        "below",
        "deep",
        "distal",
        "proximal",
        "beyond",
        "hg",
        "of",
        "margin",
        "apart",
        "inferior",
        "superior",
        "lateral",
        "medial",
        "slice",
        "section",
        "collimation",
        "thick",
        "thickness",
        "interval",
        "/",
        "clearance",
    )
)
_OLDER = frozenset(
    (
        "previously",
        "prior",
        "formerly",
        "was",
        "from",
        "prev",
        "compared",
        "versus",
        "vs",
        "than",
        "earlier",
        "initially",
        "baseline",
    )
)
_NOT_COUNTED_BY = word_set(
    "segment level image series grade stage station zone type category level figure slice node week day month year version "
    "line cycle phase lesion nodule target station t n m score no number # scan session part arm"
)
_COUNT_GAP = word_set(
    "small tiny new discrete separate additional distinct enlarging solid metastatic suspicious fdg avid hypermetabolic "
    "subcentimeter sub centimeter subpleural peripheral visible measurable known residual stable bilateral left right of the "
    "- lytic sclerotic enhancing hypodense noncalcified non calcified pulmonary and / largest target further synchronous "
    "resectable unresectable unresected biopsy proven dominant painful growing confirmed other , his her ring round large bulky total cystic "
    "necrotic intrapulmonary hypoechoic in both parenchymal deep superficial more"
)
_SOFT_TISSUE_MASS = frozenset(("soft-tissue", "retroperitoneum", "other", "skin"))
_LEAST = frozenset(("least", "over", "than", "minimum", ">", "≥"))


@dataclass(frozen=True, slots=True)
class _Size:
    """A length read: its largest dimension, and the tokens it takes."""

    cm: Decimal
    first: int
    last: int
    up_to: bool


def read_quantities(reading: Reading, measured: bool) -> None:
    """Adds the counts of a sentence, and its sizes where a unit of length stands in it."""
    if measured:
        _read_sizes(reading)
    start, end = reading.report.starts[reading.sentence.first], reading.report.ends[reading.sentence.last - 1]
    if _DIGIT.search(reading.report.text, start, end) or any("count" in item.roles for item in reading.items):
        _read_counts(reading)
    _remember(reading)


def _read_sizes(reading: Reading) -> None:
    units = [at for at in range(reading.sentence.first, reading.sentence.last) if reading.folded[at] in _UNITS]
    end = reading.sentence.first
    for at in units[:60]:
        if at >= end and (size := _size(reading, at, end)):
            _add_size(reading, size)
            end = size.last


def number(token: str) -> Decimal | None:
    """A number as written, a decimal comma allowed; None when it is none."""
    try:
        value = Decimal(token.replace(",", "."))
    except InvalidOperation:
        return None
    return value if value.is_finite() else None


def _size(reading: Reading, unit: int, floor: int) -> _Size | None:
    """The length that ends at a unit: "1.8 cm", "3.2 x 2.1 cm", "5-12 mm", "2.1 cm x 1.4 cm"."""
    folded = reading.folded
    factor = _UNITS[folded[unit]]
    values: list[Decimal] = []
    at, up_to = unit - 1, False
    while at >= floor and (value := _number_at(reading, at)) is not None:
        values.append(value * factor)
        at -= 1
        if at > floor and folded[at] in _UNITS and folded[at - 1][0].isdigit():
            at -= 1
            continue
        if at > floor and (folded[at] in _BY or folded[at] in ("-", "to", "and")):
            previous = at - 1
            if folded[previous] in _UNITS:
                factor_before, previous = _UNITS[folded[previous]], previous - 1
            else:
                factor_before = factor
            if _number_at(reading, previous) is not None:
                up_to = up_to or folded[at] in ("-", "to", "and")
                factor = factor_before
                at = previous
                continue
        break
    if not values:
        return None
    first, last = at + 1, unit + 1
    while (
        last + 2 < reading.sentence.last
        and folded[last] in _BY
        and _number_at(reading, last + 1) is not None
        and folded[last + 2] in _UNITS
    ):
        values.append(_number_at(reading, last + 1) * _UNITS[folded[last + 2]])  # type: ignore[operator]
        last += 3
    largest = max(values)
    if not SMALLEST_CM <= largest <= LARGEST_CM or folded[first - 1 if first > floor else first] in _BELOW:
        return None
    before = folded[max(floor, first - 3) : first]
    if "than" in before and ("less" in before or "smaller" in before):
        return None
    return _Size(largest.normalize() if largest != largest.to_integral() else largest.quantize(Decimal(1)), first, last,
                 up_to or before[-2:] == ["up", "to"])  # fmt: skip


def _number_at(reading: Reading, at: int) -> Decimal | None:
    if at < reading.sentence.first or not reading.folded[at][0].isdigit():
        return None
    token = reading.folded[at]
    return number(token) if len(token) <= 8 else None


def _add_size(reading: Reading, size: _Size) -> None:
    if _not_a_lesion(reading, size):
        return
    owner, index = _owner(reading, size)
    cue = Item(size.first, size.last, {}, ())
    if reading.context.unreal(cue):
        return
    largest = size.up_to or _called_largest(reading, size)
    if owner is None:
        _add_unowned(reading, size, cue, largest)
        return
    if reading.context.polarity(owner) == "negated":
        return
    kind, site = _what(reading, owner, index)
    site = site or _site_of_size(reading, size)
    if kind == "node":
        reading.add("nodes", "measured", cue, {"cm": size.cm})
    elif kind == "primary":
        reading.add("primary-size", "primary", cue, {"cm": size.cm})
    else:
        _emit_lesion_size(reading, size, cue, site, largest)


def _site_of_size(reading: Reading, size: _Size) -> str:
    """ "Largest 2.1 cm RLL"; else the one place of which the sentence says that there are metastases."""
    for item in reading.items:
        if (
            "site" in item.roles
            and 0 <= item.first - size.last <= 3
            and "," not in reading.folded[size.last : item.first]
        ):
            return item.roles["site"].concept
    spread = {item.roles["site"].concept for item in reading.items if item.used and "site" in item.roles}
    return spread.pop() if len(spread) == 1 else ""


def _emit_lesion_size(reading: Reading, size: _Size, cue: Item, site: str, largest: bool) -> None:
    attributes: dict[str, Attribute] = {"cm": size.cm, "largest": largest}
    if site:
        attributes["site"] = site
    reading.add("lesion-size", "lesion", cue, attributes)


def _add_unowned(reading: Reading, size: _Size, cue: Item, largest: bool) -> None:
    """A size without a noun: the lesion spoken of before ("The largest measures 1.8 cm"), or nothing but a size."""
    scope = reading.scope
    if scope.spoken_of_lesions and (
        largest
        or any(
            w in ("measure", "measuring", "measured")
            for w in reading.folded[max(reading.sentence.first, size.first - 6) : size.first]
        )
    ):
        site = next((i.roles["site"].concept for i in reading.items if "site" in i.roles), "") or scope.last_lesion_site
        _emit_lesion_size(reading, size, cue, site, largest)
    elif size.first == 0 and size.last >= len(reading.report.written) - 1:
        reading.add("size", "length", cue, {"cm": size.cm})


def _not_a_lesion(reading: Reading, size: _Size) -> bool:
    folded, sentence = reading.folded, reading.sentence
    after = folded[size.last : min(size.last + 2, sentence.last)]
    if after and (after[0] in _AFTER_UNIT_NOT_SIZE or (after[0] == "in" and after[1:] == ["thickness"])):
        return (
            not (after[0] == "of" or after[0] == "/")
            or after[0] == "/"
            or "margin" in folded[size.last : size.last + 6]
        )
    before = folded[max(sentence.first, size.first - 3) : size.first]
    if not _OLDER.isdisjoint(before) and not {"now", "ranging", "range", "varying"} & set(before):
        return "to" not in before
    if size.last < sentence.last and folded[size.last] in ("previously", "prior"):
        return False
    for item in reading.items:
        if "exclude-size" in item.roles and (0 <= size.first - item.last <= 4 or 0 <= item.first - size.last <= 2):
            between = folded[item.last : size.first] if item.last <= size.first else folded[size.last : item.first]
            if "," not in between and not any(
                w in ("nodule", "lesion", "mass", "tumor", "metastasis") for w in between
            ):
                return True
    return False


def _called_largest(reading: Reading, size: _Size) -> bool:
    return any(
        "largest" in i.roles and (0 <= size.first - i.last <= 8 or 0 <= i.first - size.last <= 3) for i in reading.items
    )


def _owner(reading: Reading, size: _Size) -> tuple[Item | None, int]:
    """The noun a size belongs to: right after it, else the nearest before it, else the nearest after it."""
    nouns = [(index, item) for index, item in enumerate(reading.items) if _is_noun(reading, index, item)]
    if _called_largest(reading, size) or size.up_to:
        several = [(i, item) for i, item in nouns if not item.roles.keys().isdisjoint({"lesion", "metastasis"})]
        nouns = several or nouns
    folded = reading.folded
    for index, item in nouns:
        if 0 <= item.first - size.last <= 5 and not {",", ".", "with", "and"} & set(folded[size.last : item.first]):
            return item, index
    before = [(index, item) for index, item in nouns if item.last <= size.first]
    if before:
        return before[-1][1], before[-1][0]
    after = [(index, item) for index, item in nouns if item.first >= size.last]
    if after and after[0][1].first - size.last <= 12:
        return after[0][1], after[0][0]
    return None, -1


def _is_noun(reading: Reading, index: int, item: Item) -> bool:
    roles = item.roles
    if roles.keys().isdisjoint({"lesion", "mass", "metastasis", "histology", "local-recurrence"}):
        entry = roles.get("site")
        return entry is not None and entry.concept == "lymph-node"
    if "metastasis" in roles:
        return roles["metastasis"].concept in ("noun", "short", "sarcomatosis") and not reading.context.unreal(item)
    return True


def _what(reading: Reading, owner: Item, index: int) -> tuple[str, str]:
    """Whether a noun is a lesion, the primary or a node, and the lesion's site."""
    roles = owner.roles
    if "metastasis" in roles:
        return "lesion", _site_beside(reading, index)
    if "site" in roles and "lesion" not in roles:
        return ("lesion" if owner.used else "node"), "lymph-node"
    if "histology" in roles:
        before = reading.items[index - 1] if index else None
        metastatic = before is not None and "metastasis" in before.roles and owner.first - before.last <= 1
        label = reading.sentence.label
        site = next((i.roles["site"].concept for i in label.items if "site" in i.roles), "") if label else ""
        return ("lesion", _site_beside(reading, index) or site) if metastatic else ("primary", "")
    site = _site_beside(reading, index)
    if "mass" in roles and (
        site in _SOFT_TISSUE_MASS or not site or "primary" in reading.folded[owner.first : owner.last]
    ):
        return "primary", site
    if "lesion" in roles and site == "lymph-node":
        return "node", site
    return "lesion", site


def _site_beside(reading: Reading, index: int) -> str:
    sites = sites_of_lesion(reading, index)
    named = [s.roles["site"].concept for s in sites]
    return named[0] if named and len(set(named)) == 1 else ""


def _read_counts(reading: Reading) -> None:
    for index, item in enumerate(reading.items):
        if item.roles.keys().isdisjoint({"lesion", "metastasis", "mass"}) or reading.context.unreal(item):
            continue
        if "metastasis" in item.roles and item.roles["metastasis"].concept not in ("noun", "short"):
            continue
        if "benign" in reading.scope.roles and any("benign" in i.roles for i in reading.items):
            continue
        counted = _count_before(reading, index, item) or _count_after(reading, item)
        if counted is None:
            continue
        if "mass" in item.roles and not _site_beside(reading, index):
            continue
        _emit_count(reading, index, item, counted)


def _emit_count(reading: Reading, index: int, item: Item, counted: tuple[int, int, bool]) -> None:
    count, first, at_least = counted
    if not 0 < count <= MOST_LESIONS or reading.context.polarity(item) == "negated":
        return
    site = _site_beside(reading, index)
    if not site and "lesion" in item.roles:
        spread = {i.roles["site"].concept for i in reading.items if i.used and "site" in i.roles}
        site = spread.pop() if len(spread) == 1 else ""
    if site in ("soft-tissue", "other", "retroperitoneum") and "mass" in item.roles:
        return
    if site == "lymph-node" and "metastasis" not in item.roles:
        return
    attributes: dict[str, Attribute] = {"count": count}
    if at_least:
        attributes["at_least"] = 1
    if site:
        attributes["site"] = site
    reading.add(
        "lesion-count", "lesion", item, attributes, first=min(first, item.first), last=max(item.last, first + 1)
    )


def _count_before(reading: Reading, index: int, item: Item) -> tuple[int, int, bool] | None:
    """ "3 nodules", "two small pulmonary nodules", "solitary lung metastasis", "at least 4 liver lesions"."""
    folded, floor = reading.folded, reading.sentence.first
    site_words = {
        at for other in reading.items[max(0, index - 6) : index]
        if not other.roles.keys().isdisjoint({"site", "laterality", "largest", "node-word", "metastasis", "grade-word", "resectable", "many"})
        or (other.cues and all(c.category in ("affirmed", "uncertain", "historical") for c in other.cues))
        for at in range(other.first, other.last)
    }  # fmt: skip
    counts = {i.first: i for i in reading.items[max(0, index - 8) : index] if "count" in i.roles}
    at, steps, newly = item.first - 1, 0, False
    while at >= floor and steps < 10:
        token = folded[at]
        if token[0].isdigit():
            return _numeral(reading, at, newly)
        holder = next((c for f, c in counts.items() if f <= at < c.last), None)
        if holder is not None:
            return _numeral_word(reading, holder, newly)
        if at not in site_words and token not in _COUNT_GAP:
            return None
        newly = newly or token in ("new", "additional", "further", "other", "residual")
        if token == "of" and at + 1 < item.first and folded[at + 1] == "the":
            return None
        at, steps = at - 1, steps + 1
    return None


def _numeral_word(reading: Reading, holder: Item, newly: bool) -> tuple[int, int, bool] | None:
    folded, floor = reading.folded, reading.sentence.first
    after = reading.next_words(holder, 1)
    before = folded[max(floor, holder.first - 3) : holder.first]
    if after and after[0] in ("of", "or", "to", "largest"):
        return None
    if before and before[-1] in ("or", "than", "to", "-") and "more" not in before and "least" not in before:
        return None
    return int(holder.roles["count"].concept), holder.first, newly or not _LEAST.isdisjoint(before)


def _numeral(reading: Reading, at: int, newly: bool) -> tuple[int, int, bool] | None:
    folded, floor = reading.folded, reading.sentence.first
    token = folded[at]
    if not token.isdigit() or len(token) > 3:
        return None
    before = folded[max(floor, at - 3) : at]
    previous = before[-1] if before else ""
    if (
        previous in _NOT_COUNTED_BY
        or previous in ("x", "less", "<", "fewer", ".", "+")
        or "fewer" in before
        or "less" in before
    ):
        return None
    if previous == "to" and before[-2:-1] == ["up"]:
        return None
    if previous in ("-", "to", "or") and at - 2 >= floor and folded[at - 2].isdigit():
        return int(folded[at - 2]), at - 2, True
    if previous in ("of", "/") and at - 2 >= floor and (folded[at - 2].isdigit()):
        return int(token), at - 2, newly
    more = "than" in before or previous == ">"
    return (
        int(token) + (1 if more and "more" in before or previous == ">" else 0),
        at,
        newly or not _LEAST.isdisjoint(before),
    )


def _count_after(reading: Reading, item: Item) -> tuple[int, int, bool] | None:
    """ "nodules x3", "nodules (n=3)", "metastases x 2", "number of lesions: 4"."""
    folded = reading.folded
    after = reading.next_words(item, 5)
    for skip, pattern in ((1, ("x",)), (3, ("(", "n", "=")), (2, ("n", "=")), (2, ("(", "x"))):
        if tuple(after[:skip]) == pattern and len(after) > skip and after[skip].isdigit() and len(after[skip]) <= 3:
            follows = folded[item.last + skip + 1 : item.last + skip + 2]
            if follows and follows[0] in _UNITS:
                return None
            return int(after[skip]), item.last + skip, False
    if after[:1] and after[0].startswith("x") and after[0][1:].isdigit() and len(after[0]) <= 4:
        return int(after[0][1:]), item.last, False
    numbered = reading.words_before(item, 2)
    if (
        numbered[-2:] == ["number", "of"]
        and after[:1] in ([":"], ["="])
        and len(after) > 1
        and after[1].isdigit()
        and len(after[1]) <= 3
    ):
        return int(after[1]), item.last + 1, False
    return None


def _remember(reading: Reading) -> None:
    """What lesions were spoken of last, for "The largest measures 1.8 cm"."""
    for index, item in reading.with_role("lesion"):
        reading.scope.spoken_of_lesions = True
        reading.scope.last_lesion_site = _site_beside(reading, index)
    for index, item in reading.with_role("metastasis"):
        if item.roles["metastasis"].concept in ("noun", "short") and reading.context.polarity(item) != "negated":
            reading.scope.spoken_of_lesions = True
            reading.scope.last_lesion_site = _site_beside(reading, index) or reading.scope.last_lesion_site
