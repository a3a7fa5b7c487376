"""Is a text FHIRPath? Asked when content is loaded.

The parser of ``fhirpathpy`` mends what it can and says nothing; its grammar is used here with a listener that does.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any


def problem_of(text: str) -> str | None:
    """What is wrong with a FHIRPath expression's syntax, None when nothing is."""
    antlr = import_module("antlr4")
    grammar = import_module("fhirpathpy.parser.generated.FHIRPathParser")
    words = import_module("fhirpathpy.parser.generated.FHIRPathLexer")
    found: list[str] = []

    class Listener(import_module("antlr4.error.ErrorListener").ErrorListener):  # type: ignore[misc]
        def syntaxError(  # noqa: N802
            self, recognizer: Any, symbol: Any, line: int, column: int, message: str, error: Any
        ) -> None:
            found.append(f"{line}:{column + 1}: {message.partition(' expecting ')[0]}")

    lexer = words.FHIRPathLexer(antlr.InputStream(text))
    parser = grammar.FHIRPathParser(antlr.CommonTokenStream(lexer))
    for one in (lexer, parser):
        one.removeErrorListeners()
        one.addErrorListener(Listener())
    parser.entireExpression()
    return found[0] if found else None
