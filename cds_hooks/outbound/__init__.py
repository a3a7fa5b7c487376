"""The only way out of the service: requests to registered servers, with the address, time and size of each checked."""

from cds_hooks.outbound.client import Outbound, OutboundAnswer
from cds_hooks.outbound.error import OutboundError

__all__ = ["Outbound", "OutboundAnswer", "OutboundError"]
