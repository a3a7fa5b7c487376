"""One patient's story: the record, the hook calls, and what the guidance says must come of them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from tools.demo_patients.record import AS_OF, Json, Record

PATIENT_VIEW = (
    "mdt-referral", "sequencing-ntrk", "best-supportive-care", "paediatric-team",
    "pulmonary-metastasectomy", "pulmonary-metastasectomy-selected", "repeat-pulmonary-resection",
    "sbrt-lung", "sbrt-other-site", "ablation-lung", "hepatic-local", "hepatic-transarterial", "brachytherapy-i125",
    "palliative-radiotherapy", "brain-metastasis",
    "first-line-anthracycline", "doxorubicin-ifosfamide", "doxorubicin-dacarbazine", "gemcitabine-docetaxel",
    "pazopanib-later-line", "trabectedin-later-line", "eribulin-liposarcoma", "dacarbazine-temozolomide-later-line",
    "synovial-ifosfamide", "angiosarcoma-paclitaxel", "asps-vegf", "dfsp-imatinib", "dfsp-sunitinib",
    "ntrk-larotrectinib",
    "myxoid-liposarcoma-spine-mri", "nodal-biopsy", "nodal-reactive", "asps-brain-imaging",
    "data-gaps",
)  # fmt: skip
"""Everything the guidance can show when a chart is opened. Other hooks: below."""

ORDER_HOOK = (
    "mdt-referral",
    "olaratumab-not-outside-trial", "eribulin-not-liposarcoma", "pazopanib-liposarcoma", "chemotherapy-in-asps",
    "bevacizumab-with-paclitaxel-angiosarcoma", "trk-inhibitor-without-fusion", "ifosfamide-without-mesna",
    "doxorubicin-ifosfamide-tradeoff", "gemdoc-first-line", "imatinib-first-dfsp", "local-therapy-before-systemic",
    "ablation-too-large", "metastasectomy-outside-criteria", "sbrt-many-lesions", "staging-mri-spine-missing",
    "palifosfamide-no-benefit", "anthracycline-risk",
)  # fmt: skip
ENCOUNTER_START = ("palliative-radiotherapy", "asps-brain-imaging")

SHOWN_AT = {
    "patient-view": PATIENT_VIEW,
    "order-select": ORDER_HOOK,
    "order-sign": ORDER_HOOK,
    "encounter-start": ENCOUNTER_START,
}
"""What can be shown at each hook."""

_STATUSES = ("offered", "to-confirm", "alternative", "suppressed", "undecided")


@dataclass
class Story:
    """What a fixture file holds. Each hook is added with the statuses that the guidance asks for."""

    record: Record
    title: str
    text: str
    hooks: dict[str, Json] = field(default_factory=dict)
    expect: dict[str, dict[str, str]] = field(default_factory=dict)

    def call(self, hook: str, context: Json, *, open_to_reading: Iterable[str] = (), **statuses: Iterable[str]) -> None:
        """A hook call, and the statuses it must lead to.

        Whatever is not named must be not-applicable, except what the guidance's wording leaves `open_to_reading` for
        this patient: of that nothing is expected. Raises ValueError for a recommendation the hook does not have.
        """
        given = {
            recommendation: status
            for status in _STATUSES
            for recommendation in statuses.get(status.replace("-", "_"), ())
        }
        left_open = frozenset(open_to_reading)
        if unknown := (set(given) | left_open) - set(SHOWN_AT[hook]):
            raise ValueError(f"{self.record.id}: {sorted(unknown)} are not of {hook}")
        self.hooks[hook] = {"context": context}
        self.expect[hook] = {
            recommendation: given.get(recommendation, "not-applicable")
            for recommendation in SHOWN_AT[hook]
            if recommendation not in left_open
        }

    def to_json(self) -> Json:
        """The content of the fixture file."""
        return {
            "id": self.record.id,
            "title": self.title,
            "story": self.text,
            "as_of": AS_OF.isoformat(),
            "hooks": self.hooks,
            "expect": self.expect,
            "bundle": self.record.bundle(),
        }
