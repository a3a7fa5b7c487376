"""Fetching one key: its read or search, page after page, within a time, a size and a number of pages."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from urllib.parse import urljoin

from cds_hooks.audit import FhirQuery
from cds_hooks.errors import CallError
from cds_hooks.fhir_access import Coverage, within
from cds_hooks.outbound import Outbound
from cds_hooks.prefetch.asking import Answer, Asking
from cds_hooks.prefetch.breaker import Breaker
from cds_hooks.prefetch.pages import Pages, Reading
from cds_hooks.prefetch.source import Source
from cds_hooks.prefetch.templates import Template
from cds_hooks.settings import FhirSettings

COUNT = 1000
"""The size of page that is asked for: the largest that servers commonly give."""


@dataclass(slots=True)
class Fetch:
    """One key to be fetched, and what became of it."""

    template: Template
    url: str
    """What to ask first: the template's query, or the next page of what came by prefetch."""
    pages: Pages
    """What has come so far, if that is to be continued."""
    coverage: Coverage
    queries: list[FhirQuery] = field(default_factory=list)
    reading: Reading | None = None
    """What came of it; None as long as it is not done."""
    size: int = 0
    """Bytes that the server sent."""

    def run(
        self, source: Source, outbound: Outbound, breaker: Breaker, settings: FhirSettings, deadline: float
    ) -> None:
        """Fetches. Nothing is raised for what a server does; its failures become the reading's reason."""
        deadline = min(deadline, time.monotonic() + settings.timeout_seconds)
        asking = Asking(outbound, source, breaker, self.queries)

        def get(url: str, max_bytes: int) -> Answer:
            if time.monotonic() >= deadline:
                return Answer(None, "timeout")
            return asking.get(url, deadline, max_bytes)

        cut = self._follow(get, source.server, settings)
        if cut is None and self.coverage is Coverage.PART:
            cut = "partial-scope"
        self.reading = self.pages.result(cut)

    def _follow(self, get: Callable[[str, int], Answer], server: str, settings: FhirSettings) -> str | None:
        """Takes in page after page; returns why the rest was not read, None when there is none."""
        url, seen = self.url, set[str]()
        for _ in range(settings.pages):
            seen.add(url)
            answer = get(url, settings.answer_bytes - self.size)
            self.size += answer.size
            if answer.reason is not None:
                return answer.reason
            fault = self._take(answer.value)
            if fault == "other-fhir-version" or self.pages.next is None:
                return fault
            following = within(server, urljoin(url, self.pages.next))
            if following is None:
                return "next-elsewhere"
            if following in seen or self.pages.repeats:
                return "endless-paging"
            url = following
        return "too-many-pages"

    def _take(self, value: object) -> str | None:
        try:
            fault = self.pages.add(value, self.template.key)
        except CallError:
            fault = "other-fhir-version"
        if fault is not None:
            self.queries[-1] = replace(self.queries[-1], error=fault)
        return fault
