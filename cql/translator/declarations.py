"""What stands before the statements of a library: usings, includes, terminology and contexts."""

from __future__ import annotations

from cql.models import Model, model
from cql.syntax.nodes import (
    CodeDefinition,
    CodeSystemDefinition,
    ConceptDefinition,
    ContextDefinition,
    Definition,
    FunctionDefinition,
    IncludeDefinition,
    LibraryNode,
    UsingDefinition,
    ValueSetDefinition,
)
from cql.translator.coercion import HELPERS
from cql.translator.context import Context
from cql.translator.diagnostics import Code, suggestion
from cql.translator.elm import Elm
from cql.translator.expressions.selectors import reference
from cql.translator.included import helpers
from cql.translator.loading import Loader
from cql.translator.symbols import Exports, FunctionSymbol, Included, Symbol, Symbols
from cql.translator.types import ERRONEOUS
from cql.types import CODE, CODESYSTEM, CONCEPT, SYSTEM_URI, VALUESET, CqlType, NamedType

_OTHER_MODELS = "what is over another model (QICore, USCore, QDM, another FHIR release) must be written over FHIR 4.0.1"

UNFILTERED = ("Unfiltered", "Population")


class Declarations:
    """Declares the names of a library and translates everything but parameters and statements."""

    def __init__(
        self, context: Context, node: LibraryNode, loader: Loader, name_hint: str | None, unreadable: frozenset[str]
    ) -> None:
        self.context = context
        self.node = node
        self.loader = loader
        own = Exports(node.name or name_hint or "Anonymous", node.version)
        context.symbols = Symbols(own, {"System": model("System")}, {}, unreadable, _not_yet, _not_yet)

    def translate(self) -> dict[str, Elm | list[Elm]] | None:
        """Declare every name, then give the ELM sections. None when a model is unknown: nothing else can be judged."""
        usings = self._usings()
        if usings is None:
            return None
        sections: dict[str, Elm | list[Elm]] = {"usings": usings}
        self.loader.enter(".".join((*self.node.qualifiers, self.context.symbols.own.name)))
        try:
            sections["includes"] = [elm for one in self.node.includes if (elm := self._include(one)) is not None]
        finally:
            self.loader.leave()
        self._declare_all()
        sections["codeSystems"] = [self._code_system(one) for one in self.node.code_systems]
        sections["valueSets"] = [self._value_set(one) for one in self.node.value_sets]
        sections["codes"] = [self._code(one) for one in self.node.codes]
        sections["concepts"] = [self._concept(one) for one in self.node.concepts]
        sections["contexts"] = self._contexts()
        return sections

    # --- models and libraries ---------------------------------------------------------------------

    def _usings(self) -> list[Elm] | None:
        context = self.context
        found: list[Elm] = [{"localId": context.build.next_id(), "localIdentifier": "System", "uri": SYSTEM_URI}]
        models = [(one, used) for one in self.node.usings if (used := self._model(one)) is not None]
        if len(models) < len(self.node.usings):
            return None
        for one, used in models:
            alias = one.alias or one.name
            if one.name == "System":
                continue
            if alias in context.symbols.models:
                context.error(Code.DUPLICATE_DEFINITION, f"The model {alias} is used twice.", one.span)
                continue
            context.symbols.models[alias] = used
            context.types.add(used)
            found.append(
                {**context.build.marks(one.span), "localIdentifier": alias, "uri": used.uri, "version": used.version}
            )
        return found

    def _model(self, node: UsingDefinition) -> Model | None:
        try:
            return model(".".join((*node.qualifiers, node.name)), node.version)
        except LookupError as error:
            message = str(error).strip("'\"")
            self.context.error(Code.UNKNOWN_MODEL, message[0].upper() + message[1:] + ".", node.span, _OTHER_MODELS)
            return None

    def _include(self, node: IncludeDefinition) -> Elm | None:
        context = self.context
        if node.alias in context.symbols.included:
            context.error(Code.DUPLICATE_DEFINITION, f"Two included libraries are called {node.alias}.", node.span)
            return None
        fhir = context.symbols.models.get("FHIR")
        if node.name == HELPERS and fhir is not None:  # in whatever namespace: its functions are built in
            exports: Exports | None = helpers(fhir)
            context.coercion.alias = node.alias
        else:
            exports = self.loader.load(context, node)
        context.symbols.included[node.alias] = Included(node.alias, exports)
        elm = {
            **context.build.marks(node.span),
            "localIdentifier": node.alias,
            "path": ".".join((*node.qualifiers, node.name)),
        }
        version = node.version or (exports.version if exports is not None else None)
        if version is not None:
            elm["version"] = version
        return elm

    def helpers_include(self) -> Elm | None:
        """The include of FHIRHelpers that the author left out, where a conversion needs it."""
        context = self.context
        included = context.symbols.included
        if not context.coercion.uses_helpers or context.coercion.alias in included:
            return None
        fhir = context.symbols.models["FHIR"]
        return {
            "localId": context.build.next_id(),
            "localIdentifier": HELPERS,
            "path": HELPERS,
            "version": fhir.version,
        }

    # --- names ------------------------------------------------------------------------------------

    def _declare_all(self) -> None:
        node = self.node
        groups: tuple[tuple[tuple[Definition, ...], str, CqlType | None], ...] = (
            (node.code_systems, "CodeSystemRef", CODESYSTEM),
            (node.value_sets, "ValueSetRef", VALUESET),
            (node.codes, "CodeRef", CODE),
            (node.concepts, "ConceptRef", CONCEPT),
            (node.parameters, "ParameterRef", None),
            (tuple(one for one in node.statements if not isinstance(one, FunctionDefinition)), "ExpressionRef", None),
        )
        for definitions, kind, of in groups:
            for one in definitions:
                self._declare(one, Symbol(one.name, kind, of, one.private, one))

    def _declare(self, node: Definition, symbol: Symbol) -> None:
        symbols = self.context.symbols
        taken = symbols.own.symbols.get(node.name)
        if taken is not None or node.name in symbols.included:
            where = f" (line {taken.node.span.line})" if taken is not None and taken.node is not None else ""
            self.context.error(
                Code.DUPLICATE_DEFINITION,
                f"The library has another definition called {node.name}{where}.",
                node.name_span,
            )
            return
        symbols.own.symbols[node.name] = symbol

    # --- terminology ------------------------------------------------------------------------------

    def _head(self, node: Definition, id_: str) -> Elm:
        access = "Private" if node.private else "Public"
        return {**self.context.build.marks(node.span), "name": node.name, "id": id_, "accessLevel": access}

    def _code_system(self, node: CodeSystemDefinition) -> Elm:
        elm = self._head(node, node.id)
        if node.version is not None:
            elm["version"] = node.version
        return elm

    def _value_set(self, node: ValueSetDefinition) -> Elm:
        elm = self._head(node, node.id)
        if node.version is not None:
            elm["version"] = node.version
        if node.code_systems:
            elm["codeSystem"] = [
                reference(self.context, one, "CodeSystemRef", "code system") for one in node.code_systems
            ]
        return elm

    def _code(self, node: CodeDefinition) -> Elm:
        elm = self._head(node, node.id)
        if node.display is not None:
            elm["display"] = node.display
        elm["codeSystem"] = reference(self.context, node.system, "CodeSystemRef", "code system")
        return elm

    def _concept(self, node: ConceptDefinition) -> Elm:
        elm = self._head(node, "")
        del elm["id"]
        if node.display is not None:
            elm["display"] = node.display
        elm["code"] = [reference(self.context, one, "CodeRef", "code") for one in node.codes]
        return elm

    # --- contexts ---------------------------------------------------------------------------------

    def _contexts(self) -> list[Elm]:
        found: dict[str, Elm] = {}
        for one in self.node.contexts:
            if one.name not in found and (one.name in UNFILTERED or self._context_class(one) is not None):
                found[one.name] = {**self.context.build.marks(one.span), "name": one.name}
        return list(found.values())

    def _context_class(self, node: ContextDefinition) -> NamedType | None:
        """Declare the implicit definition of a context; None (and a finding) when no model has that context."""
        symbols = self.context.symbols
        models = [symbols.models[node.model]] if node.model in symbols.models else list(symbols.models.values())
        for one in models:
            info = one.contexts.get(node.name)
            if info is not None:
                of = one.type_named(info.class_name)
                assert of is not None
                if node.name not in symbols.own.symbols:
                    symbols.own.symbols[node.name] = Symbol(node.name, "ExpressionRef", of)
                return of
        known = [name for one in symbols.models.values() for name in one.contexts] + list(UNFILTERED[:1])
        hint = suggestion(node.name, known)
        if len(symbols.models) == 1:
            hint = "add `using FHIR version '4.0.1'` before it"
        self.context.error(Code.UNKNOWN_CONTEXT, f"No model in use has a context {node.name}.", node.span, hint)
        symbols.own.symbols.setdefault(node.name, Symbol(node.name, "ExpressionRef", ERRONEOUS))
        return None


def _not_yet(symbol: Symbol | FunctionSymbol) -> CqlType:
    """The type of what is declared before the statements are translated."""
    of = symbol.type if isinstance(symbol, Symbol) else symbol.result
    return of if of is not None else ERRONEOUS
