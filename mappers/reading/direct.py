"""Facts stated directly: Observations of the sarcoma-facts code system, or of a label that says the same."""

import re
from decimal import Decimal

from mappers.fhir.read import as_bool, as_dict, as_integer, as_text, centimetres, codings, concept_text, quantity
from mappers.reading.measure import HAIR_CM, LARGEST_PLAUSIBLE_CM, body_site, sizes_in
from mappers.reading.phrases import mentions
from mappers.reading.source import Source

_STATUSES = ("final", "amended", "corrected")
_YES_NO = {
    "complete-resection-feasible": "resectable",
    "surgical-candidate": "surgical-candidate",
    "urgent-tumour-shrinkage-needed": "urgent-shrinkage",
    "extrahepatic-disease-controlled": "extrahepatic-controlled",
}
_MONTHS_PER_UNIT = {
    "mo": Decimal(1),
    "month": Decimal(1),
    "months": Decimal(1),
    "a": Decimal(12),
    "year": Decimal(12),
    "years": Decimal(12),
    "wk": Decimal(7) / Decimal("30.4375"),
    "week": Decimal(7) / Decimal("30.4375"),
    "weeks": Decimal(7) / Decimal("30.4375"),
    "d": 1 / Decimal("30.4375"),
    "day": 1 / Decimal("30.4375"),
    "days": 1 / Decimal("30.4375"),
}
_COUNT = re.compile(
    r"(>=|>|≥|at least|more than|over)?\s*(\d{1,4})\s*(?:lesions?|metastas[ei]s|mets|nodules?)?", re.IGNORECASE
)
_COMPARATORS = {">=": ">=", "≥": ">=", "at least": ">=", ">": ">", "more than": ">", "over": ">"}
_DAY = Decimal("0.03")
"""A day in months."""
_LARGEST_COUNT, _LONGEST_INTERVAL = 1000, 1200


def read_direct(source: Source, code: str, *, by_label: bool = False) -> None:
    """Reads one stated fact. Only final, amended and corrected ones count, and win over what is derived.

    `by_label`: the Observation's words, not its code, name the fact; it then counts like any other evidence.
    """
    if not by_label and as_text(source.resource.get("status")) not in _STATUSES:
        source.problem("status: a stated fact counts when final, amended or corrected")
        return
    rule = "label" if by_label else "stated-fact"
    if code in _YES_NO:
        _read_yes_no(source, code, rule, not by_label)
    elif code == "lesion-count":
        _read_count(source, rule, not by_label)
    elif code == "largest-lesion-size":
        _read_largest(source, rule, not by_label)
    elif code == "disease-free-interval":
        _read_interval(source, rule, not by_label)
    elif code == "presentation":
        _read_presentation(source, rule)
    elif code == "progression":
        _read_progression(source, rule)
    else:
        source.problem("code: not a fact this mapper knows")


def _read_yes_no(source: Source, code: str, rule: str, direct: bool) -> None:
    resource = source.resource
    answer = as_bool(resource.get("valueBoolean"))
    if answer is None:
        concept = resource.get("valueCodeableConcept")
        words = [as_text(resource.get("valueString")), concept_text(concept), *(c.code for c in codings(concept))]
        said = {word.lower() for word in words}
        answer = True if said & {"yes", "y", "true"} else False if said & {"no", "n", "false"} else None
    if answer is None:
        source.problem("value: neither true nor false")
        return
    word = "yes" if answer else "no"
    source.add(_YES_NO[code], word, rule, f"{code}: {word}", site=body_site(source), direct=direct)


def _read_count(source: Source, rule: str, direct: bool) -> None:
    """Reads a number of lesions. One that is only a least number is marked; one that is only a most number is none."""
    count, comparator = _counted(source)
    if comparator == ">" and count is not None:
        count += 1
    if count is None or not 0 <= count <= _LARGEST_COUNT or comparator in ("<", "<="):
        source.problem("value: not a plausible number of lesions")
        return
    words = f"{'at least ' if comparator else ''}{count} lesions"
    least: dict[str, object] = {"at_least": 1} if comparator else {}
    site = body_site(source)
    source.add("lesion-count", str(count), rule, words, count=count, site=site, direct=direct, extra=least)


def _counted(source: Source) -> tuple[int | None, str]:
    """The number of a value[x], and its comparator: one, the lower end of a range, or the number in words."""
    resource = source.resource
    whole = as_integer(resource.get("valueInteger"))
    if whole is not None:
        return whole, ""
    amount = quantity(resource.get("valueQuantity"))
    if amount is not None:
        return as_integer(amount.value), amount.comparator
    lowest = quantity(as_dict(resource.get("valueRange")).get("low"))
    if lowest is not None:
        return as_integer(lowest.value), ">="
    words = as_text(resource.get("valueString")) or concept_text(resource.get("valueCodeableConcept"))
    if words.lower() in ("solitary", "single"):
        return 1, ""
    match = _COUNT.fullmatch(words)
    return (int(match[2]), _COMPARATORS.get((match[1] or "").lower(), "")) if match else (None, "")


def _read_largest(source: Source, rule: str, direct: bool) -> None:
    amount = quantity(source.resource.get("valueQuantity"))
    cm = centimetres(amount) if amount else None
    if cm is not None and amount and amount.comparator == "<":
        cm -= HAIR_CM
    if cm is None:
        cm = max(sizes_in(source, source.resource), default=None)
    if cm is None or not 0 < cm <= LARGEST_PLAUSIBLE_CM:
        source.problem("value: not a plausible size in mm or cm")
        return
    words = f"{cm.normalize():f} cm"
    source.add("lesion-size", "lesion", rule, words, cm=cm, site=body_site(source), largest=True, direct=direct)


def _read_interval(source: Source, rule: str, direct: bool) -> None:
    amount = quantity(source.resource.get("valueQuantity"))
    factor = _MONTHS_PER_UNIT.get(amount.unit.lower()) if amount else None
    if amount is None or factor is None or not 0 <= amount.value * factor <= _LONGEST_INTERVAL:
        source.problem("value: not a plausible interval in mo, wk, d or a")
        return
    months = (amount.value * factor).quantize(Decimal("0.01"))
    words = f"{amount.comparator} {amount.value.normalize():f} {amount.unit}".strip()
    bound: dict[str, object] = {"months": months}
    if amount.comparator.startswith(">"):
        bound = {"low": months + (_DAY if amount.comparator == ">" else 0)}
    elif amount.comparator.startswith("<"):
        bound = {"high": months - (_DAY if amount.comparator == "<" else 0)}
    source.add("disease-free-interval", "interval", rule, words, direct=direct, extra=bound)


def _read_presentation(source: Source, rule: str) -> None:
    concept = source.resource.get("valueCodeableConcept")
    words = " ".join([concept_text(concept), as_text(source.resource.get("valueString"))])
    words = f"{words} {' '.join(c.code for c in codings(concept))}".lower()
    found = [kind for kind in ("synchronous", "metachronous") if kind in words]
    if len(found) != 1:
        source.problem("value: neither synchronous nor metachronous")
        return
    source.add("presentation", found[0], rule, found[0], direct=True)


def _read_progression(source: Source, rule: str) -> None:
    words = concept_text(source.resource.get("valueCodeableConcept")) or as_text(source.resource.get("valueString"))
    drugs: list[str] = []
    for mention in mentions(words):
        if mention.kind == "drug":
            drugs.append(mention.concept)
        elif mention.kind == "regimen":
            listed = mention.attributes.get("drugs")
            drugs += listed if isinstance(listed, tuple) else ()
        elif mention.kind == "progression" and isinstance(after := mention.attributes.get("after"), str):
            drugs.append(after)
    source.add("progression", "progression", rule, words, after=tuple(dict.fromkeys(drugs)), direct=True)
