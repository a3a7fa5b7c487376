"""Prometheus metrics, right with one worker process and with several.

Several workers write their numbers to files in the folder that `PROMETHEUS_MULTIPROC_DIR` names (the server makes it
before any worker starts), and whichever worker is asked adds them up.

The values of a label come from settings, content and our own tables, never from a request: a scan of the service with
invented names must not make new time series.
"""

from __future__ import annotations

import os
from collections.abc import Collection

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_LATEST
from prometheus_client.multiprocess import MultiProcessCollector

FOLDER_VARIABLE = "PROMETHEUS_MULTIPROC_DIR"
"""The environment variable with the folder that workers share; read by prometheus_client when it is imported."""
CONTENT_TYPE = CONTENT_TYPE_LATEST
OTHER = "other"
"""The label of what is not known."""
NOBODY = "none"
"""The label of calls whose caller was not found out."""
_DEMO = "demo"
"""The label of the demonstration's callers, whom nobody knows."""
_BUCKETS = (0.005, 0.01, 0.02, 0.035, 0.05, 0.075, 0.1, 0.15, 0.25, 0.5, 1.0, 2.0, 5.0, 10.0)


class Metrics:
    """The metrics of one process; `clients` are the names that the label `client` may have."""

    def __init__(self, clients: Collection[str]) -> None:
        self._clients = frozenset(clients) | {_DEMO}
        self._registry = CollectorRegistry()
        self._calls = Counter(
            "sarcoma_cds_calls",
            "Requests answered.",
            ("kind", "service", "client", "status", "code"),
            registry=self._registry,
        )
        self._seconds = Histogram(
            "sarcoma_cds_call_seconds",
            "Time from a request's headers to the end of its answer.",
            ("kind", "service"),
            registry=self._registry,
            buckets=_BUCKETS,
        )
        self._in_progress = Gauge(
            "sarcoma_cds_calls_in_progress",
            "Requests under way.",
            registry=self._registry,
            multiprocess_mode="livesum",
        )
        self._cards = Counter(
            "sarcoma_cds_cards",
            "Recommendations on cards that went out.",
            ("recommendation", "status"),
            registry=self._registry,
        )
        self._fetches = Counter(
            "sarcoma_cds_fetches", "Queries to FHIR servers.", ("outcome",), registry=self._registry
        )
        self._refused_tokens = Counter(
            "sarcoma_cds_refused_tokens", "Calls that were not authenticated.", ("reason",), registry=self._registry
        )
        self._shed = Counter(
            "sarcoma_cds_shed", "Calls refused because there was too much to do.", ("limit",), registry=self._registry
        )
        self._content = Gauge(
            "sarcoma_cds_content_info",
            "1 for the content version that is served, 0 for one that was served before.",
            ("version",),
            registry=self._registry,
            multiprocess_mode="livemax",
        )
        self._reloads = Counter(
            "sarcoma_cds_content_reloads", "Reloads of content.", ("outcome",), registry=self._registry
        )
        self._stale = Gauge(
            "sarcoma_cds_content_stale",
            "1 when the newest content was refused and an older version is served.",
            registry=self._registry,
            multiprocess_mode="livemax",
        )
        self._version: str | None = None

    def observe_call(self, kind: str, service: str | None, client: str | None, status: int, code: str | None,
                     seconds: float) -> None:  # fmt: skip
        """A request was answered; `code` is ours of a refusal."""
        who = NOBODY if client is None else client if client in self._clients else OTHER
        self._calls.labels(kind, service or OTHER, who, str(status), code or "").inc()
        self._seconds.labels(kind, service or OTHER).observe(seconds)

    def under_way(self, change: int) -> None:
        """A request came (1) or was answered (-1)."""
        self._in_progress.inc(change)

    def cards(self, recommendation: str, status: str) -> None:
        """A card with this recommendation went out."""
        self._cards.labels(recommendation, status).inc()

    def fetch(self, outcome: str) -> None:
        """A query to a FHIR server ended: `ok`, or the code of its error."""
        self._fetches.labels(outcome).inc()

    def refused_token(self, reason: str) -> None:
        """A call was not authenticated, for this reason of our table."""
        self._refused_tokens.labels(reason).inc()

    def shed(self, limit: str) -> None:
        """A call was refused for the sake of this limit."""
        self._shed.labels(limit).inc()

    def content(self, version: str) -> None:
        """This version of the content is served from now on."""
        if self._version is not None:
            self._content.labels(self._version).set(0)
        self._content.labels(version).set(1)
        self._stale.set(0)
        self._version = version

    def reloaded(self, version: str, refused: bool) -> None:
        """The content was loaded again, or newer content was refused."""
        self._reloads.labels("refused" if refused else "loaded").inc()
        self.content(version)
        self._stale.set(1 if refused else 0)

    def render(self) -> bytes:
        """All metrics, of all workers, in Prometheus' text format."""
        if FOLDER_VARIABLE not in os.environ:
            return generate_latest(self._registry)
        registry = CollectorRegistry()
        MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
        return generate_latest(registry)
