"""Two versions of a guideline over the same patients: statuses and cards of each, and what differs."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, time
from functools import cached_property
from pathlib import Path
from typing import Any, Protocol

from authoring.card_view import card_lines
from authoring.files import FileProblem
from authoring.record_file import RecordFile
from mappers import PatientFacts, map_patient

Json = Mapping[str, Any]
_GUIDANCE_URL = "http://127.0.0.1:8000/guidance"
_WIDTH = 100


@dataclass(frozen=True)
class Call:
    """One patient at one hook."""

    patient: str
    hook: str
    record: RecordFile

    @cached_property
    def facts(self) -> PatientFacts:
        """The patient's facts: the same for all versions, since no guideline decides how a record is read.

        Raises ``FileProblem``.
        """
        context = self.record.context
        try:
            return map_patient(
                self.record.resources,
                patient_id=context.get("patientId"),
                drafts=context.get("draftOrders") or (),
                selections=context.get("selections"),
                as_of=self.record.as_of,
            )
        except ValueError as error:
            message = f"{self.patient}, as of {self.record.as_of}: {error}; give a day such as 2026-11-21"
            raise FileProblem(message) from error

    @property
    def now(self) -> datetime:
        """Noon of the day of the call."""
        return datetime.combine(self.facts.as_of, time(12), UTC)


@dataclass(frozen=True, slots=True)
class Seen:
    """What one version says in one call: the status of each recommendation (of FHIR content: of each action)."""

    statuses: Mapping[str, str]
    cards: tuple[Json, ...]

    @property
    def lines(self) -> list[str]:
        """The cards as a reader sees them."""
        return [line for card in self.cards for line in (*card_lines(card, _WIDTH), "")]


class Version(Protocol):
    """A guideline that can be applied."""

    def see(self, call: Call) -> Seen:
        """Its statuses and cards. Raises ``FileProblem`` when the call cannot be answered."""


class GuidelineVersion:
    """Content in the form of this product's guideline."""

    def __init__(self, folder: Path) -> None:
        """Raises ``ContentError``."""
        from plandefinitions.guideline import Guideline, GuidelineSettings

        self._guideline = Guideline.load(GuidelineSettings(content=folder))

    def see(self, call: Call) -> Seen:
        """The status of every entry of the hook."""
        from plandefinitions.guideline.cards import build_cards

        decisions = self._guideline.decide(call.facts, call.hook, call.now)
        statuses = {one.id: one.status for one in decisions.decisions}
        return Seen(statuses, tuple(build_cards(decisions, _GUIDANCE_URL)))


class ContentVersion:
    """FHIR content of any author; plans with errors are left out."""

    def __init__(self, folder: Path) -> None:
        from plandefinitions.apply import load

        loaded = load([folder])
        self._content = loaded.content
        self.errors = loaded.errors

    def see(self, call: Call) -> Seen:
        """The status of every action that is judged, of the plans that answer to the hook."""
        from plandefinitions.apply import ApplyProblem, apply_all, hook_request
        from plandefinitions.cards import cards_of

        subject = call.record.context.get("patientId")
        try:
            request = hook_request(
                call.record.resources, hook=call.hook, subject=subject, context=call.record.context, now=call.now
            )
            plans = [one for one in self._content.plans if call.hook in one.events]
            answers = apply_all(self._content, plans, request)
        except ApplyProblem as problem:
            raise FileProblem(f"{call.patient}: {problem}") from problem
        statuses = {
            f"{answer.plan.id}/{one.id or one.address}": one.status for answer in answers for one in answer.decisions
        }
        return Seen(statuses, tuple(one.json for one in cards_of(answers, terminology=self._content.terminology)))


@dataclass(frozen=True, slots=True)
class Difference:
    """One call in which the versions differ."""

    call: Call
    before: Seen
    after: Seen

    @property
    def statuses(self) -> Iterator[tuple[str, str, str]]:
        """(recommendation, status before, status after) of those that changed; ``absent``: the version lacks it."""
        for name in dict.fromkeys((*self.before.statuses, *self.after.statuses)):
            before, after = (one.statuses.get(name, "absent") for one in (self.before, self.after))
            if before != after:
                yield name, before, after

    def card_diff(self) -> Iterator[str]:
        """The cards' text as a unified diff; nothing when it is the same."""
        return difflib.unified_diff(self.before.lines, self.after.lines, "before", "after", lineterm="", n=1)

    def to_json(self) -> dict[str, Any]:
        """As plain JSON; cards only where their text differs."""
        changed = [{"id": name, "before": before, "after": after} for name, before, after in self.statuses]
        cards = {"before": list(self.before.cards), "after": list(self.after.cards)}
        return {
            "patient": self.call.patient,
            "hook": self.call.hook,
            "statuses": changed,
            **({"cards": cards} if self.before.lines != self.after.lines else {}),
        }


def compare(before: Version, after: Version, call: Call) -> Difference | None:
    """What differs in one call; None when nothing does."""
    seen = Difference(call, before.see(call), after.see(call))
    same = seen.before.statuses == seen.after.statuses and seen.before.lines == seen.after.lines
    return None if same else seen
