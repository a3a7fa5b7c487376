"""Stories of patients the guidance is not for, or not alone for, and of a record that contradicts itself."""

from __future__ import annotations

from datetime import date

from tools.demo_patients.history import add_history
from tools.demo_patients.oncology import Course
from tools.demo_patients.orders import Orders, viewing
from tools.demo_patients.record import ICD10CM, RXNORM, SNOMED, Record, coding, concept
from tools.demo_patients.story import Story

THIGH = ("68367000", "Thigh structure")


def two_malignancies() -> Story:
    """Liver metastases that could belong to either cancer."""
    record = Record("two-malignancies", "Novak", "Hana", "female", date(1963, 10, 17))
    course = Course(record)
    course.diagnosed("Undifferentiated pleomorphic sarcoma", "443439001", THIGH, "2023-05-15")
    course.resected("2023-06-27")
    record.condition(
        concept(
            "Malignant neoplasm of breast",
            coding(SNOMED, "254837009", "Malignant neoplasm of breast"),
            coding(ICD10CM, "C50.911"),
        ),
        "2024-10-08",
    )
    record.add(
        "MedicationRequest",
        {
            "status": "active",
            "intent": "order",
            "medicationCodeableConcept": concept("letrozole", coding(RXNORM, "72965", "letrozole")),
            "subject": record.subject,
            "authoredOn": "2024-12-02",
        },
    )
    course.spread("liver", "2026-09-22")
    course.ecog(1, "2026-11-06")
    add_history(record, 85)
    story = Story(
        record,
        "Sarcoma and breast cancer, liver metastases of unstated origin",
        "Liver metastases are coded without saying of which cancer. Whether the sarcoma is metastatic is a "
        "conflict, shown as a question; nothing is suggested on a guess.",
    )
    story.call(
        "patient-view",
        viewing(record),
        offered=("data-gaps",),
        undecided=("mdt-referral", "sequencing-ntrk", "first-line-anthracycline", "gemcitabine-docetaxel"),
        # whose metastases these are also decides which sites and counts are the sarcoma's
        open_to_reading=(
            "pulmonary-metastasectomy",
            "pulmonary-metastasectomy-selected",
            "sbrt-lung",
            "sbrt-other-site",
            "ablation-lung",
            "hepatic-local",
            "hepatic-transarterial",
        ),
    )
    return story


def gist() -> Story:
    """Out of scope: no card at all."""
    record = Record("gist-out-of-scope", "Eriksen", "Lars", "male", date(1957, 4, 4))
    course = Course(record)
    course.condition = record.condition(
        concept("Gastrointestinal stromal tumor of stomach", coding(ICD10CM, "C49.A2")), "2023-01-30"
    )
    course.spread("liver", "2024-03-12")
    course.treated(["imatinib"], date(2024, 4, 1), 32, every=30, active=True)
    course.ecog(0, "2026-11-01")
    add_history(record, 95)
    story = Story(
        record,
        "Gastrointestinal stromal tumour",
        "A metastatic GIST on imatinib is treated by other guidance. The service answers at once, with an empty list.",
    )
    story.call("patient-view", viewing(record))
    drugs = Orders(record)
    drugs.drug("sunitinib")
    story.call("order-sign", drugs.context())
    return story


def localised_sarcoma() -> Story:
    """A localised sarcoma is not asked for its M category at every opening."""
    record = Record("localised-myxofibrosarcoma", "Keller", "Ruth", "female", date(1954, 5, 26))
    course = Course(record)
    course.diagnosed("Myxofibrosarcoma", "723076008", THIGH, "2026-03-16", "8811/3")
    course.graded(2, "2026-03-16")
    course.resected("2026-05-04")
    course.imaged("CT chest", "2026-03-20", "No evidence of metastatic disease.")
    course.ecog(0, "2026-11-01")
    add_history(record, 50)
    story = Story(
        record,
        "Localised myxofibrosarcoma",
        "A resected myxofibrosarcoma without any sign of spread is outside this guidance. No card is shown.",
    )
    story.call("patient-view", viewing(record))
    return story


def teenage_rhabdomyosarcoma() -> Story:
    """Under 18: the paediatric team, and no adult regimen."""
    record = Record("teenage-rhabdomyosarcoma", "Meyer", "Finn", "male", date(2012, 5, 7))
    course = Course(record)
    course.diagnosed(
        "Alveolar rhabdomyosarcoma", "404053004", ("14975008", "Forearm structure"), "2026-09-28", "8920/3"
    )
    course.spread("bone", "2026-10-02")
    course.spread("lung", "2026-10-02")
    course.lesions("2026-10-02", {"bone": 3, "lung": 4}, {"bone": 2.1, "lung": 1.5})
    course.ecog(1, "2026-11-09")
    course.lvef(64, "2026-10-06")
    add_history(record, 65)
    story = Story(
        record,
        "Fourteen-year-old with alveolar rhabdomyosarcoma",
        "A newly diagnosed, metastatic rhabdomyosarcoma in a boy of fourteen. The card points to the paediatric "
        "sarcoma team; adult first-line treatment is withheld.",
    )
    story.call(
        "patient-view",
        viewing(record),
        offered=("mdt-referral", "sequencing-ntrk", "paediatric-team"),
        suppressed=("first-line-anthracycline",),
    )
    return story


STORIES = (two_malignancies, gist, localised_sarcoma, teenage_rhabdomyosarcoma)
