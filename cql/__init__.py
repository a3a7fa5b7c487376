"""A CQL 1.5 engine: libraries from text or ELM, compiled, evaluated over FHIR R4 data.

::

    library = Library.from_cql(text)
    result = Engine(library, valuesets=valuesets).evaluate(bundle, parameters={...})
    result["Define Name"]
"""

from cql.engine import Engine
from cql.library import Library
from cql.limits import Limits
from cql.result import Result

__all__ = ["Engine", "Library", "Limits", "Result"]
