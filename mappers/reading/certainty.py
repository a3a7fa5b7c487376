"""Diagnostic certainty of German diagnoses: a letter beside the ICD-10-GM code, in an extension or behind the code.

G (gesichert) is confirmed, V (Verdacht) suspected, A (Ausschluss) ruled out, Z (Zustand nach) a state after it.
Source: the base profiles of HL7 Germany, extension icd-10-gm-diagnosesicherheit.
"""

import re
from typing import Literal

from mappers.fhir.read import Json, as_dict, as_dicts, as_text, codings
from mappers.fhir.systems import system_key

Certainty = Literal["", "suspected", "ruled-out", "past"]

_EXTENSION = "diagnosesicherheit"
_MEANING: dict[str, Certainty] = {"V": "suspected", "A": "ruled-out", "Z": "past"}
_BEHIND = re.compile(r"[A-Z]\d\d(?:\.[\d-]+)?[+*!]?\s*([GVAZ])$", re.IGNORECASE)


def certainty(resource: Json) -> Certainty:
    """What the letter of a Condition's diagnosis says; empty for a confirmed one, and where there is none."""
    code = as_dict(resource.get("code"))
    holders = [resource, *as_dicts(code.get("coding"))]
    for holder in holders:
        for extension in as_dicts(holder.get("extension")):
            if as_text(extension.get("url")).rstrip("/").endswith(_EXTENSION):
                value = extension.get("valueCoding") or extension.get("valueCodeableConcept")
                letters = [coding.code for coding in codings(value)] + [as_text(extension.get("valueCode"))]
                return next((_MEANING[letter.upper()] for letter in letters if letter.upper() in _MEANING), "")
    for coding in codings(code):
        german = "-gm" in coding.system or (" " in coding.code and system_key(coding.system) == "icd-10-cm")
        if german and (match := _BEHIND.match(coding.code)):
            return _MEANING.get(match[1].upper(), "")
    return ""
