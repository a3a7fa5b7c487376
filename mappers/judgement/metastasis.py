"""Whether the sarcoma has metastasised, where to, and since when."""

from dataclasses import dataclass, field

from mappers.facts import Fact
from mappers.fhir.dates import PartialDate
from mappers.judgement.histology import benign_only
from mappers.judgement.view import View, conflicting, earliest, known, unknown
from mappers.reading.finding import Finding
from mappers.terminology import CONCEPTS, SITES

_CHEST = frozenset(("lung", "pleura"))


@dataclass(slots=True)
class Spread:
    """The evidence on metastasis, sorted."""

    current: list[Finding] = field(default_factory=list)
    """affirmed, confirmed and active, of this sarcoma or of an origin not stated"""
    past: list[Finding] = field(default_factory=list)
    """resolved, inactive, history"""
    weak: list[Finding] = field(default_factory=list)
    """provisional, suspected, nodes of unstated nature"""
    nodes: list[Finding] = field(default_factory=list)
    """nodes "secondary and unspecified": a site, but alone no proof of metastasis"""
    absent: list[Finding] = field(default_factory=list)
    """M0, "no evidence of metastasis" """
    of_another: list[Finding] = field(default_factory=list)
    """metastases of another cancer"""

    def dated(self) -> list[Finding]:
        """Everything that can date the first metastasis, history included."""
        return [f for f in self.current + self.past if f.when]


def sort_evidence(view: View) -> Spread:
    """Sorts every finding that bears on metastasis."""
    spread = Spread()
    for finding in view.all("metastasis", "m-category", "stage"):
        if finding.attributes.get("local_recurrence"):
            continue
        if finding.kind == "stage" and not finding.concept.startswith("IV"):
            continue
        present = finding.kind == "stage" or finding.concept != "M0"
        if finding.polarity == "negated" or not present:
            if view.tie(finding) != "other" and _is_absence(finding):
                spread.absent.append(finding)
        elif view.tie(finding) == "other":
            spread.of_another.append(finding)
        elif finding.attributes.get("nodes_unspecified"):
            (spread.nodes if finding.affirmed and finding.active else spread.weak).append(finding)
        elif not finding.affirmed:
            spread.weak.append(finding)
        else:
            (spread.current if finding.active else spread.past).append(finding)
    spread.current = [f for f in spread.current if f.kind != "stage" or not _stage_for_nodes_only(f, spread)]
    return spread


def _is_absence(finding: Finding) -> bool:
    """M0 and "no metastases" are absence; "no liver metastases" is not, "no lung metastases" nearly always is."""
    return finding.kind != "metastasis" or finding.concept in ("unspecified", "lung")


def _stage_for_nodes_only(stage: Finding, spread: Spread) -> bool:
    """Stage IV beside an M0 of the same day: nodal disease (AJCC 8, trunk and extremities), not distant metastasis."""
    return any(
        f.kind == "m-category"
        and (f.when is None or stage.when is None or f.when.after(stage.when) is not True)
        and (f.when is None or stage.when is None or stage.when.after(f.when) is not True)
        for f in spread.absent
    )


def other_malignancies(view: View, histology: Fact) -> list[Finding]:
    """Second active malignancies that could be the origin of a metastasis.

    A code that is only a site ("malignant neoplasm of breast") is not a second malignancy when no Condition names the
    sarcoma itself: then it is where the sarcoma is (an angiosarcoma of the breast).
    """
    organ = CONCEPTS[histology.value].site if isinstance(histology.value, str) else ""
    named = view.affirmed("other-malignancy")
    where_it_is = {(f.reference, f.concept) for f in named if organ and f.text("site") == organ}
    found = [
        f
        for f in named
        if f.active
        and f.attributes.get("metastasises") is not False
        and (f.attributes.get("metastatic") is True or f.reference not in view.sarcoma)
        and (f.reference, f.concept) not in where_it_is
    ]
    if found and view.sarcoma and not any(r.startswith("Condition") for r in view.sarcoma):
        site_codes = {f.concept for f in found if not f.from_text}
        if len(site_codes) == 1 and all(f.concept in site_codes for f in found):
            return []
    return found


def judge_status(view: View, spread: Spread, histology: Fact) -> Fact:
    """yes, no, unknown or conflicting."""
    tied = [f for f in spread.current if view.tie(f) == "sarcoma"]
    current = tied or spread.current
    if current:
        ruled_out = [f for f in spread.absent if _newer_than_all(f, spread.current) and _covers(f, spread.current)]
        if ruled_out:
            return known("no", ruled_out + current)
        same_day = [f for f in spread.absent if f.kind == "m-category" and _same_day(f, current)]
        if same_day and not any(f.kind == "metastasis" and f.when is None for f in current):
            return conflicting(current + same_day)
        rivals = [] if tied else other_malignancies(view, histology)
        if rivals:
            return conflicting(current + rivals, {"reason": "origin not stated: more than one active malignancy"})
        return known("yes", current)
    if spread.absent and not _evidence_after(spread):
        return known("no", spread.absent)
    benign = benign_only(view)
    if benign and not (spread.past or spread.weak or spread.nodes or spread.of_another):
        return known("no", benign)
    return unknown(spread.past + spread.weak + spread.nodes + spread.of_another)


def _newer_than_all(absence: Finding, present: list[Finding]) -> bool:
    return absence.when is not None and all(f.when is not None and absence.when.after(f.when) is True for f in present)


def _covers(absence: Finding, present: list[Finding]) -> bool:
    """Whether a denial speaks of all that is known: "no lung metastases" does of those in the chest only."""
    return absence.concept != "lung" or all(sites and _CHEST.issuperset(sites) for sites in map(sites_of, present))


def _same_day(absence: Finding, present: list[Finding]) -> bool:
    newest = max((f.when for f in present if f.when), key=lambda when: when.high, default=None)
    return absence.when is not None and newest is not None and absence.when == newest


def _evidence_after(spread: Spread) -> bool:
    """Whether weaker evidence of metastasis (suspected, past, nodal) is newer than every statement of absence."""
    newest = max((f.when for f in spread.absent if f.when), key=lambda when: when.high, default=None)
    later = [f for f in spread.weak + spread.past + spread.nodes if f.when and not f.attributes.get("suspicion")]
    if newest is None:
        return bool(spread.past) and not any(f.from_text for f in spread.absent)
    return any(f.when is not None and f.when.after(newest) is True for f in later)


def judge_sites(spread: Spread, status: Fact, lesions: dict[str, dict[str, object]]) -> Fact:
    """The sites of current metastases, each with its first date, count and largest size in the detail."""
    if status.value == "no":
        return known([], spread.absent)
    by_site: dict[str, list[Finding]] = {}
    for finding in spread.current + spread.nodes:
        for site in sites_of(finding):
            by_site.setdefault(site, []).append(finding)
    if not by_site:
        return unknown(spread.current)
    detail: dict[str, object] = {}
    for site, findings in by_site.items():
        shown = dict(lesions.get(site, {}))
        if first := earliest(f.when for f in findings if f.when):
            shown["first"] = first.text
        detail[site] = shown
    ordered = [site for site in SITES if site in by_site]
    return known(ordered, [f for site in ordered for f in by_site[site]], detail)


def sites_of(finding: Finding) -> list[str]:
    """The metastatic sites one finding names."""
    named = [finding.concept, finding.text("site") if finding.kind != "metastasis" else ""]
    listed = finding.attributes.get("sites")
    named += listed if isinstance(listed, tuple) else ()
    return [site for site in dict.fromkeys(named) if site in SITES]


def first_metastasis(spread: Spread) -> tuple[PartialDate | None, list[Finding], bool]:
    """When the first metastasis was found, the evidence, and whether a recording date stands in for it."""
    dated = spread.dated()
    first = earliest(f.when for f in dated if f.when)
    if first is None:
        return None, [], False
    decisive = [f for f in dated if f.when and f.when.low == first.low]
    return first, decisive, all(f.fallback or (f.from_text and not f.active) for f in decisive)
