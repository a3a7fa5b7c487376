"""The content that is served now. It is replaced as a whole, by content that is sound, or not at all.

Whoever answers a call reads ``ActiveContent.current`` once and works with what it holds: a call that began with the old
content ends with it.
"""

from __future__ import annotations

import gc
import logging
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

import orjson
from starlette.types import ASGIApp, Receive, Scope, Send

from cds_hooks.services import Guidance, Service

_LOG = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Served:
    """Loaded content and what is made of it once: the services by id, the discovery response, the pages."""

    guidance: Guidance
    services: Mapping[str, Service]
    discovery: bytes
    pages: ASGIApp
    since: datetime

    @classmethod
    def of(cls, guidance: Guidance) -> Served:
        """What serves this guidance."""
        services = {one.id: one for one in guidance.services}
        discovery = orjson.dumps({"services": [one.to_json() for one in guidance.services]})
        return cls(guidance, services, discovery, guidance.pages(), datetime.now(UTC))


@dataclass(frozen=True, slots=True)
class Refusal:
    """A replacement that did not take place: when, and what was wrong with the newer content, a finding each."""

    at: datetime
    faults: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Reloaded:
    """What became of a reload: the version that is served now, and why the newer content was refused, if it was."""

    version: str
    refusal: Refusal | None = None


class ActiveContent:
    """Holds the content that is served. Reading ``current`` is one attribute read; reloads wait for each other."""

    def __init__(self, load: Callable[[], Guidance], first: Guidance | None = None) -> None:
        """``load`` reads and checks the content, and raises when it cannot be used; ``first`` is used if given."""
        self._load = load
        self._reloading = threading.Lock()
        self.current = Served.of(first or load())
        self.last_refusal: Refusal | None = None
        """The refusal of the newest reload; None when that was taken."""

    def reload(self) -> Reloaded:
        """Loads the content again and serves it, if there is nothing wrong with it that was not wrong before.

        What is left out of the content at the start (a plan with an error) may stay so. A new fault refuses all of it:
        otherwise a slip in one file would take away guidance that works. So does content without any service.
        Blocks for as long as loading takes; never raises for faulty content.
        """
        with self._reloading:
            try:
                newer = Served.of(self._load())
            except Exception as error:  # whatever is wrong with it, the content that works goes on
                is_finding = isinstance(error, (ValueError, OSError))
                return self._refuse((str(error) if is_finding else f"{type(error).__name__}: {error}",), error)
            known = set(self.current.guidance.faults)
            faults = tuple(one for one in newer.guidance.faults if one not in known)
            if not newer.services and self.current.services:
                faults += ("the content has no service; a folder that is empty is taken for a mistake",)
            if faults:
                return self._refuse(faults)
            self.current, self.last_refusal = newer, None
            _release()
            _LOG.info("content reloaded: %d services, version %s", len(newer.services), newer.guidance.version)
            return Reloaded(newer.guidance.version)

    async def pages(self, scope: Scope, receive: Receive, send: Send) -> None:
        """The pages of the content that is served: an ASGI application."""
        await self.current.pages(scope, receive, send)

    def _refuse(self, faults: tuple[str, ...], error: Exception | None = None) -> Reloaded:
        self.last_refusal = Refusal(datetime.now(UTC), faults)
        version = self.current.guidance.version
        unforeseen = error if error is not None and not isinstance(error, (ValueError, OSError)) else None
        _LOG.error(
            "changed content is not served, version %s goes on: %s", version, "\n".join(faults), exc_info=unforeseen
        )
        return Reloaded(version, self.last_refusal)


def _release() -> None:
    """Frees the content that was replaced.

    A process that serves froze its first content for the garbage collector; nothing frozen is ever freed if it is
    part of a cycle, as compiled content is.
    """
    if gc.get_freeze_count():
        gc.unfreeze()
        gc.collect()
        gc.freeze()
