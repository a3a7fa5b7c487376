"""One request to a FHIR server: its answer as JSON, or why there is none, and the record of it."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

import orjson

from cds_hooks.audit import FhirQuery
from cds_hooks.json_text import read_json
from cds_hooks.outbound import Outbound, OutboundAnswer, OutboundError
from cds_hooks.prefetch.breaker import Admission, Breaker
from cds_hooks.prefetch.source import Source

_DOWN = frozenset({"timeout", "connection", "tls", "refused-address", "garbled"})
"""Errors after which there is no use in asking the server again at once."""
_BUSY = frozenset({429, 503})
_OTHER_VERSION = re.compile(r"fhirversion\s*=\s*\"?(?!4\.)", re.IGNORECASE)
_BRIEF_PAUSE = 0.1
"""Seconds to wait before trying again, when the server does not say."""


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer: its JSON, or the reason (a code of ``REASONS``) why it cannot be used; the size of its body."""

    value: object
    reason: str | None
    size: int = 0


class Asking:
    """Asks one server for one key."""

    def __init__(self, outbound: Outbound, source: Source, breaker: Breaker, queries: list[FhirQuery]) -> None:
        self._outbound = outbound
        self._source = source
        self._breaker = breaker
        self._queries = queries

    def get(self, url: str, deadline: float, max_bytes: int) -> Answer:
        """The answer; once more after a pause, if the server is too busy and there is time for that."""
        answer, pause = self._once(url, deadline, max_bytes)
        if pause is not None and time.monotonic() + pause < deadline:
            time.sleep(pause)
            answer, _ = self._once(url, deadline, max_bytes)
        return answer

    def _once(self, url: str, deadline: float, max_bytes: int) -> tuple[Answer, float | None]:
        """The answer, and for how long to pause before trying again, if that is worth while."""
        authorization = self._source.authorization
        if authorization is not None and authorization.expired:
            return Answer(None, "token-expired"), None
        admission = self._breaker.admit()
        if admission is Admission.NO:
            return Answer(None, "breaker-open"), None
        headers = {"Accept": "application/fhir+json"}
        if authorization is not None:
            headers["Authorization"] = f"Bearer {authorization.token}"
            deadline = min(deadline, authorization.expires_at)
        record = self._record(url, deadline)
        failed, pause = True, None
        try:
            got = self._outbound.get(
                url,
                headers=headers,
                deadline=deadline,
                max_bytes=max_bytes,
                private_network=self._source.private_network,
            )
            failed = got.status >= 500
            pause = _pause(got.headers) if got.status in _BUSY else None
            answer = _read(got)
            record(got.status, answer.reason)
        except OutboundError as error:
            failed = error.code in _DOWN
            answer = Answer(None, error.code)
            record(error.status, error.code)
        finally:
            self._breaker.ended(admission, failed=failed)
        return answer, pause

    def _record(self, url: str, deadline: float) -> Callable[[int | None, str | None], None]:
        """Records a query as one without an answer, which it is until what is returned is called."""
        query = url.removeprefix(self._source.server).removeprefix("/")
        started = time.monotonic()
        place = len(self._queries)
        at_most = (deadline - started) * 1000
        self._queries.append(FhirQuery(self._source.server, query, None, at_most, "timeout"))

        def ended(status: int | None, error: str | None) -> None:
            taken = (time.monotonic() - started) * 1000
            self._queries[place] = FhirQuery(self._source.server, query, status, taken, error)

        return ended


def _read(got: OutboundAnswer) -> Answer:
    if got.status != 200:
        return Answer(None, f"http-{got.status}", len(got.body))
    kind = got.headers.get("Content-Type", "").lower()
    if _OTHER_VERSION.search(kind):
        return Answer(None, "other-fhir-version", len(got.body))
    try:
        return Answer(read_json(got.body), None, len(got.body))
    except orjson.JSONDecodeError:
        page = "html" in kind or got.body.lstrip()[:14].lower().startswith((b"<!doctype html", b"<html"))
        return Answer(None, "html" if page else "not-json", len(got.body))


def _pause(headers: Mapping[str, str]) -> float:
    """Seconds to wait, as ``Retry-After`` has it: a number of seconds or a date."""
    value = headers.get("Retry-After", "").strip()
    if value.isascii() and value.isdigit():
        return max(float(value), _BRIEF_PAUSE)
    try:
        at = parsedate_to_datetime(value)
    except ValueError:
        return _BRIEF_PAUSE
    at = at if at.tzinfo else at.replace(tzinfo=UTC)
    return max((at - datetime.now(UTC)).total_seconds(), _BRIEF_PAUSE)
