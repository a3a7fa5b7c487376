"""Histology concepts: their ancestry, scope and properties (concepts.csv)."""

from dataclasses import dataclass
from functools import cache

from mappers.terminology.tables import table


@dataclass(frozen=True, slots=True)
class Concept:
    """One histology: `site` names the organ its name implies; `scope_only` ones decide scope but are never a value."""

    key: str
    label: str
    parents: tuple[str, ...]
    in_scope: bool
    subtype_known: bool
    translocation_related: bool
    site: str
    scope_only: bool


CONCEPTS: dict[str, Concept] = {
    row["concept"]: Concept(
        key=row["concept"],
        label=row["label"],
        parents=tuple(row["parents"].split()),
        in_scope=row["scope"] == "in",
        subtype_known=row["subtype_known"] == "yes",
        translocation_related=row["translocation_related"] == "yes",
        site=row["site"],
        scope_only=row["scope_only"] == "yes",
    )
    for row in table("concepts")
}


@cache
def ancestors(key: str) -> tuple[str, ...]:
    """All broader concepts, nearest first; the concept itself is not among them."""
    found: list[str] = []
    queue = list(CONCEPTS[key].parents) if key in CONCEPTS else []
    while queue:
        parent = queue.pop(0)
        if parent not in found:
            found.append(parent)
            queue.extend(CONCEPTS[parent].parents)
    return tuple(found)


def is_a(key: str, ancestor: str) -> bool:
    """Whether a concept is another one or a kind of it."""
    return key == ancestor or ancestor in ancestors(key)


def in_scope(key: str) -> bool:
    """Whether a concept is a soft tissue sarcoma this guidance is for."""
    return key in CONCEPTS and CONCEPTS[key].in_scope


def subtype_known(key: str) -> bool:
    """Whether the concept names a subtype, rather than "sarcoma, subtype unknown"."""
    return key in CONCEPTS and CONCEPTS[key].subtype_known


def compatible(one: str, other: str) -> bool:
    """Whether two names can stand for one tumour: kin, or one of them leaves the subtype open.

    "Sarcoma NOS" contradicts nothing that is called a sarcoma; a carcinoma it does not agree with.
    """
    if is_a(one, other) or is_a(other, one):
        return True
    return not (subtype_known(one) and subtype_known(other)) and "other_malignancy" not in (one, other)
