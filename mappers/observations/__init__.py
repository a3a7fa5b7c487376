"""Facts as FHIR R4 Observations of the sarcoma-facts code system, for the guideline's CQL.

An unknown fact has no Observation. A closed-world fact with nothing recorded has one whose value is the code
`none-on-record`, so that absence of the Observation always means "unknown". So have investigations, which are no fact;
those that are recorded say in a component whether they are all there were. A conflicting metastatic status, or
evidence too weak to decide it, shows as `metastasis-suspected`.
"""

from collections.abc import Iterable, Mapping

from mappers.facts import CLOSED_WORLD, Fact
from mappers.observations.builder import (
    BASE,
    DRUGS,
    FACTS,
    HISTOLOGY,
    NONE_ON_RECORD,
    PROCEDURES_SYSTEM,
    SITES_SYSTEM,
    UCUM,
    VALUES,
    Builder,
    Observation,
    coded,
)
from mappers.observations.writers import (
    WRITERS,
    write_active,
    write_counts,
    write_interval,
    write_investigations,
    write_resection,
)
from mappers.reading.finding import Finding

__all__ = [
    "BASE",
    "DRUGS",
    "FACTS",
    "HISTOLOGY",
    "NONE_ON_RECORD",
    "PROCEDURES_SYSTEM",
    "SITES_SYSTEM",
    "UCUM",
    "VALUES",
    "build",
]

_CODES = {
    "symptoms": "symptom",
    "drafts": "draft-order",
    "progression_after": "progression",
}


def build(
    facts: Mapping[str, Fact], patient_id: str, investigations: Iterable[Finding], *, investigations_complete: bool
) -> list[Observation]:
    """The Observations of all facts, in the order of the facts; ids depend on patient, code and qualifier only."""
    builder = Builder(patient_id)
    for key, fact in facts.items():
        if fact.status == "known" and not _is_none(key, fact):
            WRITERS[key](builder, fact)
        elif key in CLOSED_WORLD and (fact.status == "known" or fact.detail.get("none_on_record")):
            builder.add(_CODES.get(key, key.replace("_", "-")), coded(NONE_ON_RECORD), fact)
            if key == "prior_systemic":
                write_active(builder, fact)  # supportive drugs, and those for another cancer
        elif key == "metastatic_status" and fact.evidence:
            builder.add("metastasis-suspected", coded(fact.status), fact)
        elif key == "disease_free_interval_months" and fact.detail:
            write_interval(builder, fact)
        elif key == "lesion_count" and fact.detail:
            write_counts(builder, fact)
        elif key == "complete_resection_feasible" and fact.detail:
            write_resection(builder, fact)
    write_investigations(builder, investigations, complete=investigations_complete)
    return builder.built


def _is_none(key: str, fact: Fact) -> bool:
    if key not in CLOSED_WORLD or fact.detail.get("events"):  # progression may be recorded without naming a drug
        return False
    return fact.value in ("none", [], {}) or fact.value is None
