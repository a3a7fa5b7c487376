"""Patient facts from the short form that test cases are written in."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from mappers import PatientFacts
from mappers.facts import CLOSED_WORLD, FACT_KEYS, Evidence, Fact
from mappers.fhir.dates import parse
from mappers.reading.finding import Finding
from mappers.terminology import CONCEPTS, ancestors
from mappers.terminology.drugs import DRUG_LABELS
from mappers.terminology.procedures import PROCEDURES
from plandefinitions.guideline.errors import ContentError
from plandefinitions.guideline.facts import INVESTIGATIONS

AS_OF = date(2024, 6, 1)
_EVIDENCE = (Evidence("Observation/case", "test-case"),)
_NONE: Mapping[str, object] = {
    "prior_systemic": [],
    "prior_local_therapy": [],
    "progression_after": [],
    "molecular": {},
    "nodes": {},
    "symptoms": [],
    "drafts": [],
    "cardiac": {"lvef_percent": None, "lvef_date": None, "heart_failure": "none"},
}

Given = Mapping[str, Any]


def facts_of(given: Given) -> PatientFacts:
    """The facts of one case. What is not given is unknown; of a closed-world fact, none is on record.

    ``unread`` lists closed-world facts that could not be read, ``conflicting`` facts whose sources contradict each
    other, ``investigations`` what was done or ordered; ``investigations`` in ``unread``: there may have been others.
    ``in_scope`` is yes unless given. The content's README has the
    form of every fact. Raises ``ContentError`` for what it does not know.
    """
    rest = dict(given)
    unread, conflicting = set(rest.pop("unread", ())), set(rest.pop("conflicting", ()))
    complete = INVESTIGATIONS not in unread
    unread.discard(INVESTIGATIONS)
    investigations = tuple(_investigation(one, number) for number, one in enumerate(rest.pop(INVESTIGATIONS, ())))
    unknown = (set(rest) | unread | conflicting) - set(FACT_KEYS)
    if unknown:
        raise ContentError(f"a case names {', '.join(sorted(unknown))}; the facts are: {', '.join(FACT_KEYS)}")
    rest.setdefault("in_scope", "yes")
    rest.setdefault("demographics", {"age": 50})
    facts = {key: _fact(key, rest, unread, conflicting) for key in FACT_KEYS}
    return PatientFacts(facts, (), "case", AS_OF, investigations, investigations_complete=complete)


def _fact(key: str, given: Given, unread: set[str], conflicting: set[str]) -> Fact:
    if key in unread:
        return Fact()
    if key in conflicting:
        return Fact(None, "conflicting", None, _EVIDENCE)
    if key in given and given[key] is not None:
        return _FORMS.get(key, _plain)(given[key])
    if key == "surgical_candidate":
        return Fact(detail={"none_on_record": True})
    if key in CLOSED_WORLD:
        return Fact(_NONE.get(key, "none"), "known")
    return Fact()


def _known(value: object, detail: Mapping[str, object] | None = None) -> Fact:
    return Fact(value, "known", None, _EVIDENCE, detail or {})


def _plain(value: Any) -> Fact:
    return _known(_text(value))


def _text(value: Any) -> Any:
    """YAML reads yes and no as Booleans and unquoted dates as dates; facts hold words."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return value.isoformat() if isinstance(value, date) else value


def _histology(value: str) -> Fact:
    if value not in CONCEPTS:
        raise ContentError(f"histology: {value!r} is no concept of mappers/terminology/concepts.csv")
    concept = CONCEPTS[value]
    detail = {
        "ancestors": list(ancestors(value)),
        "subtype_known": concept.subtype_known,
        "translocation_related": concept.translocation_related,
    }
    return _known(value, detail)


def _status(value: Any) -> Fact:
    """``suspected``: unknown, with some evidence for it."""
    return Fact(None, "unknown", None, _EVIDENCE) if value == "suspected" else _plain(value)


def _sites(value: Any) -> Fact:
    """A list of sites, or an object of site to the date it was first documented."""
    if isinstance(value, Mapping):
        detail = {site: {"first": _text(first)} if first else {} for site, first in value.items()}
        return _known(list(value), detail)
    return _known(list(value), {site: {} for site in value})


def _count(value: Any) -> Fact:
    """A total, or an object of ``total``, organs, and ``at_least``.

    ``at_least`` is a lower bound: of all metastases when not all are counted, or an object of organs, and of ``total``.
    """
    counts = {"total": value} if isinstance(value, int) else dict(value)
    least = counts.pop("at_least", None)
    if isinstance(least, Mapping):
        organs = {site: count for site, count in least.items() if site != "total"}
        detail = {"partial_sum": least.get("total", sum(organs.values())), "at_least": organs}
    else:
        detail = {"partial_sum": least} if least is not None else {}
    return _known(counts, detail) if counts else Fact(None, "unknown", None, _EVIDENCE, detail)


def _interval(value: Any) -> Fact:
    """Whole months, or an object of ``low`` and ``high`` in months (no ``low``: an upper bound; ``value``: known)."""
    if isinstance(value, int | float):
        return _known(int(value), {"low": float(value), "high": float(value)})
    bounds = {end: float(value[end]) for end in ("low", "high") if end in value}
    known = value.get("value")
    return Fact(known, "unknown" if known is None else "known", None, _EVIDENCE, bounds)


def _resection(value: Any) -> Fact:
    """yes or no for the whole patient, or an object by organ."""
    if isinstance(value, Mapping):
        by_organ = {organ: _text(answer) for organ, answer in value.items()}
        return Fact(None, "unknown", None, _EVIDENCE, {"by_organ": by_organ})
    return _known(_text(value), {"by_organ": {}})


def _dated(value: Any) -> Fact:
    return _known(_text(value), {"approximated": False})


def _systemic(value: Any) -> Fact:
    """Courses: a drug's key (ended, first line), or an object of drug, line, state, progressed, start, end.

    ``line: null`` is treatment around that of the primary. ``taking`` of the object form lists other drugs that are
    taken now: ``{courses: [...], taking: [mesna]}``.
    """
    listed = value if isinstance(value, list) else value.get("courses", [])
    courses = [_course({"drug": one} if isinstance(one, str) else one) for one in listed]
    taking = [] if isinstance(value, list) else value.get("taking", [])
    active = [str(one["drug"]) for one in courses if one["state"] == "active"]
    detail = {
        "courses": courses,
        "lines": max((one["line"] for one in courses if one["line"] is not None), default=0),
        "active": sorted({*active, *taking}),
    }
    return Fact(list(dict.fromkeys(one["drug"] for one in courses)), "known", None, _EVIDENCE, detail)


def _course(given: Given) -> dict[str, Any]:
    drug = given["drug"]
    if drug not in DRUG_LABELS:
        raise ContentError(f"prior_systemic: {drug!r} is no drug of mappers/terminology/drug_classes.csv")
    state, progressed = given.get("state", "ended"), given.get("progressed", False)
    return {
        "drug": drug,
        "start": _text(given.get("start")),
        "end": _text(given.get("end")),
        "line": given.get("line", 1),
        "state": state,
        "prior": state == "ended" or progressed,
        "progressed": progressed,
    }


def _progression(value: Any) -> Fact:
    """Events of ``after`` (drugs), ``lines`` and ``date``."""
    events = [
        {"after": one.get("after", []), "lines": one.get("lines", []), "date": _text(one.get("date"))} for one in value
    ]
    return _known(list(dict.fromkeys(drug for one in events for drug in one["after"])), {"events": events})


def _local(value: Any) -> Fact:
    """Treatments of ``procedure`` (of procedure_classes.csv), and ``modality``, ``organ``, ``spinal`` and ``date``."""
    treatments = []
    for one in value:
        kind = PROCEDURES.get(one["procedure"])
        if kind is None:
            raise ContentError(f"prior_local_therapy: {one['procedure']!r} is no key of procedure_classes.csv")
        treatments.append(
            {
                "modality": one.get("modality", kind.modality),
                "organ": one.get("organ", kind.organ) or None,
                "date": _text(one.get("date")),
                "procedure": one["procedure"],
                **({"spinal": one["spinal"]} if "spinal" in one else {}),
            }
        )
    return _known(treatments)


def _symptoms(value: Any) -> Fact:
    """A list of symptoms, or an object of symptom to its date."""
    if isinstance(value, Mapping):
        return _known(list(value), {symptom: _text(when) for symptom, when in value.items() if when})
    return _known(list(value))


def _molecular(value: Any) -> Fact:
    """An object of marker to result, or to an object of ``result``, ``method``, ``gene`` and ``partner``."""
    detail = {
        marker: {part: text for part, text in one.items() if part != "result"}
        for marker, one in value.items()
        if isinstance(one, Mapping)
    }
    results = {marker: one["result"] if isinstance(one, Mapping) else one for marker, one in value.items()}
    return _known(results, detail)


def _cardiac(value: Any) -> Fact:
    """``lvef_percent``, ``lvef_date`` and ``heart_failure``."""
    heart_failure = _text(value.get("heart_failure", "none"))
    return _known(
        {
            "lvef_percent": value.get("lvef_percent"),
            "lvef_date": _text(value.get("lvef_date")),
            "heart_failure": heart_failure,
        }
    )


def _drafts(value: Any) -> Fact:
    """Draft orders: ``drug`` (a key, or several) or ``procedure``; ``organ``; ``selected`` (yes unless given)."""
    drafts = []
    for number, one in enumerate(value):
        drugs = one.get("drug", [])
        concepts = [drugs] if isinstance(drugs, str) else list(drugs)
        kind = "drug" if concepts else "other"
        modality, organ = None, one.get("organ")
        if "procedure" in one:
            known = PROCEDURES[one["procedure"]]
            concepts, kind, modality, organ = [one["procedure"]], "procedure", known.modality, organ or known.organ
        drafts.append(
            {
                "reference": one.get(
                    "reference", f"{'MedicationRequest' if drugs else 'ServiceRequest'}/draft-{number + 1}"
                ),
                "kind": kind,
                "concepts": concepts,
                "modality": modality,
                "organ": organ or None,
                "selected": one.get("selected", True),
                "text": ", ".join(concepts),
            }
        )
    return _known(drafts)


def _demographics(value: Any) -> Fact:
    age = {"age": value["age"]} if "age" in value else {"age": None}
    return _known({**age, "sex": value.get("sex"), "deceased": value.get("deceased", False)})


def _investigation(given: Given, number: int) -> Finding:
    procedure = given["procedure"]
    if procedure not in PROCEDURES:
        raise ContentError(f"investigations: {procedure!r} is no key of procedure_classes.csv")
    ordered = given.get("state", "done") == "ordered"
    since = {"since_diagnosis": given["since_diagnosis"]} if "since_diagnosis" in given else {}
    return Finding(
        "order" if ordered else "procedure",
        procedure,
        Evidence(f"{'ServiceRequest' if ordered else 'Procedure'}/investigation-{number + 1}", "test-case"),
        when=parse(_text(given.get("date"))),
        attributes={"status": "active" if ordered else "completed", "site": given.get("site", ""), **since},
    )


_FORMS: Mapping[str, Callable[[Any], Fact]] = {
    "histology": _histology,
    "metastatic_status": _status,
    "metastatic_sites": _sites,
    "lesion_count": _count,
    "first_metastasis_date": _dated,
    "primary_treatment_date": _dated,
    "disease_free_interval_months": _interval,
    "complete_resection_feasible": _resection,
    "prior_systemic": _systemic,
    "progression_after": _progression,
    "prior_local_therapy": _local,
    "symptoms": _symptoms,
    "molecular": _molecular,
    "cardiac": _cardiac,
    "drafts": _drafts,
    "demographics": _demographics,
}
