"""Text for cards: escaped for GitHub-flavoured Markdown, or cut to the length of a summary."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache

SUMMARY_LENGTH = 139
"""CDS Hooks 2.0, card attributes: a summary is shorter than 140 characters."""

_SPACE = re.compile(r"[\s\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]+")
_HARMLESS = re.compile(r"(?i:(?!.*(?:://|www\.)))[A-Za-z](?:[A-Za-z0-9,;:.()%/'-]| (?! ))*\Z")
_NUMBER = re.compile(r"\d")
_SIGNIFICANT = re.compile(r"([\\`*_\[\]|~!])")
_BLOCK_START = re.compile(r"^(#{1,6}(?=\s|$)|[-+=](?=\s|$|[-=])|\d{1,9}(?=[.)](?:\s|$)))")
_LINKED = ((re.compile("://"), ": //"), (re.compile(r"\b(www)\.", re.IGNORECASE), r"\1 ."))


def plain(text: str) -> str:
    """Text on one line, without control and invisible direction characters."""
    if text.isascii() and text.isprintable() and "  " not in text:
        return text.strip()
    return _SPACE.sub(" ", text).strip()


def escape(text: str) -> str:
    """Text that Markdown shows as it is: nothing becomes markup, HTML or a link, not even a bare address."""
    if _HARMLESS.match(text):
        return text
    text = plain(text).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    for pattern, instead in _LINKED:
        text = pattern.sub(instead, text)
    return _BLOCK_START.sub(_defused, _SIGNIFICANT.sub(r"\\\1", text))


@lru_cache(maxsize=4096)
def escape_content(text: str) -> str:
    """The same for the guideline's own words, which come back call after call; never for words of a record."""
    return escape(text)


def _defused(start: re.Match[str]) -> str:
    found = start.group()
    return f"&#{ord(found[0])};{found[1:]}" if found[0].isdigit() else f"\\{found}"


def bullets(lines: Iterable[str]) -> str:
    """A list of lines that are Markdown already."""
    return "\n".join(f"- {line}" for line in lines)


def shortened(text: str, length: int = SUMMARY_LENGTH) -> str:
    """Text cut at a word to so many characters, counted as JavaScript counts (UTF-16)."""
    text = plain(text)
    if _units(text) <= length:
        return text
    words = text.split(" ")
    while len(words) > 1 and _units(" ".join(words)) + 2 > length:
        words.pop()
    cut = " ".join(words).rstrip(",;:(")
    while _units(cut) + 2 > length:
        cut = cut[:-1]
    return f"{cut} …"


def joined(head: str, reasons: Sequence[str], length: int = SUMMARY_LENGTH, *, in_order: bool = False) -> str:
    """A summary: what, then the whole reasons that fit.

    Those with a number say most and are chosen first; with ``in_order`` it is the first ones that are.
    """
    shown = [plain(reason) for reason in reasons]
    chosen: list[int] = []
    for number in sorted(range(len(shown)), key=lambda n: not (in_order or _NUMBER.search(shown[n]))):
        longer = _sentence(head, [shown[n] for n in sorted([*chosen, number])])
        if _units(longer) <= length:
            chosen.append(number)
    return shortened(_sentence(head, [shown[n] for n in sorted(chosen)]), length)


def _sentence(head: str, reasons: Sequence[str]) -> str:
    return f"{plain(head)}: {'; '.join(reasons)}" if reasons else plain(head)


def _units(text: str) -> int:
    return len(text.encode("utf-16-le", "surrogatepass")) // 2
