"""Who calls: the tokens of CDS clients, verified against the keys they are registered with."""

from cds_hooks.authentication.caller import ANONYMOUS, Authenticator, Caller

__all__ = ["ANONYMOUS", "Authenticator", "Caller"]
