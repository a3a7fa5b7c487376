"""Drugs, regimens, lines, procedures, and progression after them."""

from mappers.text.mention import Attribute, Polarity
from mappers.text.reading import Reading
from mappers.text.vocabulary import Item
from mappers.text.words import word_set

_OTHER_DISEASES = word_set(
    "arthritis osteoarthritis ckd kidney renal copd emphysema asthma dementia alzheimer parkinson diabetes diabetic "
    "cirrhosis fibrosis stenosis atherosclerosis retinopathy glaucoma cataract neuropathy scoliosis hypertension "
    "cardiac heart degenerative spondylosis pneumonia infection myopia hiv ms caries periodontal dysplasia"
)
_SARCOMA_ROLES = frozenset(("histology", "metastasis", "gene", "progression", "line", "local-recurrence"))
_CANCER_WORDS = word_set(
    "chemotherapy chemo cycle cancer tumor oncology sarcoma regimen treatment c1 c2 c3 c4 c5 c6 infusion mg m2 "
    "palliative adjuvant neoadjuvant progression metastasis ifosfamide doxorubicin gemcitabine mesna"
)
_NEXT = word_set(
    "started start starting switched switch began begun begin commenced changed change considering consider plan "
    "planned now sd stable pr response continue continued continuing recommend offered next proceed will under"
)
_OPENING = word_set("on after following through despite under during to upon with of since")
_GIVEN_BEFORE = word_set("after since following despite")
"""Before a treatment: it was given, even where what came after it is denied ("no progression since doxorubicin")."""
_DENIALS = word_set("not no never longer nor neither without")
_INTENT_AWAY = 4


def read_therapy(reading: Reading) -> None:
    """Adds the treatment a sentence speaks of."""
    _read_drugs(reading)
    _read_progression(reading)
    _read_procedures(reading)


def _read_drugs(reading: Reading) -> None:
    for index, item in enumerate(reading.items):
        entry = item.roles.get("regimen") or item.roles.get("drug")
        if entry is None or not _stands(reading, item, entry.detail["context"]):
            continue
        if reading.context.unreal(item) and not reading.context.has("planned", item):
            continue
        attributes: dict[str, Attribute] = {}
        if line := _line(reading, index):
            attributes["line"] = line
        if intent := _intent(reading, index):
            attributes["intent"] = intent
        if entry.role == "regimen":
            attributes["drugs"] = tuple(entry.detail["drugs"].split())
        elif form := entry.detail["form"]:
            attributes["form"] = form
        reading.add(entry.role, entry.concept, item, attributes, polarity=_given(reading, item))


def _stands(reading: Reading, item: Item, needed: str) -> bool:
    if not needed:
        return True
    if item.first == 0 and item.last >= len(reading.report.written):
        return True
    scope = reading.scope
    before = reading.words_before(item, 1)
    if before in (["wound"], ["negative"]):
        return False
    others = {role for other in reading.items if other is not item for role in other.roles}
    if not _SARCOMA_ROLES.isdisjoint(scope.roles) or (others & {"drug", "regimen"}):
        return True
    return needed == "cancer" and not _CANCER_WORDS.isdisjoint(scope.folded)


def _given(reading: Reading, item: Item) -> Polarity:
    """Given (affirmed), not given (negated), or only planned, offered, discussed (uncertain)."""
    context = reading.context
    if context.has("refused", item):
        return "negated"
    if context.polarity(item) == "negated":
        return "affirmed" if _is_setting(reading.words_before(item, 2)) else "negated"
    if context.has("planned", item) or context.section == "planned" or reading.folded[reading.sentence.first] == "if":
        return "uncertain"
    return context.polarity(item)


def _is_setting(before: list[str]) -> bool:
    """Whether what is denied came with or after it: "no progression on X", "no metastases on CT"; not "not on X"."""
    within = before[-1:] in (["on"], ["by"], ["under"]) and len(before) == 2 and before[0] not in _DENIALS
    return within or not _GIVEN_BEFORE.isdisjoint(before)


def _line(reading: Reading, index: int) -> int:
    """The line of therapy named just before or after, or after "as"."""
    item = reading.items[index]
    for place in (index - 1, index + 1, index - 2, index + 2):
        if 0 <= place < len(reading.items):
            other = reading.items[place]
            entry = other.roles.get("line")
            if entry is None:
                continue
            between = reading.gap(other, item) if place < index else reading.gap(item, other)
            if len(between) <= 4 and "," not in between and "then" not in between:
                return int(entry.concept)
    return 0


def _intent(reading: Reading, index: int) -> str:
    item = reading.items[index]
    for other in reading.items[max(0, index - 3) : index + 3]:
        entry = other.roles.get("intent")
        if entry is not None and min(abs(item.first - other.last), abs(other.first - item.last)) <= _INTENT_AWAY:
            return entry.concept
    return ""


def _read_progression(reading: Reading) -> None:
    for index, item in reading.with_role("progression"):
        context = reading.context
        if context.section in ("dropped", "planned") or (context.unreal(item) and not _dated(reading, item)):
            continue
        if _only_until(reading, item) or _of_another_disease(reading, index, item):
            continue
        words = reading.folded[item.first : item.last]
        if words[-1:] == ["pd"] and set(reading.next_words(item, 2)) & {"l1", "1"}:
            continue
        drugs = _after(reading, index)
        growth = words[0] in (
            "increase",
            "increasing",
            "enlarging",
            "interval",
            "growth",
            "grown",
            "ha",
            "have",
            "increased",
        )
        if growth and not _about_tumour(reading, index):
            continue
        if words[0] in ("failed", "failure", "refractory", "treatment", "after") and not drugs:
            continue
        attributes: dict[str, Attribute] = {}
        if drugs:
            attributes["after"] = drugs[0]
            attributes["drugs"] = drugs
        polarity = context.polarity(item)
        if context.has("dropped", item):
            polarity = "negated"
        reading.add("progression", "progression", item, attributes, polarity=polarity)


def _only_until(reading: Reading, item: Item) -> bool:
    """ "Continue until progression", "consider X on progression": it has not happened; dated, it has."""
    foreseen = {"until", "risk"} if not reading.context.has("planned", item) else {"until", "risk", "on", "at", "upon"}
    before = reading.words_before(item, 3)
    if before[-2:] == ["time", "to"]:
        return True
    planned_next = reading.next_words(item, 1) in (["consider"], ["would"]) and before[-1:] in (
        ["at"],
        ["on"],
        ["upon"],
    )
    return planned_next or (not foreseen.isdisjoint(before) and not _dated(reading, item))


def _of_another_disease(reading: Reading, index: int, item: Item) -> bool:
    """ "Progression of arthritis", "CKD progression": what progresses is named, and is no tumour."""
    if not _OTHER_DISEASES.isdisjoint(reading.words_before(item, 2)):
        return True
    after = reading.next_words(item, 6)
    if after[:1] != ["of"]:
        return False
    return not _OTHER_DISEASES.isdisjoint(after) and not any(
        not other.roles.keys().isdisjoint({"metastasis", "lesion", "histology", "mass"})
        for other in reading.items[index + 1 : index + 3]
    )


def _dated(reading: Reading, item: Item) -> bool:
    return any(len(word) == 4 and word.isdigit() for word in reading.next_words(item, 4))


def _about_tumour(reading: Reading, index: int) -> bool:
    near = reading.items[max(0, index - 5) : index + 6]
    return any(not i.roles.keys().isdisjoint({"metastasis", "lesion"}) for i in near) and not any(
        "site" in i.roles and i.roles["site"].concept == "lymph-node" for i in near
    )


def _after(reading: Reading, index: int) -> tuple[str, ...]:
    """The drugs or regimens progressed on: "progressed on X", "PD after X", "X followed by progression"."""
    item = reading.items[index]
    found = _drugs_from(reading, index + 1, 1, item.last)
    words = reading.next_words(item, 6)
    opening = any(w in _OPENING for w in words) or reading.folded[item.last - 1] in ("failed", "refractory", "to", "of")
    if found and opening:
        return found
    before = reading.folded[max(reading.sentence.first, item.first - 12) : item.first]
    if any(
        w in ("followed", "until", "then", "with", "but", "on", ",", "had", "ha", "showed", "and") for w in before[-5:]
    ):
        return _drugs_from(reading, index - 1, -1, item.first)
    return ()


def _drugs_from(reading: Reading, place: int, step: int, edge: int) -> tuple[str, ...]:
    found: list[str] = []
    taken = 0
    while 0 <= place < len(reading.items) and taken < 8:
        other = reading.items[place]
        away = other.first - edge if step > 0 else edge - other.last
        if away > (8 if not found else 4):
            break
        entry = other.roles.get("regimen") or other.roles.get("drug")
        if entry is not None and found and step > 0 and _begins_another(reading, edge, other):
            break
        if entry is not None and _given(reading, other) != "negated":
            found.append(entry.concept)
            edge = other.last if step > 0 else other.first
        elif (
            any(cue.category == "stop" for cue in other.cues)
            and "despite" not in reading.folded[other.first : other.last]
        ) or "progression" in other.roles:
            break
        place, taken = place + step, taken + 1
    return tuple(dict.fromkeys(found if step > 0 else reversed(found)))


def _begins_another(reading: Reading, edge: int, other: Item) -> bool:
    """Whether a drug is what came next, not one of those before: "PD on doxorubicin; started pazopanib"."""
    between = range(edge, other.first)
    return any(reading.report.written[at] == ";" for at in between) or not _NEXT.isdisjoint(
        reading.folded[at] for at in between
    )


def _read_procedures(reading: Reading) -> None:
    for index, item in reading.with_role("procedure"):
        context = reading.context
        if context.unreal(item) and not context.has("planned", item):
            continue
        entry = item.roles["procedure"]
        attributes: dict[str, Attribute] = {}
        concept = entry.concept
        site = entry.detail["site"] or _site(reading, index)
        if site:
            attributes["site"] = site
        if intent := _intent(reading, index):
            attributes["intent"] = intent
        polarity = _given(reading, item)
        reading.add("procedure", concept, item, attributes, polarity=polarity)
        if "metastas" in "".join(reading.folded[item.first : item.last]) and polarity == "affirmed" and site:
            reading.add("metastasis", site, item, {"sites": (site,), "treated": "resected"}, historical=True)


def _site(reading: Reading, index: int) -> str:
    """The organ treated: "SBRT to the lung", "cryoablation of a rib lesion", "liver SBRT"."""
    item = reading.items[index]
    for other in reading.items[index + 1 : index + 5]:
        if other.first - item.last > 6 or {",", "showed", "shows", "with"} & set(reading.gap(item, other)):
            break
        if "site" in other.roles:
            return other.roles["site"].concept
    if index:
        before = reading.items[index - 1]
        if "site" in before.roles and item.first - before.last <= 2 and "," not in reading.gap(before, item):
            return before.roles["site"].concept
    label = reading.sentence.label
    if label is not None and item.last <= label.last:
        named = [i.roles["site"].concept for i in label.items if "site" in i.roles]
        return named[0] if named else ""
    return ""
