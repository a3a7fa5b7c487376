"""The types of ELM that does not state them, as the official translator writes it without result types."""

from __future__ import annotations

from typing import Any, Final

from cql.translator.conversions import Conversions
from cql.translator.operators import operator
from cql.translator.overloads import Resolution, Resolver
from cql.translator.types import TypeSystem, sorted_choice
from cql.types import (
    ANY,
    BOOLEAN,
    CODE,
    CODESYSTEM,
    CONCEPT,
    DECIMAL,
    QUANTITY,
    RATIO,
    VALUESET,
    CqlType,
    IntervalType,
    ListType,
    TupleType,
    from_specifier,
    parse_qualified,
)

Elm = dict[str, Any]

_FIXED: Final = {
    "Quantity": QUANTITY,
    "Ratio": RATIO,
    "CodeRef": CODE,
    "Code": CODE,
    "ConceptRef": CONCEPT,
    "Concept": CONCEPT,
    "ValueSetRef": VALUESET,
    "CodeSystemRef": CODESYSTEM,
    "Is": BOOLEAN,
    "InValueSet": BOOLEAN,
    "AnyInValueSet": BOOLEAN,
    "InCodeSystem": BOOLEAN,
    "AnyInCodeSystem": BOOLEAN,
    "Null": ANY,
    "TimezoneOffsetFrom": DECIMAL,
}
_MAX_DEPTH: Final = 200


class Inference:
    """Infers the types of one library's definitions. What cannot be told is ``Any``."""

    def __init__(self, library: Elm, types: TypeSystem) -> None:
        self._types = types
        self._resolver = Resolver(Conversions(types))
        statements = library.get("statements", {}).get("def", ())
        self._definitions = {one["name"]: one for one in statements if one.get("type") != "FunctionDef"}
        self._functions: dict[str, list[Elm]] = {}
        for one in statements:
            if one.get("type") == "FunctionDef":
                self._functions.setdefault(one["name"], []).append(one)
        self._parameters = {one["name"]: one for one in library.get("parameters", {}).get("def", ())}
        self._known: dict[str, CqlType] = {}
        self._depth = 0

    def parameter(self, name: str) -> CqlType:
        """The type of a parameter."""
        one = self._parameters.get(name)
        if one is None:
            return ANY
        if "parameterTypeSpecifier" in one:
            return from_specifier(one["parameterTypeSpecifier"])
        if "parameterType" in one:
            return parse_qualified(one["parameterType"])
        return self._stated(one) or self._of(one.get("default"), {})

    def definition(self, name: str) -> CqlType:
        """The type of an expression definition."""
        if name not in self._known:
            self._known[name] = ANY
            one = self._definitions.get(name, {})
            self._known[name] = self._stated(one) or self._of(one.get("expression"), {})
        return self._known[name]

    def function(self, one: Elm) -> CqlType:
        """What a function returns."""
        stated = self._stated(one)
        if stated is not None:
            return stated
        names = {
            operand["name"]: from_specifier(operand["operandTypeSpecifier"])
            for operand in one.get("operand", ())
            if "operandTypeSpecifier" in operand
        }
        return self._of(one.get("expression"), names)

    def _stated(self, elm: Elm) -> CqlType | None:
        if "resultTypeSpecifier" in elm:
            return from_specifier(elm["resultTypeSpecifier"])
        return parse_qualified(elm["resultTypeName"]) if "resultTypeName" in elm else None

    def _of(self, elm: Any, names: dict[str, CqlType]) -> CqlType:
        if not isinstance(elm, dict) or self._depth > _MAX_DEPTH:
            return ANY
        self._depth += 1
        try:
            return self._stated(elm) or self._infer(elm, names)
        finally:
            self._depth -= 1

    def _infer(self, elm: Elm, names: dict[str, CqlType]) -> CqlType:
        kind = elm.get("type", "")
        if kind in _FIXED:
            return _FIXED[kind]
        match kind:
            case "Literal" | "MinValue" | "MaxValue":
                return parse_qualified(elm["valueType"])
            case "Instance":
                return parse_qualified(elm["classType"])
            case "Retrieve":
                return ListType(parse_qualified(elm["dataType"]))
            case "ExpressionRef":
                return ANY if "libraryName" in elm else self.definition(elm["name"])
            case "ParameterRef":
                return ANY if "libraryName" in elm else self.parameter(elm["name"])
            case "AliasRef" | "QueryLetRef" | "OperandRef":
                return names.get(elm["name"], ANY)
            case "FunctionRef":
                found = self._functions.get(elm["name"], []) if "libraryName" not in elm else []
                return self.function(found[0]) if len(found) == 1 else ANY
        return self._structure(kind, elm, names)

    def _structure(self, kind: str, elm: Elm, names: dict[str, CqlType]) -> CqlType:
        match kind:
            case "As" | "Convert":
                target = "as" if kind == "As" else "to"
                if f"{target}TypeSpecifier" in elm:
                    return from_specifier(elm[f"{target}TypeSpecifier"])
                return parse_qualified(elm[f"{target}Type"])
            case "If":
                return self._join([self._of(elm.get(part), names) for part in ("then", "else")])
            case "Case":
                parts = [*(item.get("then") for item in elm.get("caseItem", ())), elm.get("else")]
                return self._join([self._of(part, names) for part in parts])
            case "List":
                elements = [self._of(one, names) for one in elm.get("element", ())]
                return ListType(self._join(elements) if elements else ANY)
            case "ToList":
                return ListType(self._of(elm.get("operand"), names))
            case "Interval":
                return IntervalType(self._join([self._of(elm.get(bound), names) for bound in ("low", "high")]))
            case "Tuple":
                members = {one["name"]: self._of(one.get("value"), names) for one in elm.get("element", ())}
                return TupleType(tuple(sorted(members.items())))
            case "Property":
                return self._property(elm, names)
            case "Query":
                return self._query(elm, names)
        return self._operator(kind, elm, names)

    def _join(self, parts: list[CqlType]) -> CqlType:
        known = [one for one in parts if one != ANY]
        return sorted_choice(known) if known else ANY

    def _property(self, elm: Elm, names: dict[str, CqlType]) -> CqlType:
        of = names.get(elm["scope"], ANY) if "scope" in elm else self._of(elm.get("source"), names)
        for part in elm["path"].split("."):
            of = self._types.property_type(of, part) or ANY
        return of

    def _query(self, elm: Elm, names: dict[str, CqlType]) -> CqlType:
        inner = dict(names)
        many = False
        first: CqlType = ANY
        for index, source in enumerate(elm.get("source", ())):
            of = self._of(source.get("expression"), inner)
            many = many or isinstance(of, ListType)
            inner[source["alias"]] = of.element if isinstance(of, ListType) else of
            first = inner[source["alias"]] if index == 0 else first
        for let in elm.get("let", ()):
            inner[let["identifier"]] = self._of(let.get("expression"), inner)
        if "aggregate" in elm:
            return self._of(elm["aggregate"].get("starting"), inner)
        result = self._of(elm["return"].get("expression"), inner) if "return" in elm else first
        return ListType(result) if many else result

    def _operator(self, kind: str, elm: Elm, names: dict[str, CqlType]) -> CqlType:
        found = operator(kind)
        if found is None:
            return ANY
        if found.fields == ("operand",):
            operand = elm.get("operand", [])
            parts = operand if isinstance(operand, list) else [operand]
        else:
            parts = [elm[field] for field in found.fields if field in elm]
        arguments = tuple(self._of(part, names) for part in parts)
        resolution = self._resolver.resolve(found.overloads, arguments, promote=True)
        return resolution.overload.result if isinstance(resolution, Resolution) else ANY
