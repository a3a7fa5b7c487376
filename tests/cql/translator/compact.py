"""ELM as short text, so that a test's expectation can be read: ``Add(1, ToLong(2))``."""

from __future__ import annotations

from typing import Any

from cql.translator import Translation, translate

FHIR = """library T version '1'
using FHIR version '4.0.1'
codesystem "LOINC": 'http://loinc.org'
valueset "VS": 'http://example.org/vs'
code "C1": 'c1' from "LOINC"
concept "CC": { "C1" }
parameter MP Interval<DateTime>
parameter DP Interval<Date>
context Patient
"""

_SKIPPED = {"type", "localId", "locator", "annotation", "signature", "resultTypeName", "resultTypeSpecifier"}


def fhir(expression: str) -> str:
    """The compact ELM of an expression in a library that uses FHIR."""
    return expression_of(
        translate(FHIR + f"define X: {expression}\ndefine Used: {{ MP }} union {{ null as Interval<DateTime> }}")
    )


def plain(expression: str) -> str:
    """The compact ELM of an expression in a library without a model."""
    return expression_of(translate(f"define X: {expression}"))


def expression_of(translation: Translation, name: str = "X") -> str:
    """The compact ELM of one definition; fails with the findings when there is none."""
    return compact(definition(translation, name)["expression"])


def definition(translation: Translation, name: str = "X") -> dict[str, Any]:
    """One definition's ELM."""
    assert translation.elm is not None, "\n".join(one.render() for one in translation.diagnostics)
    found = [one for one in translation.elm["library"]["statements"]["def"] if one["name"] == name]
    assert len(found) == 1
    one: dict[str, Any] = found[0]
    return one


def type_of(translation: Translation, name: str = "X") -> str:
    """The result type of one definition, compact."""
    one = definition(translation, name)
    return (
        str(one["resultTypeName"]).partition("}")[2] if "resultTypeName" in one else compact(one["resultTypeSpecifier"])
    )


def errors(text: str) -> list[tuple[str, str]]:
    """(code, place) of every error in a library."""
    translation = translate(text)
    found = [(one.code, str(one.span)) for one in translation.diagnostics if one.severity == "error"]
    assert bool(found) == (translation.elm is None)
    return found


def compact(elm: Any) -> str:
    """ELM as short text: operands first, other fields by name."""
    if isinstance(elm, list):
        return "[" + ", ".join(compact(one) for one in elm) + "]"
    if not isinstance(elm, dict):
        return str(elm).replace("{urn:hl7-org:elm-types:r1}", "").replace("{http://hl7.org/fhir}", "FHIR.")
    kind = str(elm.get("type", ""))
    if kind == "Literal":
        return repr(elm["value"]) if elm["valueType"].endswith("String") else str(elm["value"])
    if kind == "NamedTypeSpecifier":
        return compact(elm["name"])
    parts = []
    for name, value in elm.items():
        if name in _SKIPPED or value == []:
            continue
        shown = (
            ", ".join(compact(one) for one in value)
            if name == "operand" and isinstance(value, list)
            else compact(value)
        )
        parts.append(shown if name == "operand" else f"{name}={shown}")
    return f"{kind}({', '.join(parts)})" if parts or kind != "Null" else "Null"
