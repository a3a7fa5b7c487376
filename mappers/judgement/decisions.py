"""Yes-or-no facts that are stated, directly or in words: resectability, fitness for surgery, urgency, control."""

from collections.abc import Iterable

from mappers.facts import Fact
from mappers.judgement.view import View, conflicting, known, unknown
from mappers.reading.finding import Finding, newest_first


def newest_statement(findings: Iterable[Finding]) -> list[Finding]:
    """The statements that count: of those stated as facts, else of all, the newest day's."""
    found = list(findings)
    stated = newest_first([f for f in found if f.attributes.get("direct")] or found)
    return [f for f in stated if f.when == stated[0].when] if stated else []


def decided(findings: Iterable[Finding]) -> Fact:
    """yes or no by the newest statement; two of one day that disagree are a conflict."""
    newest = newest_statement(findings)
    if not newest:
        return unknown()
    answers = {_answer(f) for f in newest}
    return known(answers.pop(), newest) if len(answers) == 1 else conflicting(newest)


def _answer(finding: Finding) -> str:
    says_no = finding.concept in ("no", "not-needed") or finding.polarity == "negated"
    return "no" if says_no else "yes"


def statements(view: View, kind: str) -> list[Finding]:
    """Affirmed and negated statements of a kind; uncertain ones, and "unresectable: no", decide nothing."""
    return [f for f in view.all(kind) if f.confirmed and f.polarity != "uncertain" and not _denies_no(f)]


def _denies_no(finding: Finding) -> bool:
    return finding.polarity == "negated" and finding.concept in ("no", "not-needed")


def judge_resection(view: View, involved: list[str]) -> Fact:
    """Whether complete resection is feasible, by organ where stated.

    A statement without an organ applies when at most one organ is involved. The value speaks for the whole patient:
    it is given when every involved organ has the same answer.
    """
    found = statements(view, "resectable")
    by_organ: dict[str, Fact] = {}
    for organ in dict.fromkeys(f.text("site") for f in found):
        by_organ[organ] = decided(f for f in found if f.text("site") == organ)
    if not by_organ:
        return unknown()
    whole = by_organ.pop("", None)
    if whole is not None and len(involved) == 1 and involved[0] not in by_organ:
        by_organ[involved[0]] = whole
    detail = {"by_organ": {organ: fact.value for organ, fact in by_organ.items() if fact.value}}
    wanted = [by_organ.get(organ) for organ in involved] if involved else [whole or next(iter(by_organ.values()), None)]
    answers = {fact.value if fact else None for fact in wanted}
    evidence = tuple(dict.fromkeys(e for f in (*by_organ.values(), *([whole] if whole else ())) for e in f.evidence))
    if any(fact and fact.status == "conflicting" for fact in wanted):
        return Fact(None, "conflicting", None, evidence, detail)
    if len(answers) == 1 and (answer := answers.pop()) is not None:
        return Fact(answer, "known", None, evidence, detail)
    return Fact(None, "unknown", None, evidence, detail)


def judge_surgical_candidate(view: View) -> Fact:
    """Fit for surgery or not; nothing recorded is "no known exclusion"."""
    fact = decided(statements(view, "surgical-candidate"))
    return fact if fact.status != "unknown" else unknown(detail={"none_on_record": True})


def judge_urgent_shrinkage(view: View) -> Fact:
    """Whether tumour shrinkage is needed urgently; "none" when nothing is recorded."""
    fact = decided(statements(view, "urgent-shrinkage"))
    return fact if fact.status != "unknown" else known("none", [])


def judge_extrahepatic(view: View) -> Fact:
    """Whether disease outside the liver is controlled."""
    return decided(statements(view, "extrahepatic-controlled"))
