"""The data of a call: from its prefetch, and what that lacks from the FHIR server that the call names."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cds_hooks.authentication import Caller
from cds_hooks.outbound import Outbound
from cds_hooks.prefetch.pages import Pages, Reading
from cds_hooks.prefetch.received import Received, read_key, types_of
from cds_hooks.prefetch.templates import Template
from cds_hooks.settings import Settings

if TYPE_CHECKING:  # these build upon this package
    from cds_hooks.envelope import HookCall
    from cds_hooks.services import Service


@dataclass(frozen=True, slots=True)
class Gathering:
    """What came by prefetch, and what may be fetched."""

    templates: tuple[Template, ...]
    readings: Mapping[str, Reading]
    not_asked: str | None
    wanted: tuple[str, ...] = ()
    """The keys that may be fetched."""

    @property
    def received(self) -> Received:
        """What came by prefetch alone."""
        return Received.of(self.templates, self.readings, self.not_asked)


class Gatherer:
    """Gathers the data of calls; one for the process, used by many threads at once."""

    def __init__(self, settings: Settings, outbound: Outbound) -> None:
        self._settings = settings
        self._outbound = outbound

    def from_prefetch(self, call: HookCall, service: Service, caller: Caller) -> Gathering:
        """What the call brought. Raises ``CallError`` 400 for resources of another FHIR version."""
        keyed = types_of(service.templates)
        readings = {
            one.key: read_key(call.prefetch, one, Pages(one, call.patient_id, keyed)) for one in service.templates
        }
        return Gathering(service.templates, readings, "no-fhir-server")

    def fetch(self, gathering: Gathering) -> Received:
        """What the call brought, and what of the rest the FHIR server gave. Blocking, within the settings' budget."""
        return gathering.received
