"""The record being read, and one resource of it as a source of findings."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

from mappers.facts import Evidence, Problem
from mappers.fhir import dates
from mappers.fhir.dates import PartialDate
from mappers.fhir.read import Json, as_dict
from mappers.fhir.references import ReferenceIndex
from mappers.reading.finding import CLINICAL, Finding


@dataclass(slots=True)
class Record:
    """Everything read so far from one patient's resources."""

    as_of: date
    index: ReferenceIndex
    birth: PartialDate | None = None
    findings: list[Finding] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)

    def problem(self, reference: str, reason: str) -> None:
        """Notes what could not be read; said once for each resource and reason."""
        found = Problem(reference, reason)
        if found not in self.problems:
            self.problems.append(found)

    def date(self, value: object, reference: str, element: str) -> PartialDate | None:
        """A past date; a malformed one, or one in the future, is a problem and counts as not given."""
        if value is None:
            return None
        found = dates.parse(value)
        if found is None:
            self.problem(reference, f"{element}: not a date")
        elif self._is_future(found):
            self.problem(reference, f"{element}: a date in the future")
            return None
        return found

    def _is_future(self, found: PartialDate) -> bool:
        return found.low - self.as_of > timedelta(days=1)  # a day's grace for time zones

    def period(self, value: object, reference: str, element: str) -> tuple[PartialDate | None, PartialDate | None]:
        """Start and end of a Period; an end in the future means "still running" and is left out in silence."""
        period = as_dict(value)
        end = dates.parse(period.get("end"))
        if end is not None and self._is_future(end):
            end = None
        elif end is None and period.get("end") is not None:
            self.problem(reference, f"{element}.end: not a date")
        return self.date(period.get("start"), reference, f"{element}.start"), end


@dataclass(slots=True)
class Source:
    """One resource while it is read: what holds for every finding out of it."""

    record: Record
    resource: Json
    reference: str
    when: PartialDate | None = None
    fallback: bool = False
    active: bool = True
    confirmed: bool = True
    authority: int = CLINICAL
    added: list[Finding] = field(default_factory=list)
    treatment: Mapping[str, object] = field(default_factory=dict)
    """what holds for every drug its words name: start, end, state"""
    exam: str = ""
    """the only part of the body that was looked at: a site of metastases, or "limited" """

    def date(self, *elements: str) -> PartialDate | None:
        """The first of these elements that holds a usable date."""
        for element in elements:
            if found := self.record.date(self.resource.get(element), self.reference, element):
                return found
        return None

    def problem(self, reason: str) -> None:
        """Notes something of this resource that could not be read."""
        self.record.problem(self.reference, reason)

    def add(
        self,
        kind: str,
        concept: str,
        rule: str,
        words: str = "",
        *,
        polarity: str = "affirmed",
        active: bool | None = None,
        confirmed: bool | None = None,
        authority: int | None = None,
        from_text: bool = False,
        extra: Mapping[str, object] | None = None,
        **attributes: object,
    ) -> Finding:
        """Adds a finding with this resource's date, standing and authority, unless told otherwise.

        Attributes are given by name, those of a text mention as `extra`.
        """
        finding = Finding(
            kind,
            concept,
            Evidence(self.reference, rule, words[:200], self.when.text if self.when else None),
            self.when,
            self.fallback,
            polarity,
            self.active if active is None else active,
            self.confirmed if confirmed is None else confirmed,
            self.authority if authority is None else authority,
            from_text,
            {**extra, **attributes} if extra else attributes,
        )
        self.added.append(finding)
        self.record.findings.append(finding)
        return finding

    def has(self, kind: str) -> bool:
        """Whether this resource has already given a finding of a kind."""
        return any(finding.kind == kind for finding in self.added)
