"""MedicationRequest, MedicationStatement, MedicationAdministration and MedicationDispense: what drugs were given."""

from mappers.fhir.dates import PartialDate
from mappers.fhir.read import Json, as_dict, as_dicts, as_text, codings, concept_text
from mappers.fhir.references import ReferenceIndex, local_form, reference_text
from mappers.reading.intent import intent_of
from mappers.reading.phrases import mentions, read_text
from mappers.reading.source import Source
from mappers.terminology import meanings

_NOT_GIVEN = (
    "entered-in-error",
    "cancelled",
    "draft",
    "not-done",
    "not-taken",
    "intended",
    "declined",
    "preparation",
    "proposed",
)
_ENDED = ("completed", "stopped", "ended")
_NOT_AN_ORDER = ("proposal", "plan", "option")


def drugs_of(resource: Json, index: ReferenceIndex) -> tuple[list[str], str, str]:
    """Which drugs a medication resource is about: (drug keys, the rule that told, the words or code read).

    By code first (ingredient, clinical drug, ATC), also those of the Medication it points at and its ingredients;
    else by name, of drugs and of regimens.
    """
    concepts: list[object] = [
        resource.get("medicationCodeableConcept"),
        as_dict(resource.get("medication")).get("concept"),
    ]
    references = [resource.get("medicationReference"), as_dict(resource.get("medication")).get("reference")]
    words: list[str] = []
    ingredients: list[object] = []
    for reference in references:
        if reference is None:
            continue
        words.append(as_text(as_dict(reference).get("display")))
        target = index.resolve(reference, resource)
        if target is not None:
            concepts.append(target.get("code"))
            ingredients += [i.get("itemCodeableConcept") for i in as_dicts(target.get("ingredient"))]
    for concept in (*concepts, ingredients):  # what it is as a whole, else all that it is made of
        found = [
            (meaning.concept, coding.code)
            for coding in codings(concept)
            for meaning in meanings(coding.system, coding.code)
            if meaning.family == "drug"
        ]
        if found:
            return list(dict.fromkeys(drug for drug, _ in found)), "drug-code", found[0][1]
        words.append(as_text(as_dict(concept).get("text")))
        words += [coding.display for coding in codings(concept)]
    for text in dict.fromkeys((*filter(None, words), ", ".join(filter(None, map(concept_text, ingredients))))):
        named = named_drugs(text)
        if named:
            return named, "drug-name", text
    return [], "", next(filter(None, words), "")


def named_drugs(text: str) -> list[str]:
    """The drugs a text names, those of regimens included."""
    found: list[str] = []
    for mention in mentions(text):
        if mention.kind == "drug":
            found.append(mention.concept)
        elif mention.kind == "regimen":
            listed = mention.attributes.get("drugs")
            found += listed if isinstance(listed, tuple) else ()
    return list(dict.fromkeys(found))


def read_medication(source: Source) -> None:
    """Reads one medication resource that stands for treatment given, or being given."""
    resource = source.resource
    status = as_text(resource.get("status"))
    if status in _NOT_GIVEN or resource.get("doNotPerform") is True or as_text(resource.get("intent")) in _NOT_AN_ORDER:
        return
    drugs, rule, words = drugs_of(resource, source.record.index)
    if not drugs:
        return
    start, end = _times(source)
    if status == "stopped" and start is None and end is None:
        return  # nothing shows that it was ever started
    source.when = start or end
    ended = status in _ENDED or end is not None
    notes = [as_text(note.get("text")) for note in as_dicts(resource.get("note"))]
    reasons = [concept_text(reason) for reason in as_dicts(resource.get("reasonCode"))]
    for drug in drugs:
        source.add(
            "drug",
            drug,
            rule,
            words,
            start=start,
            end=end,
            state="ended" if ended else "active",
            intent=intent_of(resource),
            reasons=tuple(local_form(r) for r in map(reference_text, as_dicts(resource.get("reasonReference"))) if r),
            reason_words=" ".join(filter(None, reasons)),
            reason_malignancy=_reason_malignancies(resource),
        )
    for note in notes:
        read_text(source, note)


def _reason_malignancies(resource: Json) -> tuple[str, ...]:
    """What cancers the coded reasons name: "sarcoma" or the name of another."""
    found: list[str] = []
    for reason in as_dicts(resource.get("reasonCode")):
        for coding in codings(reason):
            for meaning in meanings(coding.system, coding.code):
                if meaning.family == "histology":
                    found.append("sarcoma")
                elif meaning.family == "malignancy":
                    found.append(meaning.concept)
    return tuple(dict.fromkeys(found))


def _times(source: Source) -> tuple[PartialDate | None, PartialDate | None]:
    """Start and end of the treatment, from whichever element this kind of resource keeps them in."""
    resource, record = source.resource, source.record
    start = end = None
    for element in ("effectivePeriod", "occurencePeriod", "occurrencePeriod"):
        low, high = record.period(resource.get(element), source.reference, element)
        start, end = start or low, end or high
    supply = as_dict(resource.get("dispenseRequest")).get("validityPeriod")
    start = start or source.date(
        "effectiveDateTime", "occurrenceDateTime", "authoredOn", "whenHandedOver", "dateAsserted"
    )
    if start is None:
        start, _ = record.period(supply, source.reference, "dispenseRequest.validityPeriod")
    return start, end
