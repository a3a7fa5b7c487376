"""From EHR records to facts with evidence.

facts = map_patient(bundle, as_of="2026-11-21")
facts.facts["histology"].value      # "leiomyosarcoma"
facts.to_explanation()              # plain JSON with evidence
facts.observations()                # FHIR R4 Observations for the guideline's CQL
facts.problems                      # what could not be read, and why
"""

from mappers.facts import CLOSED_WORLD, FACT_KEYS, Evidence, Fact, Problem
from mappers.patient import PatientFacts, map_patient

__all__ = ["CLOSED_WORLD", "FACT_KEYS", "Evidence", "Fact", "PatientFacts", "Problem", "map_patient"]
