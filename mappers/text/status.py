"""The patient's state: performance, fitness, nodes, symptoms, heart, pregnancy, intervals."""

from decimal import Decimal

from mappers.text.lesions import sites_of_lesion
from mappers.text.mention import Attribute, Polarity
from mappers.text.reading import Reading
from mappers.text.scores import add_lvef, add_performance
from mappers.text.sizes import number
from mappers.text.staging import add_grade, add_stage
from mappers.text.vocabulary import Item
from mappers.text.words import word_set

_PLAIN = word_set(
    "surgical-candidate tumour-board symptom urgent-shrinkage extrahepatic-controlled presentation heart-failure "
    "local-recurrence trial"
)
_SPECIALISTS = word_set("surgery surgeon surgical oncology oncologist team")
"""After an organ: it is theirs, and not where the lesion is."""
_WEEK = Decimal(12) / Decimal("52.1775")
_MONTHS = {
    "month": Decimal(1),
    "mo": Decimal(1),
    "mth": Decimal(1),
    "m": Decimal(1),
    "year": Decimal(12),
    "yr": Decimal(12),
}
_MONTHS |= {"y": Decimal(12), "week": _WEEK, "wk": _WEEK}


def read_status(reading: Reading) -> None:
    """Adds what a sentence says of the patient's state and the disease's extent."""
    for index, item in enumerate(reading.items):
        for role in item.roles:
            if role in _PLAIN:
                _add_plain(reading, index, item, role)
            elif role in _READERS:
                _READERS[role](reading, index, item)


def _add_plain(reading: Reading, index: int, item: Item, role: str) -> None:
    context = reading.context
    if context.unreal(item):
        return
    concept = item.roles[role].concept
    polarity = context.polarity(item)
    if role == "tumour-board":
        _add_tumour_board(reading, item, polarity)
        return
    if role == "symptom" and context.has("dropped", item):
        return
    if role == "local-recurrence":
        if context.has("dropped", item):
            return
        if polarity == "affirmed" and context.has("planned", item) and context.section == "":
            polarity = "affirmed"
    if role == "trial" and (context.has("planned", item) or context.has("refused", item)):
        polarity = "uncertain" if context.has("planned", item) else "negated"
    reading.add(role, concept, item, polarity=polarity)


def _add_tumour_board(reading: Reading, item: Item, polarity: Polarity) -> None:
    planned = reading.context.has("planned", item) or reading.context.section == "planned"
    words = reading.words_before(item, 4)
    discussed = any(w in ("discussed", "discussion", "presented", "reviewed") for w in words)
    if discussed and not any(w in ("will", "be", "to") for w in words[-3:]):
        planned = False
    if not {"will", "be", "should", "pending"}.isdisjoint(words):
        planned = True
    concept = "referred" if planned or any(w in ("refer", "referred", "referral") for w in words) else "discussed"
    reading.add("tumour-board", concept, item, polarity="affirmed" if planned else polarity)


def _add_resectable(reading: Reading, index: int, item: Item) -> None:
    context = reading.context
    if context.unreal(item):
        return
    attributes: dict[str, Attribute] = {}
    if site := "primary" if _is_of_primary(reading, index, item) else _site_near(reading, index):
        attributes["site"] = site
    reading.add("resectable", item.roles["resectable"].concept, item, attributes)


def _is_of_primary(reading: Reading, index: int, item: Item) -> bool:
    """ "The primary tumour is unresectable" says nothing of the metastases."""
    near = reading.items[max(0, index - 1) : index + 2]
    if any("metastasis" in other.roles for other in near):
        return False
    return "primary" in reading.words_before(item, 5) or reading.next_words(item, 1) == ["primary"]


def _site_near(reading: Reading, index: int) -> str:
    """The organ spoken of beside it: "lung lesions are resectable", "unresectable liver metastases"."""
    item = reading.items[index]
    for place in (index + 1, index - 1, index + 2, index - 2, index + 3, index - 3, index - 4):
        if not 0 <= place < len(reading.items):
            continue
        other = reading.items[place]
        entry = other.roles.get("site")
        gap = reading.gap(item, other) if place > index else reading.gap(other, item)
        if (
            _SPECIALISTS.intersection(reading.next_words(other, 1))
            or entry is None
            or len(gap) > 8
            or "," in gap
            or any(c.category == "stop" for c in other.cues)
        ):
            continue
        return entry.concept
    label = reading.sentence.label
    if label is not None:
        sites = (i for i in label.items if "site" in i.roles)
        folded = reading.folded
        return next((i.roles["site"].concept for i in sites if folded[i.last] not in _SPECIALISTS), "")
    return ""


def _add_pregnancy(reading: Reading, index: int, item: Item) -> None:
    if reading.context.unreal(item) or reading.context.historical(item):
        return
    if item.roles["pregnancy"].concept == "pregnant":
        reading.add("pregnancy", "pregnant", item)
    elif reading.context.polarity(item) != "uncertain":
        reading.add("pregnancy", "pregnant", item, polarity="negated")


def _add_interval(reading: Reading, index: int, item: Item) -> None:
    folded = reading.folded
    for at in range(item.last, min(item.last + 8, reading.sentence.last - 1)):
        token = folded[at]
        if token[0].isdigit():
            unit = folded[at + 1] if folded[at + 1] != "-" or at + 2 >= reading.sentence.last else folded[at + 2]
            value = number(token) if len(token) <= 6 else None
            factor = _MONTHS.get(unit)
            before = folded[item.last : at]
            if value is None or factor is None or not 0 <= value * factor <= 1200:
                return
            exact: dict[str, Attribute] = {"months": (value * factor).quantize(Decimal("0.1")).normalize() + 0}
            if {"<", ">", "than", "least", "≥", "≤", "over", "approximately", "about", "~"} & set(before):
                reading.add("disease-free-interval", "interval", item, exact, last=at + 2, polarity="uncertain")
            else:
                reading.add("disease-free-interval", "interval", item, exact, last=at + 2)
            return


def _add_nodes(reading: Reading, index: int, item: Item) -> None:
    """Enlarged, avid, bulky or proven lymph nodes."""
    if item.roles["site"].concept != "lymph-node" or reading.context.unreal(item):
        return
    words = reading.folded[item.first : item.last]
    described: list[str] = []
    said: Item = item
    for place in range(max(0, index - 6), min(len(reading.items), index + 7)):
        other = reading.items[place]
        entry = other.roles.get("node-word")
        if entry is None:
            continue
        between = reading.gap(other, item) if other.first < item.first else reading.gap(item, other)
        if (
            len(between) <= 5
            and not {"with", "mass", "but"} & set(between)
            and not _other_noun_between(reading, other, item)
        ):
            described.append(entry.concept)
            said = other if reading.context.polarity(other) == "negated" else said
    if not described and not {"lymphadenopathy", "adenopathy"} & set(words):
        return
    if reading.context.has("dropped", item):
        return
    for concept in dict.fromkeys(described or ["enlarged"]):
        reading.add("nodes", concept, item, polarity=reading.context.polarity(said))


def _other_noun_between(reading: Reading, one: Item, other: Item) -> bool:
    low, high = min(one.last, other.last), max(one.first, other.first)
    return any(
        low <= i.first < high and not i.roles.keys().isdisjoint({"lesion", "mass", "histology", "metastasis"})
        for i in reading.items
    )


def _add_pain(reading: Reading, index: int, item: Item) -> None:
    """Pain at a metastasis: "painful bone metastasis", "pain from the rib metastasis"."""
    if reading.context.unreal(item) or reading.context.polarity(item) == "negated":
        return
    for other in reading.items[index + 1 : index + 6]:
        if "metastasis" not in other.roles and not ("lesion" in other.roles and "metastasis" in reading.scope.roles):
            continue
        between = reading.gap(item, other)
        if (
            len(between) <= 8
            and "," not in between
            and "no" not in between
            and reading.context.polarity(other) != "negated"
        ):
            if "lesion" in other.roles and not sites_of_lesion(reading, reading.items.index(other)):
                continue
            reading.add("symptom", "pain-at-metastasis", item, last=other.last)
        return
    for other in reversed(reading.items[max(0, index - 3) : index]):
        if "metastasis" in other.roles and {"causing", "with", "cause", "-", "related"} & set(reading.gap(other, item)):
            if item.first - other.last <= 4 and reading.context.polarity(other) != "negated":
                reading.add("symptom", "pain-at-metastasis", item)
            return


def _add_ned(reading: Reading, index: int, item: Item) -> None:
    if not reading.context.unreal(item):
        polarity: Polarity = "uncertain" if reading.context.polarity(item) == "uncertain" else "negated"
        reading.add("metastasis", "unspecified", item, {"sites": ()}, polarity=polarity)


def _add_denial(reading: Reading, index: int, item: Item) -> None:
    """ "No evidence of disease progression", "no evidence of disease recurrence": more than NED, and other than it."""
    if not reading.context.unreal(item):
        kind = "progression" if "no-progression" in item.roles else "local-recurrence"
        reading.add(kind, kind.removeprefix("local-"), item, polarity="negated")


def _add_presentation(reading: Reading, index: int, item: Item) -> None:
    """ "Metastatic at diagnosis", "lung metastases at presentation", "de novo metastatic"."""
    for other in reading.items[max(0, index - 4) : index + 3]:
        stated = "metastasis" in other.roles or ("stage" in other.roles and "iv" in reading.next_words(other, 2))
        if stated and min(abs(item.first - other.last), abs(other.first - item.last)) <= 6:
            if reading.context.polarity(other) == "affirmed" and not reading.context.unreal(other):
                reading.add("presentation", "synchronous", item, polarity="affirmed")
            return


_READERS = {
    "resectable": _add_resectable,
    "performance": add_performance,
    "lvef": add_lvef,
    "stage": add_stage,
    "grade": add_grade,
    "pregnancy": _add_pregnancy,
    "interval": _add_interval,
    "site": _add_nodes,
    "pain": _add_pain,
    "ned": _add_ned,
    "at-diagnosis": _add_presentation,
    "no-progression": _add_denial,
    "no-recurrence": _add_denial,
}
