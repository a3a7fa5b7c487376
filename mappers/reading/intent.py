"""The intent of a treatment: neoadjuvant, adjuvant, palliative or curative."""

from mappers.fhir.read import Json, as_dicts, as_text, codings, concept_text
from mappers.terminology import meanings

_WORDS = (
    ("neoadjuvant", "neoadjuvant"),
    ("neo-adjuvant", "neoadjuvant"),
    ("pre-operative", "neoadjuvant"),
    ("preoperative", "neoadjuvant"),
    ("adjuvant", "adjuvant"),
    ("post-operative", "adjuvant"),
    ("postoperative", "adjuvant"),
    ("palliat", "palliative"),
    ("curativ", "curative"),
    ("definitive", "curative"),
)


def intent_of(resource: Json) -> str:
    """The intent a resource states: the mCODE extension, else its words; empty when unstated."""
    for extension in as_dicts(resource.get("extension")):
        if "intent" in as_text(extension.get("url")).lower():
            value = extension.get("valueCodeableConcept")
            for coding in codings(value):
                for meaning in meanings(coding.system, coding.code):
                    if meaning.family == "answer" and meaning.concept == "intent":
                        return meaning.detail
            if named := intent_of_words(concept_text(value)):
                return named
    words = [concept_text(reason) for reason in as_dicts(resource.get("reasonCode"))]
    words += [as_text(note.get("text")) for note in as_dicts(resource.get("note"))]
    words += [concept_text(category) for category in as_dicts(resource.get("category"))]
    words.append(concept_text(resource.get("courseOfTherapyType")))
    return intent_of_words(" ".join(words))


def intent_of_words(words: str) -> str:
    """The intent a text names, neoadjuvant before adjuvant; empty when none."""
    lowered = words.lower()
    return next((intent for word, intent in _WORDS if word in lowered), "")
