"""One writer for each fact: the Observations a known fact becomes."""

from collections.abc import Callable, Iterable

from mappers.facts import Evidence, Fact
from mappers.observations.builder import (
    DRUGS,
    HISTOLOGY,
    NONE_ON_RECORD,
    PROCEDURES_SYSTEM,
    SITES_SYSTEM,
    Builder,
    Json,
    amount,
    coded,
    component,
    object_of,
    objects_in,
    texts_in,
)
from mappers.reading.finding import Finding
from mappers.terminology import CONCEPTS
from mappers.terminology.drugs import ANTHRACYCLINES, CYTOTOXIC, DRUG_LABELS
from mappers.terminology.procedures import PROCEDURES

Writer = Callable[[Builder, Fact], None]


def _boolean(code: str) -> Writer:
    def write(builder: Builder, fact: Fact) -> None:
        builder.add(code, {"valueBoolean": fact.value == "yes"}, fact)

    return write


def _code(code: str) -> Writer:
    def write(builder: Builder, fact: Fact) -> None:
        builder.add(code, coded(str(fact.value)), fact)

    return write


def _integer(code: str) -> Writer:
    def write(builder: Builder, fact: Fact) -> None:
        extra = [component("converted-from", coded(str(fact.detail["converted_from"])))] if fact.detail else []
        builder.add(code, {"valueInteger": fact.value}, fact, components=extra)

    return write


def _histology(builder: Builder, fact: Fact) -> None:
    """The concept and all its ancestors as codings, so that "is a liposarcoma" is a plain membership test."""
    keys = [str(fact.value), *texts_in(fact.detail.get("ancestors"))]
    codings = [{"system": HISTOLOGY, "code": key, "display": CONCEPTS[key].label} for key in keys]
    value = {"valueCodeableConcept": {"coding": codings, "text": CONCEPTS[keys[0]].label}}
    parts = [
        component("subtype-known", {"valueBoolean": fact.detail.get("subtype_known") is True}),
        component("translocation-related", {"valueBoolean": fact.detail.get("translocation_related") is True}),
    ]
    builder.add("histology", value, fact, components=parts)


def _text(code: str) -> Writer:
    def write(builder: Builder, fact: Fact) -> None:
        builder.add(code, {"valueString": str(fact.value)}, fact)

    return write


def _primary_size(builder: Builder, fact: Fact) -> None:
    builder.add("primary-size", amount(fact.value, "cm"), fact)


def _sites(builder: Builder, fact: Fact) -> None:
    for site in texts_in(fact.value):
        first = object_of(fact.detail.get(site)).get("first")
        builder.add("metastatic-site", coded(site, SITES_SYSTEM), fact, organ=site, date=first)
    if not fact.value:
        builder.add("metastatic-site", coded(NONE_ON_RECORD), fact)


def write_counts(builder: Builder, fact: Fact) -> None:
    """The counts, and the lower bounds where there are no counts."""
    for site, count in object_of(fact.value).items():
        builder.add("lesion-count", {"valueInteger": count}, fact, organ="" if site == "total" else site)
    if "partial_sum" in fact.detail:
        builder.add("lesion-count-at-least", {"valueInteger": fact.detail["partial_sum"]}, fact)
    for site, count in object_of(fact.detail.get("at_least")).items():
        builder.add("lesion-count-at-least", {"valueInteger": count}, fact, organ=site)


def _largest(builder: Builder, fact: Fact) -> None:
    for site, cm in object_of(fact.value).items():
        builder.add("largest-lesion-size", amount(cm, "cm"), fact, organ=site)


def _date(code: str) -> Writer:
    def write(builder: Builder, fact: Fact) -> None:
        parts = [component("approximated", {"valueBoolean": fact.detail.get("approximated") is True})]
        builder.add(code, {"valueDateTime": fact.value}, fact, date=fact.value, components=parts)

    return write


def write_interval(builder: Builder, fact: Fact) -> None:
    """Whole months when certain; the bounds, in months and days, always: "low" is absent for an upper bound."""
    parts = [
        component(f"interval-{end}", amount(fact.detail[end], "mo")) for end in ("low", "high") if end in fact.detail
    ]
    value = amount(fact.value, "mo") if fact.value is not None else {}
    builder.add("disease-free-interval", value, fact, components=parts)


def write_resection(builder: Builder, fact: Fact) -> None:
    """Feasible or not, altogether and for each organ."""
    if fact.value is not None:
        builder.add("complete-resection-feasible", {"valueBoolean": fact.value == "yes"}, fact)
    for organ, answer in object_of(fact.detail.get("by_organ")).items():
        builder.add("complete-resection-feasible", {"valueBoolean": answer == "yes"}, fact, organ=organ)


def _systemic(builder: Builder, fact: Fact) -> None:
    courses = fact.detail.get("courses")
    for number, course in enumerate(courses if isinstance(courses, list) else []):
        drug = str(course["drug"])
        parts = [
            component("prior", {"valueBoolean": course["prior"] is True}),
            component("progressed", {"valueBoolean": course["progressed"] is True}),
            component("course-state", coded(str(course["state"]))),
            component("cytotoxic", {"valueBoolean": drug in CYTOTOXIC}),
            component("anthracycline", {"valueBoolean": drug in ANTHRACYCLINES}),
        ]
        if course["line"] is not None:
            parts.append(component("line", {"valueInteger": course["line"]}))
        if course["end"]:
            parts.append(component("ended", {"valueDateTime": course["end"]}))
        label = DRUG_LABELS.get(drug, drug)
        builder.add(
            "prior-systemic",
            coded(drug, DRUGS, label),
            fact,
            qualifier=f"{number}-{drug}",
            date=course["start"] or course["end"],
            components=parts,
        )
    builder.add("systemic-lines", {"valueInteger": fact.detail.get("lines", 0)}, fact)
    write_active(builder, fact)


def write_active(builder: Builder, fact: Fact) -> None:
    """The drugs that are taken now, for whatever disease."""
    for drug in texts_in(fact.detail.get("active")):
        builder.add("active-medication", coded(drug, DRUGS, DRUG_LABELS.get(drug, drug)), fact, qualifier=drug)


def _cardiac(builder: Builder, fact: Fact) -> None:
    value = object_of(fact.value)
    if value.get("lvef_percent") is not None:
        builder.add("lvef", amount(value["lvef_percent"], "%"), fact, date=value.get("lvef_date"))
    failing = value.get("heart_failure") == "yes"
    builder.add("heart-failure", {"valueBoolean": True} if failing else coded(NONE_ON_RECORD), fact)


def _progression(builder: Builder, fact: Fact) -> None:
    events = fact.detail.get("events")
    for number, event in enumerate(events if isinstance(events, list) else []):
        drugs = texts_in(event["after"])
        value = {
            "valueCodeableConcept": {"coding": [{"system": DRUGS, "code": d} for d in drugs], "text": ", ".join(drugs)}
        }
        parts = [component("line", {"valueInteger": line}) for line in event["lines"]]
        builder.add(
            "progression",
            value if drugs else coded("progression"),
            fact,
            qualifier=str(number),
            date=event["date"],
            components=parts,
        )


def _local(builder: Builder, fact: Fact) -> None:
    for number, treatment in enumerate(objects_in(fact.value)):
        key = str(treatment["procedure"])
        parts = [component("modality", coded(str(treatment["modality"])))]
        if (spinal := treatment.get("spinal")) is not None:
            parts.append(component("spinal", {"valueBoolean": spinal}))
        builder.add(
            "prior-local-therapy",
            coded(key, PROCEDURES_SYSTEM),
            fact,
            qualifier=f"{number}-{key}",
            organ=str(treatment["organ"] or ""),
            date=treatment["date"] or "",
            components=parts,
        )


def _molecular(builder: Builder, fact: Fact) -> None:
    for marker, result in object_of(fact.value).items():
        value = amount(result, "1") if isinstance(result, float) else coded(str(result))
        detail = object_of(fact.detail.get(marker))
        parts = [component("marker", coded(marker))]
        parts += [component(name, coded(str(detail[name]))) for name in ("method", "gene", "partner") if name in detail]
        builder.add("molecular", value, fact, qualifier=marker, components=parts)


def _tumour_board(builder: Builder, fact: Fact) -> None:
    date = fact.value if fact.value != "undated" else ""
    builder.add("tumour-board", {"valueBoolean": True}, fact, date=date)


def _nodes(builder: Builder, fact: Fact) -> None:
    parts = [component(name, {"valueBoolean": value}) for name, value in object_of(fact.value).items()]
    builder.add("nodes", {"valueBoolean": True}, fact, components=parts)


def _symptoms(builder: Builder, fact: Fact) -> None:
    for symptom in texts_in(fact.value):
        builder.add("symptom", coded(symptom), fact, qualifier=symptom, date=fact.detail.get(symptom))


def _anthracycline(builder: Builder, fact: Fact) -> None:
    dose = fact.detail.get("cumulative_mg_per_m2")
    parts = [component("cumulative-dose", amount(dose, "mg/m2"))] if dose is not None else []
    builder.add("anthracycline-exposure", {"valueBoolean": True}, fact, components=parts)


def _drafts(builder: Builder, fact: Fact) -> None:
    for number, draft in enumerate(objects_in(fact.value)):
        system = DRUGS if draft["kind"] == "drug" else PROCEDURES_SYSTEM
        keys = texts_in(draft["concepts"])
        value: Json = {"valueCodeableConcept": {"coding": [{"system": system, "code": key} for key in keys]}}
        if not keys:
            value = coded("other")
        parts = [
            component("selected", {"valueBoolean": draft["selected"] is True}),
            component("draft-kind", coded(str(draft["kind"]))),
        ]
        if draft["modality"]:
            parts.append(component("modality", coded(str(draft["modality"]))))
        builder.add(
            "draft-order",
            value,
            fact,
            qualifier=f"{number}-{draft['reference']}",
            organ=str(draft["organ"] or ""),
            components=parts,
            evidence=[Evidence(str(draft["reference"]), "draft-order")],
        )


def _demographics(builder: Builder, fact: Fact) -> None:
    value = object_of(fact.value)
    if value.get("age") is not None:
        builder.add("age", amount(value["age"], "a"), fact)
    if value.get("sex"):
        builder.add("sex", coded(str(value["sex"])), fact)
    builder.add("deceased", {"valueBoolean": value.get("deceased") is True}, fact)


def write_investigations(builder: Builder, found: Iterable[Finding], *, complete: bool) -> None:
    """Imaging and biopsies done or ordered; `complete`: the record could be read, so that there were no others."""
    listed = list(found)
    if complete and not listed:
        builder.add("investigation", coded(NONE_ON_RECORD), Fact())
    for finding in listed:
        state = "ordered" if finding.kind == "order" and finding.text("status") != "completed" else "done"
        parts = [component("state", coded(state))]
        if (since := finding.attributes.get("since_diagnosis")) is not None:
            parts.append(component("since-diagnosis", {"valueBoolean": since}))
        if complete:
            parts.append(component("complete", {"valueBoolean": True}))
        builder.add(
            "investigation",
            coded(finding.concept, PROCEDURES_SYSTEM),
            Fact(date=finding.when.text if finding.when else None),
            qualifier=f"{finding.concept}-{finding.reference}",
            organ=PROCEDURES[finding.concept].organ or finding.text("site"),
            components=parts,
            evidence=[finding.evidence],
        )


WRITERS: dict[str, Writer] = {
    "histology": _histology,
    "in_scope": _boolean("in-scope"),
    "primary_site": _text("primary-site"),
    "primary_size_cm": _primary_size,
    "grade": _integer("grade"),
    "metastatic_status": _boolean("metastatic-status"),
    "metastatic_sites": _sites,
    "lesion_count": write_counts,
    "largest_lesion_cm": _largest,
    "first_metastasis_date": _date("first-metastasis-date"),
    "primary_treatment_date": _date("primary-treatment-date"),
    "presentation": _code("presentation"),
    "disease_free_interval_months": write_interval,
    "complete_resection_feasible": write_resection,
    "local_disease_active": _boolean("local-disease-active"),
    "surgical_candidate": _boolean("surgical-candidate"),
    "ecog": _integer("ecog"),
    "prior_systemic": _systemic,
    "anthracycline_exposure": _anthracycline,
    "cardiac": _cardiac,
    "pregnancy": _boolean("pregnancy"),
    "progression_after": _progression,
    "prior_local_therapy": _local,
    "molecular": _molecular,
    "sequencing_done": _code("sequencing-done"),
    "tumour_board": _tumour_board,
    "nodes": _nodes,
    "symptoms": _symptoms,
    "urgent_tumour_shrinkage_needed": _boolean("urgent-tumour-shrinkage-needed"),
    "extrahepatic_disease_controlled": _boolean("extrahepatic-disease-controlled"),
    "trial_enrolment": _boolean("trial-enrolment"),
    "drafts": _drafts,
    "demographics": _demographics,
}
