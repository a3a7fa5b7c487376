"""The data of a call: from its prefetch, and what that lacks from the FHIR server that the call names."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from dataclasses import dataclass, replace

from cds_hooks.authentication import Caller
from cds_hooks.envelope import HookCall
from cds_hooks.fhir_access import Coverage, within
from cds_hooks.outbound import Outbound
from cds_hooks.prefetch.breaker import Breakers
from cds_hooks.prefetch.fetching import COUNT, Fetch
from cds_hooks.prefetch.pages import Pages, Reading, State
from cds_hooks.prefetch.received import Received, read_key, types_of
from cds_hooks.prefetch.source import Source, source_of
from cds_hooks.prefetch.templates import Template
from cds_hooks.settings import Settings

_GRACE = 0.05
"""Seconds beyond the budget for the requests that it has just ended to say so."""
_INCOMPLETE = frozenset({State.ABSENT, State.FAILED, State.PARTIAL})
_RANK = {State.ABSENT: 0, State.FAILED: 0, State.EMPTY: 1, State.PARTIAL: 2, State.READ: 3}


@dataclass(frozen=True, slots=True)
class Gathering:
    """What came by prefetch, and what may be fetched."""

    templates: Sequence[Template]
    readings: Mapping[str, Reading]
    wanted: tuple[Fetch, ...]
    """What may be fetched of the rest."""
    source: Source | None
    not_asked: str | None
    """Why there is no source, a code of ``REASONS``."""

    @property
    def received(self) -> Received:
        """What came by prefetch alone."""
        return Received.of(self.templates, self.readings, self.not_asked)


class Gatherer:
    """Gathers the data of calls; one for the process, used by many threads at once.

    All calls share one bounded pool of threads. A key is fetched by one thread from beginning to end and waits for no
    other, so that a full pool delays calls and never blocks them.
    """

    def __init__(self, settings: Settings, outbound: Outbound) -> None:
        self._settings = settings.fhir
        self._demo = settings.demo
        self._outbound = outbound
        self._breakers = Breakers(settings.fhir.breaker_failures, settings.fhir.breaker_seconds)
        self._threads = ThreadPoolExecutor(settings.fhir.connections, "fhir")

    def from_prefetch(self, call: HookCall, templates: Sequence[Template], caller: Caller) -> Gathering:
        """What the call brought. Raises ``CallError`` 400 for resources of another FHIR version."""
        keyed = types_of(templates)
        pages = {one.key: Pages(one, call.patient_id, keyed) for one in templates}
        readings = {one.key: read_key(call.prefetch, one, pages[one.key]) for one in templates}
        source = source_of(call.fhir, caller, call.patient_id, demo=self._demo)
        if isinstance(source, str):
            return Gathering(templates, _explained(readings, source), (), None, source)
        wanted: list[Fetch] = []
        for one in templates:
            if readings[one.key].state not in _INCOMPLETE:
                continue
            if source.covers(one) is Coverage.NONE:
                readings[one.key] = replace(readings[one.key], reason="out-of-scope")
            else:
                wanted.append(_fetch(one, source, pages[one.key], Pages(one, call.patient_id, keyed)))
        wanted.sort(key=lambda one: not one.template.required)
        return Gathering(templates, readings, tuple(wanted), source, None)

    def fetch(self, gathering: Gathering) -> Received:
        """What the call brought, and what of the rest the FHIR server gave. Blocking, within the settings' budget."""
        if gathering.source is not None:
            self._fetch(gathering.wanted, gathering.source)
        readings = dict(gathering.readings)
        for one in gathering.wanted:
            readings[one.template.key] = _better(readings[one.template.key], one)
        queries = [query for one in gathering.wanted for query in tuple(one.queries)]
        fetched = sum(one.size for one in gathering.wanted)
        return Received.of(gathering.templates, readings, gathering.not_asked, queries, fetched)

    def close(self) -> None:
        """Ends the threads as they fall idle."""
        self._threads.shutdown(wait=False, cancel_futures=True)

    def _fetch(self, wanted: Sequence[Fetch], source: Source) -> None:
        """Fetches several keys at once, and returns when all are done or the time is up."""
        deadline = time.monotonic() + self._settings.budget_seconds
        breaker = self._breakers.of(source.server)
        waiting = deque(wanted)

        def lane() -> None:
            while waiting:
                try:
                    one = waiting.popleft()
                except IndexError:  # another lane took the last one
                    return
                one.run(source, self._outbound, breaker, self._settings, deadline)

        lanes = [self._threads.submit(lane) for _ in range(min(len(wanted), self._settings.parallel))]
        done, late = wait(lanes, deadline - time.monotonic() + _GRACE)
        waiting.clear()
        for one in late:
            one.cancel()
        for one in done:
            one.result()


def _fetch(template: Template, source: Source, sent: Pages, fresh: Pages) -> Fetch:
    """How to fetch a key: the rest of a search whose first pages were sent, or all of it."""
    following = within(source.server, sent.next) if sent.next else None
    covered = source.covers(template)
    if following is not None:
        return Fetch(template, following, sent, covered)
    return Fetch(template, source.url(template, COUNT), fresh, covered)


def _explained(readings: Mapping[str, Reading], reason: str) -> Mapping[str, Reading]:
    """Keys that were not sent are not read because there is no source; what was sent has its own reason."""
    return {
        key: replace(one, reason=reason) if one.state is State.ABSENT and reason != "no-fhir-server" else one
        for key, one in readings.items()
    }


def _better(sent: Reading, fetch: Fetch) -> Reading:
    """Of what was sent and what was fetched the more complete one, with the resources of other patients in both."""
    fetched = fetch.reading
    if fetched is None:
        fetched = Reading(State.FAILED, "timeout" if fetch.queries else "busy")
    if _completeness(sent) > _completeness(fetched):
        best = sent if fetched.state is State.EMPTY else replace(sent, reason=fetched.reason)
    else:
        best = fetched
    return replace(best, foreign=tuple(_once((*sent.foreign, *fetched.foreign))))


def _completeness(reading: Reading) -> tuple[int, int]:
    return _RANK[reading.state], len(reading.resources)


def _once(names: Iterable[str]) -> Iterable[str]:
    return dict.fromkeys(names)
