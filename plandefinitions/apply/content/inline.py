"""Inline CQL expressions: made into the text of a define, their variables and unqualified names resolved.

An inline expression stands in no library. ``%subject`` becomes a parameter, ``%name`` a named expression, and a name
that one of the plan's libraries declares may be used without the library's name.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from cql import Library

_TOKEN = re.compile(
    r"""(?P<skip>//[^\n]*|/\*.*?\*/|'(?:\\.|[^'\\])*'|@[\w:.+\-]+)
  | %(?P<variable>[A-Za-z_]\w*|"(?:\\.|[^"\\])*"|`(?:\\.|[^`\\])*`)
  | (?P<quoted>"(?:\\.|[^"\\])*"|`(?:\\.|[^`\\])*`)
  | (?P<word>[A-Za-z_]\w*)
  | (?P<dot>\.)""",
    re.VERBOSE | re.DOTALL,
)
_DECLARED = ("statements", "parameters", "valueSets", "codes", "concepts", "codeSystems")
# Every library has these: they mean the wrapper's own.
_CONTEXTS = frozenset({"Patient", "Practitioner", "Unfiltered", "Population"})


def quote(name: str) -> str:
    """A name as a quoted CQL identifier."""
    return '"' + name.replace("\\", "\\\\").replace('"', '\\"') + '"'


def declared(library: Library) -> frozenset[str]:
    """The names that a library declares: defines, parameters, terminology."""
    content: dict[str, Any] = library.to_elm()["library"]
    found = (one.get("name") for part in _DECLARED for one in (content.get(part) or {}).get("def") or ())
    return frozenset(name for name in found if name) - _CONTEXTS


def rewrite(text: str, names: Mapping[str, str], variable: Callable[[str], str | None]) -> str:
    """``text`` with ``names`` replaced by qualified ones and each ``%variable`` by what ``variable`` gives for it.

    A name after a point is an element, and kept. ``variable`` may give None: the variable is kept, for the
    translator to refuse.
    """
    after_point = False

    def replace(found: re.Match[str]) -> str:
        nonlocal after_point
        here, after_point = after_point, found.lastgroup == "dot"
        if found["variable"]:
            return variable(found["variable"].strip('"`')) or found[0]
        name = found["quoted"] or found["word"]
        if name is None or here:
            return found[0]
        return names.get(name[1:-1] if found["quoted"] else name, found[0])

    return _TOKEN.sub(replace, text)
