"""The data a service asks for with a hook call (templates), and what of it came, by prefetch or fetched (states)."""

from cds_hooks.prefetch.gather import Gatherer, Gathering
from cds_hooks.prefetch.pages import State
from cds_hooks.prefetch.reasons import REASONS, told
from cds_hooks.prefetch.received import Received, read_prefetch
from cds_hooks.prefetch.templates import Template, patient_templates

__all__ = [
    "REASONS",
    "Gatherer",
    "Gathering",
    "Received",
    "State",
    "Template",
    "patient_templates",
    "read_prefetch",
    "told",
]
