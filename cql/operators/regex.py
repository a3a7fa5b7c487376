"""String operators with regular expressions: Matches, ReplaceMatches, SplitOnMatches (CQL reference, B.8).

CQL leaves the dialect open and recommends PCRE. Patterns come from libraries that are not trusted, and a backtracking
engine can be made to run for years by a short one; so RE2 is used: PCRE's syntax without back-references and
look-around, and time linear in the text. What it does not support is an ``EvaluationError`` naming the pattern, never
a wrong answer.

As the reference asks: case-sensitive, single-line mode (``.`` matches a line break too), independent of locale.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from cql.errors import EvaluationError
from cql.operators.guards import DEFAULT_MAX_STRING, check_length

# Read by the standard library's engine: the expression is ours and linear. A "$" before anything else is a literal.
_TOKEN = re.compile(
    r"\\(?P<escaped>.)|\$(?P<number>[1-9][0-9]{0,2}|0)|\$\{(?P<name>[A-Za-z_][A-Za-z0-9_]*)\}", re.DOTALL
)

Expand = Callable[[Any], str]
"""Gives the replacement of one match."""


@lru_cache(maxsize=256)
def _compiled(pattern: str) -> Any:
    """The pattern in RE2. Raises ``EvaluationError`` if it is invalid or needs what RE2 does not have."""
    import re2  # type: ignore[import-untyped]  # here, because most libraries use no regular expression

    options = re2.Options()
    options.dot_nl = True
    options.log_errors = False
    try:
        return re2.compile(pattern, options)
    except re2.error as error:
        reason = error.args[0] if error.args else ""
        text = reason.decode("utf-8", "replace") if isinstance(reason, bytes) else str(reason)
        raise EvaluationError(f"invalid or unsupported regular expression {pattern!r}: {text}") from error
    except UnicodeEncodeError as error:
        raise EvaluationError(f"the regular expression {pattern!r} is not valid Unicode") from error


def matches(text: str | None, pattern: str | None) -> bool | None:
    """``Matches``: whether the *whole* text matches the pattern (CQL 1.5: ``Matches('1,2three', '\\w+')`` is false)."""
    if text is None or pattern is None:
        return None
    return _compiled(pattern).fullmatch(_encodable(text)) is not None


def replace_matches(
    text: str | None, pattern: str | None, substitution: str | None, *, max_string: int = DEFAULT_MAX_STRING
) -> str | None:
    r"""``ReplaceMatches``: every match replaced by ``substitution``.

    In it ``$1`` or ``${name}`` is a group of the match, ``$0`` the whole match, and ``\`` takes the next character
    literally (``\$`` is a dollar sign). Raises ``EvaluationError`` for a group that the pattern does not have.
    """
    if text is None or pattern is None or substitution is None:
        return None
    expression = _compiled(pattern)
    expand = _template(substitution, pattern)
    pieces: list[str] = []
    size = end = 0
    for match in expression.finditer(_encodable(text)):
        pieces += (text[end : match.start()], expand(match))
        size += len(pieces[-2]) + len(pieces[-1])
        check_length(size, max_string, "ReplaceMatches")
        end = match.end()
    check_length(size + len(text) - end, max_string, "ReplaceMatches")
    return "".join(pieces) + text[end:]


def split_on_matches(text: str | None, pattern: str | None) -> list[str] | None:
    """``SplitOnMatches``: the parts between matches. A null pattern and empty matches separate nothing."""
    if text is None:
        return None
    if pattern is None:
        return [text]
    parts: list[str] = []
    end = 0
    for match in _compiled(pattern).finditer(_encodable(text)):
        if match.end() > match.start():
            parts.append(text[end : match.start()])
            end = match.end()
    return [*parts, text[end:]]


def _encodable(text: str) -> str:
    """The text, if RE2 can take it; a lone surrogate (from an escape in the library) cannot be matched."""
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise EvaluationError(f"the text {text!r} is not valid Unicode") from error
    return text


@dataclass(frozen=True, slots=True)
class _Group:
    """A reference to a group of the match, by number or name."""

    key: int | str


@lru_cache(maxsize=256)
def _template(substitution: str, pattern: str) -> Expand:
    """The substitution as a function of a match."""
    parts = _parsed(substitution, pattern)
    literals = [part for part in parts if isinstance(part, str)]
    if len(literals) == len(parts):
        literal = "".join(literals)
        return lambda match: literal
    return lambda match: "".join(part if isinstance(part, str) else match.group(part.key) or "" for part in parts)


def _parsed(substitution: str, pattern: str) -> list[str | _Group]:
    """The substitution's literals and group references; raises ``EvaluationError`` for an unknown group."""
    expression = _compiled(pattern)
    parts: list[str | _Group] = []
    end = 0
    for token in _TOKEN.finditer(substitution):
        parts.append(substitution[end : token.start()])
        end = token.end()
        if token["escaped"] is not None:
            parts.append(token["escaped"])
            continue
        key = token["name"] if token["name"] is not None else _group_number(token["number"], expression.groups)
        if key not in expression.groupindex if isinstance(key, str) else key > expression.groups:
            raise EvaluationError(f"the substitution {substitution!r} names a group that {pattern!r} does not have")
        # "$12" with fewer than twelve groups is group 1 followed by a 2.
        rest = "" if isinstance(key, str) else token["number"][len(str(key)) :]
        parts += (_Group(key), rest)
    return [part for part in (*parts, substitution[end:]) if part != ""]


def _group_number(digits: str, groups: int) -> int:
    """The longest prefix of ``digits`` that is the number of a group; else its first digit."""
    size = len(digits)
    while size > 1 and int(digits[:size]) > groups:
        size -= 1
    return int(digits[:size])
