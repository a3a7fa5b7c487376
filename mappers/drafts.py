"""The hook's draft orders: what each is, read leniently, since real clients send incomplete ones."""

from collections.abc import Iterable
from typing import TypedDict

from mappers.facts import Evidence, Fact
from mappers.fhir.read import Json, as_text
from mappers.fhir.references import ReferenceIndex, identity, local_form, reference_text
from mappers.reading.collect import unpack
from mappers.reading.medication import drugs_of
from mappers.reading.procedure import identify
from mappers.terminology.procedures import PROCEDURES

_WITHDRAWN = ("cancelled", "entered-in-error", "stopped", "revoked", "ended", "not-done")


class Draft(TypedDict):
    """One draft order. `kind` is drug, procedure or other; `concepts` drug keys, or one procedure key."""

    reference: str
    kind: str
    concepts: list[str]
    modality: str | None
    organ: str | None
    selected: bool
    text: str


def judge_drafts(drafts: object, selections: Iterable[str] | None, index: ReferenceIndex) -> Fact:
    """Every draft order of the context. Without selections (order-sign) all drafts are selected."""
    chosen = None if selections is None else {local_form(reference_text(item)) for item in selections}
    found: list[Draft] = []
    evidence: list[Evidence] = []
    for position, (resource, full_url) in enumerate(unpack(drafts)):
        reference = identity(resource, full_url)
        if "/" not in reference and not full_url:
            reference = f"{reference}#draft-{position + 1}"  # a name, not a reference: it has no id to refer to
        selected = chosen is None or reference in chosen or reference.rsplit("/", 1)[-1] in chosen
        draft = _draft(resource, reference, selected, index)
        found.append(draft)
        evidence.append(Evidence(reference, "draft-order", draft["text"]))
    return Fact([dict(draft) for draft in found], "known", None, tuple(evidence))


def _draft(resource: Json, reference: str, selected: bool, index: ReferenceIndex) -> Draft:
    kind, concepts, organ, words = "other", list[str](), "", ""
    modality: str | None = None
    if resource.get("doNotPerform") is True or as_text(resource.get("status")) in _WITHDRAWN:
        pass  # nothing is being ordered
    elif as_text(resource.get("resourceType")).startswith("Medication"):
        concepts, _, words = drugs_of(resource, index)
        kind = "drug" if concepts else "other"
    elif resource.get("resourceType") in ("ServiceRequest", "ProcedureRequest", "Procedure", "Appointment"):
        key, organ, words = identify(resource, draft=True)
        if key:
            kind, concepts = "procedure", [key]
            modality = PROCEDURES[key].modality if key in PROCEDURES else None
    return Draft(
        reference=reference,
        kind=kind,
        concepts=concepts,
        modality=modality,
        organ=organ or None,
        selected=selected,
        text=words[:200],
    )
