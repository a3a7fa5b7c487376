"""Prefetch templates: one per resource type that is read, legal for CDS Hooks 2.0.

Only ``{{context.patientId}}`` is used: it is the one token that every hook of ours has. There is one search per type,
by patient alone. Nothing is narrowed by category or code: hospitals' local codes, missing categories and plain text
are exactly what the mappers are there to read.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

_REQUIRED = frozenset({"Patient", "Condition"})
"""Without who it is and the diagnoses, silence could not be told from having no advice."""

_PARAMETERS = {"AdverseEvent": "subject", "SupplyRequest": "subject"}
"""The search parameter that leads to the patient, where it is not ``patient`` (R4, search parameters by type)."""


@dataclass(frozen=True, slots=True)
class Template:
    """One prefetch template: the key, the type of the resources it brings, the query, and whether we can do without."""

    key: str
    resource_type: str
    query: str
    required: bool

    @property
    def is_search(self) -> bool:
        """Whether it is a search; a read by id otherwise."""
        return "?" in self.query


def patient_templates(resource_types: Collection[str], *, all_required: bool = False) -> tuple[Template, ...]:
    """The templates for these types of resources and the patient; `Patient` first, the others in order of name."""
    return (
        Template("patient", "Patient", "Patient/{{context.patientId}}", required=True),
        *(
            Template(
                _plural(name),
                name,
                f"{name}?{_PARAMETERS.get(name, 'patient')}={{{{context.patientId}}}}",
                required=all_required or name in _REQUIRED,
            )
            for name in sorted(set(resource_types) - {"Patient"})
        ),
    )


def _plural(resource_type: str) -> str:
    """``ImagingStudy`` gives ``imagingStudies``. Analysts of an EHR map these keys by hand: they must not change."""
    name = resource_type[0].lower() + resource_type[1:]
    return f"{name[:-1]}ies" if name.endswith("y") else f"{name}s"
