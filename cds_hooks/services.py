"""What a service is to the outside, and what answers its calls."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from starlette.routing import Router

from cds_hooks.envelope import HookCall
from cds_hooks.prefetch import Received, Template

SPECIFICATION_VERSION = "2.0.1"


@dataclass(frozen=True, slots=True)
class Service:
    """One CDS service as discovery lists it."""

    id: str
    hook: str
    title: str
    description: str
    usage_requirements: str
    templates: tuple[Template, ...]

    def to_json(self) -> dict[str, Any]:
        """The entry of the discovery response."""
        entry: dict[str, Any] = {
            "hook": self.hook,
            "title": self.title,
            "description": self.description,
            "id": self.id,
            "version": SPECIFICATION_VERSION,
        }
        if self.templates:
            entry["prefetch"] = {template.key: template.query for template in self.templates}
        if self.usage_requirements:
            entry["usageRequirements"] = self.usage_requirements
        return entry


@dataclass(frozen=True, slots=True)
class Answer:
    """The cards of one call; `explain` makes the decision behind them, as ``/explain`` shows it without the cards."""

    cards: Sequence[Mapping[str, Any]]
    explain: Callable[[], Mapping[str, Any]]


class Guidance(Protocol):
    """Content that answers hook calls: our guideline, or another one's FHIR content.

    `answer` runs in a worker thread, several at once; it must not keep state between calls.
    """

    @property
    def services(self) -> Sequence[Service]:
        """The services, each id once."""

    @property
    def version(self) -> str:
        """The version of the content."""

    @property
    def faults(self) -> Sequence[str]:
        """What is wrong with the parts of the content that are left out, a finding each; none when all of it serves."""

    @property
    def titles(self) -> Mapping[str, str]:
        """The titles of the recommendations that explanations name, by id."""

    def pages(self) -> Router:
        """The pages about the content itself, without any patient.

        Not a router of FastAPI: that keeps what its routes refer to, and with it content that was replaced.
        """

    def answer(self, service: Service, call: HookCall, received: Received) -> Answer:
        """Evaluates one call over the data that came. Raises ``CallError`` when it cannot be answered."""
