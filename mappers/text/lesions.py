"""Which places a lesion is in: beside it, after "in", or in the label it stands under."""

from mappers.text.places import LEFT_GAP, is_soft, site_run, site_run_back, without_regions
from mappers.text.reading import Reading
from mappers.text.vocabulary import Item

_BEFORE_LESION = LEFT_GAP | {"cm", "mm"}
_WITHIN = frozenset(("in", "within", "of", "throughout", "involving", "at"))


def label_sites(reading: Reading, item: Item) -> list[Item]:
    """ "Lung, right lower lobe, wedge resection: metastatic leiomyosarcoma"."""
    label = reading.sentence.label
    if label is None or label.last > item.first:
        return []
    sites = [other for other in label.items if "site" in other.roles]
    named = [other for other in sites if other.roles["site"].concept != "other"]
    return without_regions(named or sites)


def lesion_sites(reading: Reading, index: int, item: Item) -> list[Item]:
    """ "Nodules in both lungs consistent with metastases", "lung nodules, likely metastatic"."""
    lesion, sites = False, list[Item]()
    for place in range(index - 1, max(-1, index - 9), -1):
        other = reading.items[place]
        if item.first - other.last > 25 or any(cue.category == "stop" for cue in other.cues):
            break
        if "metastasis" in other.roles:
            break
        if "histology" in other.roles:
            break
        lesion = lesion or not other.roles.keys().isdisjoint({"lesion", "mass", "node-word"})
        entry = other.roles.get("site")
        if entry is not None and not other.used:
            if entry.concept == "lymph-node":
                lesion = True
            sites = site_run_back(reading, place)
            follows = place + 1 < len(reading.items) and not reading.items[place + 1].roles.keys().isdisjoint(
                {"lesion", "mass"}
            )
            if lesion or follows or _lesion_before(reading, place) or _denied_there(reading, item, other):
                return sites
            break
    return []


def _lesion_before(reading: Reading, place: int) -> bool:
    """ "Nodules in both lungs", "lesions throughout the liver"."""
    site = reading.items[place]
    for other in reversed(reading.items[max(0, place - 4) : place]):
        between = reading.gap(other, site)
        if not other.roles.keys().isdisjoint({"lesion", "mass"}):
            return len(between) <= 5 and not _WITHIN.isdisjoint(between)
    return False


def _denied_there(reading: Reading, item: Item, site: Item) -> bool:
    """ "Lungs are clear of metastases"."""
    near = reading.folded[site.last : item.first]
    return reading.context.polarity(item) == "negated" and len(near) <= 5 and not {"clear", "free"}.isdisjoint(near)


def sites_of_lesion(reading: Reading, index: int) -> list[Item]:
    """The sites a lesion word belongs to: just before it, or after "in"; else those of the label."""
    item = reading.items[index]
    if index:
        before = reading.items[index - 1]
        between = [word for word in reading.gap(before, item) if not word[0].isdigit()]
        if "site" in before.roles and len(between) <= 3 and _BEFORE_LESION.issuperset(between):
            return site_run_back(reading, index - 1)
    edge = item.last
    for place in range(index + 1, min(index + 6, len(reading.items))):
        other = reading.items[place]
        between = reading.folded[edge : other.first]
        if len(between) > 8 or "," in between or "with" in between:
            break
        if "site" in other.roles:
            if {"in", "within", "of", "involving", "at", "to", "throughout"} & set(
                reading.folded[item.last : other.first]
            ):
                return site_run(reading, place)
            break
        if not (other.roles.keys() & {"laterality", "largest", "count", "many"}) and not is_soft(other):
            break
        edge = other.last
    label = reading.sentence.label
    if label is not None and label.last <= item.first:
        return [other for other in label.items if "site" in other.roles]
    return []


def site_beside(reading: Reading, index: int) -> str:
    """The one site a lesion belongs to, or an empty string."""
    sites = sites_of_lesion(reading, index)
    named = [s.roles["site"].concept for s in sites]
    return named[0] if named and len(set(named)) == 1 else ""
