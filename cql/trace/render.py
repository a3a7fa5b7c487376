"""A trace as text: one line a clause, with the words of the source it stands for."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from cql.trace.shown import shown
from cql.trace.tree import Clause

_WIDTH = 60
_SELF_EVIDENT = frozenset({"Literal", "Null", "ValueSetRef", "CodeRef", "CodeSystemRef", "ConceptRef"})
_MOST_ROWS = 5


def render_define(name: str, clause: Clause, reasons: Iterable[Any], sources: Mapping[str, str]) -> str:
    """The define's value, the reasons of a null, and its clauses, indented by depth."""
    lines = [f'"{name}" = {shown(clause.value)}']
    lines += [f"  because {reason.text}{_at(reason)}" for reason in reasons]
    lines += [f"  {line}" for line in _lines(clause, sources, 0)]
    return "\n".join(lines)


def _at(reason: Any) -> str:
    place = ":".join(str(part) for part in (reason.library, reason.locator) if part)
    return f"  [{place}]" if place else ""


def _lines(clause: Clause, sources: Mapping[str, str], depth: int) -> Iterator[str]:
    words = _words(clause, sources)
    yield f"{'  ' * depth}{words} = {shown(clause.value)}"
    counts: dict[int, int] = {}
    for child in clause.children:
        if child.kind in _SELF_EVIDENT:
            continue
        times = counts[id(child.at.node)] = counts.get(id(child.at.node), 0) + 1
        if times <= _MOST_ROWS:
            yield from _lines(child, sources, depth + 1)
    hidden = sum(times - _MOST_ROWS for times in counts.values() if times > _MOST_ROWS)
    if hidden:
        yield f"{'  ' * (depth + 1)}... and {hidden} more of the same"


def _words(clause: Clause, sources: Mapping[str, str]) -> str:
    """The source text of a clause on one line, shortened; the ELM type where the text is not known."""
    text = sources.get(clause.at.library)
    locator = clause.locator
    if text is None or locator is None:
        return clause.kind
    start, _, end = locator.partition("-")
    line, column = map(int, start.split(":"))
    end_line, end_column = map(int, (end or start).split(":"))
    lines = text.splitlines()[line - 1 : end_line]
    if not lines:
        return clause.kind
    lines[-1] = lines[-1][:end_column]
    lines[0] = lines[0][column - 1 :]
    words = " ".join(" ".join(lines).split())
    return words if len(words) <= _WIDTH else words[: _WIDTH - 3] + "..."
