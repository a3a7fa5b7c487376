"""Metastases and their sites; lesions that are only suspicious; bare sites."""

from mappers.text.mention import Attribute, Polarity
from mappers.text.reading import Reading
from mappers.text.vocabulary import Item
from mappers.text.words import word_set

_VERTEBRAE = frozenset(
    f"{part}{n}" for part, most in (("c", 7), ("t", 12), ("l", 5), ("s", 5)) for n in range(1, most + 1)
)
LIST_GAP = _VERTEBRAE | word_set(
    ", and or / & + - the left right both bilateral also as well plus her his ( ) ' possibly probable l r"
)
_LEFT_GAP = word_set(
    "- / only ( ) small new likely known parenchymal limited solitary multiple the ? and biopsy proven with innumerable "
    "single few tiny predominant dominant disease of ' multifocal"
)
_RIGHT_GAP = word_set(
    "to in within of involving involve affecting at on : ( ) , the both bilateral left right upper lower multiple her his - = "
    "including include seen present located confined limited only are is were was noted identified into with x ' a an over "
    "throughout known disease biopsy proven deposit mid distal proximal small several as follow site sites his/her and "
    "predominantly mainly mostly largely isolated involvement unspecified other part yes + ve"
)
_TOWARDS = frozenset(("to", "in", "within", "involving", "involve", "into", "affecting", "at", ":", "with", "on"))
_ORIGIN_AFTER = frozenset(("primary", "origin", "sarcoma", "tumor", "cancer"))
_METASTATIC_ORGANS = frozenset(("lung", "liver", "bone", "brain", "adrenal", "pleura", "peritoneum", "lymph-node"))
_SUSPECT_ORGANS = frozenset(("lung", "liver", "bone", "brain", "adrenal", "pleura", "peritoneum"))
_FROM = frozenset(
    ("from", "of", "the", "known", "his", "her", "a", "primary", "patient", ",", "left", "right", "uterine")
)
_LIMITS = frozenset(("elsewhere", "outside", "beyond", "apart", "aside", "besides", "except", "other", "extrapulmonary",
                     "extrathoracic", "extrahepatic", "additional", "further"))  # fmt: skip
_REGIONS = frozenset(("chest", "abdomen", "pelvis"))
_NODE_REGIONS = frozenset(
    ("lower limb", "upper limb", "head and neck", "trunk", "pelvis", "chest", "abdomen", "mediastinum")
)
_NOUNS = frozenset(("noun", "short", "sarcomatosis"))


def read_spread(reading: Reading) -> None:
    """Adds the metastases of a sentence, with their sites; marks the sites used."""
    for index, item in reading.with_role("metastasis"):
        form = item.roles["metastasis"].concept
        if form == "short" and not _is_noun(reading, index, item):
            continue
        if reading.context.unreal(item):
            _use_neighbours(reading, index)
            continue
        if reading.context.has("dropped", item) or _limited(reading, item):
            _read_exceptions(reading, index, item)
            _use_neighbours(reading, index)
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
    after = reading.next_words(item, 1)
    return beside or (
        bool(after) and after[0] == "to" and index + 1 < len(reading.items) and "site" in reading.items[index + 1].roles
    )


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
    sites = _site_run(reading, _next_site(reading, index, item, 8))
    if sites:
        _add(reading, item, sites[0], _concepts(sites), {}, "affirmed")
        _mark(sites)


def _read_metastasis(reading: Reading, index: int, item: Item, form: str) -> None:
    attributes: dict[str, Attribute] = {}
    if origin := _origin(reading, index, item):
        attributes["origin"] = origin
    sites: list[Item] = []
    if form != "spread" and reading.next_words(item, 1) != ["to"]:
        sites = _left_sites(reading, index, item)
        if sites and index + 1 < len(reading.items) and reading.items[index + 1].first == item.last:
            sites = [*sites, *_site_run(reading, index + 1)] if "site" in reading.items[index + 1].roles else sites
    if not sites:
        sites = _right_sites(reading, index, item, form)
    if not sites and form == "spread":
        return
    if not sites and form in _NOUNS | {"adjective"}:
        sites = _label_sites(reading, item) or _lesion_sites(reading, index, item)
    if not sites and form != "spread":
        sites = _left_sites(reading, index, item)
    polarity = reading.context.polarity(item)
    if form == "unspecified-secondary" and polarity == "affirmed":
        polarity = "uncertain"
    if sites:
        _mark(sites)
        _add_by_polarity(reading, item, sites, attributes, polarity)
        return
    if exam := _exam_site(reading, index, item):
        _add(reading, item, item, (exam,) if exam in _SUSPECT_ORGANS - {"lung"} else (), attributes, polarity)
        return
    _add(reading, item, item, (), attributes, polarity)


def _add_by_polarity(
    reading: Reading, item: Item, sites: list[Item], attributes: dict[str, Attribute], polarity: Polarity
) -> None:
    """One mention for each site; a site may be said otherwise than the metastasis ("lung and possibly liver mets")."""
    if polarity == "negated" and all(site.roles["site"].detail["organ"] in _REGIONS for site in sites):
        _add(reading, item, item, (), attributes, polarity)
        return
    concepts = _concepts(sites)
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


def _concepts(sites: list[Item]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(site.roles["site"].concept for site in sites))


def _mark(sites: list[Item]) -> None:
    for site in sites:
        site.used = True


def _use_neighbours(reading: Reading, index: int) -> None:
    """The sites of a metastasis that is not reported are not sites of anything else."""
    item = reading.items[index]
    for other in reading.items[max(0, index - 3) : index + 4]:
        if "site" in other.roles and min(abs(other.first - item.last), abs(item.first - other.last)) <= 3:
            other.used = True


def _left_sites(reading: Reading, index: int, item: Item) -> list[Item]:
    """ "Lung, liver and bone metastases": the run of sites that ends at the metastasis."""
    place, edge = index - 1, item
    while place >= 0 and index - place <= 4:
        other = reading.items[place]
        if "site" in other.roles:
            if not reading.gap_within(other, edge, _LEFT_GAP, 4):
                return []
            return _site_run_back(reading, place)
        passable = other.roles.keys() & {"lesion", "count", "many", "laterality", "largest"} or other.cues
        if not passable or item.first - other.last > 4 or "histology" in other.roles:
            return []
        if "lesion" in other.roles:
            return []
        place -= 1
    return []


def _site_run_back(reading: Reading, place: int) -> list[Item]:
    run = [reading.items[place]]
    for other in reversed(reading.items[max(0, place - 12) : place]):
        if "site" not in other.roles:
            if other.roles.keys() & {"laterality"} and reading.gap_within(other, run[0], LIST_GAP):
                continue
            break
        between = reading.folded[other.last : run[0].first]
        if not LIST_GAP.issuperset(between) or len(between) > 5:
            break
        run.insert(0, other)
    return _without_regions(run)


def _without_regions(run: list[Item]) -> list[Item]:
    """ "Left axillary lymph node", "thoracic spine": the region only says where the organ is."""
    if len(run) < 2:
        return run
    if any(item.roles["site"].concept == "lymph-node" for item in run):
        run = [item for item in run if item.roles["site"].detail["organ"] not in _NODE_REGIONS]
    kept = [
        item for item, follower in zip(run, run[1:], strict=False)
        if not (item.last == follower.first and item.roles["site"].concept in ("other", "soft-tissue", follower.roles["site"].concept))
        and not (item.last == follower.first and follower.roles["site"].concept == "lymph-node")
    ]  # fmt: skip
    return [*kept, run[-1]]


def _next_site(reading: Reading, index: int, item: Item, most: int) -> int:
    for place in range(index + 1, min(index + 6, len(reading.items))):
        other = reading.items[place]
        if other.first - item.last > most:
            return -1
        if "site" in other.roles:
            return place
    return -1


def _right_sites(reading: Reading, index: int, item: Item, form: str) -> list[Item]:
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
            return _site_run(reading, place)
        if "histology" in other.roles or "other" in other.roles or "mass" in other.roles:
            if between[:1] == [","]:
                return []
            passed_tumour = True
        elif not (
            other.roles.keys() & {"lesion", "count", "many", "laterality", "malignancy", "largest", "mod", "grade-word"}
        ) and not _soft(other):
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


def _soft(item: Item) -> bool:
    return bool(item.cues) and all(cue.category in ("affirmed", "uncertain", "historical") for cue in item.cues)


def _after_comma(reading: Reading, place: int, passed_tumour: bool) -> list[Item]:
    """ "Metastatic leiomyosarcoma, lung": the site of a specimen."""
    other = reading.items[place]
    if not passed_tumour or "site" not in other.roles or other.roles["site"].concept not in _METASTATIC_ORGANS:
        return []
    return _site_run(reading, place) if _list_follows(reading, place) else []


def _is_origin(reading: Reading, place: int, adjacent: bool, form: str) -> bool:
    """ "Metastatic retroperitoneal liposarcoma", "metastases of the thigh sarcoma": the site is the primary's."""
    site = reading.items[place]
    after = reading.items[place + 1] if place + 1 < len(reading.items) else None
    if after is not None and after.first == site.last and not after.roles.keys().isdisjoint({"histology", "other"}):
        return True
    words = reading.next_words(site, 1)
    return bool(words) and words[0] in ("primary", "origin")


def _site_run(reading: Reading, place: int) -> list[Item]:
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
            if _soft(other) and len(between) <= 3:
                continue
            break
        if len(between) > 6 or not (
            LIST_GAP | {"in", "to", "of", "x", "lesion", "nodule", "upper", "lower", "lobe"}
        ).issuperset(between):
            break
        run.append(other)
    if _of_primary(reading, run[-1]) and len(run) > 1:
        run.pop()
    return _without_regions(run)


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


def _label_sites(reading: Reading, item: Item) -> list[Item]:
    """ "Lung, right lower lobe, wedge resection: metastatic leiomyosarcoma"."""
    label = reading.sentence.label
    if label is None or label.last > item.first:
        return []
    sites = [other for other in label.items if "site" in other.roles]
    named = [other for other in sites if other.roles["site"].concept != "other"]
    return _without_regions(named or sites)


def _lesion_sites(reading: Reading, index: int, item: Item) -> list[Item]:
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
            sites = _site_run_back(reading, place)
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
            return len(between) <= 5 and not {"in", "within", "of", "throughout", "involving"}.isdisjoint(between)
    return False


def _denied_there(reading: Reading, item: Item, site: Item) -> bool:
    """ "Lungs are clear of metastases"."""
    near = reading.folded[site.last : item.first]
    return reading.context.polarity(item) == "negated" and len(near) <= 5 and not {"clear", "free"}.isdisjoint(near)


def _exam_site(reading: Reading, index: int, item: Item) -> str:
    """The organ an examination looks at: "MRI brain: no metastases" speaks of the brain only."""
    label = reading.sentence.label
    items = [*(label.items if label is not None else ()), *reading.items[max(0, index - 4) : index]]
    for other in reversed(items):
        entry = other.roles.get("procedure")
        if entry is not None and entry.detail["site"]:
            site: str = entry.detail["site"]
            return site
    return ""


def _origin(reading: Reading, index: int, item: Item) -> str:
    """What the metastasis is of: "metastatic breast cancer", "metastasis from leiomyosarcoma"."""
    for place in (index + 1, index + 2, index + 3):
        if place >= len(reading.items):
            break
        other = reading.items[place]
        between = reading.gap(item, other)
        if len(between) > 5:
            break
        entry = other.roles.get("histology") or other.roles.get("other")
        if entry is not None:
            fits = not between or (between[0] in ("from", "of") and _FROM.issuperset(between)) or between[0] == "from"
            return entry.concept if fits else ""
    if "unknown" in reading.next_words(item, 8) and "primary" in reading.next_words(item, 9):
        return "unknown primary"
    if index:
        before = reading.items[index - 1]
        entry = before.roles.get("histology") or before.roles.get("other")
        if entry is not None and item.first - before.last <= 2 and "," not in reading.gap(before, item):
            return entry.concept
    return ""


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
        for concept in _concepts(sites):
            if concept in _SUSPECT_ORGANS:
                _mark(sites)
                polarity: Polarity = "negated" if said == "negated" else "uncertain"
                reading.add('metastasis', concept, item, {"sites": (concept,), "suspicion": reading.folded[item.last - 1]}, polarity=polarity)  # fmt: skip


def sites_of_lesion(reading: Reading, index: int) -> list[Item]:
    """The sites a lesion word belongs to: just before it, or after "in"; else those of the label."""
    item = reading.items[index]
    if index:
        before = reading.items[index - 1]
        if "site" in before.roles and reading.gap_within(before, item, _LEFT_GAP | {"cm", "mm"}, 3):
            return _site_run_back(reading, index - 1)
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
                return _site_run(reading, place)
            break
        if not (other.roles.keys() & {"laterality", "largest", "count", "many"}) and not _soft(other):
            break
        edge = other.last
    label = reading.sentence.label
    if label is not None and label.last <= item.first:
        return [other for other in label.items if "site" in other.roles]
    return []


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
