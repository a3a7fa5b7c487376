"""A retrieve's filter in words, as an author wrote it."""

from __future__ import annotations

from typing import Any


def filter_in_words(retrieve: dict[str, Any]) -> str | None:
    """``in "Heart Failure"``, ``of code "LVEF"``: None when the retrieve has no filter."""
    codes = retrieve.get("codes")
    parts: list[str] = []
    if isinstance(codes, dict):
        parts.append(_codes(codes))
    if retrieve.get("dateRange") is not None:
        parts.append(f"with {retrieve.get('dateProperty', 'date')} in the period asked for")
    return " ".join(parts) or None


def _codes(node: dict[str, Any]) -> str:
    match node.get("type"):
        case "ValueSetRef":
            return f'in "{node.get("name")}"'
        case "CodeRef" | "ConceptRef" | "CodeSystemRef":
            return f'of code "{node.get("name")}"'
        case "ToList" | "ToConcept":
            return _codes(node["operand"])
        case "Property":
            return _codes(node["source"]) if isinstance(node.get("source"), dict) else "of the codes asked for"
        case "ExpandValueSet":
            return _codes(node["operand"])
        case "Code":
            return f"of code {node.get('code')!r}"
    return "of the codes asked for"
