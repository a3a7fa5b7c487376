"""Whose a resource is, as far as it says so by a reference to a Patient."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

_ELEMENTS = ("subject", "patient", "individual", "beneficiary", "for")
"""The elements by which R4's clinical resources say whose they are."""


class Ownership:
    """Tells resources of other patients. Only a reference that names a Patient and another id is taken as proof;
    how else a record may call its patient (a URN, an identifier) is left to whoever reads the whole record.
    """

    def __init__(self, patient_id: str) -> None:
        self._patient_id = patient_id
        self._known: dict[str, bool] = {}

    def is_foreign(self, resource: Mapping[str, Any]) -> bool:
        """Whether it is about another patient."""
        for element in _ELEMENTS:
            value = resource.get(element)
            if isinstance(value, dict):
                reference = value.get("reference")
                if not isinstance(reference, str):
                    return False
                known = self._known.get(reference)
                return self._names_another(reference) if known is None else known
            if isinstance(value, list) and value:
                references = [one.get("reference") for one in value if isinstance(one, dict)]
                return any(map(self._names_another, references)) and not any(map(self._names_ours, references))
        return False

    def _names_another(self, reference: object) -> bool:
        if not isinstance(reference, str):
            return False
        named = _patient_named(reference)
        known = self._known[reference] = named is not None and named != self._patient_id
        return known

    def _names_ours(self, reference: object) -> bool:
        return isinstance(reference, str) and _patient_named(reference) == self._patient_id


def named(resource: Mapping[str, Any]) -> str:
    """How a resource that is left out is told of: ``Condition/123``."""
    own_id = resource.get("id")
    return f"{resource.get('resourceType')}/{own_id if isinstance(own_id, str) else '?'}"


def _patient_named(reference: str) -> str | None:
    """``123`` of ``Patient/123``, ``https://ehr/fhir/Patient/123`` and ``Patient/123/_history/2``."""
    before, found, after = reference.rpartition("Patient/")
    if not found or (before and not before.endswith("/")):
        return None
    return after.partition("/")[0]
