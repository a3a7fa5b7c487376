"""Names of tumours: sarcomas, and what looks like one and is not."""

from functools import cache

from mappers.text.mention import Attribute, Polarity
from mappers.text.reading import Reading
from mappers.text.vocabulary import Item
from mappers.text.words import table, tokenise, word_set

_NEUTRAL = word_set(
    ", - / ( : ' \" grade type variant subtype nos pattern of the in a an left right l r high low intermediate "
    "primary poorly moderately well differentiated malignant recurrent metastatic locally advanced large deep "
    "cell fnclcc and adult pure classic conventional predominantly with"
)
_NOT_BY_FEATURE = frozenset(
    ("feature", "morphology", "component", "area", "differentiation", "change", "background", "stroma")
)
_CANCER_ROLES = frozenset(("metastasis", "other", "drug", "regimen", "recurrence", "local-recurrence", "ned"))
_CANCER_WORDS = word_set(
    "tumor mass biopsy grade fnclcc resection resected excision chemotherapy chemo oncology oncologic malignant "
    "malignancy neoplasm cancer thigh retroperitoneal retroperitoneum extremity uterine uterus primary fusion "
    "nodule ecog recurrence recurrent stage radiotherapy amputation mdt mohs tah mdm diagnosis pathology "
    "histology"
)
_EPITHELIOID = frozenset(("epithelioid", "ini1", "smarcb1", "tazemetostat", "tazverik"))
_EWING = frozenset(("ewing", "ewsr1", "fli1", "cd99", "pnet", "vide", "vdc"))
_BONE_LINK = word_set("of the left right in proximal distal primary arising from , l r mid")
_MAY_ARISE_IN_BONE = word_set(
    "extraskeletal_ewing ups fibrosarcoma leiomyosarcoma sarcoma_nos undifferentiated_sarcoma"
)
_UTERINE = frozenset(("leiomyosarcoma", "sarcoma_nos"))
_SITE_REACH = 10
_SHORT = 60
_VERSUS = frozenset(("vs", "versus"))


@cache
def _refinements() -> dict[str, tuple[tuple[str, str], ...]]:
    """Base concept -> (modifier, refined concept), those to prefer first."""
    found: dict[str, tuple[tuple[str, str], ...]] = {}
    for row in table("refinements"):
        pair = (" ".join(tokenise(row["words"])), row["result"])
        found[row["base"]] = (*found.get(row["base"], ()), pair)
    return found


def read_histology(reading: Reading) -> None:
    """Adds the tumours a sentence names."""
    named = [(index, item) for index, item in reading.with_role("histology") if _stands(reading, item)]
    for index, item in named:
        if not reading.context.unreal(item):
            _add(reading, index, item)


def _stands(reading: Reading, item: Item) -> bool:
    """Whether an abbreviation is meant as a tumour: by the company it keeps, or by standing alone."""
    needed = item.roles["histology"].detail.get("context", "")
    if not needed:
        return True
    alone = item.first == 0 and item.last >= len(reading.report.written)
    if alone:
        return True
    scope = reading.scope
    if (
        scope.shouted
        and item.last - item.first == 1
        and len(reading.report.written[item.first]) <= 4
        and needed == "sarcoma"
    ):
        return False
    if reading.folded[item.first : item.last] == ["es"] and not (_EPITHELIOID | _EWING).isdisjoint(scope.folded):
        return True
    if "sarcoma" in scope.folded or _names_sarcoma_at_length(reading):
        return True
    if sum("histology" in other.roles for other in reading.items) > 1:
        return True
    if needed == "sarcoma":
        return not _CANCER_ROLES.isdisjoint(scope.roles)
    beside_site = "site" in scope.roles and len(reading.report.text) <= _SHORT
    return beside_site or not _CANCER_ROLES.isdisjoint(scope.roles) or not _CANCER_WORDS.isdisjoint(scope.folded)


def _names_sarcoma_at_length(reading: Reading) -> bool:
    return any(
        entry is not None and not entry.detail.get("context") and not entry.concept.startswith("not-sts:")
        for sentence in reading.report.sentences[:200]
        for item in sentence.items
        if (entry := item.roles.get("histology")) is not None
    )


def _add(reading: Reading, index: int, item: Item) -> None:
    concept = _concept(reading, index, item)
    polarity, historical = _manner(reading, index, item)
    attributes: dict[str, Attribute] = {}
    if grade := _grade_word(reading, index):
        attributes["grade_word"] = grade
    if not _VERSUS.isdisjoint(reading.scope.folded) and (rivals := _rivals(reading, index)):
        polarity, attributes["uncertain_between"] = "uncertain", (concept, *rivals)
    reading.add("histology", concept, item, attributes, polarity=polarity, historical=historical)


def _concept(reading: Reading, index: int, item: Item) -> str:
    concept = item.roles["histology"].concept
    words = reading.folded[item.first : item.last]
    folded = reading.scope.folded
    if words == ["es"]:
        if not _EPITHELIOID.isdisjoint(folded):
            return "epithelioid_sarcoma"
        return "extraskeletal_ewing" if not _EWING.isdisjoint(folded) else "sarcoma_nos"
    if (
        concept == "clear_cell_sarcoma"
        and not folded.isdisjoint(("kidney", "renal", "wilm"))
        and _kidney_meant(reading, index)
    ):
        return "not-sts:clear_cell_sarcoma_of_kidney"
    concept = _refined(reading, index, item, concept)
    organs = _organs_of(reading, index, item)
    if concept == "angiosarcoma" and "skin" in organs.values():
        return "cutaneous_angiosarcoma"
    if concept in _UTERINE and "uterus" in organs:
        return "uterine_leiomyosarcoma" if concept == "leiomyosarcoma" else "uterine_sarcoma_nos"
    if concept == "not-sts:bone_sarcoma" and not folded.isdisjoint(("extraskeletal", "extraosseous")):
        return _extraskeletal(words, concept)
    if words == ["myxoid", "chondrosarcoma"] and "soft-tissue" in organs.values():
        return "extraskeletal_myxoid_chondrosarcoma"
    if concept in _MAY_ARISE_IN_BONE and _of_bone(reading, index, item):
        return "not-sts:bone_sarcoma"
    return concept


def _extraskeletal(words: list[str], concept: str) -> str:
    if any("osteo" in word for word in words):
        return "extraskeletal_osteosarcoma"
    return "extraskeletal_myxoid_chondrosarcoma" if any("chondro" in word for word in words) else concept


def _kidney_meant(reading: Reading, index: int) -> bool:
    return any(organ == "kidney" for organ in _organs_of(reading, index, reading.items[index]))


def _refined(reading: Reading, index: int, item: Item, concept: str) -> str:
    """A general name made exact by the words beside it: "Liposarcoma, myxoid", "Sarcoma; synovial"."""
    for _ in range(2):
        table_rows = _refinements().get(concept)
        if not table_rows:
            return concept
        beside = _modifiers(reading, index, item)
        refined = next((result for words, result in table_rows if words in beside), None)
        if refined is None:
            return concept
        concept = refined
    return concept


def _modifiers(reading: Reading, index: int, item: Item) -> set[str]:
    items, found = reading.items, set[str]()
    edge = item.first
    for other in reversed(items[max(0, index - 4) : index]):
        if edge - other.last > 2 or not _NEUTRAL.issuperset(reading.folded[other.last : edge]):
            break
        if "mod" in other.roles:
            found.add(other.roles["mod"].concept)
        elif "grade-word" not in other.roles and "histology" not in other.roles:
            break
        edge = other.first
    edge = item.last
    for other in items[index + 1 : index + 6]:
        between = reading.folded[edge : other.first]
        if len(between) > 5 or not _NEUTRAL.issuperset(between):
            break
        if "mod" in other.roles:
            if "histology" in other.roles or _only_a_feature(reading, item, other):
                break
            found.add(other.roles["mod"].concept)
        elif not other.roles.keys() & {"grade-word", "site", "laterality", "grade"} or "metastasis" in other.roles:
            break
        edge = other.last
    return found


def _only_a_feature(reading: Reading, item: Item, modifier: Item) -> bool:
    """ "Sarcoma with epithelioid features" is not an epithelioid sarcoma."""
    after = reading.folded[modifier.last : modifier.last + 1]
    return item.roles["histology"].concept == "sarcoma_nos" and not _NOT_BY_FEATURE.isdisjoint(after)


def _organs_of(reading: Reading, index: int, item: Item) -> dict[str, str]:
    """Organ -> site of the places named beside a tumour that are not places of its metastases."""
    found: dict[str, str] = {}
    for other in reading.items[max(0, index - 3) : index + 5]:
        entry = other.roles.get("site")
        if entry is None or other.used or reading.context.polarity(other) == "negated":
            continue
        near = item.first - other.last <= 4 if other.first < item.first else other.first - item.last <= _SITE_REACH
        if near and not _between_is_metastasis(reading, item, other):
            found[entry.detail["organ"]] = entry.concept
    label = reading.sentence.label
    if label is not None and label.last <= item.first:
        for other in label.items:
            entry = other.roles.get("site")
            if entry is not None:
                found[entry.detail["organ"]] = entry.concept
    return found


def _between_is_metastasis(reading: Reading, item: Item, other: Item) -> bool:
    low, high = min(item.last, other.last), max(item.first, other.first)
    return any("metastasis" in i.roles and low <= i.first < high for i in reading.items)


def _of_bone(reading: Reading, index: int, item: Item) -> bool:
    if not reading.scope.folded.isdisjoint(("extraskeletal", "extraosseous")) or "soft" in reading.scope.folded:
        return False
    for other in reading.items[index + 1 : index + 3]:
        entry = other.roles.get("site")
        if entry is not None:
            near = reading.gap_within(item, other, _BONE_LINK, 5)
            return entry.concept == "bone" and near and not other.used and "of" in reading.gap(item, other)[:1]
        if "laterality" not in other.roles:
            return False
    return False


def _manner(reading: Reading, index: int, item: Item) -> tuple[Polarity, bool]:
    """What is said of the tumour itself: "no residual sarcoma" does not deny that there was one."""
    polarity, historical = reading.context.polarity(item), reading.context.historical(item)
    if reading.context.has("dropped", item):
        return "affirmed", True
    if polarity == "negated":
        before = reading.items[max(0, index - 3) : index]
        after = reading.items[index + 1 : index + 2]
        if any("recurrence" in i.roles or "local-recurrence" in i.roles for i in before):
            return "affirmed", True
        if any("metastasis" in i.roles and item.first - i.last <= 2 for i in before):
            return "uncertain", historical
        if after and "recurrence" in after[0].roles and after[0].first - item.last <= 1:
            return "affirmed", True
        if after and "metastasis" in after[0].roles and after[0].first - item.last <= 1:
            return "affirmed", historical
    return polarity, historical


def _grade_word(reading: Reading, index: int) -> str:
    item = reading.items[index]
    for other in reading.items[max(0, index - 2) : index + 3]:
        entry = other.roles.get("grade-word")
        if entry is not None and min(abs(other.last - item.first), abs(other.first - item.last)) <= 5:
            return entry.concept
    return ""


def _rivals(reading: Reading, index: int) -> tuple[str, ...]:
    """What a tumour is weighed against: the names on the other side of "vs"."""
    found = []
    for step in (1, -1):
        place = index + step
        versus = False
        while 0 <= place < len(reading.items) and abs(place - index) <= 6:
            other = reading.items[place]
            if not _VERSUS.isdisjoint(reading.folded[other.first : other.last]):
                versus = True
            elif versus and (entry := other.roles.get("histology") or other.roles.get("other")) is not None:
                found.append(entry.concept)
                break
            elif "histology" in other.roles or (reading.report.written[other.first - 1] in ".;"):
                break
            place += step
    return tuple(dict.fromkeys(found))
