"""Property access (ELM ``Property``).

A step from JSON whose class is known is one ``dict.get``. The rest goes through ``cql.data.properties`` at run time.
"""

from __future__ import annotations

from cql.compiler.emitter import Emitter
from cql.compiler.forms import Choice, Raw, Scalar, Value
from cql.compiler.nodes import Node
from cql.compiler.registry import emits
from cql.data.properties import path_steps
from cql.data.shapes import Shape, element_info, primitive_reader
from cql.types import (
    BOOLEAN,
    CODE,
    CONCEPT,
    DATETIME,
    DECIMAL,
    FHIR_URI,
    QUANTITY,
    RATIO,
    STRING,
    SYSTEM_URI,
    CqlType,
    IntervalType,
    ListType,
    NamedType,
    TupleType,
)

_SYSTEM: dict[CqlType, dict[str, CqlType]] = {
    QUANTITY: {"value": DECIMAL, "unit": STRING},
    RATIO: {"numerator": QUANTITY, "denominator": QUANTITY},
    CODE: {"code": STRING, "system": STRING, "version": STRING, "display": STRING},
    CONCEPT: {"codes": ListType(CODE), "display": STRING},
}


@emits("Property")
def _property(emitter: Emitter, node: Node) -> Value:
    if node.get("source") is not None:
        value = emitter.emit(node["source"])
    else:
        value = emitter.lookup(node.get("scope") or "$this", node)
    return read_path(emitter, value, node["path"])


def read_path(emitter: Emitter, value: Value, path: str) -> Value:
    """The property ``path`` (dotted and indexed as well) of a value."""
    for step in path_steps(path):
        value = _read_name(emitter, value, step) if isinstance(step, str) else _read_index(emitter, value, step)
    return value


def _read_index(emitter: Emitter, value: Value, index: int) -> Value:
    if isinstance(value, Raw) and isinstance(value.type, ListType):
        code = emitter.call("list.indexer", value.code, str(index))
        return Raw(code, value.type.element)
    value = emitter.boxed(value)
    if isinstance(value.type, ListType):
        return Value(emitter.call("list.indexer", value.code, str(index)), value.type.element)
    return value if index == 0 else Value("None", None, None)


def _read_name(emitter: Emitter, value: Value, name: str) -> Value:
    if isinstance(value, Scalar):
        assert value.shape is not None
        if name == "value":
            of = _system_type(value.shape.type)
            if of == DATETIME:
                return Value(emitter.read_date_time(value.code), of)
            return Value(emitter.share(f"{emitter.reader(value.shape)}({value.code})"), of)
        value = emitter.boxed(value)
    if isinstance(value.type, NamedType) and value.type.uri == FHIR_URI and not isinstance(value, Choice):
        found = _read_element(emitter, value, value.type.name, name)
        if found is not None:
            return found
    value = emitter.boxed(value)
    constant = emitter.builder.constant(name)
    if isinstance(value.type, TupleType):
        of = dict(value.type.elements).get(name)
        return Value(emitter.bind(f"{value.code}.get({constant}) if {value.code} is not None else None"), of)
    return Value(emitter.call("properties.get_property", value.code, constant), _system_property(value.type, name))


def _system_property(of: CqlType | None, name: str) -> CqlType | None:
    if isinstance(of, IntervalType):
        return of.point if name in ("low", "high") else BOOLEAN
    return None if of is None else _SYSTEM.get(of, {}).get(name)


def _system_type(name: str) -> CqlType | None:
    """The System type of a FHIR primitive's value."""
    info = element_info(name, "value")
    return None if info is None else NamedType(SYSTEM_URI, info.shapes[0].type)


def _read_element(emitter: Emitter, value: Value, class_name: str, name: str) -> Value | None:
    """An element of a FHIR class; None when the class has none of that name."""
    if primitive_reader(class_name) is not None:
        if name != "value":
            return None
        boxed = emitter.boxed(value).code
        return Value(emitter.call("properties.get_property", boxed, "'value'"), _system_type(class_name))
    info = element_info(class_name, name)
    if info is None:
        return None
    parent = value if isinstance(value, Raw) else emitter.raw(value)
    if len(info.shapes) > 1:
        return Choice(parent.code, None, info=info, present=parent.present)
    shape = info.shapes[0]
    if not info.is_list:
        return read_shape(emitter, parent.code, parent.present, shape)
    of = ListType(_shape_type(shape))
    if shape.kind == "complex":
        got, _ = _get(emitter, parent.code, parent.present, shape.key)
        return Raw(emitter.call("runtime.raw_list", got), of, present=True)
    return Value(emitter.call("runtime.read_choice", emitter.builder.constant(info), parent.code), of)


def read_shape(emitter: Emitter, parent: str, present: bool, shape: Shape) -> Value:
    """A single element of the JSON object ``parent`` that stands there in this shape."""
    code, is_new = _get(emitter, parent, present, shape.key)
    of = _shape_type(shape)
    match shape.kind:
        case "complex":
            mend = f"{emitter.op('runtime.no_object')}({code})"
            if is_new:
                emitter.line(f"if type({code}) is not dict and {code} is not None: {code} = {mend}")
            return Raw(code, of)
        case "resource":
            return Raw(emitter.call("runtime.resource", code), of)
    return Scalar(code, of, parent=parent, shape=shape)


def _get(emitter: Emitter, parent: str, present: bool, key: str) -> tuple[str, bool]:
    """The name of what stands under a key, and whether it is read here for the first time."""
    get = f"{parent}.get({key!r})"
    return emitter.writer.share(get if present else f"{get} if {parent} is not None else None")


def _shape_type(shape: Shape) -> NamedType:
    return NamedType(SYSTEM_URI if shape.kind == "system" else FHIR_URI, shape.type)
