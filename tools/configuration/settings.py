"""The settings as rows: read from the models themselves, so that none is forgotten and none is made up."""

from __future__ import annotations

import ast
import inspect
import json
import textwrap
import types
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any, Literal, Union, get_args, get_origin

from annotated_types import Ge, Gt, Le
from pydantic import BaseModel
from pydantic.fields import FieldInfo

from cds_hooks.settings import Settings

ROOT = Path(__file__).resolve().parents[2]

_TYPES = {str: "text", int: "integer", float: "number", bool: "true or false", Path: "path"}
_NUMBERS = frozenset({int, float})


@dataclass(frozen=True, slots=True)
class Setting:
    """One setting: its name within the table, what it may be, what it is when not set, and what it means."""

    name: str
    type: str
    default: str
    meaning: str


@dataclass(frozen=True, slots=True)
class Table:
    """One table of the settings file; `header` is empty for the top of the file."""

    header: str
    meaning: str
    settings: tuple[Setting, ...]


def tables() -> tuple[Table, ...]:
    """All tables, the top of the file first."""
    return tuple(_tables(Settings, (), ""))


def _tables(model: type[BaseModel], path: tuple[str, ...], header: str, meaning: str = "") -> Iterator[Table]:
    """The table of a model, then those within it."""
    inner: list[Table] = []
    rows = []
    for name, field in model.model_fields.items():
        part = _part(field.annotation)
        if part is None:
            rows.append(Setting(name, _type(field), _default(field), _meaning(model, name)))
        else:
            kind, many = part
            below = (*path, name)
            brackets = "[[{}]]" if many else "[{}]"
            inner += _tables(kind, below, brackets.format(".".join(below)), _meaning(model, name))
    yield Table(header, meaning, tuple(rows))
    yield from inner


def _part(annotation: Any) -> tuple[type[BaseModel], bool] | None:
    """The model of a table, and whether there may be several; None for a setting."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation, False
    if get_origin(annotation) is tuple and (part := _part(get_args(annotation)[0])):
        return part[0], True
    return None


def _type(field: FieldInfo) -> str:
    told = _words(field.annotation)
    least, most, above = (_bound(field, kind) for kind in (Ge, Le, Gt))
    if least is not None and most is not None:
        return f"{told}, {least} to {most}"
    if least is not None:
        return f"{told}, {least} or more"
    if above is not None:
        return f"{told}, more than {above}"
    return told


def _bound(field: FieldInfo, kind: type[Ge | Le | Gt]) -> object:
    attribute = {Ge: "ge", Le: "le", Gt: "gt"}[kind]
    return next((getattr(one, attribute) for one in field.metadata if isinstance(one, kind)), None)


def _words(annotation: Any) -> str:
    origin, arguments = get_origin(annotation), get_args(annotation)
    if annotation in _TYPES:
        return _TYPES[annotation]
    if origin is Literal:
        return " or ".join(f"`{json.dumps(one)}`" for one in arguments)
    if origin in (Union, types.UnionType):
        kinds = [one for one in arguments if one is not type(None)]
        return "number" if set(kinds) == _NUMBERS else " or ".join(map(_words, kinds))
    if origin is tuple:
        return f"list of {_words(arguments[0])}"
    if annotation is Any:
        return "anything"
    if isinstance(origin, type) and issubclass(origin, Mapping):
        return "table" if arguments[1] is Any else f"table of {_words(arguments[1])}"
    raise TypeError(f"no words for the type {annotation}")


def _default(field: FieldInfo) -> str:
    """As it would stand in the file; empty for what is not set."""
    if field.is_required():
        return "required"
    value = field.get_default(call_default_factory=True)
    if value in (None, "", (), {}):
        return "none"
    if isinstance(value, Path):
        return f"`{value.relative_to(ROOT) if value.is_relative_to(ROOT) else value}`"
    return f"`{json.dumps(value)}`"


def _meaning(model: type[BaseModel], name: str) -> str:
    """The docstring below a setting; of an inherited one, where it is defined."""
    for kind in model.__mro__:
        if issubclass(kind, BaseModel) and (found := _docstrings(kind).get(name)):
            return " ".join(found.split())
    raise ValueError(f"a setting without a docstring: {model.__name__}.{name}")


@cache
def _docstrings(model: type[BaseModel]) -> Mapping[str, str]:
    """The texts that stand below the fields of a model, by field; Python itself does not keep them."""
    (definition,) = ast.parse(textwrap.dedent(inspect.getsource(model))).body
    assert isinstance(definition, ast.ClassDef)
    return {
        field.target.id: text.value.value
        for field, text in pairwise(definition.body)
        if isinstance(field, ast.AnnAssign)
        and isinstance(field.target, ast.Name)
        and isinstance(text, ast.Expr)
        and isinstance(text.value, ast.Constant)
        and isinstance(text.value.value, str)
    }
