"""The sarcoma course: diagnosis, resection, spread, performance status, systemic therapy, work-up."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from tools.demo_patients.record import (
    ICD10CM,
    LOINC,
    RXNORM,
    SNOMED,
    Json,
    Record,
    coding,
    concept,
    moment,
    quantity,
)

FACTS = "https://sarcoma-cds.org/fhir/CodeSystem/sarcoma-facts"
MORPHOLOGY = "http://hl7.org/fhir/us/mcode/StructureDefinition/mcode-histology-morphology-behavior"
INTENT = "http://hl7.org/fhir/us/mcode/StructureDefinition/mcode-procedure-intent"
ICDO3 = "http://terminology.hl7.org/CodeSystem/icd-o-3"
HGNC = "http://www.genenames.org/geneId"
ATC = "http://www.whocc.no/atc"

DRUGS: dict[str, Json] = {
    "doxorubicin": coding(RXNORM, "3639", "doxorubicin"),
    "ifosfamide": coding(RXNORM, "5657", "ifosfamide"),
    "mesna": coding(RXNORM, "44", "mesna"),
    "gemcitabine": coding(RXNORM, "12574", "gemcitabine"),
    "docetaxel": coding(RXNORM, "72962", "docetaxel"),
    "paclitaxel": coding(RXNORM, "56946", "paclitaxel"),
    "bevacizumab": coding(RXNORM, "253337", "bevacizumab"),
    "pazopanib": coding(RXNORM, "714438", "pazopanib"),
    "imatinib": coding(RXNORM, "282388", "imatinib"),
    "sunitinib": coding(RXNORM, "357977", "sunitinib"),
    "larotrectinib": coding(RXNORM, "2105628", "larotrectinib"),
    "eribulin": coding(RXNORM, "1045453", "eribulin"),
    "trabectedin": coding(ATC, "L01CX01", "trabectedin"),
    "olaratumab": coding(ATC, "L01FX10", "olaratumab"),
}
"""Codes as EHRs send them; palifosfamide has none and travels as text."""

_ORGANS = {
    "lung": (coding(SNOMED, "94391008", "Secondary malignant neoplasm of lung"), "C78.00", "39607008"),
    "liver": (coding(SNOMED, "94381002", "Secondary malignant neoplasm of liver"), "C78.7", "10200004"),
    "bone": (coding(SNOMED, "94222008", "Secondary malignant neoplasm of bone"), "C79.51", "272673000"),
    "brain": (coding(SNOMED, "94225005", "Secondary malignant neoplasm of brain"), "C79.31", "12738006"),
    "soft-tissue": (
        coding(SNOMED, "94264008", "Secondary malignant neoplasm of connective and other soft tissues"),
        None,
        "87784001",
    ),
}


def drug_concept(drug: str) -> Json:
    """A medication as CodeableConcept; text only where no code is in use."""
    return concept(drug, DRUGS[drug]) if drug in DRUGS else concept(drug)


@dataclass
class Course:
    """The sarcoma of one patient, written into the record step by step."""

    record: Record
    condition: str = ""

    def diagnosed(self, name: str, code: str, site: tuple[str, str], when: date | str, morphology: str = "") -> None:
        """The primary on the problem list, in SNOMED CT, with the ICD-O-3 morphology where given."""
        more: Json = {"bodySite": [concept(site[1], coding(SNOMED, *site))]}
        if morphology:
            more["extension"] = [{"url": MORPHOLOGY, "valueCodeableConcept": concept(name, coding(ICDO3, morphology))}]
        self.condition = self.record.condition(concept(name, coding(SNOMED, code, name)), when, **more)

    def pathology(self, when: date | str, words: str) -> None:
        """A pathology report."""
        self.record.report(
            concept("Pathology report", coding(LOINC, "60568-3", "Pathology synoptic report")), when, words, "PAT"
        )

    def graded(self, grade: int, when: date | str) -> None:
        """The FNCLCC grade."""
        code, name = {
            1: ("1155708003", "Low grade"),
            2: ("1286893008", "Intermediate grade"),
            3: ("1155707008", "High grade"),
        }[grade]
        label = concept("Histologic grade", coding("http://ncicb.nci.nih.gov/xml/owl/EVS/Thesaurus.owl", "C18000"))
        self.record.observation(label, when, valueCodeableConcept=concept(name, coding(SNOMED, code, name)))

    def primary_size(self, millimetres: int, when: date | str) -> None:
        """Size of the primary, as mCODE records it."""
        part = {
            "code": concept("Longest dimension", coding(LOINC, "33728-7")),
            "valueQuantity": quantity(millimetres, "mm"),
        }
        self.record.observation(
            concept("Size of tumor", coding(LOINC, "21889-1", "Size Tumor")),
            when,
            focus=[{"reference": self.condition}],
            component=[part],
        )

    def resected(
        self, when: date | str, name: str = "Radical resection of soft tissue", code: str = "363269004"
    ) -> None:
        """Definitive resection of the primary."""
        self.record.procedure(
            concept(name, coding(SNOMED, code, name)), when, reasonReference=[{"reference": self.condition}]
        )

    def spread(self, organ: str, when: date | str, *, status: str = "active") -> str:
        """Metastases in an organ, on the problem list."""
        snomed, icd, _ = _ORGANS[organ]
        codes = [snomed, *([coding(ICD10CM, icd)] if icd else [])]
        return self.record.condition(concept(snomed["display"], *codes), when, status=status)

    def imaged(self, what: str, when: date | str, words: str) -> None:
        """An imaging report in words."""
        self.record.report(concept(what), when, words, "RAD")

    def lesions(self, when: date | str, counts: dict[str, int], largest_cm: dict[str, float]) -> None:
        """How many lesions by organ, and the size of the largest, from structured reporting."""
        for organ, count in counts.items():
            self._stated("lesion-count", when, organ, valueInteger=count)
        for organ, size in largest_cm.items():
            self._stated("largest-lesion-size", when, organ, valueQuantity=quantity(round(size * 10), "mm"))

    def stated(self, code: str, answer: bool, when: date | str, organ: str = "") -> None:
        """A yes-or-no fact that no standard code carries, from the tumour documentation."""
        self._stated(code, when, organ, valueBoolean=answer)

    def _stated(self, code: str, when: date | str, organ: str, **value: object) -> None:
        place = {"bodySite": concept(organ, coding(SNOMED, _ORGANS[organ][2]))} if organ else {}
        label = concept(code.replace("-", " "), coding(FACTS, code))
        self.record.observation(label, when, "exam", **value, **place)

    def ecog(self, score: int, when: date | str) -> None:
        """ECOG performance status."""
        label = concept("ECOG performance status", coding(LOINC, "89247-1", "ECOG Performance Status score"))
        self.record.observation(label, when, "survey", valueInteger=score)

    def lvef(self, percent: int, when: date | str) -> None:
        """Left ventricular ejection fraction by echocardiography."""
        label = concept("LVEF", coding(LOINC, "10230-1", "Left ventricular Ejection fraction"))
        self.record.observation(label, when, "imaging", valueQuantity=quantity(percent, "%"))

    def treated(
        self, drugs: Iterable[str], start: date, cycles: int, *, every: int = 21, intent: str = "", active: bool = False
    ) -> None:
        """Systemic therapy, one order for each drug and cycle; `intent` is a code of mCODE's procedure intents."""
        for cycle in range(cycles):
            last = cycle == cycles - 1
            for drug in drugs:
                body: Json = {
                    "status": "active" if active and last else "completed",
                    "intent": "order",
                    "medicationCodeableConcept": drug_concept(drug),
                    "subject": self.record.subject,
                    "authoredOn": moment(start + timedelta(days=every * cycle)),
                    "reasonReference": [{"reference": self.condition}],
                }
                if intent:
                    body["extension"] = [
                        {"url": INTENT, "valueCodeableConcept": concept(intent, coding(SNOMED, intent))}
                    ]
                self.record.add("MedicationRequest", body)

    def progressed(self, when: date | str) -> None:
        """Progression, as mCODE's disease status."""
        self.record.observation(
            concept("Cancer disease status", coding(LOINC, "97509-4", "Cancer Disease Progression")),
            when,
            "exam",
            focus=[{"reference": self.condition}],
            valueCodeableConcept=concept(
                "Patient's condition worsened", coding(SNOMED, "271299001", "Patient's condition worsened (finding)")
            ),
        )

    def tumour_board(self, when: date | str) -> None:
        """A tumour board note."""
        body = {
            "status": "current",
            "type": concept("Tumor board Consult note", coding(LOINC, "85232-7", "Tumor board Consult note")),
            "subject": self.record.subject,
            "date": moment(when),
            "content": [{"attachment": {"contentType": "application/pdf", "url": "Binary/tumour-board-note"}}],
        }
        self.record.add("DocumentReference", body)

    def sequenced(self, when: date | str, genes: tuple[tuple[str, str], ...], *, found: bool) -> None:
        """A sequencing report with one variant Observation: a fusion of `genes`, found or not."""
        answer = coding(LOINC, "LA9633-4", "Present") if found else coding(LOINC, "LA9634-2", "Absent")
        parts = [
            {
                "code": concept("Gene studied", coding(LOINC, "48018-6")),
                "valueCodeableConcept": concept(gene, coding(HGNC, hgnc, gene)),
            }
            for hgnc, gene in genes
        ]
        variant = self.record.observation(
            concept("Gene fusion", coding(LOINC, "69548-6", "Genetic variant assessment")),
            when,
            valueCodeableConcept=concept(answer["display"], answer),
            method=concept("Sequencing", coding(LOINC, "LA26398-0", "Sequencing")),
            component=parts,
        )
        names = "::".join(gene for _, gene in genes) if found else "NTRK1, NTRK2 or NTRK3"
        words = f"{names} fusion detected." if found else f"No {names} fusion detected."
        label = concept("Tumor sequencing panel", coding(LOINC, "51969-4", "Genetic analysis report"))
        self.record.report(label, when, words, "GE", [variant])

    def problem(self, name: str, snomed: str, icd: str, when: date | str) -> str:
        """Another problem of the list: a symptom, a comorbidity."""
        codes = [coding(SNOMED, snomed, name)] if snomed else []
        codes += [coding(ICD10CM, icd)] if icd else []
        return self.record.condition(concept(name, *codes), when)
