"""Stories in which the subtype decides."""

from __future__ import annotations

from datetime import date

from tools.demo_patients.history import add_history
from tools.demo_patients.oncology import Course
from tools.demo_patients.orders import Orders, arriving, viewing
from tools.demo_patients.record import LOINC, SNOMED, Record, coding, concept
from tools.demo_patients.story import Story

NTRK_GENES = (("HGNC:8031", "NTRK1"), ("HGNC:8032", "NTRK2"), ("HGNC:8033", "NTRK3"))
CHEST_WALL = ("78904004", "Chest wall structure")
THIGH = ("68367000", "Thigh structure")


def angiosarcoma_first_line() -> Story:
    """Weekly paclitaxel, without bevacizumab; a suspicious node is to be biopsied."""
    record = Record("angiosarcoma-first-line", "O'Brien", "Niamh", "female", date(1948, 3, 14))
    course = Course(record)
    course.diagnosed("Angiosarcoma of skin", "254794007", ("41695006", "Scalp structure"), "2025-02-11", "9120/3")
    course.resected("2025-03-19", "Excision of neoplasm of soft tissue of scalp", "442960009")
    course.spread("lung", "2026-09-08")
    course.lesions("2026-09-08", {"lung": 8}, {"lung": 1.9})
    course.stated("complete-resection-feasible", False, "2026-10-14", "lung")
    course.problem("Localized enlarged lymph nodes", "", "R59.0", "2026-09-08")
    course.tumour_board("2026-10-14")
    course.ecog(1, "2026-11-05")
    add_history(record, 80)
    story = Story(
        record,
        "Angiosarcoma of the scalp, first line",
        "An elderly patient with eight lung metastases of a cutaneous angiosarcoma has not had systemic therapy. "
        "Weekly paclitaxel is suggested; adding bevacizumab draws a warning, paclitaxel alone none.",
    )
    story.call(
        "patient-view",
        viewing(record),
        offered=("sequencing-ntrk", "angiosarcoma-paclitaxel", "nodal-biopsy"),
        suppressed=("mdt-referral",),
    )
    both = Orders(record)
    both.drug("paclitaxel")
    chosen = both.drug("bevacizumab")
    story.call(
        "order-select",
        both.context([chosen]),
        offered=("bevacizumab-with-paclitaxel-angiosarcoma",),
        suppressed=("mdt-referral",),
    )
    alone = Orders(record)
    alone.drug("paclitaxel")
    story.call("order-sign", alone.context(), suppressed=("mdt-referral",))
    return story


def myxoid_liposarcoma_without_spine_mri() -> Story:
    """A lumbar MRI is not a whole-spine MRI; pazopanib is not for liposarcoma."""
    record = Record("myxoid-liposarcoma-no-spine-mri", "Virtanen", "Aino", "female", date(1979, 7, 5))
    course = Course(record)
    course.diagnosed("Myxoid liposarcoma", "404069006", THIGH, "2024-05-06", "8852/3")
    course.graded(2, "2024-05-06")
    course.resected("2024-06-18")
    record.procedure(concept("MRI lumbar spine"), "2025-03-11")
    course.spread("soft-tissue", "2026-04-14")
    course.lesions("2026-04-14", {"soft-tissue": 2}, {"soft-tissue": 4.2})
    course.treated(["doxorubicin"], date(2026, 5, 11), 6)
    course.progressed("2026-10-05")
    course.ecog(1, "2026-11-09")
    course.lvef(58, "2026-09-20")
    add_history(record, 120)
    story = Story(
        record,
        "Myxoid liposarcoma, spine never imaged",
        "Two soft-tissue metastases of a myxoid liposarcoma grow on doxorubicin, and only the lumbar spine was "
        "ever imaged. Whole-spine MRI, trabectedin and eribulin are suggested; a pazopanib order draws a warning.",
    )
    story.call(
        "patient-view",
        viewing(record),
        offered=(
            "mdt-referral",
            "sequencing-ntrk",
            "sbrt-other-site",
            "trabectedin-later-line",
            "eribulin-liposarcoma",
            "myxoid-liposarcoma-spine-mri",
        ),
    )
    drugs = Orders(record)
    chosen = drugs.drug("pazopanib")
    story.call("order-select", drugs.context([chosen]), offered=("mdt-referral", "pazopanib-liposarcoma"))
    staging = Orders(record)
    staging.service("CT chest", "staging-ct", coding(LOINC, "24627-2", "CT Chest"))
    story.call("order-sign", staging.context(), offered=("staging-mri-spine-missing",))
    return story


def dfsp_after_imatinib() -> Story:
    """Imatinib has failed; the lung metastases cannot be resected."""
    record = Record("dfsp-imatinib-failure", "Okonkwo", "Chidi", "male", date(1977, 12, 2))
    course = Course(record)
    course.diagnosed("Dermatofibrosarcoma protuberans", "276799004", CHEST_WALL, "2019-04-15")
    course.resected(
        "2019-05-27", "Excision of tumor of soft tissue of thorax, deep, subfascial, intramuscular", "57157000"
    )
    course.spread("lung", "2025-01-13")
    course.treated(["imatinib"], date(2025, 2, 3), 20, every=30)
    course.progressed("2026-09-14")
    course.imaged("CT chest", "2026-09-14", "Two hilar lung metastases, largest 1.9 cm, growing on imatinib.")
    course.lesions("2026-09-14", {"lung": 2}, {"lung": 1.9})
    course.stated("complete-resection-feasible", False, "2026-10-01", "lung")
    course.ecog(0, "2026-11-11")
    add_history(record, 70)
    story = Story(
        record,
        "Dermatofibrosarcoma after imatinib",
        "Two central lung metastases of a dermatofibrosarcoma grow on imatinib and cannot be resected. SBRT or "
        "ablation, and sunitinib, are suggested; imatinib is not repeated.",
    )
    story.call(
        "patient-view",
        viewing(record),
        offered=("mdt-referral", "sequencing-ntrk", "sbrt-lung", "ablation-lung", "dfsp-sunitinib"),
        suppressed=("dfsp-imatinib",),
        # whether imatinib is "a prior line of chemotherapy" is not said
        open_to_reading=("pazopanib-later-line",),
    )
    drugs = Orders(record)
    chosen = drugs.drug("sunitinib")
    story.call("order-select", drugs.context([chosen]), offered=("mdt-referral",))
    return story


def dfsp_locally_advanced() -> Story:
    """Not metastatic, but unresectable: the guidance still applies."""
    record = Record("dfsp-locally-advanced", "Fernandes", "Rui", "male", date(1983, 8, 19))
    course = Course(record)
    course.diagnosed("Dermatofibrosarcoma protuberans", "276799004", CHEST_WALL, "2026-06-22")
    staging = concept("Clinical M category", coding(SNOMED, "399387003", "cM category"))
    record.observation(staging, "2026-07-06", valueCodeableConcept=concept("cM0", coding(SNOMED, "1229901006", "cM0")))
    course.stated("complete-resection-feasible", False, "2026-09-03")
    course.ecog(1, "2026-11-04")
    course.lvef(63, "2026-10-30")
    add_history(record, 45)
    story = Story(
        record,
        "Unresectable dermatofibrosarcoma, not metastatic",
        "A large dermatofibrosarcoma of the chest wall cannot be resected and has not spread. Imatinib is "
        "suggested, and doxorubicin before imatinib draws a warning.",
    )
    story.call("patient-view", viewing(record), offered=("dfsp-imatinib",))
    drugs = Orders(record)
    drugs.drug("doxorubicin")
    story.call("order-sign", drugs.context(), offered=("imatinib-first-dfsp",))
    return story


def ntrk_fusion() -> Story:
    """A fusion outranks cytotoxic first-line treatment."""
    record = Record("ntrk-fusion-fibrosarcoma", "Nakamura", "Yuki", "female", date(1992, 10, 9))
    course = Course(record)
    course.diagnosed("Fibrosarcoma of connective tissue", "448139005", ("14975008", "Forearm structure"), "2026-05-18")
    course.graded(2, "2026-05-18")
    course.spread("lung", "2026-06-02")
    bone = course.spread("bone", "2026-06-02")
    record.condition(
        concept("Cancer pain, lumbar spine metastasis", coding("http://hl7.org/fhir/sid/icd-10-cm", "G89.3")),
        "2026-10-15",
        evidence=[{"detail": [{"reference": bone}]}],
    )
    course.lesions("2026-06-02", {"lung": 6, "bone": 2}, {"lung": 2.2, "bone": 3.1})
    course.sequenced("2026-07-07", (("HGNC:12012", "TPM3"), ("HGNC:8031", "NTRK1")), found=True)
    course.ecog(1, "2026-11-12")
    add_history(record, 55)
    story = Story(
        record,
        "NTRK fusion found by sequencing",
        "A young patient with lung and bone metastases of a fibrosarcoma carries a TPM3-NTRK1 fusion and has a "
        "painful spine lesion. Larotrectinib comes before chemotherapy, and short-course radiotherapy is suggested "
        "for pain.",
    )
    story.call(
        "patient-view",
        viewing(record),
        offered=("mdt-referral", "palliative-radiotherapy", "ntrk-larotrectinib"),
        suppressed=("sequencing-ntrk",),
    )
    drugs = Orders(record)
    chosen = drugs.drug("larotrectinib")
    story.call("order-select", drugs.context([chosen]), offered=("mdt-referral",))
    return story


def asps_with_seizure() -> Story:
    """Long-standing lung metastases, and now a seizure."""
    record = Record("asps-neurological-symptom", "Dubois", "Lea", "female", date(2000, 2, 25))
    course = Course(record)
    course.diagnosed("Alveolar soft part sarcoma", "404056007", THIGH, "2023-11-13", "9581/3")
    course.resected("2023-12-20")
    course.spread("lung", "2024-04-16")
    course.tumour_board("2024-05-08")
    course.lesions("2026-06-10", {"lung": 14}, {"lung": 1.6})
    course.sequenced("2024-06-19", NTRK_GENES, found=False)
    course.problem("Seizure", "91175000", "R56.9", "2026-11-17")
    course.ecog(1, "2026-11-18")
    course.lvef(64, "2026-06-15")
    add_history(record, 60)
    story = Story(
        record,
        "Alveolar soft part sarcoma with a first seizure",
        "Fourteen slowly growing lung metastases of an alveolar soft part sarcoma, and four days ago a first "
        "seizure. Brain MRI is asked for on arrival; chemotherapy and an NTRK inhibitor without fusion draw "
        "warnings.",
    )
    story.call(
        "patient-view",
        viewing(record),
        offered=("asps-vegf", "asps-brain-imaging"),
        suppressed=("mdt-referral", "sequencing-ntrk"),
    )
    story.call("encounter-start", arriving(record), offered=("asps-brain-imaging",))
    targeted = Orders(record)
    chosen = targeted.drug("larotrectinib")
    story.call(
        "order-select",
        targeted.context([chosen]),
        offered=("trk-inhibitor-without-fusion",),
        suppressed=("mdt-referral",),
    )
    drugs = Orders(record)
    drugs.drug("doxorubicin")
    story.call("order-sign", drugs.context(), offered=("chemotherapy-in-asps",), suppressed=("mdt-referral",))
    return story


def urgent_synovial_sarcoma() -> Story:
    """Shrinkage is needed urgently: the combination has its place, and a concordant order is met with silence."""
    record = Record("urgent-synovial-sarcoma", "Petrov", "Ivan", "male", date(1995, 5, 30))
    course = Course(record)
    course.diagnosed("Synovial sarcoma", "302851001", CHEST_WALL, "2026-10-01", "9040/3")
    course.graded(3, "2026-10-01")
    course.spread("lung", "2026-10-05")
    course.spread("soft-tissue", "2026-10-05")
    course.lesions("2026-10-05", {"lung": 7, "soft-tissue": 1}, {"lung": 5.2, "soft-tissue": 6.0})
    course.stated("urgent-tumour-shrinkage-needed", True, "2026-11-03")
    course.tumour_board("2026-11-04")
    course.ecog(1, "2026-11-03")
    course.lvef(66, "2026-11-02")
    add_history(record, 30)
    story = Story(
        record,
        "Bulky synovial sarcoma, shrinkage needed",
        "A young man with bulky, symptomatic synovial sarcoma needs quick shrinkage. Doxorubicin with ifosfamide "
        "is suggested, and the order for it, with mesna, is met with silence.",
    )
    story.call(
        "patient-view",
        viewing(record),
        offered=("sequencing-ntrk", "first-line-anthracycline", "doxorubicin-ifosfamide"),
        suppressed=("mdt-referral",),
    )
    regimen = Orders(record)
    for drug in ("doxorubicin", "ifosfamide", "mesna"):
        regimen.drug(drug)
    story.call("order-sign", regimen.context(), suppressed=("mdt-referral",))
    return story


STORIES = (
    angiosarcoma_first_line,
    myxoid_liposarcoma_without_spine_mri,
    dfsp_after_imatinib,
    dfsp_locally_advanced,
    ntrk_fusion,
    asps_with_seizure,
    urgent_synovial_sarcoma,
)
