"""Who calls: the tokens of CDS clients, verified against the keys they are registered with."""

from cds_hooks.authentication.caller import ANONYMOUS, Authenticator, Caller
from cds_hooks.authentication.refused import REASONS

__all__ = ["ANONYMOUS", "REASONS", "Authenticator", "Caller"]
