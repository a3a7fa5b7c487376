"""The parts of a running service, put together from its settings."""

from __future__ import annotations

import time
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from types import TracebackType

from cds_hooks.authentication import Authenticator
from cds_hooks.authentication.caller import Nobody
from cds_hooks.content import ActiveContent, ContentWatcher
from cds_hooks.limits import Admission
from cds_hooks.observability.metrics import Metrics
from cds_hooks.outbound import Outbound, OutboundError
from cds_hooks.pipeline import Pipeline
from cds_hooks.prefetch import Gatherer
from cds_hooks.services import Guidance
from cds_hooks.settings import ClientSettings, DatabaseSettings, Settings
from cds_hooks.storage import Retention, Storage

_MAX_KEY_SET = 1_000_000
"""Bytes of a JWK Set."""


class Assembly:
    """What serves calls. Made before anything listens; entered while the application runs, and then closed."""

    def __init__(self, settings: Settings, guidance: Guidance | None = None) -> None:
        """`guidance` is loaded as the settings say when it is not given. Raises ``ValueError``."""
        self._settings = settings
        self._closing = ExitStack()
        self.metrics = Metrics([one.name for one in settings.clients])
        self.admission = Admission(settings.limits, self.metrics.shed)
        self.active = ActiveContent(partial(load_guidance, settings), guidance)
        self.metrics.content(self.active.current.guidance.version)
        self.storage = Storage.open(self._database())
        self._closing.callback(self.storage.close)
        self._outbound = Outbound(
            connections=settings.fhir.connections, insecure_loopback=settings.demo, ca_file=settings.ca_file
        )
        self._closing.callback(self._outbound.close)
        gatherer = Gatherer(settings, self._outbound)
        self._closing.callback(gatherer.close)
        self.pipeline = Pipeline(
            settings, self.active, self._authenticator(), gatherer, self.storage, self.admission, self.metrics
        )

    def __enter__(self) -> Assembly:
        """Begins what goes on beside the calls."""
        retention = Retention(self.storage)
        retention.start()
        self._closing.callback(retention.stop)
        if self._settings.watches:
            self._closing.enter_context(ContentWatcher(self.reload, watched(self._settings)))
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._closing.close()

    def reload(self) -> None:
        """Loads the content again, and serves it if it is sound. Blocking."""
        reloaded = self.active.reload()
        self.metrics.reloaded(reloaded.version, refused=reloaded.refusal is not None)

    def _database(self) -> DatabaseSettings:
        """The database of the settings; the demonstration's, if none is named, is gone with the process."""
        given = self._settings.database
        if not self._settings.demo or "url" in given.model_fields_set:
            return given
        folder = self._closing.enter_context(TemporaryDirectory(prefix="sarcoma-cds-"))
        return given.model_copy(update={"url": f"sqlite:///{folder}/demo.db"})

    def _authenticator(self) -> Authenticator:
        if self._settings.demo:
            return Nobody()
        from cds_hooks.authentication.tokens import TokenAuthenticator

        return TokenAuthenticator(
            self._settings.clients,
            self._settings.authentication,
            self.storage,
            self._fetched_keys,
            self.metrics.refused_token,
        )

    def _fetched_keys(self, client: ClientSettings) -> bytes:
        """The JWK Set at the client's `jku`. Raises ``OutboundError``."""
        assert client.jku is not None
        answer = self._outbound.get(
            client.jku,
            headers={"Accept": "application/json"},
            deadline=time.monotonic() + self._settings.authentication.keys_timeout_seconds,
            max_bytes=_MAX_KEY_SET,
            private_network=client.jku_private_network,
        )
        if answer.status != 200:
            raise OutboundError("refused", answer.status)
        return answer.body


def load_guidance(settings: Settings) -> Guidance:
    """Our guideline, or the content of the folder that the settings name. Raises ``ValueError`` for faulty content."""
    if settings.content is not None:
        from cds_hooks.published import PublishedGuidance

        return PublishedGuidance.load(settings.content)
    from cds_hooks.sarcoma import SarcomaGuidance

    return SarcomaGuidance.load(settings)


def watched(settings: Settings) -> tuple[Path, ...]:
    """The folders of the content."""
    from plandefinitions.guideline.settings import CONTENT

    return (settings.content or settings.guideline or CONTENT,)
