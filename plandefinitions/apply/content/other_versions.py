"""Elements of other FHIR versions, by the name they would be looked for: so that a finding names the version and the
mend.
"""

from __future__ import annotations

_ACTION = "PlanDefinition.action"
_R5_METADATA = dict.fromkeys(
    ("versionAlgorithmString", "versionAlgorithmCoding", "copyrightLabel"), ("R5", "leave it out of an R4 resource")
)

_ELEMENTS: dict[str, dict[str, tuple[str, str]]] = {
    "PlanDefinition": {
        **_R5_METADATA,
        "contributor": ("DSTU3", "R4 has author, editor, reviewer and endorser"),
        "subjectCanonical": ("R4B or R5", "R4 has subjectCodeableConcept and subjectReference"),
        "actor": ("R5", "R4 has action.participant only"),
        "asNeededBoolean": ("R5", "R4 has no asNeeded here"),
        "asNeededCodeableConcept": ("R5", "R4 has no asNeeded here"),
    },
    _ACTION: {
        "label": ("DSTU3", "R4 calls it prefix"),
        "triggerDefinition": ("DSTU3", "R4 calls it trigger"),
        "definition": ("DSTU3", "R4 has definitionCanonical and definitionUri"),
        "linkId": ("R5", "R4 identifies an action by its id"),
        "location": ("R5", "R4 has location in ActivityDefinition only"),
        "subjectCanonical": ("R4B or R5", "R4 has subjectCodeableConcept and subjectReference"),
    },
    f"{_ACTION}.condition": {
        "language": ("DSTU3", "R4 has expression.language"),
        "description": ("DSTU3", "R4 has expression.description"),
    },
    f"{_ACTION}.dynamicValue": {
        "language": ("DSTU3", "R4 has expression.language"),
        "description": ("DSTU3", "R4 has expression.description"),
    },
    f"{_ACTION}.relatedAction": {
        "targetId": ("R5", "R4 calls it actionId"),
        "endRelationship": ("R5", "R4 has relationship only"),
    },
    f"{_ACTION}.participant": dict.fromkeys(
        ("actorId", "typeCanonical", "typeReference", "function"), ("R5", "R4 has type and role only")
    ),
    "TriggerDefinition": {
        "eventName": ("DSTU3", "R4 calls it name"),
        "eventData": ("DSTU3", "R4 calls it data"),
        "eventTimingTiming": ("DSTU3", "R4 calls it timingTiming"),
        "code": ("R5", "R4 has name only"),
        "subscriptionTopic": ("R5", "R4 has no subscription topics here"),
    },
    "DataRequirement": {
        "title": ("R5", "an R4 input or output is a DataRequirement"),
        "requirement": ("R5", "an R4 input or output is a DataRequirement; put its content here"),
        "relatedData": ("R5", "an R4 input or output is a DataRequirement"),
    },
    "ActivityDefinition": {
        **_R5_METADATA,
        "contributor": ("DSTU3", "R4 has author, editor, reviewer and endorser"),
        "subjectCanonical": ("R4B or R5", "R4 has subjectCodeableConcept and subjectReference"),
        "asNeededBoolean": ("R5", "R4 has dosage.asNeeded"),
        "asNeededCodeableConcept": ("R5", "R4 has dosage.asNeeded"),
    },
    "ActivityDefinition.dynamicValue": {
        "language": ("DSTU3", "R4 has expression.language"),
        "description": ("DSTU3", "R4 has expression.description"),
    },
    "RelatedArtifact": dict.fromkeys(
        ("classifier", "resourceReference", "publicationStatus", "publicationDate"), ("R5", "R4 has no such element")
    ),
}

_VALUES: dict[tuple[str, str], tuple[str, str]] = {
    (f"{_ACTION}.condition", "expression"): ("DSTU3", "in R4 it is an Expression: {language, expression}"),
    (f"{_ACTION}.dynamicValue", "expression"): ("DSTU3", "in R4 it is an Expression: {language, expression}"),
    ("ActivityDefinition.dynamicValue", "expression"): ("DSTU3", "in R4 it is an Expression: {language, expression}"),
    ("PlanDefinition", "library"): ("DSTU3", "in R4 a library is a canonical URL, not a Reference"),
    ("ActivityDefinition", "library"): ("DSTU3", "in R4 a library is a canonical URL, not a Reference"),
    ("RelatedArtifact", "resource"): ("DSTU3", "in R4 the resource is a canonical URL, not a Reference"),
    ("ActivityDefinition.participant", "type"): ("another version", "R4 has a code here"),
}


def element_of(owner: str, member: str) -> tuple[str, str] | None:
    """(version, mend) when ``member`` is an element of ``owner`` in another FHIR version."""
    return _ELEMENTS.get(owner, {}).get(member)


def value_of(owner: str, member: str) -> tuple[str, str] | None:
    """(version, mend) when a wrong type of value in ``member`` is the form another FHIR version has."""
    return _VALUES.get((owner, member))
