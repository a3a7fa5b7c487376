"""A library: its header, its definitions in dependency order, and the ELM document of it all."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from cql.errors import Diagnostic
from cql.syntax.nodes import LibraryNode
from cql.syntax.parser import parse_library
from cql.translator.context import Context
from cql.translator.declarations import Declarations
from cql.translator.definitions import Definitions
from cql.translator.diagnostics import Code, Diagnostics
from cql.translator.elm import Elm
from cql.translator.expressions import HANDLERS
from cql.translator.included import IncludeProvider
from cql.translator.loading import Loader
from cql.translator.symbols import Exports
from cql.translator.unused import report_unused

_OPTIONS = "EnableLocators,EnableResultTypes,DisableListDemotion,DisableListPromotion"


@dataclass(frozen=True, slots=True)
class Translation:
    """What became of a text. ``elm`` is None when there is any error; ``diagnostics`` are in source order."""

    elm: dict[str, Any] | None
    diagnostics: tuple[Diagnostic, ...]
    source: str


def translate(text: str, *, name_hint: str | None = None, includes: IncludeProvider | None = None) -> Translation:
    """Translate the text of a CQL 1.5 library.

    ``name_hint`` names a library whose text has no header. ``includes`` gives the included libraries, by name (with its
    namespace) and version: CQL text, ELM, or None when there is none. Never raises: every error found is a diagnostic.
    """
    loader = Loader(includes, _translate)
    elm, _, diagnostics = _translate(text, name_hint, loader)
    return Translation(elm, diagnostics, text)


def _translate(
    text: str, name_hint: str | None, loader: Loader
) -> tuple[dict[str, Any] | None, Exports | None, tuple[Diagnostic, ...]]:
    """Translate with what is loaded already: (ELM, exports, diagnostics)."""
    parsed = parse_library(text, name_hint)
    if parsed.library is None:
        return None, None, parsed.diagnostics
    node = parsed.library
    diagnostics = Diagnostics(text, node.name or name_hint)
    context = Context(diagnostics, HANDLERS)
    declarations = Declarations(context, node, loader, name_hint, parsed.failed_names)
    elm: Elm | None = None
    try:
        elm = _document(context, node, declarations)
    except RecursionError:
        diagnostics.error(
            Code.TOO_DEEP,
            "The library is nested too deep to be translated.",
            node.span,
            "Move inner parts into definitions.",
        )
    found = _merged(parsed.diagnostics, diagnostics.sorted())
    failed = any(one.severity == "error" for one in found)
    return None if failed else elm, context.symbols.own if elm is not None else None, found


def _document(context: Context, node: LibraryNode, declarations: Declarations) -> Elm | None:
    sections = declarations.translate()
    if sections is None:
        return None
    definitions = Definitions(context, node)
    definitions.translate_parameters()
    statements = definitions.translate_statements()
    helpers = declarations.helpers_include()
    if helpers is not None:
        sections.setdefault("includes", []).append(helpers)  # type: ignore[union-attr]
    sections["parameters"] = definitions.parameters
    sections["statements"] = statements
    report_unused(context, node)
    own = context.symbols.own
    identifier: Elm = {"id": own.name}
    if node.qualifiers:
        identifier["system"] = ".".join(node.qualifiers)
    if own.version is not None:
        identifier["version"] = own.version
    library: Elm = {
        "localId": "0",
        "annotation": [{"type": "CqlToElmInfo", "translatorOptions": _OPTIONS}],
        "identifier": identifier,
        "schemaIdentifier": {"id": "urn:hl7-org:elm", "version": "r1"},
    }
    order = (
        "usings",
        "includes",
        "parameters",
        "codeSystems",
        "valueSets",
        "codes",
        "concepts",
        "contexts",
        "statements",
    )
    for name in order:
        if sections.get(name):
            library[name] = {"def": sections[name]}
    return {"library": library}


def _merged(parsed: tuple[Diagnostic, ...], found: tuple[Diagnostic, ...]) -> tuple[Diagnostic, ...]:
    """The parser's findings and ours, in source order."""

    def place(one: Diagnostic) -> tuple[int, int]:
        return (one.span.line, one.span.column) if one.span is not None else (0, 0)

    return tuple(sorted((*parsed, *found), key=place))
