"""The data a service asks for with a hook call (templates), and what of it came (states)."""

from cds_hooks.prefetch.received import Received, State, read_prefetch
from cds_hooks.prefetch.templates import Template, patient_templates

__all__ = ["Received", "State", "Template", "patient_templates", "read_prefetch"]
