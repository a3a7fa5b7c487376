"""Sizes of lesions and of the primary, told from margins, slices and earlier measures."""

from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from mappers.text.lesions import site_beside
from mappers.text.mention import Attribute
from mappers.text.reading import Reading
from mappers.text.vocabulary import Item
from mappers.text.words import word_set

LARGEST_CM = Decimal(100)
SMALLEST_CM = Decimal("0.05")
UNITS = {"cm": Decimal(1), "centimeter": Decimal(1), "mm": Decimal("0.1"), "millimeter": Decimal("0.1")}
_BY = frozenset(("x", "by", "*"))
_BELOW = frozenset(("<", "under", "sub", "≤"))
_AFTER_UNIT_NOT_SIZE = word_set(
    "from away above below deep distal proximal beyond hg of margin apart inferior superior lateral medial slice "
    "section collimation thick thickness interval / clearance"
)
_OLDER = word_set("previously prior formerly was from prev compared versus vs than earlier initially baseline")
_SOFT_TISSUE_MASS = frozenset(("soft-tissue", "retroperitoneum", "other", "skin"))


@dataclass(frozen=True, slots=True)
class _Size:
    """A length read: its largest dimension, and the tokens it takes."""

    cm: Decimal
    first: int
    last: int
    up_to: bool


def read_sizes(reading: Reading) -> None:
    """Adds the sizes of a sentence in which a unit of length stands."""
    units = [at for at in range(reading.sentence.first, reading.sentence.last) if reading.folded[at] in UNITS]
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
    factor = UNITS[folded[unit]]
    values: list[Decimal] = []
    at, up_to = unit - 1, False
    while at >= floor and (value := _number_at(reading, at)) is not None:
        values.append(value * factor)
        at -= 1
        if at > floor and folded[at] in UNITS and folded[at - 1][0].isdigit():
            at -= 1
            continue
        if at > floor and (folded[at] in _BY or folded[at] in ("-", "to", "and")):
            previous = at - 1
            if folded[previous] in UNITS:
                factor_before, previous = UNITS[folded[previous]], previous - 1
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
        and folded[last + 2] in UNITS
    ):
        values.append(_number_at(reading, last + 1) * UNITS[folded[last + 2]])  # type: ignore[operator]
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
    if scope.last_lesion is not None and (
        largest
        or any(
            w in ("measure", "measuring", "measured")
            for w in reading.folded[max(reading.sentence.first, size.first - 6) : size.first]
        )
    ):
        site = next((i.roles["site"].concept for i in reading.items if "site" in i.roles), "") or site_beside(
            *scope.last_lesion
        )
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
        return "lesion", site_beside(reading, index)
    if "site" in roles and "lesion" not in roles:
        return ("lesion" if owner.used else "node"), "lymph-node"
    if "histology" in roles:
        before = reading.items[index - 1] if index else None
        metastatic = before is not None and "metastasis" in before.roles and owner.first - before.last <= 1
        label = reading.sentence.label
        site = next((i.roles["site"].concept for i in label.items if "site" in i.roles), "") if label else ""
        return ("lesion", site_beside(reading, index) or site) if metastatic else ("primary", "")
    site = site_beside(reading, index)
    if "mass" in roles and (
        site in _SOFT_TISSUE_MASS or not site or "primary" in reading.folded[owner.first : owner.last]
    ):
        return "primary", site
    if "lesion" in roles and site == "lymph-node":
        return "node", site
    return "lesion", site


def remember_lesions(reading: Reading) -> None:
    """Keeps what lesions were spoken of last, for "The largest measures 1.8 cm"."""
    for index, item in enumerate(reading.items):
        entry = item.roles.get("metastasis")
        spread = (
            entry is not None and entry.concept in ("noun", "short") and reading.context.polarity(item) != "negated"
        )
        if spread or "lesion" in item.roles:
            reading.scope.last_lesion = (reading, index)
