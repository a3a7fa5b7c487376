"""CQL text to ELM (the HL7 Expression Logical Model, release 1) as plain JSON dicts: see ``cql.translator.library``."""

from cql.translator.included import IncludeProvider
from cql.translator.library import Translation, translate

__all__ = ["IncludeProvider", "Translation", "translate"]
