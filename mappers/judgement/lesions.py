"""How many metastases there are and how large the largest is, by organ and in total."""

from decimal import Decimal

from mappers.facts import Fact
from mappers.judgement.metastasis import Spread, sites_of
from mappers.judgement.view import View, known, unknown
from mappers.reading.finding import Finding, newest_first
from mappers.terminology import SITES

TOTAL = "total"
_ORGANS_OF_LESIONS = ("lung", "pleura", "liver", "bone", "brain", "lymph-node", "adrenal")


def is_lesion_size(finding: Finding, view: View, involved: list[str], primary_organ: str) -> bool:
    """Whether a tumour size is a metastasis' rather than the primary's: by its focus, else by its organ."""
    focus = finding.text("focus")
    if focus:
        if any(f.reference == focus for f in view.affirmed("metastasis")):
            return True
        if focus in view.sarcoma:
            return False
    site = finding.text("site")
    if site == primary_organ:
        return False
    return site in _ORGANS_OF_LESIONS or (bool(site) and site in involved)


def involved_sites(spread: Spread) -> list[str]:
    """The organs with current metastases."""
    found = {site for finding in spread.current + spread.nodes for site in sites_of(finding)}
    return [site for site in SITES if site in found]


def judge_counts(view: View, involved: list[str], sizes: list[Finding]) -> tuple[Fact, dict[str, int]]:
    """Counts by organ and the total: the stated one, else the sum when every involved organ has a count."""
    stated: dict[str, Finding] = {}
    for finding in _preferred(view.affirmed("lesion-count")):
        stated.setdefault(_where(finding, involved), finding)
    counts = {site: _integer(finding) for site, finding in stated.items()}
    used = list(stated.values())
    for site, findings in _one_by_one(view, sizes).items():
        if site not in counts:
            counts[site] = len(findings)
            used += findings
    detail: dict[str, object] = {}
    if TOTAL not in counts:
        by_organ = {site: count for site, count in counts.items() if site in SITES}
        if involved and all(site in by_organ for site in involved):
            counts[TOTAL] = sum(by_organ.values())
            detail["total_is"] = "sum of the organs"
        elif by_organ:
            detail["partial_sum"] = sum(by_organ.values())
    elif len(involved) == 1:
        counts.setdefault(involved[0], counts[TOTAL])
    if not counts:
        return unknown(), {}
    ordered = {key: counts[key] for key in (TOTAL, *SITES) if key in counts}
    return known(ordered, used, detail), ordered


def _preferred(findings: list[Finding]) -> list[Finding]:
    """Stated facts first, then the newest; within one resource the larger number."""
    ordered = sorted(findings, key=lambda f: -_integer(f))
    return sorted(newest_first(ordered), key=lambda f: not f.attributes.get("direct"))


def _where(finding: Finding, involved: list[str]) -> str:
    site = finding.text("site")
    if site in SITES:
        return site
    if not finding.attributes.get("direct") and len(involved) == 1:
        return involved[0]
    return TOTAL


def _integer(finding: Finding) -> int:
    count = finding.attributes.get("count")
    return count if isinstance(count, int) else 0


def _one_by_one(view: View, sizes: list[Finding]) -> dict[str, list[Finding]]:
    """Lesions each recorded by itself: BodyStructures, or two and more sizes of one organ on its newest day."""
    found: dict[str, list[Finding]] = {}
    for finding in view.affirmed("lesion"):
        found.setdefault(finding.text("site"), []).append(finding)
    by_organ: dict[str, list[Finding]] = {}
    for finding in sizes:
        by_organ.setdefault(finding.text("site"), []).append(finding)
    for site, findings in by_organ.items():
        newest = newest_first(findings)[0].when
        same_day = {f.text("focus") or f.reference: f for f in findings if f.when == newest}
        if site and site not in found and len(same_day) > 1:
            found[site] = list(same_day.values())
    return found


def judge_largest(view: View, involved: list[str], sizes: list[Finding]) -> tuple[Fact, dict[str, float]]:
    """The largest lesion of each organ, by its newest measurements."""
    measured = [f for f in view.affirmed("lesion-size") if _cm(f) is not None] + sizes
    by_organ: dict[str, list[Finding]] = {}
    for finding in sorted(measured, key=lambda f: not f.attributes.get("direct")):
        site = finding.text("site")
        if site not in SITES:
            if len(involved) != 1:
                continue
            site = involved[0]
        by_organ.setdefault(site, []).append(finding)
    largest: dict[str, float] = {}
    used: list[Finding] = []
    for site in SITES:
        if site not in by_organ:
            continue
        findings = by_organ[site]
        direct = [f for f in findings if f.attributes.get("direct")]
        newest = newest_first(direct or findings)[0]
        group = [newest] if direct else [f for f in findings if f.when == newest.when]
        best = max(group, key=lambda f: _cm(f) or Decimal(0))
        largest[site] = float(_cm(best) or 0)
        used.append(best)
    return (known(dict(largest), used), largest) if largest else (unknown(), {})


def _cm(finding: Finding) -> Decimal | None:
    value = finding.attributes.get("cm")
    return value if isinstance(value, Decimal) else None


def judge_primary_size(view: View, sizes: list[Finding]) -> Fact:
    """The largest dimension of the primary; pathology (before treatment shrank or removed it) over imaging, newest."""
    found = sizes + [f for f in view.affirmed("primary-size") if _cm(f) is not None]
    if not found:
        return unknown()
    best = max(newest_first(found)[:1] + [f for f in found if f.text("specimen")], key=lambda f: _cm(f) or Decimal(0))
    return known(float(_cm(best) or 0), [best])
