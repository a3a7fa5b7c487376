"""Parameters, expression definitions and functions: translated when first needed, given in the author's order."""

from __future__ import annotations

from cql.syntax.nodes import Definition, ExpressionDefinition, FunctionDefinition, LibraryNode, ParameterDefinition
from cql.translator.context import Context
from cql.translator.declarations import UNFILTERED
from cql.translator.dependencies import in_dependency_order
from cql.translator.diagnostics import Code
from cql.translator.elm import Elm, Expr
from cql.translator.operators import Overload
from cql.translator.scope import Scope
from cql.translator.specifiers import resolve_type
from cql.translator.symbols import FunctionSymbol, Symbol
from cql.translator.types import ERRONEOUS, is_erroneous
from cql.types import ANY, CqlType, ListType


class Definitions:
    """Translates the parameters and statements of a library."""

    def __init__(self, context: Context, node: LibraryNode) -> None:
        self.context = context
        self.node = node
        self.parameters: list[Elm] = []
        self._elm: dict[int, Elm] = {}
        self._functions: dict[int, FunctionSymbol] = {}
        self._open: list[Definition] = []
        self._recursive: set[int] = set()
        context.symbols.type_of = self._type_of
        context.symbols.result_of = self._result_of

    # --- parameters -------------------------------------------------------------------------------

    def translate_parameters(self) -> None:
        """Translate the parameters: their types may be given or follow from their defaults."""
        for one in self.node.parameters:
            self.parameters.append(self._parameter(one))

    def _parameter(self, node: ParameterDefinition) -> Elm:
        context = self.context
        elm = context.build.marks(node.span)
        of = None if node.type is None else resolve_type(context, node.type)
        default = None if node.default is None else context.expression(node.default)
        if of is None and default is None:
            context.error(Code.UNKNOWN_TYPE, f"The parameter {node.name} has neither a type nor a default.", node.span)
        if default is not None and of is not None:
            default = context.coerce(default, of, "The default of this parameter")
        result: CqlType = of if of is not None else default.type if default is not None else ERRONEOUS
        elm = {**context.build.marks(node.span, result), "name": node.name}
        elm["accessLevel"] = "Private" if node.private else "Public"
        if default is not None:
            elm["default"] = default.elm
        if of is not None:
            elm["parameterTypeSpecifier"] = context.build.specifier(of)
        symbol = context.symbols.own.symbols.get(node.name)
        if symbol is not None and symbol.node is node:
            symbol.type = result
        return elm

    # --- statements -------------------------------------------------------------------------------

    def translate_statements(self) -> list[Elm]:
        """Translate every statement; the implicit definition of a context comes before its first statement."""
        for one in self.node.statements:
            if isinstance(one, FunctionDefinition):
                self._declare_function(one)
        for definition in in_dependency_order(self.node.statements):
            self._translate(definition)
        found: list[Elm] = []
        seen: set[str] = set()
        contexts = [one.name for one in self.node.contexts]
        for one in self.node.statements:
            if one.context in contexts and one.context not in seen:
                found += self._implicit(one.context)
                seen.add(one.context)
            found.append(self._elm[id(one)])
        for name in contexts:
            if name not in seen:
                found += self._implicit(name)
                seen.add(name)
        return found

    def _implicit(self, name: str) -> list[Elm]:
        """``define Patient``: the single instance of the context's class."""
        symbol = self.context.symbols.own.symbols.get(name)
        if name in UNFILTERED or symbol is None or symbol.node is not None or symbol.type is None:
            return []
        build, of = self.context.build, symbol.type
        if is_erroneous(of):
            return []
        span = next(one.span for one in self.node.contexts if one.name == name)
        model = next(
            one for one in self.context.symbols.models.values() if one.name != "System" and name in one.contexts
        )
        info = model.class_named(model.contexts[name].class_name)
        assert info is not None
        retrieve = build.node("Retrieve", span, ListType(of), dataType=info.type.qualified, templateId=info.identifier)
        expression = build.node("SingletonFrom", span, of, operand=retrieve.elm)
        return [{**build.marks(span, of), "name": name, "context": name, "expression": expression.elm}]

    def _translate(self, node: Definition) -> CqlType:
        """Translate a statement once; what it refers to is translated on the way."""
        if id(node) in self._elm:
            return self._type_known(node)
        if node in self._open:
            return self._recursion(node)
        context = self.context
        self._open.append(node)
        levels = context.scopes.isolate()
        outer = context.model_context
        try:
            assert isinstance(node, (ExpressionDefinition, FunctionDefinition))
            context.model_context = node.context
            if isinstance(node, FunctionDefinition):
                return self._function(node)
            return self._expression(node)
        finally:
            context.model_context = outer
            context.scopes.restore(levels)
            self._open.pop()

    def _type_known(self, node: Definition) -> CqlType:
        if isinstance(node, FunctionDefinition):
            found: Symbol | FunctionSymbol | None = self._functions.get(id(node))
            of = found.result if isinstance(found, FunctionSymbol) else None
        else:
            symbol = self.context.symbols.own.symbols.get(node.name)
            of = symbol.type if symbol is not None and symbol.node is node else None
        return of if of is not None else ERRONEOUS

    def _recursion(self, node: Definition) -> CqlType:
        path = self._open[self._open.index(node) :]
        for one in path:
            if id(one) in self._recursive:
                return ERRONEOUS
        self._recursive.update(id(one) for one in path)
        names = " needs ".join([*(one.name for one in path), node.name])
        self.context.error(
            Code.RECURSION, f"{node.name} is defined by itself: {names}.", node.span, "CQL has no recursion"
        )
        return ERRONEOUS

    def _expression(self, node: ExpressionDefinition) -> CqlType:
        value = self.context.expression(node.value)
        self._elm[id(node)] = {**self._head(node, node.context, value.type), "expression": value.elm}
        symbol = self.context.symbols.own.symbols.get(node.name)
        if symbol is not None and symbol.node is node:
            symbol.type = value.type
        return value.type

    def _head(self, node: Definition, context: str, of: CqlType) -> Elm:
        access = "Private" if node.private else "Public"
        marks = self.context.build.marks(node.span, of)
        return {**marks, "name": node.name, "context": context, "accessLevel": access}

    # --- functions --------------------------------------------------------------------------------

    def _declare_function(self, node: FunctionDefinition) -> None:
        context = self.context
        parameters = tuple(resolve_type(context, of) for _, of in node.parameters)
        returns = None if node.returns is None else resolve_type(context, node.returns)
        if node.value is None and returns is None:
            returns = ANY
        symbol = FunctionSymbol(
            Overload(node.name, parameters, returns or ANY),
            returns,
            fluent=node.fluent,
            private=node.private,
            external=node.value is None,
            node=node,
        )
        self._functions[id(node)] = symbol
        names = [name for name, _ in node.parameters]
        if len(set(names)) < len(names):
            context.error(Code.DUPLICATE_DEFINITION, f"Two operands of {node.name} have the same name.", node.span)
        if node.fluent and not parameters:
            context.error(
                Code.NO_OVERLOAD, f"The fluent function {node.name} needs an operand to be called on.", node.span
            )
        for other in context.symbols.functions_named(node.name):
            if other.overload.parameters == parameters and not any(is_erroneous(one) for one in parameters):
                written = ", ".join(map(str, parameters))
                context.error(
                    Code.DUPLICATE_DEFINITION, f"The function {node.name}({written}) is defined twice.", node.name_span
                )
                return
        context.symbols.own.add_function(symbol)

    def _function(self, node: FunctionDefinition) -> CqlType:
        context, symbol = self.context, self._functions[id(node)]
        operands = list(zip((name for name, _ in node.parameters), symbol.overload.parameters, strict=True))
        body: Expr | None = None
        if node.value is not None:
            context.scopes.push(Scope({name: ("OperandRef", of) for name, of in operands}))
            body = context.expression(node.value)
            context.scopes.pop()
            if symbol.result is not None:
                body = context.coerce(body, symbol.result, f"What {node.name} returns")
            symbol.result = body.type if symbol.result is None else symbol.result
        assert symbol.result is not None
        elm = {"type": "FunctionDef", **self._head(node, node.context, symbol.result)}
        if node.fluent:
            elm["fluent"] = True
        if body is None:
            elm["external"] = True
        else:
            elm["expression"] = body.elm
        elm["operand"] = [
            {**context.build.marks(node.span, of), "name": name, "operandTypeSpecifier": context.build.specifier(of)}
            for name, of in operands
        ]
        self._elm[id(node)] = elm
        return symbol.result

    # --- what names ask for -----------------------------------------------------------------------

    def _type_of(self, symbol: Symbol) -> CqlType:
        if symbol.type is not None:
            return symbol.type
        if symbol.node is None or isinstance(symbol.node, ParameterDefinition):
            return ERRONEOUS
        return self._translate(symbol.node)

    def _result_of(self, symbol: FunctionSymbol) -> CqlType:
        if symbol.result is not None:
            return symbol.result
        return self._translate(symbol.node) if symbol.node is not None else ERRONEOUS
