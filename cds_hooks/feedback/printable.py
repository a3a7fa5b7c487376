"""Text of clients, made safe for a terminal."""

from __future__ import annotations


def printable(text: str) -> str:
    """The text with control characters replaced: they could move the cursor, or rewrite what was printed before."""
    return "".join(one if one.isprintable() or one == "\n" else "�" for one in text)
