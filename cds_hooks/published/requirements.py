"""Which types of resources a plan's logic retrieves: read from its compiled libraries, included ones as well."""

from __future__ import annotations

from collections.abc import Iterator

from cql.models import model
from plandefinitions.apply import Content, Plan
from plandefinitions.apply.content.model import Activity, Bound

_WHOSE = ("subject", "patient", "beneficiary", "for", "individual")
"""The elements that say whose a record is."""


def retrieved_types(content: Content, plan: Plan) -> frozenset[str]:
    """The resource types of every retrieve that the plan, or a plan it applies, can reach."""
    libraries: set[str] = set()
    types: set[str] = set()
    for one in _plans(plan):
        libraries.update(one.libraries)
    for bound in _bound(plan):
        if bound.language != "cql":
            continue
        program = content.programs[bound.program]
        if program is None:
            continue
        if bound.library is None:  # written in the plan itself: part of the program, and of no library of its own
            types.update(one.type for one in program.library.data_requirements)
        libraries.add(bound.library or "")
    for program in content.programs:
        for library in program.library.includes.values() if program else ():
            if library.name in libraries:
                types.update(one.type for one in library.data_requirements)
    return frozenset(one for one in types if _is_patients(one))


def _is_patients(resource_type: str) -> bool:
    """Whether resources of this type can be searched by patient. Others (a Medication, an Organization) cannot be
    asked for by a template of CDS Hooks 2.0; they come along with what refers to them.
    """
    fhir = model("FHIR", "4.0.1")
    return resource_type in ("Appointment", "AppointmentResponse") or any(
        fhir.element_type(resource_type, name) is not None for name in _WHOSE
    )


def _plans(plan: Plan) -> Iterator[Plan]:
    yield plan
    for top in plan.actions:
        for action in top.walk():
            if isinstance(action.definition, Plan):
                yield from _plans(action.definition)


def _bound(plan: Plan) -> Iterator[Bound]:
    for one in _plans(plan):
        for top in one.actions:
            for action in top.walk():
                yield from (condition.expression for condition in action.conditions if condition.expression is not None)
                yield from (value.expression for value in action.dynamic_values)
                yield from (trigger.condition for trigger in action.triggers or () if trigger.condition is not None)
                if isinstance(action.definition, Activity):
                    yield from (value.expression for value in action.definition.dynamic_values)
