"""The types every mapper shares: a fact, the evidence behind it, and a problem met on the way."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

FACT_KEYS = (
    "histology",
    "in_scope",
    "primary_site",
    "primary_size_cm",
    "grade",
    "metastatic_status",
    "metastatic_sites",
    "lesion_count",
    "largest_lesion_cm",
    "first_metastasis_date",
    "primary_treatment_date",
    "presentation",
    "disease_free_interval_months",
    "complete_resection_feasible",
    "local_disease_active",
    "surgical_candidate",
    "ecog",
    "prior_systemic",
    "anthracycline_exposure",
    "cardiac",
    "pregnancy",
    "progression_after",
    "prior_local_therapy",
    "molecular",
    "sequencing_done",
    "tumour_board",
    "nodes",
    "symptoms",
    "urgent_tumour_shrinkage_needed",
    "extrahepatic_disease_controlled",
    "trial_enrolment",
    "drafts",
    "demographics",
)
CLOSED_WORLD = frozenset(
    {
        "prior_systemic",
        "prior_local_therapy",
        "progression_after",
        "tumour_board",
        "sequencing_done",
        "molecular",
        "nodes",
        "symptoms",
        "urgent_tumour_shrinkage_needed",
        "trial_enrolment",
        "drafts",
        "surgical_candidate",
        "local_disease_active",
        "anthracycline_exposure",
        "cardiac",
        "pregnancy",
    }
)
NOTHING: Mapping[str, object] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Evidence:
    """Where something was read: the resource, the rule that read it, its date, and the words or code that were read."""

    reference: str
    rule: str
    words: str = ""
    date: str | None = None

    def to_json(self) -> dict[str, object]:
        """The evidence as the explanation shows it; empty parts left out."""
        shown: dict[str, object] = {"reference": self.reference, "rule": self.rule}
        if self.words:
            shown["words"] = self.words
        if self.date:
            shown["date"] = self.date
        return shown


@dataclass(frozen=True, slots=True)
class Fact:
    """One fact: `value` is plain JSON, `status` known, unknown or conflicting; `detail` what the value leaves out."""

    value: object = None
    status: str = "unknown"
    date: str | None = None
    evidence: tuple[Evidence, ...] = ()
    detail: Mapping[str, object] = field(default_factory=lambda: NOTHING)

    def to_json(self) -> dict[str, object]:
        """The fact as the explanation shows it."""
        shown: dict[str, object] = {"value": self.value, "status": self.status}
        if self.date:
            shown["date"] = self.date
        shown["evidence"] = [item.to_json() for item in self.evidence]
        if self.detail:
            shown["detail"] = dict(self.detail)
        return shown


@dataclass(frozen=True, slots=True)
class Problem:
    """What could not be read, and why. The reason never quotes the patient's data."""

    reference: str
    reason: str
