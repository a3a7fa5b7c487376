"""Value sets and code systems: from FHIR resources to hash look-ups."""

from cql.terminology.code_system import CodeSystemContent
from cql.terminology.terminology import Terminology
from cql.terminology.value_set import ExpandedValueSet

__all__ = ["CodeSystemContent", "ExpandedValueSet", "Terminology"]
