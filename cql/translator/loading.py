"""Finding included libraries: each is loaded once, and a library never includes itself."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from cql.errors import Diagnostic
from cql.syntax.nodes import IncludeDefinition
from cql.translator.context import Context
from cql.translator.diagnostics import Code
from cql.translator.included import IncludeProvider, exports_of_elm
from cql.translator.symbols import Exports

Translate = Callable[[str, str | None, "Loader"], tuple[dict[str, Any] | None, Exports | None, tuple[Diagnostic, ...]]]


class Loader:
    """Loads the libraries that one translation needs, itself included ones translated with the same loader."""

    def __init__(self, provider: IncludeProvider | None, translate: Translate) -> None:
        self._provider = provider
        self._translate = translate
        self._loaded: dict[tuple[str, str | None], Exports | None] = {}
        self._loading: list[str] = []

    def enter(self, name: str) -> None:
        """The library ``name`` is being translated from now on."""
        self._loading.append(name)

    def leave(self) -> None:
        """The library entered last is done."""
        self._loading.pop()

    def load(self, context: Context, node: IncludeDefinition) -> Exports | None:
        """What the included library exports; None (and a finding) when it cannot be had."""
        name = ".".join((*node.qualifiers, node.name))
        if name in self._loading:
            path = " includes ".join([*self._loading[self._loading.index(name) :], name])
            context.error(Code.CIRCULAR_INCLUDE, f"The library includes itself: {path}.", node.span)
            return None
        key = (name, node.version)
        if key not in self._loaded:
            self._loaded[key] = self._load(context, node, name)
        return self._loaded[key]

    def _load(self, context: Context, node: IncludeDefinition, name: str) -> Exports | None:
        found = self._provider(name, node.version) if self._provider is not None else None
        if found is None:
            wanted = f"{name} version {node.version}" if node.version is not None else name
            context.error(Code.UNKNOWN_LIBRARY, f"The included library {wanted} is not there.", node.span)
            return None
        exports = (
            self._from_text(context, node, name, found)
            if isinstance(found, str)
            else self._from_elm(context, node, found)
        )
        if exports is not None and node.version is not None and exports.version not in (None, node.version):
            context.error(
                Code.LIBRARY_VERSION,
                f"{name} version {node.version} is asked for, but the library found has version {exports.version}.",
                node.span,
            )
        return exports

    def _from_text(self, context: Context, node: IncludeDefinition, name: str, text: str) -> Exports | None:
        elm, exports, diagnostics = self._translate(text, name, self)
        if elm is None:
            errors = [one for one in diagnostics if one.severity == "error"]
            first = f" The first: {errors[0].message}" if errors else ""
            context.error(
                Code.INVALID_LIBRARY, f"The included library {name} has {len(errors)} error(s).{first}", node.span
            )
            context.diagnostics.extend(errors)
        return exports

    def _from_elm(self, context: Context, node: IncludeDefinition, elm: dict[str, Any]) -> Exports | None:
        try:
            return exports_of_elm(elm, context.types)
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            context.error(
                Code.INVALID_LIBRARY, f"The ELM of the included library {node.name} is not valid: {error}.", node.span
            )
            return None
