"""A hook call from the bytes of its body to the bytes of its answer, with the record that is kept of it.

What needs the processor runs in worker threads, few at once; waiting for a FHIR server happens outside of that, so that
a slow server does not hold up the calls that need none.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any, Literal

import orjson
from anyio import CapacityLimiter, to_thread
from starlette.background import BackgroundTask
from starlette.requests import Request
from starlette.responses import Response

from cds_hooks.audit import CallRecord, CardShown
from cds_hooks.authentication import Authenticator
from cds_hooks.body import parse_object, read_body
from cds_hooks.content import ActiveContent, Served
from cds_hooks.dialect import cards_for, discovery_for
from cds_hooks.envelope import HookCall, read_call
from cds_hooks.errors import CallError
from cds_hooks.feedback import parse_feedback
from cds_hooks.journal import Journal
from cds_hooks.limits import Admission, check_resources, depth_refused
from cds_hooks.observability.facts import facts_of
from cds_hooks.observability.metrics import Metrics
from cds_hooks.prefetch import Gatherer, Gathering, Received, read_prefetch
from cds_hooks.services import Answer, Guidance, Service
from cds_hooks.settings import Settings
from cds_hooks.storage import Storage, StorageUnavailable

_LOG = logging.getLogger(__name__)


_UNRECORDED = frozenset({"unauthorized", "database-unavailable"})
"""Refusals without a record: of callers that nobody knows, and those that would wait for the database once more."""


@dataclass(frozen=True, slots=True)
class _Finished:
    """The answer's bytes. `kept` are the patient's resources, to be let go after the answer went out."""

    content: bytes
    kept: list[object]


@dataclass(frozen=True, slots=True)
class _Waiting:
    """A call whose data is still to be fetched."""

    call: HookCall
    gathering: Gathering


class Pipeline:
    """Answers calls and takes feedback; the only place that knows the order of the steps."""

    def __init__(
        self,
        settings: Settings,
        active: ActiveContent,
        authenticator: Authenticator,
        gatherer: Gatherer,
        storage: Storage,
        admission: Admission,
        metrics: Metrics,
    ) -> None:
        self._settings = settings
        self._active = active
        self._authenticator = authenticator
        self._gatherer = gatherer
        self._storage = storage
        self._admission = admission
        self._metrics = metrics
        self._fetching = CapacityLimiter(settings.limits.calls)

    async def discover(self, request: Request) -> Response:
        """The services, in the words that the client's version of CDS Hooks knows."""
        caller = await to_thread.run_sync(self._authenticate, request)
        content = self._active.current
        if caller.client is None or caller.client.cds_hooks_version == "2.0":
            return _json(content.discovery)
        told = [discovery_for(caller.client.cds_hooks_version, one.to_json()) for one in content.guidance.services]
        return _json(orjson.dumps({"services": told}))

    async def answer(self, request: Request, kind: Literal["call", "explain"]) -> Response:
        """A hook call's cards, or the decision behind them. Raises ``CallError``."""
        journal = _journal(request, kind)

        async def work() -> Response:
            content, service = await self._admit(request, journal)
            body = await self._body(request)
            begin = partial(self._begin, content.guidance, service, body, journal)
            step = await self._admission.evaluate(begin, len(body))
            if isinstance(step, _Waiting):
                received = await to_thread.run_sync(self._gatherer.fetch, step.gathering, limiter=self._fetching)
                finish = partial(self._finish, content.guidance, service, step.call, received, journal)
                step = await self._admission.evaluate(finish, len(body) + received.fetched, again=True)
            facts_of(request.scope).cards = len(journal.cards)
            self._count(journal)
            # Freeing thousands of resources takes milliseconds: not while the caller waits.
            return _json(step.content, BackgroundTask(step.kept.clear))

        return await self._recorded(request, journal, work)

    async def take_feedback(self, request: Request) -> Response:
        """What clinicians did with cards. When this returns, it is stored for good. Raises ``CallError``."""
        journal = _journal(request, "feedback")

        def store(body: bytes, service: Service) -> None:
            given = parse_feedback(parse_object(body), service.id, journal.caller.name)
            journal.cards = tuple(CardShown(one.card, (), one.accepted_suggestions) for one in given)
            self._stored(self._storage.record_feedback, given)
            self._keep(journal.record(200))

        async def work() -> Response:
            _, service = await self._admit(request, journal)
            body = await self._body(request)
            await self._admission.evaluate(partial(store, body, service), len(body))
            return Response()  # CDS Hooks has no body for it, and never an empty object

        return await self._recorded(request, journal, work)

    async def _admit(self, request: Request, journal: Journal) -> tuple[Served, Service]:
        """Who calls, and which service. In this order: whoever is not known is told nothing about what there is."""
        journal.caller = await to_thread.run_sync(self._authenticate, request)
        facts_of(request.scope).client = journal.caller.name
        content = self._active.current
        journal.content_version = content.guidance.version
        return content, _named(content.services, request.path_params["service_id"])

    async def _body(self, request: Request) -> bytes:
        limits = self._settings.limits
        return await read_body(request, limits.body_bytes, limits.body_seconds)

    def _authenticate(self, request: Request) -> Any:
        url = self._settings.base_url + request.scope["path"]  # `request.url` is made of the Host header, too
        return self._authenticator.authenticate(request.headers.get("authorization"), url)

    @depth_refused()
    def _begin(self, guidance: Guidance, service: Service, body: bytes, journal: Journal) -> _Finished | _Waiting:
        call = read(service, body, demo=self._settings.demo, limit=self._settings.limits.resources)
        journal.read(call)
        gathering = self._gatherer.from_prefetch(call, service.templates, journal.caller)
        if gathering.wanted:
            return _Waiting(call, gathering)
        return self._finish(guidance, service, call, gathering.received, journal)

    @depth_refused()
    def _finish(
        self, guidance: Guidance, service: Service, call: HookCall, received: Received, journal: Journal
    ) -> _Finished:
        journal.queries = received.queries
        answer = guidance.answer(service, call, received)
        cards = answer.cards
        client = journal.caller.client
        if client is not None:
            cards = cards_for(client.cds_hooks_version, cards)
        shown: Mapping[str, Any] = {"cards": cards}
        if journal.kind == "explain":
            shown = {**answer.explain(), **shown}
        content = orjson.dumps(shown)
        journal.show(answer.cards)
        self._keep(journal.record(200))
        return _Finished(content, [answer])

    async def _recorded(self, request: Request, journal: Journal, work: Callable[[], Any]) -> Response:
        """The answer of `work`, which keeps its own record; that of a call that is refused is kept here."""
        try:
            response: Response = await work()
        except CallError as error:
            record = journal.record(error.status, error.code)
            if error.code not in _UNRECORDED:
                await to_thread.run_sync(self._keep_refused, record)
            raise
        except Exception:
            await to_thread.run_sync(self._keep_refused, journal.record(500, "internal-error"))
            raise
        return response

    def _count(self, journal: Journal) -> None:
        for card in journal.cards:
            for recommendation, status in card.recommendations:
                self._metrics.cards(recommendation, status)
        for query in journal.queries:
            self._metrics.fetch(query.error or "ok")

    def _keep(self, record: CallRecord) -> None:
        self._stored(self._storage.record_call, record)

    def _keep_refused(self, record: CallRecord) -> None:
        """Nothing was shown, so a database that is away does not change what the caller is told."""
        try:
            self._storage.record_call(record)
        except StorageUnavailable:
            _LOG.error("a refused call could not be recorded: the database is unavailable")

    @staticmethod
    def _stored(store: Callable[[Any], None], what: object) -> None:
        try:
            store(what)
        except StorageUnavailable as error:
            raise CallError(
                503, "database-unavailable", "what is answered must be recorded, and cannot be now; try again later"
            ) from error


@depth_refused()
def read(service: Service, body: bytes, *, demo: bool, limit: int) -> HookCall:
    """The hook call in a body. Raises ``CallError`` 400 or 413."""
    parsed = parse_object(body)
    check_resources(parsed, limit)
    return read_call(parsed, service.hook, demo=demo)


def _journal(request: Request, kind: Literal["call", "explain", "feedback"]) -> Journal:
    return Journal(facts_of(request.scope).call_id, kind, request.path_params["service_id"])


def _named(services: Mapping[str, Service], service_id: str) -> Service:
    service = services.get(service_id)
    if service is None:
        raise CallError(404, "not-found", "there is no service of this id; GET /cds-services lists those there are")
    return service


def _json(content: bytes, background: BackgroundTask | None = None) -> Response:
    return Response(content, media_type="application/json", background=background)


def rehearse(guidance: Guidance, service: Service, body: bytes) -> Answer:
    """The answer to a call of a sample patient's: from prefetch alone, without a record. Raises ``CallError``."""
    call = read(service, body, demo=True, limit=len(body))
    return guidance.answer(service, call, read_prefetch(call.prefetch, service.templates, call.patient_id))
