"""Scores and measurements: ECOG, Karnofsky, ejection fraction, tumour size, grade."""

import re
from decimal import Decimal

from mappers.fhir.read import (
    Json,
    as_dict,
    as_dicts,
    as_integer,
    as_number,
    as_text,
    centimetres,
    codings,
    concept_text,
    quantity,
)
from mappers.fhir.references import local_form, reference_text
from mappers.reading.finding import PATHOLOGY
from mappers.reading.source import Source
from mappers.terminology import meanings, site_of_words
from mappers.terminology.sites import metastatic_site

_DIMENSION = re.compile(r"(\d{1,4}(?:[.,]\d{1,3})?)\s*(?=(?:cm|mm|x|×|by)\b|[x×])")
_UNIT = re.compile(r"\d\s*(cm|mm|in(?:ch(?:es)?)?)\b", re.IGNORECASE)
_LEADING = re.compile(r"\D{0,30}?(\d{1,3})\s*[:=.)–-]\s*(?=[^\W\d])")
LARGEST_PLAUSIBLE_CM = Decimal(100)
HAIR_CM = Decimal("0.01")
"""By so much "less than 3 cm" is less than 3 cm."""


def value_integer(source: Source, question: str, low: int, high: int) -> int | None:
    """A score from any value[x]: integer, quantity, coded answer, or the one number in its words."""
    resource = source.resource
    concept = resource.get("valueCodeableConcept")
    for coding in codings(concept):
        for meaning in meanings(coding.system, coding.code):
            if meaning.family == "answer" and meaning.concept == question:
                return int(meaning.detail)
    candidates: list[int | None] = [as_integer(resource.get("valueInteger"))]
    amount = quantity(resource.get("valueQuantity"))
    candidates.append(as_integer(amount.value) if amount and amount.comparator not in ("<", ">") else None)
    for text in (as_text(resource.get("valueString")), concept_text(concept)):
        if match := _LEADING.match(text):  # "3: confined to bed or chair 50% of waking hours"
            candidates.append(int(match[1]))
        written = re.findall(r"(?<![\d.,])\d{1,3}(?![\d.,]*\d)", text)
        candidates.append(int(written[0]) if len(set(written)) == 1 else None)
    score = next((c for c in candidates if c is not None), None)
    if score is None or not low <= score <= high:
        if any(key.startswith("value") for key in resource):
            source.problem(f"value: not a {question} score")
        return None
    return score


def read_ecog(source: Source) -> None:
    """Reads an ECOG score, 0 to 5."""
    score = value_integer(source, "ecog", 0, 5)
    if score is not None:
        source.add("ecog", str(score), "ecog", f"ECOG {score}", score=score)


def read_karnofsky(source: Source) -> None:
    """Reads a Karnofsky score, 0 to 100."""
    score = value_integer(source, "karnofsky", 0, 100)
    if score is not None:
        source.add("karnofsky", str(score), "karnofsky", f"Karnofsky {score}", score=score)


def read_lvef(source: Source) -> None:
    """Reads a left ventricular ejection fraction in percent, or as a fraction of one."""
    amount = quantity(source.resource.get("valueQuantity"))
    if amount is None:  # of a range the lower end, as of a range in words
        amount = quantity(as_dict(source.resource.get("valueRange")).get("low"))
    number = (
        amount.value if amount else as_number(source.resource.get("valueString") or source.resource.get("valueInteger"))
    )
    if number is None and (match := re.search(r"(\d{1,2})\s*%", as_text(source.resource.get("valueString")))):
        number = Decimal(match[1])
    if number is None:
        return
    if number <= 1 and (amount is None or amount.unit in ("", "1")):
        number *= 100
    if amount is not None and amount.comparator == "<":
        number -= 1  # below 50 % is not 50 %
    if not 5 <= number <= 95:
        source.problem("value: not an ejection fraction in percent")
        return
    source.add("lvef", str(number), "lvef", f"LVEF {number} %", percent=number)


def sizes_in(source: Source, element: Json) -> list[Decimal]:
    """Plausible lengths in cm in one element's value (a quantity or words such as "3.2 x 2.1 cm")."""
    found: list[Decimal] = []
    amount = quantity(element.get("valueQuantity"))
    if amount is not None:
        length = centimetres(amount)
        if length is None:
            source.problem("value: a unit that is not a length")
        else:
            found.append(length - HAIR_CM if amount.comparator == "<" else length)
    text = as_text(element.get("valueString"))
    unit = _UNIT.search(text)
    if unit:
        factor = {"m": Decimal("0.1"), "c": Decimal(1), "i": Decimal("2.54")}[unit[1][0].lower()]
        found += [Decimal(n.replace(",", ".")) * factor for n in _DIMENSION.findall(text)]
    plausible = [cm for cm in found if 0 < cm <= LARGEST_PLAUSIBLE_CM]
    if len(plausible) < len(found):
        source.problem("value: not a plausible size")
    return plausible


def read_tumour_size(source: Source) -> None:
    """Reads a tumour size: the largest dimension, with the organ, focus or specimen it belongs to."""
    resource = source.resource
    found = sizes_in(source, resource)
    for component in as_dicts(resource.get("component")):
        named = [m.concept for c in codings(component.get("code")) for m in meanings(c.system, c.code)]
        if not named or named[0].startswith("tumour-size"):
            found += sizes_in(source, component)
    if found:
        focus = next((local_form(r) for r in map(reference_text, as_dicts(resource.get("focus"))) if r), "")
        specimen = local_form(reference_text(resource.get("specimen")))
        source.add(
            "size",
            "tumour",
            "tumour-size",
            f"{max(found).normalize():f} cm",
            cm=max(found),
            site=body_site(source),
            focus=focus,
            specimen=specimen,
        )


def body_site(source: Source) -> str:
    """The organ of bodySite, else of the BodyStructure in focus, else of the label."""
    resource = source.resource
    places = [resource.get("bodySite")]
    for focus in as_dicts(resource.get("focus")):
        target = source.record.index.resolve(focus, resource)
        if target is not None and target.get("resourceType") == "BodyStructure":
            places.append(target.get("location"))
    for place in places:
        for coding in codings(place):
            for meaning in meanings(coding.system, coding.code):
                if meaning.family == "site":
                    return metastatic_site(meaning.concept)
        if organ := site_of_words(concept_text(place)):
            return metastatic_site(organ)
    return metastatic_site(site_of_words(as_text(as_dict(resource.get("code")).get("text"))))


def read_grade(source: Source) -> None:
    """Reads a histological grade, 1 to 3."""
    value = source.resource.get("valueCodeableConcept")
    for coding in codings(value):
        for meaning in meanings(coding.system, coding.code):
            if meaning.family == "answer" and meaning.concept == "grade":
                source.add("grade", meaning.detail, "grade", coding.code, authority=PATHOLOGY)
                return
    number = as_integer(source.resource.get("valueInteger"))
    words = [str(number)] if number is not None else []
    words += [as_text(source.resource.get("valueString")), concept_text(value), *(c.code for c in codings(value))]
    for text in words:
        match = re.match(
            r"(?:FNCLCC)?\s*(?:histolog\w+\s*)?(?:grade|G)?\s*[:=]?\s*(III|II|I|[123])(?:\s*(?:/|of)\s*3)?\b",
            text,
            re.I,
        )
        if match:
            grade = {"I": "1", "II": "2", "III": "3"}.get(match[1].upper(), match[1])
            source.add("grade", grade, "grade", text, authority=PATHOLOGY)
            return
    if any(words):
        source.problem("value: not a grade from 1 to 3")


def read_anthracycline_dose(source: Source) -> None:
    """Reads a recorded cumulative anthracycline dose in mg/m2."""
    amount = quantity(source.resource.get("valueQuantity"))
    if amount is None or amount.unit.lower() not in ("mg/m2", "mg/m^2", "mg/m²"):
        return
    if not 0 < amount.value <= 2000:
        source.problem("value: not a plausible cumulative dose in mg/m2")
        return
    source.add("anthracycline-dose", "dose", "cumulative-dose", f"{amount.value} mg/m2", mg_per_m2=amount.value)
