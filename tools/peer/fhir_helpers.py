"""A FHIRHelpers library for the peers, which need one as text: written from the model's conversions."""

from __future__ import annotations

from cql.models import model
from cql.types import NamedType

_STRUCTURES = {
    "ToCode": "System.Code { code: value.code.value, system: value.system.value, "
    "version: value.version.value, display: value.display.value }",
    "ToConcept": "System.Concept { codes: value.coding C return ToCode(C), display: value.text.value }",
    "ToQuantity": "System.Quantity { value: value.value.value, "
    "unit: Coalesce(value.code.value, value.unit.value, '1') }",
    "ToRatio": "System.Ratio { numerator: ToQuantity(value.numerator), denominator: ToQuantity(value.denominator) }",
}
_INTERVALS = {
    "Period": 'if value."start".value is null then Interval(value."start".value, value."end".value] '
    'else Interval[value."start".value, value."end".value]',
    "Range": "if value.low is null then Interval(ToQuantity(value.low), ToQuantity(value.high)] "
    "else Interval[ToQuantity(value.low), ToQuantity(value.high)]",
}
_EXTRA = (("ToDateTime", "instant"), ("ToDateTime", "dateTime"))


def text() -> str:
    """CQL text of ``FHIRHelpers version '4.0.1'`` with one function for every implicit conversion of FHIR 4.0.1."""
    fhir = model("FHIR", "4.0.1")
    wanted = {(function, of.name) for of, (function, _) in fhir.conversions.items()} | set(_EXTRA)
    functions = [
        f"define function {name}(value {NamedType(fhir.uri, of)}):\n  {_body(name, of)}" for name, of in sorted(wanted)
    ]
    return "library FHIRHelpers version '4.0.1'\nusing FHIR version '4.0.1'\n\n" + "\n".join(functions) + "\n"


def _body(function: str, of: str) -> str:
    if function == "ToInterval":
        return _INTERVALS[of]
    if function in _STRUCTURES:
        return f"if value is null then null else {_STRUCTURES[function]}"
    return "value.value"
