"""What was shown to whom: one record of every call."""

from cds_hooks.audit.record import CallRecord, CardShown, FhirQuery

__all__ = ["CallRecord", "CardShown", "FhirQuery"]
