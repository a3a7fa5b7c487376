"""CQL text to tokens, with one compiled pattern.

Lexical errors never stop the lexer: what was evidently meant (``==`` for ``=``, typographic quotes) is put in its
place, the rest is left out, and a diagnostic says so. Time is linear in the length of the text.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import Final

from cql.errors import Diagnostic, Severity
from cql.syntax.diagnostics import MAX_DIAGNOSTICS, Code, SourceText
from cql.syntax.span import Span
from cql.syntax.tokens import (
    DATE,
    DATETIME,
    DECIMAL,
    END,
    IDENTIFIER,
    INTEGER,
    KEYWORDS,
    LONG,
    PHRASES,
    STRING,
    TIME,
    Token,
)

MAX_TOKENS: Final = 200_000
"""A text of more tokens than this is refused: far beyond any library, and a bound on memory."""

_CLOCK = r"[0-9]{2}(?::[0-9]{2}(?::[0-9]{2}(?:\.[0-9]+)?)?)?"
_DAY = r"@[0-9]{4}(?:-[0-9]{2}(?:-[0-9]{2})?)?"
_NOT_DATE = r"(?![\w:]|\.[0-9]|[+-][0-9]{1,2}(?::|[0-9]{2}))"
# "@2014-1" is a slip in a date, not a date minus an integer; "@2014-1 year" is a subtraction.
_NOT_SUBTRACTION = r"(?!-[0-9]{1,2}(?:-|(?![0-9])(?!\s*(?:'|year|month|week|day|hour|minute|second|millisecond))))"


def _quoted(name: str, quote: str, *, line: bool) -> str:
    """A pattern for text in quotes with backslash escapes; ``line``: not beyond the line's end."""
    plain = rf"[^{quote}\\\n]" if line else rf"[^{quote}\\]"
    escape = r"\\[^\n]" if line else r"\\[\s\S]"
    return rf"(?P<{name}>{quote}{plain}*+(?:{escape}{plain}*+)*+{quote})"


@cache
def _master(*, line_strings: bool) -> re.Pattern[str]:
    phrases = "|".join(sorted((phrase.replace(" ", r"\s+") for phrase in PHRASES), key=len, reverse=True))
    return re.compile(
        "|".join(
            (
                r"(?P<skip>(?:[\s\ufeff]+|//[^\n]*|/\*(?s:.*?)\*/)++)",
                rf"(?P<phrase>(?:{phrases})\b)",
                r"(?P<word>[^\W\d]\w*)",
                r"(?P<foreign>==|&&|\|\||<>|:=|=>|;)",
                r"(?P<symbol>->|<=|>=|!=|!~|/(?!\*)|[-+*^&|~=<>()\[\]{},:.%])",
                _quoted("string", "'", line=line_strings),
                _quoted("quoted", '"', line=line_strings),
                _quoted("backtick", "`", line=line_strings),
                r"(?P<decimal>[0-9]+\.[0-9]+)",
                r"(?P<long>[0-9]+L\b)",
                r"(?P<integer>[0-9]+)",
                rf"(?P<datetime>(?>{_DAY}T(?:{_CLOCK})?(?:Z|[+-][0-9]{{2}}:[0-9]{{2}})?){_NOT_DATE})",
                rf"(?P<time>(?>@T{_CLOCK}){_NOT_DATE})",
                rf"(?P<date>(?>{_DAY}){_NOT_DATE}{_NOT_SUBTRACTION})",
                r"(?P<bad_date>@[\w:.+-]*)",
                r"(?P<variable>\$(?:this|index|total)\b)",
                r"(?P<curly_string>[‘’‚‛][^‘’'\n]*[‘’'])",
                r'(?P<curly_name>[“”„‟][^“”"\n]*[“”"])',
                r"(?P<open_quote>['\"`‘’‚‛“”„‟][^\n]*)",
                r"(?P<open_comment>/\*[\s\S]*)",
                r"(?P<junk>[\s\S])",
            )
        )
    )


_MEANT: Final = {"==": "=", "&&": "and", "||": "or", "<>": "!=", ":=": ":", "=>": ">="}
_ESCAPES: Final = {"f": "\f", "n": "\n", "r": "\r", "t": "\t", "'": "'", '"': '"', "`": "`", "\\": "\\", "/": "/"}
_ESCAPE: Final = re.compile(r"\\(?:u([0-9a-fA-F]{4})|([\s\S]))")
_SURROGATE: Final = re.compile("[\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Lexed:
    """All tokens, ended by several ``END``. ``spans_lines``: some quoted text runs over a line's end."""

    tokens: list[Token]
    diagnostics: list[Diagnostic]
    spans_lines: bool


def tokenize(source: SourceText, *, line_strings: bool = False) -> Lexed:
    """The tokens of ``source``. With ``line_strings`` quoted text ends at the end of its line at the latest.

    CQL lets strings run over several lines; the stricter mode finds the place of a forgotten quote.
    """
    return _Lexer(source, line_strings=line_strings).run()


class _Lexer:
    def __init__(self, source: SourceText, *, line_strings: bool) -> None:
        self.source = source
        self.pattern = _master(line_strings=line_strings)
        self.tokens: list[Token] = []
        self.diagnostics: list[Diagnostic] = []
        self.spans_lines = False
        self.line = 1
        self.line_start = 0
        self.last_junk_end = -1

    def run(self) -> Lexed:
        text = self.source.text
        length = len(text)
        position = 0
        tokens = self.tokens
        append = tokens.append
        while position < length:
            match = self.pattern.match(text, position)
            assert match is not None  # the last alternative takes any character
            group = match.lastgroup
            raw = match.group()
            start, position = position, match.end()
            if group == "skip":
                self.newlines(raw, start)
            elif group == "word":
                if raw.isascii():
                    column = start - self.line_start + 1
                    kind = raw if raw in KEYWORDS else IDENTIFIER
                    append(Token(kind, raw, raw, self.line, column, self.line, column + len(raw) - 1))
                else:
                    self.odd_word(raw, start)
            elif group == "symbol":
                column = start - self.line_start + 1
                append(Token(raw, raw, raw, self.line, column, self.line, column + len(raw) - 1))
            else:
                assert group is not None
                self.other(group, raw, start)
                if group == "open_quote":  # no closing quote in the whole rest: do not search for it again
                    self.pattern = _master(line_strings=True)
            if len(tokens) > MAX_TOKENS:
                self.report(
                    Code.TOO_LARGE, f"The text is too large: it has more than {MAX_TOKENS:,} words and symbols.", raw,
                    start, "Split it into several libraries and `include` them.",
                )  # fmt: skip
                break
            if len(self.diagnostics) >= MAX_DIAGNOSTICS:
                break
        self.close()
        return Lexed(tokens, self.diagnostics, self.spans_lines)

    def newlines(self, raw: str, start: int) -> None:
        """Keep line numbers right after text that may hold line ends."""
        count = raw.count("\n")
        if count:
            self.line += count
            self.line_start = start + raw.rfind("\n") + 1

    def close(self) -> None:
        """Put the end right behind the last token, where an author looks for what is missing."""
        line, column = (self.tokens[-1].end_line, self.tokens[-1].end_column + 1) if self.tokens else (1, 1)
        self.tokens += [Token(END, "", "", line, column, line, column)] * 6

    def add(self, kind: str, raw: str, value: str, start: int) -> None:
        line, column = self.line, start - self.line_start + 1
        self.newlines(raw, start)
        self.tokens.append(Token(kind, raw, value, line, column, self.line, start + len(raw) - self.line_start))

    def report(self, code: Code, message: str, raw: str, start: int, hint: str | None = None) -> None:
        """Record an error at ``raw``, of which the first line is marked."""
        width = max(1, len(raw.split("\n", 1)[0].rstrip()))
        column = start - self.line_start + 1
        span = Span(self.line, column, self.line, column + width - 1)
        severity: Severity = "warning" if code is Code.BAD_ESCAPE else "error"
        self.diagnostics.append(self.source.diagnostic(code, message, span, hint, severity))

    def odd_word(self, raw: str, start: int) -> None:
        self.report(
            Code.BAD_NAME, f"The name `{raw}` has letters other than a to z.", raw, start, f'Write it as "{raw}".'
        )
        self.add(IDENTIFIER, raw, raw, start)

    def other(self, group: str, raw: str, start: int) -> None:
        """Everything but words and symbols."""
        match group:
            case "string":
                self.spans_lines = self.spans_lines or "\n" in raw
                self.add(STRING, raw, self.unescape(raw, start), start)
            case "quoted" | "backtick":
                self.spans_lines = self.spans_lines or "\n" in raw
                self.add(IDENTIFIER, raw, self.unescape(raw, start), start)
            case "phrase":
                phrase = " ".join(raw.split())
                self.add(phrase, raw, phrase, start)
            case "integer":
                self.add(INTEGER, raw, raw, start)
            case "decimal":
                self.add(DECIMAL, raw, raw, start)
            case "long":
                self.add(LONG, raw, raw[:-1], start)
            case "date":
                self.add(DATE, raw, raw[1:], start)
            case "datetime":
                self.add(DATETIME, raw, raw[1:], start)
            case "time":
                self.add(TIME, raw, raw[2:], start)
            case "variable":
                self.add(raw, raw, raw, start)
            case _:
                self.error(group, raw, start)

    def error(self, group: str, raw: str, start: int) -> None:
        """Report what is no token of CQL, and put in its place what was meant, as far as that is evident."""
        match group:
            case "foreign":
                meant = _MEANT.get(raw)
                hint = f"Write `{meant}`." if meant else "Leave it out: CQL has no separator between definitions."
                self.report(Code.FOREIGN_OPERATOR, f"`{raw}` is not an operator of CQL.", raw, start, hint)
                if meant:
                    self.add(meant, raw, meant, start)
            case "curly_string" | "curly_name":
                straight = "'" if group == "curly_string" else '"'
                self.report(
                    Code.TYPOGRAPHIC_QUOTE, f"{raw} stands in typographic quotes.", raw, start,
                    f"Use straight quotes: {straight}{raw[1:-1]}{straight}.",
                )  # fmt: skip
                self.add(STRING if group == "curly_string" else IDENTIFIER, raw, raw[1:-1], start)
            case "bad_date":
                self.bad_date(raw, start)
            case "open_quote":
                what = "string" if raw[0] in "'‘’‚‛" else "quoted name"
                closing = {"‘": "'", "“": '"'}.get(raw[0], raw[0])
                self.report(
                    Code.UNCLOSED_QUOTE, f"The {what} that begins here is not closed.", raw, start,
                    f"Add the closing {closing} (a quote inside is written \\{closing}).",
                )  # fmt: skip
                self.add(STRING if what == "string" else IDENTIFIER, raw.rstrip(), raw[1:].rstrip(), start)
            case "open_comment":
                self.report(
                    Code.UNCLOSED_COMMENT, "The comment that begins here is not closed.", "/*", start, "Add */."
                )
            case _:
                self.junk(raw, start)

    def bad_date(self, raw: str, start: int) -> None:
        if raw.startswith("@T"):
            what, hint = "time", "A time is written @Thh:mm:ss.fff, with two digits each and no time zone."
        else:
            what, hint = "date", "Dates are written @YYYY-MM-DD, dates with time @YYYY-MM-DDThh:mm:ss.fff+hh:mm."
        self.report(Code.BAD_DATE, f"`{raw}` is not a {what} as CQL writes them.", raw, start, hint)
        self.add(TIME if what == "time" else DATE, raw, "", start)

    def junk(self, raw: str, start: int) -> None:
        """Report a character of no meaning; a run of them is reported once."""
        if start != self.last_junk_end:
            shown = f"`{raw}`" if raw.isprintable() else f"U+{ord(raw):04X}"
            hint = "Write `not` or `!=`." if raw == "!" else None
            self.report(Code.UNEXPECTED_CHARACTER, f"The character {shown} has no meaning here.", raw, start, hint)
        self.last_junk_end = start + 1

    def unescape(self, raw: str, start: int) -> str:
        """The text between the quotes, escapes resolved; what is no escape stays as written, with a warning."""
        inner = raw[1:-1]
        if "\\" not in inner:
            return inner

        def replace(match: re.Match[str]) -> str:
            code, letter = match.groups()
            if code is not None:
                return chr(int(code, 16))
            if letter not in _ESCAPES:
                self.report(
                    Code.BAD_ESCAPE, f"`\\{letter}` is not an escape sequence and is kept as written.", raw, start,
                    f"To mean a backslash write \\\\{letter}.",
                )  # fmt: skip
                return match.group()
            return _ESCAPES[letter]

        value = _ESCAPE.sub(replace, inner)
        # \uD83D\uDE00 are the two halves of one character; a half on its own is none.
        return (
            value.encode("utf-16", "surrogatepass").decode("utf-16", "replace") if _SURROGATE.search(value) else value
        )
