"""What CQL expressions evaluate to, as Python values.

null is None, Boolean bool, Integer int, String str, Decimal decimal.Decimal, List list; the others are defined here.
"""

from cql.values.clinical import Code, CodeSystem, Concept, ValueSet
from cql.values.date import Date
from cql.values.date_time import DateTime
from cql.values.number import Long
from cql.values.quantity import Quantity, Ratio
from cql.values.structured import Interval, Tuple, Uncertainty
from cql.values.time import Time

__all__ = [
    "Code",
    "CodeSystem",
    "Concept",
    "Date",
    "DateTime",
    "Interval",
    "Long",
    "Quantity",
    "Ratio",
    "Time",
    "Tuple",
    "Uncertainty",
    "ValueSet",
]
