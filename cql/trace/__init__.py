"""The trace of an evaluation: what each define gave and why, and for an unknown result the facts that are missing."""

from cql.trace.reasons import Reason
from cql.trace.trace import DefineTrace, Found, Trace

__all__ = ["DefineTrace", "Found", "Reason", "Trace"]
