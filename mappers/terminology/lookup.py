"""One merged table of all codes: a coding is looked up once and answers with everything it means.

A code may mean several things at once ("metastatic synovial sarcoma" is a histology and a metastasis) or, being
ambiguous, one of several, to be decided by the site or the words beside it.
"""

from collections.abc import Iterable
from functools import cache
from typing import NamedTuple

from mappers.fhir.read import Coding
from mappers.fhir.systems import broader, guess_system, normalise, system_key
from mappers.recall import remembered
from mappers.terminology.tables import table


class Rule(NamedTuple):
    """How an ambiguous code is decided: at this site, or beside text that names this concept."""

    test: str
    wanted: str
    concept: str


class Meaning(NamedTuple):
    """One meaning of a code.

    `family` is histology, metastasis, malignancy, condition, drug, procedure, observable, answer or site; `concept`
    the key within it. `detail` is the answer's value, the metastasis' origin ("sarcoma", "other" or empty), or "yes"
    where a histology implies metastasis or a malignancy can metastasise.
    """

    family: str
    concept: str
    site: str = ""
    detail: str = ""
    rules: tuple[Rule, ...] = ()
    system: str = ""


Table = dict[tuple[str, str], tuple[Meaning, ...]]


def _rows() -> Iterable[tuple[str, str, Meaning]]:
    for row in table("histology"):
        yield row["system"], row["code"], Meaning("histology", row["concept"], "", row["metastatic"])
    rules: dict[tuple[str, str, str], list[Rule]] = {}
    for row in table("ambiguous"):
        test, wanted = row["when"].split(":")
        key = (row["system"], row["code"], row["otherwise"])
        rules.setdefault(key, []).append(Rule(test, wanted, row["concept"]))
    for (system, code, otherwise), found in rules.items():
        yield system, code, Meaning("histology", otherwise, rules=tuple(found))
    for row in table("metastasis"):
        yield row["system"], row["code"], Meaning("metastasis", row["meaning"], row["site"], row["origin"])
    for row in table("malignancies"):
        yield row["system"], row["code"], Meaning("malignancy", row["malignancy"], row["site"], row["metastasises"])
    for family, name in (("condition", "conditions"), ("observable", "observables"), ("drug", "drugs")):
        for row in table(name):
            yield row["system"], row["code"], Meaning(family, row[family])
    for row in table("procedures"):
        yield row["system"], row["code"], Meaning("procedure", row["procedure"])
    for row in table("answers"):
        yield row["system"], row["code"], Meaning("answer", row["question"], "", row["answer"])
    for row in table("sites"):
        yield row["system"], row["code"], Meaning("site", row["site"], row["site"])


@cache
def _merged() -> Table:
    merged: dict[tuple[str, str], list[Meaning]] = {}
    for system, code, meaning in _rows():
        merged.setdefault((system, normalise(system, code)), []).append(meaning._replace(system=system))
    return {key: tuple(found) for key, found in merged.items()}


@remembered(maxsize=16384)
def meanings(system: str, code: str) -> tuple[Meaning, ...]:
    """What a code means, given its system as written (URI, OID, loose name or nothing) and the code as written."""
    key = system_key(system) or guess_system(code)
    if not key or key == "local":
        return ()
    merged = _merged()
    spelled = normalise(key, code)
    for candidate in broader(key, spelled):
        if found := merged.get((key, candidate)):
            return found
    if key == "icd-o-3" and spelled.endswith(("/6", "/9")):
        return _other_behaviour(spelled, merged)
    return ()


def _other_behaviour(code: str, merged: Table) -> tuple[Meaning, ...]:
    """ICD-O /6 is the metastasis of the /3 tumour; /9 leaves primary or metastatic open and names the tumour only."""
    malignant = merged.get(("icd-o-3", code[:-1] + "3"), ())
    if code.endswith("/9"):
        return malignant
    tumours = tuple(meaning._replace(detail="yes") for meaning in malignant if meaning.family == "histology")
    return tumours or (Meaning("metastasis", "metastasis", system="icd-o-3"),)


def meanings_of(codings: Iterable[Coding], family: str) -> list[tuple[Coding, Meaning]]:
    """The meanings of one family among several codings, with the coding each came from."""
    return [
        (coding, meaning)
        for coding in codings
        for meaning in meanings(coding.system, coding.code)
        if meaning.family == family
    ]
