"""Metastases with their sites, and lesions that are only suspicious."""

from mappers.text.lesions import label_sites, lesion_sites, sites_of_lesion
from mappers.text.mention import Attribute, Polarity
from mappers.text.places import (
    concepts_of,
    exam_site,
    left_sites,
    mark,
    next_site,
    right_sites,
    site_run,
    use_neighbours,
)
from mappers.text.reading import Reading
from mappers.text.vocabulary import Item
from mappers.text.words import word_set

_SUSPECT_ORGANS = frozenset(("lung", "liver", "bone", "brain", "adrenal", "pleura", "peritoneum"))
_FROM = word_set("from of the known his her a primary patient , left right uterine")
_DISTANT = frozenset(("lung", "pleura", "liver", "brain"))
_RECURRENCES = word_set("recurrence relapse recurred relapsed")
_IN_THE = word_set("in to the both left right bilateral his her")
_COPULAS = word_set("is are was were be being likely probably presumably arising arise originating derived , (")
_LIMITS = word_set(
    "elsewhere outside beyond apart aside besides except other extrapulmonary extrathoracic extrahepatic "
    "additional further"
)
_EXERTION = word_set(
    "exercize functional exertion exertional tolerance treadmill bruce stair flight climb walk activity workload "
    "cardiopulmonary"
)
_REGIONS = frozenset(("chest", "abdomen", "pelvis"))
_HEALTHY = frozenset(("normal", "clear", "unremarkable"))
_NOUNS = frozenset(("noun", "short", "sarcomatosis"))


def read_spread(reading: Reading) -> None:
    """Adds the metastases of a sentence, with their sites; marks the sites used."""
    for index, item in reading.with_role("metastasis"):
        form = item.roles["metastasis"].concept
        if (form == "short" and not _is_noun(reading, index, item)) or _is_exertion(reading, item):
            continue
        if reading.context.unreal(item):
            use_neighbours(reading, index)
            continue
        if reading.context.has("dropped", item) or _limited(reading, item):
            _read_exceptions(reading, index, item)
            use_neighbours(reading, index)
            continue
        if form == "nonmetastatic":
            reading.add("metastasis", "unspecified", item, {"sites": ()}, polarity="negated")
        elif form == "sarcomatosis":
            _add(reading, item, item, ("peritoneum",), {})
        else:
            _read_metastasis(reading, index, item, form)


def _is_noun(reading: Reading, index: int, item: Item) -> bool:
    """ "met" is a metastasis beside a site or a count, not the past of "meet"."""
    before = reading.items[index - 1] if index else None
    beside = before is not None and before.last == item.first and not before.roles.keys().isdisjoint({"site", "count"})
    if before is not None and before.last == item.first and any(c.category == "uncertain" for c in before.cues):
        return True
    after = reading.next_words(item, 1)
    return beside or (
        bool(after) and after[0] == "to" and index + 1 < len(reading.items) and "site" in reading.items[index + 1].roles
    )


def _is_exertion(reading: Reading, item: Item) -> bool:
    """ "Exercise tolerance > 4 METs": metabolic equivalents."""
    written = reading.report.written[item.first : item.last]
    if written not in (["METs"], ["METS"], ["MET"]):
        return False
    if not _EXERTION.isdisjoint(reading.folded[reading.sentence.first : reading.sentence.last]):
        return True
    counted = any(word[0].isdigit() for word in reading.words_before(item, 1))
    return counted and written == ["METs"] and "site" not in reading.roles


def _limited(reading: Reading, item: Item) -> bool:
    """ "No metastases elsewhere", "no extrapulmonary metastases": says nothing against those that are known."""
    if reading.context.polarity(item) != "negated":
        return False
    near = reading.words_before(item, 5) + reading.next_words(item, 5)
    return not _LIMITS.isdisjoint(near)


def _read_exceptions(reading: Reading, index: int, item: Item) -> None:
    """ "No metastases other than in the lung" affirms the lung."""
    words = reading.next_words(item, 4)
    if not {"than", "except", "from", "besides"} & set(words) or reading.context.has("dropped", item):
        return
    sites = site_run(reading, next_site(reading, index, item, 8))
    if sites:
        _add(reading, item, sites[0], concepts_of(sites), {}, "affirmed")
        mark(sites)


def _read_metastasis(reading: Reading, index: int, item: Item, form: str) -> None:
    attributes: dict[str, Attribute] = {}
    if origin := _origin(reading, index, item):
        attributes["origin"] = origin
    sites: list[Item] = []
    if form != "spread" and reading.next_words(item, 1) != ["to"]:
        sites = left_sites(reading, index, item)
        if sites and index + 1 < len(reading.items) and reading.items[index + 1].first == item.last:
            sites = [*sites, *site_run(reading, index + 1)] if "site" in reading.items[index + 1].roles else sites
    if not sites:
        sites = right_sites(reading, index, item, form)
    if not sites and form == "spread":
        return
    if not sites and form in _NOUNS | {"adjective"}:
        sites = label_sites(reading, item) or lesion_sites(reading, index, item)
    if not sites and form != "spread":
        sites = left_sites(reading, index, item)
    sites = [site for site in sites if _HEALTHY.isdisjoint(reading.next_words(site, 1))]
    polarity = reading.context.polarity(item)
    if form == "unspecified-secondary" and polarity == "affirmed":
        polarity = "uncertain"
    if sites:
        mark(sites)
        _add_by_polarity(reading, item, sites, attributes, polarity)
        return
    if exam := exam_site(reading, index, item):
        seen = _SUSPECT_ORGANS if polarity == "negated" else _SUSPECT_ORGANS - {"lung"}
        _add(reading, item, item, (exam,) if exam in seen else (), attributes, polarity)
        return
    _add(reading, item, item, (), attributes, polarity)


def _add_by_polarity(
    reading: Reading, item: Item, sites: list[Item], attributes: dict[str, Attribute], polarity: Polarity
) -> None:
    """One mention for each site; a site may be said otherwise than the metastasis ("lung and possibly liver mets")."""
    if polarity == "negated" and all(site.roles["site"].detail["organ"] in _REGIONS for site in sites):
        _add(reading, item, item, (), attributes, polarity)
        return
    concepts = concepts_of(sites)
    for site in sites:
        concept = site.roles["site"].concept
        own = reading.context.polarity(site)
        said: Polarity = own if own != "affirmed" and polarity == "affirmed" else polarity
        _add(reading, item, site, (concept,), {**attributes, "sites": concepts}, said)
    _drop_repeats(reading, len(sites))


def _drop_repeats(reading: Reading, count: int) -> None:
    """Of mentions just added for the same site, keeps the first."""
    added, seen, kept = reading.mentions[-count:], set[tuple[str, str]](), []
    for mention in added:
        key = (mention.concept, mention.polarity)
        if key not in seen:
            seen.add(key)
            kept.append(mention)
    reading.mentions[-count:] = kept


def _add(
    reading: Reading,
    item: Item,
    place: Item,
    sites: tuple[str, ...],
    attributes: dict[str, Attribute],
    polarity: Polarity | None = None,
) -> None:
    first, last = min(item.first, place.first), max(item.last, place.last)
    values: dict[str, Attribute] = {"sites": sites, **attributes}
    if treated := _treated(reading, last):
        values["treated"] = treated
    reading.add(
        "metastasis", sites[0] if sites else "unspecified", item, values, polarity=polarity, first=first, last=last
    )


def _treated(reading: Reading, last: int) -> str:
    words = reading.folded[last : min(last + 3, reading.sentence.last)]
    return "resected" if "resected" in words or "excised" in words else ""


def _origin(reading: Reading, index: int, item: Item) -> str:
    """What the metastasis is of: "metastatic breast cancer", "metastasis from leiomyosarcoma"."""
    tumour = tumour_after(reading, index, item)
    if tumour is not None:
        return _tumour_of(tumour)
    if "unknown" in reading.next_words(item, 8) and "primary" in reading.next_words(item, 9):
        return "unknown primary"
    before = tumour_before(reading, index, item)
    return _tumour_of(before) if before is not None else ""


def _tumour_of(item: Item) -> str:
    entry = item.roles.get("histology") or item.roles.get("other")
    return entry.concept if entry is not None else ""


def tumour_after(reading: Reading, index: int, item: Item) -> Item | None:
    """The tumour named after a metastasis as its origin: "metastasis from X", "lung metastases are from X"."""
    for other in reading.items[index + 1 : index + 4]:
        between = reading.gap(item, other)
        if len(between) > 6:
            return None
        if _tumour_of(other):
            while between and between[0] in _COPULAS:
                between = between[1:]
            fits = between[:1] == ["from"] or (between[:1] == ["of"] and _FROM.issuperset(between))
            return (
                other
                if fits or between[:2] in (["secondary", "to"], ["due", "to"]) or other.first == item.last
                else None
            )
    return None


def tumour_before(reading: Reading, index: int, item: Item) -> Item | None:
    """The tumour named before a metastasis as its origin: "X metastases", "X, metastatic to", "cancer with mets"."""
    if index and _tumour_of(reading.items[index - 1]) and is_told_of(reading, reading.items[index - 1], item):
        return reading.items[index - 1]
    for place in range(index - 1, max(index - 6, -1), -1):
        other = reading.items[place]
        if _tumour_of(other):
            between = reading.gap(other, item)
            with_it = between[:1] in (["with"], ["w"]) and "," not in between
            with_it = with_it or (between[:1] == [","] and _only_sites(reading, place, index))
            return other if with_it and not _is_second(reading, place) else None
    return None


def _only_sites(reading: Reading, place: int, index: int) -> bool:
    """ "Prostate cancer, bone metastases": nothing but sites between the comma and the metastasis."""
    between = reading.items[place + 1 : index]
    words = reading.items[index].first - reading.items[place].last - 1
    return all("site" in item.roles for item in between) and sum(item.last - item.first for item in between) == words


def _is_second(reading: Reading, place: int) -> bool:
    """Whether a tumour is the second of two that are named together: what follows may belong to either."""
    return any(
        _tumour_of(before) and reading.gap(before, reading.items[place])[:1] in (["and"], ["&"], ["/"])
        for before in reading.items[max(0, place - 2) : place]
    )


def is_told_of(reading: Reading, tumour: Item, item: Item) -> bool:
    """Whether a metastasis named after a tumour is the tumour's: "X metastases", "X, metastatic to"."""
    gap = reading.gap(tumour, item)
    return len(gap) <= 3 and ("," not in gap or (gap == [","] and item.roles["metastasis"].concept == "adjective"))


def read_recurrence(reading: Reading) -> None:
    """Recurrence in an organ where soft tissue sarcomas hardly ever begin: "recurrent in lungs", "hepatic relapse".

    Denied, it says nothing of metastases that were there before.
    """
    for index, item in reading.with_role("recurrence"):
        denied = reading.context.polarity(item) == "negated"
        if denied or reading.context.unreal(item) or reading.context.has("dropped", item):
            continue
        sites = _recurrence_sites(reading, index, item)
        if not sites or sites[0].roles["site"].concept not in _DISTANT:
            continue
        attributes: dict[str, Attribute] = {}
        for other in reversed(reading.items[max(0, index - 5) : index]):
            if origin := _tumour_of(other):
                attributes["origin"] = origin
                break
        mark(sites)
        _add_by_polarity(reading, item, sites, attributes, reading.context.polarity(item))


def _recurrence_sites(reading: Reading, index: int, item: Item) -> list[Item]:
    if index and reading.folded[item.last - 1] in _RECURRENCES:
        before = reading.items[index - 1]
        if "site" in before.roles and before.last == item.first:
            return [before]
    place = next_site(reading, index, item, 4)
    between = reading.folded[item.last : reading.items[place].first] if place >= 0 else []
    return site_run(reading, place) if between[:1] in (["in"], ["to"]) and _IN_THE.issuperset(between) else []


def read_suspicion(reading: Reading) -> None:
    """Lesions of an organ to which sarcoma spreads, of a nature not stated: suspicion, not metastasis."""
    if any("benign" in item.roles for item in reading.items):
        return
    for index, item in reading.with_role("lesion"):
        if reading.context.unreal(item) or reading.context.has("dropped", item):
            continue
        sites = [site for site in sites_of_lesion(reading, index) if not site.used]
        if not sites or any("metastasis" in other.roles for other in reading.items[index + 1 : index + 5]):
            continue
        said = reading.context.polarity(item)
        for concept in concepts_of(sites):
            if concept in _SUSPECT_ORGANS:
                mark(sites)
                polarity: Polarity = "negated" if said == "negated" else "uncertain"
                seen: dict[str, Attribute] = {"sites": (concept,), "suspicion": reading.folded[item.last - 1]}
                reading.add("metastasis", concept, item, seen, polarity=polarity)
