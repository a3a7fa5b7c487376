"""How many lesions a text counts."""

from mappers.text.lesions import site_beside
from mappers.text.mention import Attribute
from mappers.text.reading import Reading
from mappers.text.sizes import UNITS
from mappers.text.vocabulary import Item
from mappers.text.words import word_set

MOST_LESIONS = 200
_NOT_COUNTED_BY = word_set(
    "segment level image series grade stage station zone type category level figure slice node week day month "
    "year version line cycle phase lesion nodule target station t n m score no number # scan session part arm"
)
_COUNT_GAP = word_set(
    "small tiny new discrete separate additional distinct enlarging solid metastatic suspicious fdg avid "
    "hypermetabolic subcentimeter sub centimeter subpleural peripheral visible measurable known residual stable "
    "bilateral left right of the - lytic sclerotic enhancing hypodense noncalcified non calcified pulmonary and / "
    "largest target further synchronous resectable unresectable unresected biopsy proven dominant painful growing "
    "confirmed other , his her ring round large bulky total cystic necrotic intrapulmonary hypoechoic in both "
    "parenchymal deep superficial more"
)
_PASSED_ROLES = word_set("site laterality largest node-word metastasis grade-word resectable many")
_LEAST = frozenset(("least", "over", "than", "minimum", ">", "≥"))


def read_counts(reading: Reading) -> None:
    """Adds the counts of lesions of a sentence."""
    for index, item in enumerate(reading.items):
        if item.roles.keys().isdisjoint({"lesion", "metastasis", "mass"}) or reading.context.unreal(item):
            continue
        if "metastasis" in item.roles and item.roles["metastasis"].concept not in ("noun", "short"):
            continue
        if "benign" in reading.scope.roles and any("benign" in i.roles for i in reading.items):
            continue
        near = reading.folded[max(reading.sentence.first, item.first - 11) : item.last + 6]
        if not any(token[0].isdigit() or token[0] == "x" for token in near) and "count" not in reading.roles:
            continue
        counted = _count_before(reading, index, item) or _count_after(reading, item)
        if counted is None:
            continue
        if "mass" in item.roles and not site_beside(reading, index):
            continue
        _emit_count(reading, index, item, counted)


def _emit_count(reading: Reading, index: int, item: Item, counted: tuple[int, int, bool]) -> None:
    count, first, at_least = counted
    if not 0 < count <= MOST_LESIONS or reading.context.polarity(item) == "negated":
        return
    if "each" in reading.next_words(item, 3):  # "one metastasis in each lung"
        return
    site = site_beside(reading, index)
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
        if "new" in reading.folded[first : item.last]:
            attributes["new"] = 1
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
        if not _PASSED_ROLES.isdisjoint(other.roles)
        or (other.cues and all(c.category in ("affirmed", "uncertain", "historical") for c in other.cues))
        for at in range(other.first, other.last)
    }  # fmt: skip
    counts = {i.first: i for i in reading.items[max(0, index - 8) : index] if "count" in i.roles}
    at, steps, newly = item.first - 1, 0, False
    while at >= floor and steps < 10:
        token = folded[at]
        if token in UNITS and folded[at - 1][0].isdigit():  # "solitary 8 mm nodule"
            before_size = next((c for c in counts.values() if c.last == at - 1), None)
            return _numeral_word(reading, before_size, newly) if before_size is not None else None
        if token == ")" and at - 3 >= floor and folded[at - 2] == "(" and folded[at - 1].isdigit():
            at -= 3  # "five (5) lung metastases"
            continue
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
        or previous in ("x", "less", "<", "fewer", ".")
        or (previous == "+" and len(before) > 1 and before[-2][0].isdigit())
        or "fewer" in before
        or "less" in before
    ):
        return None
    if (previous == "to" and before[-2:-1] == ["up"]) or before in (["no", "more", "than"], ["not", "more", "than"]):
        return None
    if previous in ("-", "to", "or") and at - 2 >= floor and folded[at - 2].isdigit():
        return int(folded[at - 2]), at - 2, True
    if previous in ("of", "/") and at - 2 >= floor and (folded[at - 2].isdigit()):
        return int(token), at - 2, newly
    more = "than" in before or previous == ">"
    return (
        int(token) + (1 if (more and "more" in before) or previous == ">" else 0),
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
            if follows and follows[0] in UNITS:
                return None
            return int(after[skip]), item.last + skip, False
    for at in range(item.last, min(item.last + 8, reading.sentence.last - 2)):
        if folded[at].isdigit() and folded[at + 1 : at + 3] == ["in", "number"] and len(folded[at]) <= 3:
            return int(folded[at]), at, False
    if bounded := _in_brackets(after):
        return bounded[0], item.last, bounded[1]
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


def _in_brackets(after: list[str]) -> tuple[int, bool] | None:
    """ "lung mets (4)", "lung mets (>10)", "(at least 5)": the number, and whether it is a lower bound."""
    if after[:1] != ["("]:
        return None
    for words, least, more in (([], False, 0), ([">"], True, 1), (["at", "least"], True, 0), (["≥"], True, 0)):
        number = after[1 + len(words) : 3 + len(words)]
        if after[1 : 1 + len(words)] == words and len(number) == 2 and number[0].isdigit() and number[1] == ")":
            return (int(number[0]) + more, least) if len(number[0]) <= 3 else None
    return None
