"""The patient's condition: performance status, grade, heart, pregnancy, symptoms, nodes."""

from decimal import Decimal

from mappers.facts import Fact
from mappers.judgement.metastasis import Spread
from mappers.judgement.view import View, known, unknown
from mappers.reading.finding import Finding, newest_first

_ECOG_OF_KARNOFSKY = ((90, 0), (70, 1), (50, 2), (30, 3), (10, 4), (0, 5))
_SYMPTOMS = ("pain-at-metastasis", "cord-compression", "neurological")


def judge_ecog(view: View) -> Fact:
    """The newest ECOG score, else the newest Karnofsky converted and marked so. Of one day, the worse counts."""
    if scored := _newest_scores(view, "ecog"):
        worst = max(scored, key=_score)
        return known(_score(worst), [worst])
    if scored := _newest_scores(view, "karnofsky"):
        worst = min(scored, key=_score)
        karnofsky = _score(worst)
        ecog = next(ecog for lowest, ecog in _ECOG_OF_KARNOFSKY if karnofsky >= lowest)
        detail = {"converted_from": "karnofsky", "karnofsky": karnofsky, "origin": "local"}
        return known(ecog, [worst], detail)
    return unknown()


def _newest_scores(view: View, kind: str) -> list[Finding]:
    scored = newest_first([f for f in view.affirmed(kind) if f.active and isinstance(f.attributes.get("score"), int)])
    return [f for f in scored if f.when == scored[0].when]


def _score(finding: Finding) -> int:
    score = finding.attributes.get("score")
    return score if isinstance(score, int) else 0


def judge_grade(view: View) -> Fact:
    """FNCLCC grade: pathology's newest, else the newest."""
    found = [f for f in view.affirmed("grade") if f.concept in ("1", "2", "3")]
    if not found:
        return unknown()
    top = max(f.authority for f in found)
    best = newest_first([f for f in found if f.authority == top])[0]
    return known(int(best.concept), [best])


def judge_cardiac(view: View) -> Fact:
    """The newest ejection fraction, and heart failure on record."""
    measured = newest_first([f for f in view.affirmed("lvef") if f.attributes.get("percent") is not None])
    measured = [f for f in measured if f.active] or measured  # what was measured before tells something, if little
    failing = [f for f in view.affirmed("heart-failure") if f.active or f.from_text]  # "history of CHF" counts, too
    value: dict[str, object] = {"lvef_percent": None, "lvef_date": None, "heart_failure": "yes" if failing else "none"}
    if measured:
        percent = Decimal(str(measured[0].attributes["percent"]))
        value["lvef_percent"] = int(percent) if percent == percent.to_integral_value() else float(percent)
        value["lvef_date"] = measured[0].when.text if measured[0].when else None
    return known(value, measured[:1] + failing)


def judge_pregnancy(view: View) -> Fact:
    """The newest statement: yes, or none on record."""
    said = newest_first([f for f in view.all("pregnancy") if f.confirmed and f.polarity != "uncertain"])
    if said and said[0].polarity == "affirmed" and said[0].active:
        return known("yes", said[:1])
    return known("none", [])


def judge_symptoms(view: View) -> Fact:
    """Pain at a metastasis, cord compression, neurological symptoms: those recorded as present."""
    present = [f for f in view.affirmed("symptom") if f.active and f.concept in _SYMPTOMS]
    detail = {
        concept: when.text
        for concept in _SYMPTOMS
        if (found := newest_first([f for f in present if f.concept == concept])) and (when := found[0].when)
    }
    return known([s for s in _SYMPTOMS if any(f.concept == s for f in present)], present, detail)


def judge_nodes(view: View, spread: Spread) -> Fact:
    """Regional nodes: enlarged, avid, bulky or growing, and whether a metastasis in them is proven."""
    said = [f for f in view.affirmed("nodes") if f.active]
    if not said:
        return known({}, [])
    value: dict[str, object] = {f.concept: True for f in sorted(said, key=lambda f: f.concept)}
    proven = [f for f in spread.current if f.concept == "lymph-node"]
    coded = [f for f in spread.nodes if not f.from_text]
    biopsies = [f for f in view.affirmed("procedure") if _is_biopsy_since(f, said)]
    if biopsies:
        value["biopsied"] = True
    value["proven"] = bool(proven)
    value["metastasis_coded"] = bool(proven or coded)
    return known(value, said + proven + coded + biopsies)


def _is_biopsy_since(finding: Finding, said: list[Finding]) -> bool:
    """Whether a biopsy is of lymph nodes, and not from before they were seen."""
    if finding.concept != "biopsy" or finding.text("site") != "lymph-node":
        return False
    seen = [f.when.low for f in said if f.when]
    return finding.when is None or not seen or finding.when.high >= min(seen)
