"""What the tumour is, and whether this guidance is for it."""

from mappers.facts import Fact
from mappers.judgement.view import View, conflicting, known, unknown
from mappers.reading.finding import PATHOLOGY, Finding
from mappers.terminology import CONCEPTS, ancestors, compatible, in_scope, is_a, subtype_known

SITE_ONLY = "malignant_soft_tissue_neoplasm_nos"
"""What a bare site code (C49, C48) is read as: in scope, but no histology."""
_NOT_STS = "not-sts:"
_BENIGN = ("desmoid", "not-sts:sarcoidosis")


def judge_histology(view: View) -> tuple[Fact, Fact]:
    """The histology and whether it is in scope.

    The highest authority that names a subtype decides, among equals the newest; whatever agrees with it and is more
    specific refines it. Disagreeing families of equal standing are a conflict.
    """
    candidates = [f for f in view.affirmed("histology") if f.concept in CONCEPTS]
    look_alikes = [f for f in view.affirmed("histology") if f.concept.startswith(_NOT_STS) and f.concept not in _BENIGN]
    if look_alikes and _outranked(candidates, look_alikes):
        return unknown(look_alikes), known("no", look_alikes)
    if not candidates:
        return _without_candidates(view, look_alikes)
    leaders = _leaders(candidates)
    families = _families(leaders)
    if len(families) > 1:
        return _conflict(leaders)
    value = _most_specific(leaders, candidates, view)
    supporting = [f for f in candidates if compatible(f.concept, value)]
    supporting.sort(key=lambda f: (not is_a(f.concept, value), -f.authority))
    concept = CONCEPTS[value]
    if value == SITE_ONLY:
        return unknown(supporting, {"site_only": True}), known("yes", supporting)
    scope = known("yes" if concept.in_scope else "no", supporting)
    if concept.scope_only:
        return unknown(supporting), scope
    detail = {
        "ancestors": list(ancestors(value)),
        "subtype_known": concept.subtype_known,
        "translocation_related": concept.translocation_related,
    }
    return known(value, supporting, detail), scope


def benign_only(view: View) -> list[Finding]:
    """The findings, when all that is named is something that does not metastasise."""
    named = view.affirmed("histology")
    return named if named and all(f.concept in _BENIGN for f in named) else []


def _outranked(candidates: list[Finding], look_alikes: list[Finding]) -> bool:
    """Whether the pathologist calls it something else, and no pathology names a sarcoma; or nothing does."""
    if not candidates:
        return True
    pathology = any(f.authority >= PATHOLOGY for f in look_alikes)
    return pathology and not any(f.authority >= PATHOLOGY for f in candidates)


def _without_candidates(view: View, look_alikes: list[Finding]) -> tuple[Fact, Fact]:
    weak = [f for f in view.all("histology") if f.polarity != "negated" and f.concept in CONCEPTS]
    if weak:
        return unknown(weak), unknown(weak)
    return unknown(look_alikes), known("no", look_alikes)


def _leaders(candidates: list[Finding]) -> list[Finding]:
    """The findings of the highest standing that name a subtype; without any such, all candidates."""
    naming = [f for f in candidates if subtype_known(f.concept)]
    if not naming:
        return candidates
    current = [f for f in naming if f.active or not f.from_text] or naming
    top = max(f.authority for f in current)
    level = [f for f in current if f.authority == top]
    return [f for f in level if not any(_supersedes(other, f) for other in level)]


def _supersedes(newer: Finding, older: Finding) -> bool:
    if newer.when is None or older.when is None or compatible(newer.concept, older.concept):
        return False
    return newer.when.after(older.when) is True


def _families(leaders: list[Finding]) -> list[str]:
    """One concept for each family among the leaders; kin are one family."""
    families: list[str] = []
    for finding in leaders:
        if not any(compatible(finding.concept, family) for family in families):
            families.append(finding.concept)
    return families


def _conflict(leaders: list[Finding]) -> tuple[Fact, Fact]:
    concepts = sorted({f.concept for f in leaders})
    fact = conflicting(leaders, {"candidates": [c for c in concepts if not CONCEPTS[c].scope_only]})
    scopes = {in_scope(concept) for concept in concepts}
    if len(scopes) == 2:
        return fact, conflicting(leaders)
    return fact, known("yes" if scopes == {True} else "no", leaders)


def _most_specific(leaders: list[Finding], candidates: list[Finding], view: View) -> str:
    value = leaders[0].concept
    for finding in leaders + sorted(candidates, key=lambda f: -f.authority):
        if is_a(finding.concept, value) or _says_more(finding.concept, value):
            value = finding.concept
    in_uterus = any(f.text("site") == "uterus" and f.active for f in view.affirmed("other-malignancy"))
    return "uterine_leiomyosarcoma" if value == "leiomyosarcoma" and in_uterus else value


def _says_more(concept: str, value: str) -> bool:
    """Whether a name says more than one that leaves the subtype open."""
    if subtype_known(value):
        return False
    return subtype_known(concept) or len(ancestors(concept)) > len(ancestors(value))
