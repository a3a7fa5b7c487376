"""Stories of liver metastases, of later lines, and of urgent and frail patients."""

from __future__ import annotations

from datetime import date

from tools.demo_patients.history import add_history
from tools.demo_patients.oncology import Course
from tools.demo_patients.orders import Orders, arriving, viewing
from tools.demo_patients.record import ICD10CM, SNOMED, Record, coding, concept
from tools.demo_patients.story import Story

RETROPERITONEUM = ("82849001", "Retroperitoneal compartment")
THIGH = ("68367000", "Thigh structure")


def uterine_leiomyosarcoma_first_line() -> Story:
    """Many metastases in two organs: chemotherapy, and a concordant order is met with silence."""
    record = Record("uterine-leiomyosarcoma-first-line", "Svensson", "Karin", "female", date(1968, 1, 16))
    course = Course(record)
    course.diagnosed("Leiomyosarcoma of uterus", "447389009", ("35039007", "Uterine structure"), "2024-01-22")
    course.resected("2024-02-26", "Radical resection of tumor", "363269004")
    course.spread("lung", "2026-08-11")
    course.spread("liver", "2026-08-11")
    course.lesions("2026-08-11", {"lung": 9, "liver": 7}, {"lung": 2.4, "liver": 3.3})
    course.sequenced(
        "2026-10-02", (("HGNC:8031", "NTRK1"), ("HGNC:8032", "NTRK2"), ("HGNC:8033", "NTRK3")), found=False
    )
    course.tumour_board("2026-10-14")
    course.ecog(1, "2026-11-10")
    course.lvef(60, "2026-11-06")
    add_history(record, 100)
    story = Story(
        record,
        "Uterine leiomyosarcoma in lungs and liver",
        "A uterine leiomyosarcoma has spread to lungs and liver and is discussed and sequenced. Doxorubicin is "
        "first line: its order is silent, while gemcitabine with docetaxel in first line is commented on.",
    )
    story.call(
        "patient-view",
        viewing(record),
        offered=("first-line-anthracycline", "doxorubicin-dacarbazine"),
        alternative=("gemcitabine-docetaxel",),
        suppressed=("mdt-referral", "sequencing-ntrk"),
    )
    pair = Orders(record)
    chosen = [pair.drug("gemcitabine"), pair.drug("docetaxel")]
    story.call("order-select", pair.context(chosen), offered=("gemdoc-first-line",), suppressed=("mdt-referral",))
    single = Orders(record)
    single.drug("doxorubicin")
    story.call("order-sign", single.context(), suppressed=("mdt-referral",))
    return story


def liver_metastases() -> Story:
    """Few, resectable, liver only."""
    record = Record("liver-metastases", "Haas", "Dieter", "male", date(1966, 6, 1))
    course = Course(record)
    course.diagnosed("Leiomyosarcoma", "443719001", RETROPERITONEUM, "2021-10-04", "8890/3")
    course.resected("2021-11-23", "Excision of lesion of retroperitoneum", "8951004")
    course.spread("liver", "2026-06-15")
    course.lesions("2026-06-15", {"liver": 3}, {"liver": 3.6})
    course.stated("complete-resection-feasible", True, "2026-07-07", "liver")
    course.ecog(1, "2026-11-02")
    course.lvef(59, "2026-10-10")
    add_history(record, 110)
    story = Story(
        record,
        "Three liver metastases of a retroperitoneal leiomyosarcoma",
        "Five years after surgery three resectable metastases are found, all in the liver. Local therapy of the "
        "liver is offered; an ablation order for a 3.6 cm lesion gets a comment.",
    )
    story.call(
        "patient-view",
        viewing(record),
        offered=("mdt-referral", "sequencing-ntrk", "hepatic-local", "doxorubicin-dacarbazine"),
        alternative=("first-line-anthracycline", "gemcitabine-docetaxel"),
    )
    ablation = Orders(record)
    ablation.service(
        "Radiofrequency ablation of liver lesion",
        "ablation",
        coding(SNOMED, "426830009", "Percutaneous radiofrequency ablation of lesion of liver"),
        body_site=concept("Liver", coding(SNOMED, "10200004", "Liver structure")),
    )
    story.call("order-sign", ablation.context(), offered=("mdt-referral", "ablation-too-large"))
    return story


def heavily_pretreated_leiomyosarcoma() -> Story:
    """Two lines given, liver-dominant disease."""
    record = Record("heavily-pretreated-leiomyosarcoma", "Garcia", "Lucia", "female", date(1959, 9, 28))
    course = Course(record)
    course.diagnosed("Leiomyosarcoma", "443719001", RETROPERITONEUM, "2022-02-14", "8890/3")
    course.resected("2022-03-30", "Excision of lesion of retroperitoneum", "8951004")
    course.spread("liver", "2023-12-11")
    course.spread("lung", "2023-12-11")
    course.tumour_board("2024-01-17")
    course.sequenced(
        "2024-01-24", (("HGNC:8031", "NTRK1"), ("HGNC:8032", "NTRK2"), ("HGNC:8033", "NTRK3")), found=False
    )
    course.treated(["doxorubicin"], date(2024, 2, 5), 6)
    course.progressed("2024-09-02")
    course.treated(["trabectedin"], date(2024, 10, 7), 24, every=28)
    course.progressed("2026-09-21")
    course.lesions("2026-09-21", {"liver": 9, "lung": 2}, {"liver": 5.1, "lung": 1.2})
    course.ecog(1, "2026-11-16")
    course.lvef(55, "2026-09-01")
    add_history(record, 1150)
    story = Story(
        record,
        "Leiomyosarcoma after two lines, liver-dominant",
        "After doxorubicin and trabectedin the disease grows, mostly in the liver. Later-line options and "
        "transarterial therapy are listed; eribulin and olaratumab orders draw warnings.",
    )
    story.call(
        "patient-view",
        viewing(record),
        offered=(
            "mdt-referral",
            "hepatic-transarterial",
            "gemcitabine-docetaxel",
            "pazopanib-later-line",
            "dacarbazine-temozolomide-later-line",
        ),
        suppressed=("sequencing-ntrk", "trabectedin-later-line"),
    )
    eribulin = Orders(record)
    chosen = eribulin.drug("eribulin")
    story.call("order-select", eribulin.context([chosen]), offered=("mdt-referral", "eribulin-not-liposarcoma"))
    olaratumab = Orders(record)
    olaratumab.drug("olaratumab")
    story.call("order-sign", olaratumab.context(), offered=("mdt-referral", "olaratumab-not-outside-trial"))
    return story


def poor_performance() -> Story:
    """Too frail for what the disease alone would allow."""
    record = Record("poor-performance", "Jansen", "Willem", "male", date(1944, 12, 11))
    course = Course(record)
    course.diagnosed("Dedifferentiated liposarcoma", "404072004", RETROPERITONEUM, "2022-08-08", "8858/3")
    course.resected("2022-09-19", "Excision of lesion of retroperitoneum", "8951004")
    course.spread("lung", "2026-05-05")
    bone = course.spread("bone", "2026-05-05")
    record.condition(
        concept("Cancer pain, metastasis in the right femur", coding(ICD10CM, "G89.3")),
        "2026-10-20",
        evidence=[{"detail": [{"reference": bone}]}],
    )
    course.lesions("2026-05-05", {"lung": 2, "bone": 1}, {"lung": 1.6, "bone": 2.8})
    course.ecog(3, "2026-11-13")
    course.lvef(45, "2026-10-05")
    add_history(record, 140)
    story = Story(
        record,
        "ECOG 3 with a painful bone metastasis",
        "Three metastases would allow local therapy, but the patient is bed-bound most of the day. Best supportive "
        "care and palliative radiotherapy are shown, everything else is withheld with that reason.",
    )
    story.call(
        "patient-view",
        viewing(record),
        offered=("mdt-referral", "sequencing-ntrk", "best-supportive-care", "palliative-radiotherapy"),
        suppressed=("sbrt-lung", "sbrt-other-site", "ablation-lung", "first-line-anthracycline"),
    )
    drugs = Orders(record)
    drugs.drug("doxorubicin")
    story.call("order-sign", drugs.context(), offered=("mdt-referral", "anthracycline-risk"))
    return story


def cord_compression() -> Story:
    """An emergency comes first, on arrival and when the chart is opened."""
    record = Record("cord-compression", "Costa", "Beatriz", "female", date(1971, 3, 23))
    course = Course(record)
    course.diagnosed("Solitary fibrous tumor", "128736003", ("12738006", "Pleura"), "2023-03-06", "8815/3")
    course.resected("2023-04-17", "Radical resection of tumor of soft tissue of thorax", "43952000")
    course.spread("bone", "2026-09-01")
    course.spread("lung", "2026-09-01")
    course.lesions("2026-09-01", {"bone": 4, "lung": 6}, {"bone": 4.4, "lung": 2.0})
    course.problem("Spinal cord compression", "71286001", "G95.20", "2026-11-20")
    course.ecog(2, "2026-11-20")
    course.lvef(61, "2026-09-15")
    add_history(record, 75)
    story = Story(
        record,
        "Spinal cord compression",
        "A patient with a metastatic solitary fibrous tumour arrives with cord compression since yesterday. The "
        "urgent card stands apart and first, also at encounter start.",
    )
    story.call(
        "patient-view",
        viewing(record),
        offered=(
            "mdt-referral",
            "sequencing-ntrk",
            "palliative-radiotherapy",
            "first-line-anthracycline",
            "doxorubicin-dacarbazine",
        ),
    )
    story.call("encounter-start", arriving(record), offered=("palliative-radiotherapy",))
    return story


STORIES = (
    uterine_leiomyosarcoma_first_line,
    liver_metastases,
    heavily_pretreated_leiomyosarcoma,
    poor_performance,
    cord_compression,
)
