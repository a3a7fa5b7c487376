"""How many metastases there are and how large the largest is, by organ and in total."""

from datetime import timedelta
from decimal import Decimal

from mappers.facts import Fact
from mappers.judgement.metastasis import Spread, sites_of
from mappers.judgement.view import View, known, unknown
from mappers.reading.finding import Finding, newest_first
from mappers.terminology import SITES

TOTAL = "total"
_SAME_FINDING = timedelta(days=45)
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
    """Counts by organ and the total: the stated one, else the sum when every involved organ has a count.

    "At least 4", "2-3" and new lesions beside older ones are no counts, but lower bounds: of organs in the detail's
    `at_least`, of all of them in its `partial_sum`.
    """
    stated: dict[str, Finding] = {}
    for finding in _preferred(view.affirmed("lesion-count")):
        stated.setdefault(_where(finding, involved), finding)
    counts: dict[str, int] = {}
    least: dict[str, int] = {}
    for site, finding in stated.items():
        (least if _is_least(finding, site, view) else counts)[site] = _integer(finding)
    used = list(stated.values())
    for site, findings in _one_by_one(view, sizes).items():
        if site not in counts and len(findings) >= least.get(site, 0):
            counts[site] = len(findings)
            least.pop(site, None)
            used += findings
    detail = _complete(counts, least, involved)
    if not counts:
        return unknown(used, detail), {}
    ordered = {key: counts[key] for key in (TOTAL, *SITES) if key in counts}
    return known(ordered, used, detail), ordered


def _complete(counts: dict[str, int], least: dict[str, int], involved: list[str]) -> dict[str, object]:
    """Adds the total, or the only organ's count, to the counts; what there is instead of a total is the detail."""
    detail: dict[str, object] = {}
    if TOTAL in counts:
        if len(involved) == 1 and involved[0] not in least:
            counts.setdefault(involved[0], counts[TOTAL])
    else:
        by_organ = {site: count for site, count in counts.items() if site in SITES}
        if TOTAL not in least and involved and all(site in by_organ for site in involved):
            counts[TOTAL] = sum(by_organ.values())
            detail["total_is"] = "sum of the organs"
        elif by_organ or least:
            bounds = sum((least | by_organ).get(site, 0) for site in SITES)
            detail["partial_sum"] = max(bounds, least.get(TOTAL, 0))
    if organs := {site: least[site] for site in SITES if site in least}:
        detail["at_least"] = organs
    return detail


def _is_least(finding: Finding, site: str, view: View) -> bool:
    """Whether a count is a lower bound. A count of new lesions is the count when there were none before."""
    if not finding.attributes.get("at_least"):
        return False
    if not finding.attributes.get("new"):
        return True
    earlier = (
        *view.affirmed("lesion-count"),
        *(f for f in view.affirmed("metastasis") if site in (TOTAL, *sites_of(f))),
    )
    return any(_is_before(other, finding) for other in earlier)


def _is_before(other: Finding, finding: Finding) -> bool:
    """Whether something was found well before, and not told of the same images a few days on."""
    if other.when is None or finding.when is None:
        return other.reference != finding.reference
    return finding.when.low - other.when.high > _SAME_FINDING


def _preferred(findings: list[Finding]) -> list[Finding]:
    """Stated facts first, then the newest; within one resource the larger number, a count before a lower bound."""
    ordered = sorted(findings, key=lambda f: (-_integer(f), bool(f.attributes.get("at_least"))))
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
