"""Gene fusions and other markers, with result and method; whether the tumour was sequenced."""

from mappers.text.mention import Attribute, Polarity
from mappers.text.reading import Reading
from mappers.text.sizes import number
from mappers.text.vocabulary import Item
from mappers.text.words import word_set

_JOINS = frozenset(("-", "/", ":", "'"))
_NOT_ANTIGEN_ONLY = word_set("NTRK NTRK1 NTRK2 NTRK3 ALK ROS1 RET BRAF SS18 DDIT3 EWSR1 FUS MDM2 PDGFB TFE3 CDK4 FOXO1")
_PAIRS = {
    frozenset(("COL1A1", "PDGFB")): "COL1A1-PDGFB",
    frozenset(("SS18", "SSX")): "SS18-SSX",
    frozenset(("FUS", "DDIT3")): "FUS-DDIT3",
    frozenset(("EWSR1", "DDIT3")): "EWSR1-DDIT3",
}
_DOMINANT = ("NTRK1", "NTRK2", "NTRK3", "NTRK", "ALK", "ROS1")
_FAMILY = {"SSX1": "SSX", "SSX2": "SSX", "SSX4": "SSX"}
_REACH = 8


def read_molecular(reading: Reading) -> None:
    """Adds the markers of a sentence."""
    genes = list(reading.with_role("gene"))
    done: set[int] = set()
    for index, item in genes:
        if index in done or reading.context.unreal(item):
            continue
        role = item.roles["gene"].detail["role"]
        if role == "gene":
            _read_gene(reading, index, done)
        elif role == "ihc":
            _read_ihc(reading, index, item)
        elif role.startswith("msi"):
            _read_msi(reading, index, item, role)
        else:
            _read_tmb(reading, index, item, role)
    if not any(item.roles["gene"].detail["role"] == "gene" for _, item in genes):
        _read_no_fusion(reading)
    _read_sequencing(reading)


def _read_gene(reading: Reading, index: int, done: set[int]) -> None:
    items = reading.items
    item = items[index]
    gene = item.roles["gene"].concept
    after = items[index + 1] if index + 1 < len(items) else None
    between = reading.gap(item, after) if after is not None else []
    if (
        after is not None
        and "gene" in after.roles
        and after.roles["gene"].detail["role"] == "gene"
        and between
        and len(between) <= 3
        and _JOINS.issuperset(between)
    ):
        partner = after.roles["gene"].concept
        listed = between == ["/"] and gene[:4] == "NTRK" == partner[:4]
        if not listed and not (
            between == ["/"] and not _says(reading, index, ("fusion",), 1) and _is_gene_list(reading, index)
        ):
            done.add(index + 1)
            _add_fusion(reading, item, after, gene, partner, index)
            return
    if gene == "DDIT3" and reading.folded[item.first] == "chop" and not _says(reading, index, ("fusion",), _REACH):
        return  # a lymphoma regimen of the same letters
    if _numbers_follow(reading, item, gene):
        gene = "NTRK"
    if _says(reading, index, ("fusion",), _REACH) or (gene == "ALK" and _says(reading, index, ("fish",), _REACH)):
        _add_marker(reading, index, item, gene, "fusion")
    elif gene in ("MDM2", "CDK4") and _says(reading, index, ("amplification",), _REACH):
        _add_marker(reading, index, item, gene, "amplification")
    elif _says(reading, index, ("ihc",), 4):
        if gene in _NOT_ANTIGEN_ONLY or gene in ("STAT6", "INI1", "CAMTA1"):
            _add_marker(reading, index, item, gene, "ihc")
    elif gene in _DOMINANT and _result_word(reading, index):
        _add_marker(reading, index, item, gene, "fusion")


def _is_gene_list(reading: Reading, index: int) -> bool:
    """ "ALK/ROS1/NTRK fusions": alternatives, not partners."""
    named = [i.roles["gene"].concept for i in reading.items[index : index + 3] if "gene" in i.roles]
    return all(gene in _DOMINANT or gene in ("RET", "BRAF") for gene in named)


def _numbers_follow(reading: Reading, item: Item, gene: str) -> bool:
    """ "NTRK1/2/3", "NTRK 1-3"."""
    after = reading.next_words(item, 2)
    return gene.startswith("NTRK") and len(after) == 2 and after[0] in "/-," and after[1] in "23"


def _near(reading: Reading, index: int, reach: int) -> list[Item]:
    """The items near an item, within its clause."""
    item, found = reading.items[index], []
    for other in reading.items[max(0, index - 6) : index + 9]:
        distance = other.first - item.last if other.first >= item.last else item.first - other.last
        if distance <= reach and not _parted(reading, item, other):
            found.append(other)
    return found


def _parted(reading: Reading, one: Item, other: Item) -> bool:
    low, high = min(one.last, other.last), max(one.first, other.first)
    return any(reading.report.written[at] in ";." for at in range(low, high))


def _says(reading: Reading, index: int, roles: tuple[str, ...], reach: int) -> bool:
    return any(role in other.roles for other in _near(reading, index, reach) for role in roles)


def _result_word(reading: Reading, index: int) -> bool:
    item = reading.items[index]
    after = reading.next_words(item, 4)
    return (
        any(w in ("positive", "negative", "detected", "rearranged", "rearrangement", "+", "pending") for w in after)
        or reading.context.polarity(item) == "negated"
    )


def _add_fusion(reading: Reading, first: Item, last: Item, gene: str, partner: str, index: int) -> None:
    pair = frozenset((_FAMILY.get(gene, gene), _FAMILY.get(partner, partner)))
    dominant = next((g for g in _DOMINANT if g in pair), "")
    if dominant:
        concept = "NTRK" if dominant.startswith("NTRK") else dominant
        gene, partner = dominant, gene if partner == dominant else partner
    else:
        concept = _PAIRS.get(pair) or f"{gene}-{partner}"
    _emit(reading, index, first, last, concept, "fusion", gene=gene, partner=partner)


def _add_marker(reading: Reading, index: int, item: Item, gene: str, alteration: str) -> None:
    concept = "NTRK" if gene.startswith("NTRK") else gene
    _emit(reading, index, item, item, concept, alteration, gene=gene)


def _emit(reading: Reading, index: int, first: Item, last: Item, concept: str, alteration: str, **genes: str) -> None:
    result, polarity = _result(reading, index, last)
    if not result:
        return
    attributes: dict[str, Attribute] = {"result": result, "alteration": alteration, **genes}
    if method := ("ihc" if alteration == "ihc" else _method(reading, index)):
        attributes["method"] = method
    reading.add("molecular", concept, first, attributes, first=first.first, last=last.last, polarity=polarity)


def _result(reading: Reading, index: int, last: Item) -> tuple[str, Polarity]:
    """Positive, negative or pending; polarity follows it, uncertain when the text is."""
    item = reading.items[index]
    polarity = reading.context.polarity(item)
    after = reading.folded[last.last : min(last.last + 9, reading.sentence.last)]
    near = _near(reading, index, 7)
    if any("wish" in other.roles or any(c.category == "planned" for c in other.cues) for other in near) and not any(
        "positive" in other.roles for other in near
    ):
        return ("pending", "uncertain") if any("pending" in other.roles for other in near) else ("", "uncertain")
    if any("pending" in other.roles for other in near):
        return "pending", "uncertain"
    if polarity == "negated" or _negative_after(after):
        return "negative", "negated"
    if polarity == "uncertain":
        return "equivocal", "uncertain"
    if "test" in after[:3] or "testing" in after[:3] or ("status" in after[:2] and "positive" not in after):
        return "", "uncertain"
    return "positive", "affirmed"


def _negative_after(after: list[str]) -> bool:
    clause = after[: next((i for i, w in enumerate(after) if w in (",", ".")), len(after))]
    return any(w in ("negative", "absent", "wildtype", "undetected", "not", "none") for w in clause) or "wild" in clause


def _method(reading: Reading, index: int) -> str:
    for other in _near(reading, index, 12):
        if "fish" in other.roles:
            return "fish"
        if "ihc" in other.roles:
            return "ihc"
        if "sequencing" in other.roles:
            return "sequencing"
    return ""


def _read_ihc(reading: Reading, index: int, item: Item) -> None:
    gene = item.roles["gene"].concept
    if reading.folded[item.first] == "trk" and _says(reading, index, ("drug",), 2):
        return
    words = reading.next_words(item, 2)
    if words[:1] in (["inhibitor"], ["inhibition"]):
        return
    if not (
        _says(reading, index, ("ihc", "positive"), 6)
        or _result_word(reading, index)
        or _negative_after(reading.next_words(item, 6))
    ):
        return
    _emit(reading, index, item, item, "NTRK" if gene == "PAN-TRK" else gene, "ihc")


def _read_msi(reading: Reading, index: int, item: Item, role: str) -> None:
    if role == "msi":
        words = reading.next_words(item, 5)
        result = (
            "high"
            if "high" in words or "unstable" in words or "instable" in words
            else "stable"
            if {"stable", "low", "negative", "absent"} & set(words)
            else ""
        )
        if reading.context.polarity(item) == "negated":
            result = "stable"
        if result:
            value = "positive" if result == "high" else "negative"
            reading.add(
                "molecular",
                "MSI",
                item,
                {"result": value, "detail": result},
                polarity="affirmed" if value == "positive" else "negated",
            )
        return
    high = role == "msi-high"
    polarity = reading.context.polarity(item)
    if polarity == "negated":
        high, polarity = not high, "affirmed"
    said: Polarity = "uncertain" if polarity == "uncertain" else "affirmed" if high else "negated"
    reading.add(
        "molecular",
        "MSI",
        item,
        {"result": "positive" if high else "negative", "detail": "high" if high else "stable"},
        polarity=said,
    )


def _read_tmb(reading: Reading, index: int, item: Item, role: str) -> None:
    value = None
    for at in range(item.last, min(item.last + 6, reading.sentence.last)):
        token = reading.folded[at]
        if token[0].isdigit():
            value = number(token) if len(token) <= 7 else None
            break
        if token in (",", ".", ";"):
            break
    attributes: dict[str, Attribute] = {}
    if value is not None and 0 <= value <= 1000:
        attributes["mutations_per_mb"] = value
    high = role == "tmb-high" or (
        role == "tmb" and ("high" in reading.next_words(item, 4) or (value is not None and value >= 10))
    )
    if role == "tmb" and value is None and not {"high", "low"} & set(reading.next_words(item, 4)):
        return
    reading.add(
        "molecular",
        "TMB",
        item,
        {"result": "positive" if high else "negative", **attributes},
        polarity="affirmed" if high else "negated",
    )


def _read_no_fusion(reading: Reading) -> None:
    """ "No gene fusions detected": tested, and negative for any."""
    for _, item in reading.with_role("fusion"):
        after = reading.next_words(item, 4)
        negated = reading.context.polarity(item) == "negated" or _negative_after(after)
        if negated and not reading.context.unreal(item) and "mod" not in item.roles and "histology" not in item.roles:
            reading.add(
                "molecular", "any-fusion", item, {"result": "negative", "alteration": "fusion"}, polarity="negated"
            )
            return


def _read_sequencing(reading: Reading) -> None:
    for index, item in reading.with_role("sequencing"):
        if reading.context.unreal(item):
            continue
        polarity = reading.context.polarity(item)
        near = _near(reading, index, 6)
        if any("pending" in other.roles for other in near):
            reading.add("sequencing", "ordered", item, polarity="affirmed")
        elif reading.context.has("planned", item) or any("wish" in other.roles for other in near):
            continue
        elif (
            polarity == "affirmed"
            and not reading.context.has("refused", item)
            and reading.sentence.section != "planned"
        ):
            reading.add("sequencing", "done", item)
