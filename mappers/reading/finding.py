"""A finding: one thing one resource says, in code or in words, before any judgement."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from mappers.facts import Evidence
from mappers.fhir.dates import PartialDate

NO_ATTRIBUTES: Mapping[str, object] = MappingProxyType({})
PATHOLOGY, CLINICAL, PROBLEM_LIST = 3, 2, 1


@dataclass(frozen=True, slots=True)
class Finding:
    """One statement of the record.

    `kind` and `concept` say what (the kinds of text mentions, and more for codes); `polarity` whether it is affirmed,
    negated or uncertain; `active` whether it is current rather than history; `confirmed` whether the resource stands
    by it (a provisional diagnosis does not). `when` is the best date, `fallback` marks a recording date that stands in
    for an onset. `authority` ranks pathology over clinical observations over the problem list.
    """

    kind: str
    concept: str
    evidence: Evidence
    when: PartialDate | None = None
    fallback: bool = False
    polarity: str = "affirmed"
    active: bool = True
    confirmed: bool = True
    authority: int = CLINICAL
    from_text: bool = False
    attributes: Mapping[str, object] = field(default_factory=lambda: NO_ATTRIBUTES)

    @property
    def reference(self) -> str:
        """The resource it was read from."""
        return self.evidence.reference

    @property
    def affirmed(self) -> bool:
        """Whether it is said to be so, by a source that stands by it."""
        return self.polarity == "affirmed" and self.confirmed

    def text(self, name: str) -> str:
        """A string attribute, empty when absent."""
        value = self.attributes.get(name)
        return value if isinstance(value, str) else ""


def newest_first(findings: list[Finding]) -> list[Finding]:
    """Sorted by date, the newest first; undated ones last; ties by authority, then by reference for determinism."""
    return sorted(
        findings,
        key=lambda f: (
            f.when is None,
            -(f.when.high.toordinal() if f.when else 0),
            -f.authority,
            f.reference,
            f.evidence.rule,
            f.concept,
        ),
    )
