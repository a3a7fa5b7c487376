"""What codes mean, read from the tables beside this module, and how the concepts hang together."""

from mappers.terminology.concepts import CONCEPTS, Concept, ancestors, compatible, in_scope, is_a, subtype_known
from mappers.terminology.lookup import Meaning, Rule, meanings, meanings_of
from mappers.terminology.sites import SITES, site_of_words

__all__ = [
    "CONCEPTS",
    "SITES",
    "Concept",
    "Meaning",
    "Rule",
    "ancestors",
    "compatible",
    "in_scope",
    "is_a",
    "meanings",
    "meanings_of",
    "site_of_words",
    "subtype_known",
]
