"""Which places a metastasis is in, and places that stand by themselves."""

from itertools import pairwise

from mappers.text.mention import Attribute
from mappers.text.reading import Reading
from mappers.text.vocabulary import Item
from mappers.text.words import word_set

_VERTEBRAE = frozenset(
    f"{part}{n}" for part, most in (("c", 7), ("t", 12), ("l", 5), ("s", 5)) for n in range(1, most + 1)
)
LIST_GAP = _VERTEBRAE | word_set(
    ", and or / & + - the left right both bilateral also as well plus her his ( ) ' possibly probable l r"
)
LEFT_GAP = word_set(
    "- / only ( ) small new likely known parenchymal limited solitary multiple the ? and biopsy proven with "
    "innumerable single few tiny predominant dominant disease of ' multifocal"
)
_RIGHT_GAP = word_set(
    "to in within of involving involve affecting at on : ( ) , the both bilateral left right upper lower multiple "
    "her his - = including include seen present located confined limited only are is were was noted identified "
    "into with x ' a an over throughout known disease biopsy proven deposit mid distal proximal small several as "
    "follow site sites his/her and predominantly mainly mostly largely isolated involvement unspecified other "
    "part yes + ve"
)
_TOWARDS = frozenset(("to", "in", "within", "involving", "involve", "into", "affecting", "at", ":", "with", "on"))
_CLOSES_LIST = frozenset(("and", "or", "&", "+", "/"))
_METASTATIC_ORGANS = frozenset(("lung", "liver", "bone", "brain", "adrenal", "pleura", "peritoneum", "lymph-node"))
_NODE_REGIONS = frozenset(
    ("lower limb", "upper limb", "head and neck", "trunk", "pelvis", "chest", "abdomen", "mediastinum")
)


def concepts_of(sites: list[Item]) -> tuple[str, ...]:
    """The sites of several items, each once."""
    return tuple(dict.fromkeys(site.roles["site"].concept for site in sites))


def mark(sites: list[Item]) -> None:
    """Marks sites as taken by a metastasis."""
    for site in sites:
        site.used = True


def use_neighbours(reading: Reading, index: int) -> None:
    """The sites of a metastasis that is not reported are not sites of anything else."""
    item = reading.items[index]
    for other in reading.items[max(0, index - 3) : index + 4]:
        if "site" in other.roles and min(abs(other.first - item.last), abs(item.first - other.last)) <= 3:
            other.used = True


def _may_be_primary(reading: Reading, site: Item, listed: bool) -> bool:
    """ "LMS, uterine, lung mets": beside a tumour, or after a bare comma only, a site may be the primary's."""
    if site.roles["site"].concept not in _METASTATIC_ORGANS and not listed:
        return True
    return any("histology" in item.roles and 0 <= site.first - item.last <= 3 for item in reading.items)


def _says_only_where(item: Item, follower: Item) -> bool:
    """Whether a site right before another only narrows it."""
    site, organ = item.roles["site"].concept, follower.roles["site"].concept
    return item.last == follower.first and (site in ("other", "soft-tissue", organ) or organ == "lymph-node")


def left_sites(reading: Reading, index: int, item: Item) -> list[Item]:
    """ "Lung, liver and bone metastases": the run of sites that ends at the metastasis."""
    place, edge = index - 1, item
    while place >= 0 and index - place <= 4:
        other = reading.items[place]
        if "site" in other.roles:
            if not reading.gap_within(other, edge, LEFT_GAP, 4):
                return []
            return site_run_back(reading, place)
        passable = other.roles.keys() & {"lesion", "count", "many", "laterality", "largest"} or other.cues
        if not passable or item.first - other.last > 4 or "histology" in other.roles:
            return []
        if "lesion" in other.roles:
            return []
        place -= 1
    return []


def site_run_back(reading: Reading, place: int) -> list[Item]:
    """The list of sites that ends at an index."""
    run, listed = [reading.items[place]], False
    for other in reversed(reading.items[max(0, place - 12) : place]):
        if "site" not in other.roles:
            if other.roles.keys() & {"laterality"} and reading.gap_within(other, run[0], LIST_GAP):
                continue
            break
        between = reading.folded[other.last : run[0].first]
        if not LIST_GAP.issuperset(between) or len(between) > 5:
            break
        listed = listed or not _CLOSES_LIST.isdisjoint(between)
        if "," in between and _may_be_primary(reading, other, listed):
            break
        run.insert(0, other)
    return without_regions(run)


def without_regions(run: list[Item]) -> list[Item]:
    """ "Left axillary lymph node", "thoracic spine": the region only says where the organ is."""
    if len(run) < 2:
        return run
    if any(item.roles["site"].concept == "lymph-node" for item in run):
        run = [item for item in run if item.roles["site"].detail["organ"] not in _NODE_REGIONS]
    kept = [
        item for item, follower in pairwise(run)
        if not _says_only_where(item, follower)
    ]  # fmt: skip
    return [*kept, run[-1]]


def next_site(reading: Reading, index: int, item: Item, most: int) -> int:
    """The index of the first site within `most` words after an item, or -1."""
    for place in range(index + 1, min(index + 6, len(reading.items))):
        other = reading.items[place]
        if other.first - item.last > most:
            return -1
        if "site" in other.roles:
            return place
    return -1


def right_sites(reading: Reading, index: int, item: Item, form: str) -> list[Item]:
    """ "Metastases to the lungs and liver", "mets: lung, bone", "metastatic leiomyosarcoma involving lung"."""
    towards = not _TOWARDS.isdisjoint(reading.next_words(item, 1))
    edge, passed_tumour = item.last, False
    for place in range(index + 1, min(index + 7, len(reading.items))):
        other = reading.items[place]
        between = reading.folded[edge : other.first]
        if len(between) > 6 or not _RIGHT_GAP.issuperset(between):
            return []
        if "," in between and form == "adjective" and not towards:
            return _after_comma(reading, place, passed_tumour)
        towards = towards or not _TOWARDS.isdisjoint(between)
        if "site" in other.roles:
            adjacent = not between
            if passed_tumour and not towards and not _named_after(reading, place, between):
                return []
            if _is_origin(reading, place, adjacent, form):
                return []
            if form == "adjective" and not passed_tumour and between[:1] == ["of"] and len(between) > 0 and not towards:
                return []
            if "," in between and not towards and form != "adjective" and not _list_follows(reading, place):
                return []
            return site_run(reading, place)
        if "histology" in other.roles or "other" in other.roles or "mass" in other.roles:
            if between[:1] == [","]:
                return []
            passed_tumour = True
        elif not (
            other.roles.keys() & {"lesion", "count", "many", "laterality", "malignancy", "largest", "mod", "grade-word"}
        ) and not is_soft(other):
            return []
        edge = other.last
    return []


def _named_after(reading: Reading, place: int, between: list[str]) -> bool:
    """ "Metastatic leiomyosarcoma (lungs, bones)", "metastatic leiomyosarcoma - lung"."""
    return between[:1] in (["("], ["-"], [":"]) and reading.items[place].roles["site"].concept in _METASTATIC_ORGANS


def _list_follows(reading: Reading, place: int) -> bool:
    """Whether a site after a comma only names where: nothing of its own follows ("lung metastases, liver cyst")."""
    item = reading.items[place]
    after = reading.next_words(item, 1)
    return not after or after[0] in (",", ")", ".", "and", "/", "only")


def is_soft(item: Item) -> bool:
    """Whether an item is only a cue that may stand between a metastasis and its site."""
    return bool(item.cues) and all(cue.category in ("affirmed", "uncertain", "historical") for cue in item.cues)


def _after_comma(reading: Reading, place: int, passed_tumour: bool) -> list[Item]:
    """ "Metastatic leiomyosarcoma, lung": the site of a specimen."""
    other = reading.items[place]
    if not passed_tumour or "site" not in other.roles or other.roles["site"].concept not in _METASTATIC_ORGANS:
        return []
    return site_run(reading, place) if _list_follows(reading, place) else []


def _is_origin(reading: Reading, place: int, adjacent: bool, form: str) -> bool:
    """ "Metastatic retroperitoneal liposarcoma", "metastases of the thigh sarcoma": the site is the primary's."""
    site = reading.items[place]
    after = reading.items[place + 1] if place + 1 < len(reading.items) else None
    if after is not None and after.first == site.last and not after.roles.keys().isdisjoint({"histology", "other"}):
        return True
    words = reading.next_words(site, 1)
    return bool(words) and words[0] in ("primary", "origin")


def site_run(reading: Reading, place: int) -> list[Item]:
    """The list of sites that begins at an index: "lung, liver and left adrenal"."""
    if place < 0:
        return []
    run = [reading.items[place]]
    edge = run[0].last
    for other in reading.items[place + 1 : place + 14]:
        if other.first < edge:
            continue
        edge = _past_brackets(reading, run[-1].last)
        if other.first < edge:
            continue
        between = reading.folded[edge : other.first]
        if "site" not in other.roles:
            if "laterality" in other.roles or ("lesion" in other.roles and other.first == run[-1].last):
                continue
            if is_soft(other) and len(between) <= 3:
                continue
            break
        if len(between) > 6 or not (
            LIST_GAP | {"in", "to", "of", "x", "lesion", "nodule", "upper", "lower", "lobe"}
        ).issuperset(between):
            break
        run.append(other)
    if _of_primary(reading, run[-1]) and len(run) > 1:
        run.pop()
    return without_regions(run)


def _past_brackets(reading: Reading, edge: int) -> int:
    """Where a remark in brackets right after a site ends: "lung (6 nodules, up to 2 cm), pleura"."""
    if edge >= reading.sentence.last or reading.folded[edge] != "(":
        return edge
    for at in range(edge + 1, min(edge + 15, reading.sentence.last)):
        if reading.folded[at] == ")":
            return at + 1
    return edge


def _of_primary(reading: Reading, site: Item) -> bool:
    words = reading.next_words(site, 1)
    return bool(words) and words[0] in ("primary", "leiomyosarcoma", "sarcoma")


def exam_site(reading: Reading, index: int, item: Item) -> str:
    """The organ an examination looks at: "MRI brain: no metastases" speaks of the brain only."""
    label = reading.sentence.label
    items = [*(label.items if label is not None else ()), *reading.items[max(0, index - 4) : index]]
    for other in reversed(items):
        entry = other.roles.get("procedure")
        if entry is not None and entry.detail["site"]:
            site: str = entry.detail["site"]
            return site
    return ""


def read_sites(reading: Reading) -> None:
    """Adds sites that are not the site of a metastasis, with their side."""
    for index, item in reading.with_role("site"):
        if item.used or reading.context.unreal(item):
            continue
        entry = item.roles["site"]
        attributes: dict[str, Attribute] = {"organ": entry.detail["organ"]}
        if side := _side(reading, index, item):
            attributes["laterality"] = side
        if _beside_tumour(reading, index, item):
            attributes["role"] = "primary"
        reading.add("site", entry.concept, item, attributes)


def _side(reading: Reading, index: int, item: Item) -> str:
    for other, distance in ((index - 1, 1), (index + 1, 1)):
        if 0 <= other < len(reading.items):
            entry = reading.items[other].roles.get("laterality")
            near = (
                abs(reading.items[other].last - item.first) <= 2
                or abs(reading.items[other].first - item.last) <= distance
            )
            if entry is not None and near:
                return entry.concept
    return ""


def _beside_tumour(reading: Reading, index: int, item: Item) -> bool:
    for other in reading.items[max(0, index - 3) : index + 3]:
        entry = other.roles.get("histology")
        if entry is not None and min(abs(other.first - item.last), abs(item.first - other.last)) <= 5:
            return True
    return False
