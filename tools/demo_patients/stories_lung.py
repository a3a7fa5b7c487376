"""Stories about metastases in the lungs."""

from __future__ import annotations

from datetime import date

from tools.demo_patients.history import add_history
from tools.demo_patients.oncology import Course
from tools.demo_patients.orders import Orders, viewing
from tools.demo_patients.record import SNOMED, Record, coding, concept
from tools.demo_patients.story import Story

THIGH = ("68367000", "Thigh structure")
LUNG = concept("Lung", coding(SNOMED, "39607008", "Lung structure"))


def lung_only_leiomyosarcoma() -> Story:
    """Every criterion of pulmonary metastasectomy is met and documented."""
    record = Record("lung-only-leiomyosarcoma", "Lindqvist", "Margit", "female", date(1961, 4, 12))
    course = Course(record)
    course.diagnosed("Leiomyosarcoma", "443719001", THIGH, "2022-03-29", "8890/3")
    course.pathology("2022-03-29", "Leiomyosarcoma of the left thigh, FNCLCC grade 2, 7.5 cm.")
    course.graded(2, "2022-03-29")
    course.primary_size(75, "2022-03-29")
    course.resected("2022-05-17")
    course.spread("lung", "2026-09-30")
    course.imaged("CT chest", "2026-09-30", "Three pulmonary metastases, largest 1.8 cm. No other metastases.")
    course.lesions("2026-09-30", {"lung": 3}, {"lung": 1.8})
    course.stated("complete-resection-feasible", True, "2026-10-20", "lung")
    course.ecog(0, "2026-11-02")
    course.lvef(62, "2026-10-12")
    add_history(record, 300)
    story = Story(
        record,
        "Lung-only leiomyosarcoma after a long interval",
        "Four years after resection of a thigh leiomyosarcoma, three resectable lung metastases appear. "
        "Metastasectomy comes first; chemotherapy ordered before any tumour board draws a warning.",
    )
    story.call(
        "patient-view",
        viewing(record),
        offered=("mdt-referral", "sequencing-ntrk", "pulmonary-metastasectomy", "doxorubicin-dacarbazine"),
        alternative=("sbrt-lung", "ablation-lung", "first-line-anthracycline", "gemcitabine-docetaxel"),
    )
    chemotherapy = Orders(record)
    chosen = chemotherapy.drug("doxorubicin")
    story.call(
        "order-select", chemotherapy.context([chosen]), offered=("mdt-referral", "local-therapy-before-systemic")
    )
    surgery = Orders(record)
    wedge = coding(SNOMED, "444188003", "Thoracoscopic wedge resection of lung")
    surgery.service("Wedge resection of lung metastases", "metastasectomy", wedge, body_site=LUNG)
    story.call("order-sign", surgery.context(), offered=("mdt-referral",))
    return story


def synchronous_oligometastatic_ups() -> Story:
    """Outside the usual criteria, an individual decision."""
    record = Record("synchronous-oligometastatic-ups", "Brandt", "Jonas", "male", date(1972, 9, 3))
    course = Course(record)
    course.diagnosed("Undifferentiated pleomorphic sarcoma", "443439001", ("22943007", "Trunk structure"), "2026-08-20")
    course.graded(3, "2026-08-20")
    course.primary_size(92, "2026-08-20")
    course.spread("lung", "2026-08-24")
    course.lesions("2026-08-24", {"lung": 2}, {"lung": 1.4})
    course.ecog(1, "2026-11-10")
    course.lvef(61, "2026-09-01")
    add_history(record, 60)
    story = Story(
        record,
        "Two lung metastases found with the primary",
        "Staging of a high-grade pleomorphic sarcoma of the trunk shows two small lung metastases. Surgery is "
        "outside the usual criterion and shown as an individual decision; ifosfamide without mesna is caught.",
    )
    story.call(
        "patient-view",
        viewing(record),
        offered=(
            "mdt-referral",
            "sequencing-ntrk",
            "pulmonary-metastasectomy-selected",
            "first-line-anthracycline",
        ),
        alternative=("sbrt-lung", "ablation-lung", "gemcitabine-docetaxel"),
    )
    drugs = Orders(record)
    pair = [drugs.drug("doxorubicin"), drugs.drug("ifosfamide")]
    story.call(
        "order-select",
        drugs.context(pair),
        offered=("mdt-referral", "ifosfamide-without-mesna", "doxorubicin-ifosfamide-tradeoff"),
    )
    surgery = Orders(record)
    surgery.service(
        "Pulmonary metastasectomy",
        "metastasectomy",
        coding(SNOMED, "232633004", "Single wedge excision of lung"),
        body_site=LUNG,
    )
    story.call("order-sign", surgery.context(), offered=("mdt-referral", "metastasectomy-outside-criteria"))
    return story


def recurrent_after_metastasectomy() -> Story:
    """A second lung recurrence after metastasectomy and first-line doxorubicin."""
    record = Record("recurrent-after-metastasectomy", "Moreau", "Camille", "female", date(1985, 1, 27))
    course = Course(record)
    course.diagnosed("Synovial sarcoma", "302851001", THIGH, "2021-01-18", "9040/3")
    course.graded(3, "2021-01-18")
    course.resected("2021-03-04")
    earlier = course.spread("lung", "2023-02-06", status="resolved")
    course.tumour_board("2023-03-08")
    record.procedure(
        concept(
            "Thoracoscopic wedge resection of lung",
            coding(SNOMED, "444188003", "Thoracoscopic wedge resection of lung"),
        ),
        "2023-04-12",
        reasonReference=[{"reference": earlier}],
        bodySite=[LUNG],
    )
    course.treated(["doxorubicin"], date(2023, 5, 15), 6)
    course.spread("lung", "2026-07-14")
    course.progressed("2026-07-20")
    course.lesions("2026-07-14", {"lung": 2}, {"lung": 3.4})
    course.stated("complete-resection-feasible", True, "2026-08-04", "lung")
    course.ecog(0, "2026-11-03")
    course.lvef(58, "2026-08-01")
    add_history(record, 320)
    story = Story(
        record,
        "Lung recurrence three years after metastasectomy",
        "A synovial sarcoma recurs in the lungs after metastasectomy and doxorubicin. A repeat resection is "
        "offered; cryoablation of a 3.4 cm lesion is flagged as too large.",
    )
    story.call(
        "patient-view",
        viewing(record),
        offered=(
            "mdt-referral",
            "sequencing-ntrk",
            "repeat-pulmonary-resection",
            "pazopanib-later-line",
            "trabectedin-later-line",
            "synovial-ifosfamide",
        ),
        alternative=("sbrt-lung",),
        suppressed=("pulmonary-metastasectomy",),
    )
    ablation = Orders(record)
    cryo = ablation.service(
        "Percutaneous cryoablation of lung",
        "ablation",
        coding(SNOMED, "708861007", "Percutaneous cryoablation of lung"),
        body_site=LUNG,
    )
    story.call("order-select", ablation.context([cryo]), offered=("mdt-referral", "ablation-too-large"))
    drugs = Orders(record)
    drugs.drug("pazopanib")
    story.call("order-sign", drugs.context(), offered=("mdt-referral",))
    return story


def text_only_record() -> Story:
    """Nothing is coded: every fact is in words."""
    record = Record("text-only-record", "Kowalski", "Piotr", "male", date(1958, 11, 30))
    record.condition(concept("Leiomyosarcoma of the left thigh, grade 2"), "2021-06-14")
    record.report(concept("Histopathology"), "2021-06-14", "Leiomyosarcoma, FNCLCC grade 2.", "PAT")
    record.procedure(concept("Wide resection of leiomyosarcoma of the left thigh"), "2021-08-02")
    record.report(
        concept("CT thorax and abdomen"),
        "2026-10-12",
        "3 pulmonary metastases, the largest 1.6 cm. No other metastases.",
        "RAD",
    )
    record.observation(concept("Oncology assessment"), "2026-10-26", "exam", valueString="All lesions resectable.")
    record.observation(concept("Performance status"), "2026-10-26", "exam", valueString="ECOG 1")
    record.observation(concept("Echocardiography"), "2026-10-28", "exam", valueString="LVEF 60 %")
    add_history(record, 40)
    story = Story(
        record,
        "A record in words only",
        "The sarcoma, its resection and three lung metastases are described in reports, without a single oncology "
        "code. The words that were read are listed as evidence.",
    )
    story.call(
        "patient-view",
        viewing(record),
        offered=("mdt-referral", "sequencing-ntrk", "pulmonary-metastasectomy", "doxorubicin-dacarbazine"),
        alternative=("sbrt-lung", "ablation-lung", "first-line-anthracycline", "gemcitabine-docetaxel"),
    )
    return story


def missing_data() -> Story:
    """What decides is not recorded."""
    record = Record("missing-data", "Rossi", "Elena", "female", date(1969, 2, 8))
    course = Course(record)
    course.diagnosed("Leiomyosarcoma", "443719001", ("82849001", "Retroperitoneal compartment"), "2019")
    course.resected("2019")
    course.spread("lung", "2026-08-17")
    add_history(record, 35)
    story = Story(
        record,
        "Lung metastases, little else recorded",
        "The problem list says leiomyosarcoma with lung metastases; number, size, resectability and performance "
        "status are nowhere. The data-gap card names what would decide.",
    )
    story.call(
        "patient-view",
        viewing(record),
        offered=("mdt-referral", "sequencing-ntrk", "data-gaps"),
        to_confirm=("first-line-anthracycline",),
        undecided=("best-supportive-care", "pulmonary-metastasectomy", "sbrt-lung", "ablation-lung"),
        # both hang on a status beside an unrecorded ECOG, which the wording does not rank
        open_to_reading=("doxorubicin-dacarbazine", "gemcitabine-docetaxel"),
    )
    return story


def brain_and_lung_ups() -> Story:
    """Progression after first-line chemotherapy, too many lesions for local therapy, one in the brain."""
    record = Record("brain-and-lung-ups", "Haddad", "Samir", "male", date(1964, 6, 21))
    course = Course(record)
    course.diagnosed("Undifferentiated pleomorphic sarcoma", "443439001", THIGH, "2023-10-02", "8802/3")
    course.graded(3, "2023-10-02")
    course.resected("2023-11-20")
    course.spread("lung", "2025-12-15")
    course.treated(["doxorubicin"], date(2026, 1, 12), 6)
    course.progressed("2026-10-05")
    course.spread("brain", "2026-10-09")
    course.lesions("2026-10-09", {"lung": 8, "brain": 1}, {"lung": 2.6, "brain": 1.1})
    course.problem("Localized enlarged lymph nodes", "", "R59.0", "2026-10-05")
    course.ecog(1, "2026-11-09")
    course.lvef(57, "2026-09-28")
    add_history(record, 90)
    story = Story(
        record,
        "Progression in lungs and brain",
        "After doxorubicin a pleomorphic sarcoma progresses in the lungs and, newly, in the brain. The brain "
        "metastasis is a card of its own; palifosfamide and SBRT to eight lung lesions are commented on.",
    )
    story.call(
        "patient-view",
        viewing(record),
        offered=(
            "mdt-referral",
            "sequencing-ntrk",
            "brachytherapy-i125",
            "brain-metastasis",
            "gemcitabine-docetaxel",
            "pazopanib-later-line",
            "nodal-reactive",
        ),
    )
    drugs = Orders(record)
    chosen = drugs.drug("palifosfamide")
    story.call("order-select", drugs.context([chosen]), offered=("mdt-referral", "palifosfamide-no-benefit"))
    radiotherapy = Orders(record)
    sbrt = coding(SNOMED, "395096001", "Stereotactic radiotherapy")
    radiotherapy.service("Stereotactic body radiotherapy, lung", "sbrt", sbrt, body_site=LUNG)
    story.call("order-sign", radiotherapy.context(), offered=("mdt-referral", "sbrt-many-lesions"))
    return story


STORIES = (
    lung_only_leiomyosarcoma,
    synchronous_oligometastatic_ups,
    recurrent_after_metastasectomy,
    text_only_record,
    missing_data,
    brain_and_lung_ups,
)
