"""The functions of FHIRHelpers, built in: from an element's JSON to the System value without a box in between."""

from __future__ import annotations

from collections.abc import Sequence

from cql.compiler.emitter import Emitter
from cql.compiler.forms import Scalar, Value
from cql.data.fhir_helpers import FUNCTIONS
from cql.types import (
    BOOLEAN,
    CODE,
    CONCEPT,
    DATE,
    DATETIME,
    DECIMAL,
    FHIR_URI,
    INTEGER,
    QUANTITY,
    RATIO,
    STRING,
    TIME,
    VALUESET,
    CqlType,
    IntervalType,
    NamedType,
)

_RESULTS: dict[str, CqlType] = {
    "ToBoolean": BOOLEAN,
    "ToCalendarUnit": STRING,
    "ToCode": CODE,
    "ToConcept": CONCEPT,
    "ToDate": DATE,
    "ToDateTime": DATETIME,
    "ToDecimal": DECIMAL,
    "ToInteger": INTEGER,
    "ToQuantity": QUANTITY,
    "ToQuantityIgnoringComparator": QUANTITY,
    "ToRatio": RATIO,
    "ToString": STRING,
    "ToTime": TIME,
    "ToValueSet": VALUESET,
}
# The readers of primitives that a function takes: the value is what the reader gives (a date is read as a DateTime).
_READERS: dict[str, tuple[str, ...]] = {
    "ToBoolean": ("read_boolean",),
    "ToDate": ("read_date",),
    "ToDateTime": ("read_date_time",),
    "ToDecimal": ("read_decimal",),
    "ToInteger": ("read_integer",),
    "ToString": ("read_string",),
    "ToTime": ("read_time",),
}
# (function, FHIR class) -> the function on its JSON.
_RAW: dict[tuple[str, str], tuple[str, CqlType]] = {
    ("ToQuantity", "Quantity"): ("raw_quantity", QUANTITY),
    ("ToInterval", "Period"): ("raw_period", IntervalType(DATETIME)),
    ("ToInterval", "Range"): ("raw_range", IntervalType(QUANTITY)),
    ("ToInterval", "Quantity"): ("raw_quantity_interval", IntervalType(QUANTITY)),
    ("ToRatio", "Ratio"): ("raw_ratio", RATIO),
    ("ToCode", "Coding"): ("raw_code", CODE),
    ("ToConcept", "CodeableConcept"): ("raw_concept", CONCEPT),
}


def native_function(emitter: Emitter, name: str, operands: Sequence[Value]) -> Value | None:
    """The call of a FHIRHelpers function; None when there is none of that name (with one operand)."""
    if name not in FUNCTIONS or len(operands) != 1:
        return None
    operand = operands[0]
    if isinstance(operand, Scalar):
        assert operand.shape is not None
        assert operand.shape.read is not None
        reader = operand.shape.read.__name__
        if reader in _READERS.get(name, ()):
            return Value(_read(emitter, operand, reader), _RESULTS[name])
    elif _is_fhir(operand.type):
        assert isinstance(operand.type, NamedType)
        raw = _RAW.get((name, operand.type.name))
        if raw is not None:
            code = emitter.raw(operand).code
            return Value(emitter.share(f"{emitter.op(f'fhir_helpers.{raw[0]}')}({code})"), raw[1])
    boxed = emitter.boxed(operand)
    return Value(emitter.call(f"fhir_helpers.{FUNCTIONS[name].__name__}", boxed.code), _result(name, boxed.type))


def _read(emitter: Emitter, operand: Scalar, reader: str) -> str:
    """A string needs no function to read it, unless it turns out to be none."""
    if reader == "read_date_time":
        return emitter.read_date_time(operand.code)
    function = emitter.op(f"primitives.{reader}")
    if reader == "read_string":
        return emitter.share(f"{operand.code} if type({operand.code}) is str else {function}({operand.code})")
    return emitter.share(f"{function}({operand.code})")


def _is_fhir(of: CqlType | None) -> bool:
    return isinstance(of, NamedType) and of.uri == FHIR_URI


def _result(name: str, operand: CqlType | None) -> CqlType | None:
    if name != "ToInterval":
        return _RESULTS[name]
    kind = operand.name if isinstance(operand, NamedType) else ""
    return _RAW[name, kind][1] if (name, kind) in _RAW else None
