"""Grade, stage and M category."""

import re

from mappers.text.mention import Attribute
from mappers.text.reading import Reading
from mappers.text.vocabulary import Item
from mappers.text.words import word_set

BETWEEN_NAME_AND_NUMBER = word_set(
    ": = - of is was at ( performance status score scale grade ps currently current now approximately ~ about "
    "estimated today ecog who fnclcc level index < > ≤ ≥ less more than , ' tumor histologic histological overall "
    "final group /"
)
_GRADES = {"1": "1", "2": "2", "3": "3", "i": "1", "ii": "2", "iii": "3", "g1": "1", "g2": "2", "g3": "3"}
_ROMAN = {"i": "I", "ii": "II", "iii": "III", "iv": "IV", "1": "I", "2": "II", "3": "III", "4": "IV"}
_STAGE = re.compile(r"(iv|iii|ii|i|4|3|2|1)([abcd]?)([12]?)$")
_NOT_CANCER_STAGE = word_set(
    "ckd kidney renal pressure ulcer decubitus sacral fibrosis endometriosis prolapse copd parkinson retinopathy "
    "heart nash hypertension cirrhosis gout lymphedema keratoconus wound esrd sarcoidosis"
)
_TUMOUR_WORDS = word_set(
    "fnclcc sarcoma tumor histologic histological differentiation mitosis mitotic necrosis neoplasm biopsy grade "
    "spindle pleomorphic myxofibrosarcoma malignant histology pathology resection margin french federation"
)
_TOXICITY = word_set(
    "neutropenia anemia thrombocytopenia mucositis diarrhea nausea vomiting toxicity fatigue neuropathy adverse "
    "event ctcae rash hypertension transaminitis hand-foot edema dermatitis colitis pneumonitis febrile aes ae "
    "encephalopathy murmur hemorrhoid esophagitis varix ascites prolapse reflux chondromalacia tear strain sprain "
    "aki alt ast elevation proteinuria cardiotoxicity laceration astrocytoma glioma dcis carcinoma adenocarcinoma "
    "lymphoma school renal hydronephrosis spondylolisthesis dyspnea"
)
_M_CATEGORY = re.compile(r"(?<![A-Za-z])(?:[cpyra]{0,3}T[0-4XSis]{1,3}[a-d]?[ ,;/-]*)?"
                         r"(?:[cpyra]{0,3}N[0-3X][a-c]?[ ,;/-]*)?"
                         r"([cpyra]{0,3}M[01])([a-d])?(?![A-Za-z0-9]| ?macrophage| ?receptor)")  # fmt: skip


def add_stage(reading: Reading, index: int, item: Item) -> None:
    """Adds a stage group, I to IV; not that of a kidney disease or an ulcer."""
    if not _NOT_CANCER_STAGE.isdisjoint(reading.words_before(item, 4) + reading.next_words(item, 5)):
        return
    for at in range(item.last, min(item.last + 4, reading.sentence.last)):
        token = reading.folded[at]
        match = _STAGE.fullmatch(token)
        if match:
            letter = match.group(2).upper()
            if (
                not letter
                and at + 1 < reading.sentence.last
                and reading.report.written[at + 1] in ("A", "B", "C")
                and reading.report.starts[at + 1] == reading.report.ends[at]
            ):
                letter = reading.report.written[at + 1]
            if reading.context.unreal(item):
                return
            attributes: dict[str, Attribute] = {"substage": letter} if letter else {}
            reading.add("stage", _ROMAN[match.group(1)], item, attributes, last=at + 1)
            return
        if token not in (":", "=", "group", "is", "(", "-", "ajcc", "clinical", "at", "diagnosis"):
            return


def add_grade(reading: Reading, index: int, item: Item) -> None:
    """FNCLCC grade 1-3; not the grade of a toxicity."""
    words = reading.folded[item.first : item.last]
    named = "fnclcc" in words or "french" in words or "tumor" in words or any(w.startswith("histolog") for w in words)
    at = item.last
    while at < min(item.last + 6, reading.sentence.last) and reading.folded[at] in BETWEEN_NAME_AND_NUMBER:
        named = named or reading.folded[at] == "fnclcc"
        at += 1
    if at >= reading.sentence.last:
        return
    grade = _GRADES.get(reading.folded[at])
    after = reading.folded[at + 1 : min(at + 7, reading.sentence.last)]
    if grade is None or (after[:1] in (["-"], ["to"], ["or"]) and after[1:2] and after[1][0].isdigit()):
        return
    before = reading.words_before(item, 4)
    if not _TOXICITY.isdisjoint(after) or not _TOXICITY.isdisjoint(before) or "who" in before:
        return
    if after[:2] in (["/", "4"], ["of", "4"], ["/", "5"]) or (after[:1] == ["/"] and after[1:2] == ["6"]):
        return
    alone = item.first <= 1 and reading.sentence.last - at <= 4
    words = reading.folded[reading.sentence.first : reading.sentence.last]
    of_tumour = named or alone or "histology" in reading.scope.roles or not _TUMOUR_WORDS.isdisjoint(words)
    if not of_tumour or reading.context.unreal(item):
        return
    reading.add("grade", grade, item, last=at + 1)


def read_short_grade(reading: Reading) -> None:
    """ "G2", in a sentence that names a tumour."""
    for at in range(reading.sentence.first, reading.sentence.last):
        token = reading.folded[at]
        if token in ("g1", "g2", "g3") and not (at and reading.folded[at - 1] in ("grade", "fnclcc")):
            reading.add("grade", token[1], Item(at, at + 1, {}, ()))


def read_m_category(reading: Reading) -> None:
    """M0 and M1, with the site in brackets: "pT2bN0M0", "M1 (PUL)", "cM1a lung"."""
    report, sentence = reading.report, reading.sentence
    start, end = report.starts[sentence.first], report.ends[sentence.last - 1]
    fragment = report.text[start:end]
    for match in _M_CATEGORY.finditer(fragment):
        concept = match.group(1)[-2:]
        offset, finish = start + match.start(1), start + match.end()
        at = next((i for i in range(sentence.first, sentence.last) if report.ends[i] > offset), sentence.first)
        last = next((i for i in range(at, sentence.last) if report.ends[i] >= finish), at)
        place = Item(at, last + 1, {}, ())
        if reading.context.unreal(place):
            continue
        attributes: dict[str, Attribute] = {}
        if concept == "M1":
            site = next(
                (i for i in reading.items if i.first >= last + 1 and i.first - last <= 3 and "site" in i.roles), None
            )
            if site is not None:
                between = reading.folded[last + 1 : site.first]
                if not between or between[0] in ("(", "-", ":", ","):
                    run = [
                        site,
                        *(i for i in reading.items if site.first < i.first <= site.last + 3 and "site" in i.roles),
                    ]
                    run[0].used = True
                    attributes["site"] = site.roles["site"].concept
                    attributes["sites"] = tuple(dict.fromkeys(i.roles["site"].concept for i in run))
        polarity = reading.context.polarity(place)
        reading.add("m-category", concept, place, attributes, polarity=polarity)
