"""The comparison operators for every type (CQL spec, Appendix B, "Comparison Operators").

``=`` and orderings are three-valued: None where a null or an uncertainty leaves the answer open. ``~`` always answers.
"""

from cql.operators.equality import equal, not_equal
from cql.operators.equivalence import equivalent
from cql.operators.ordering import compare, greater, greater_or_equal, less, less_or_equal

__all__ = [
    "compare",
    "equal",
    "equivalent",
    "greater",
    "greater_or_equal",
    "less",
    "less_or_equal",
    "not_equal",
]
