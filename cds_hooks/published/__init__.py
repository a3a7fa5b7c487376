"""Another guideline's FHIR content as CDS services: one for each plan and named event. Nothing here knows sarcoma."""

from cds_hooks.published.guidance import PublishedGuidance

__all__ = ["PublishedGuidance"]
