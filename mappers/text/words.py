"""Words of a text, each folded to the one form under which the vocabulary knows it."""

import csv
import re
import unicodedata
from pathlib import Path

TERMS = Path(__file__).parent.parent / "terminology" / "terms"

# A number, a word (with the apostrophe inside it), a line end with what blank follows, or any one other character.
TOKEN = re.compile(r"\d+(?:[.,]\d+)*|[^\W\d_][^\W_]*(?:['’`´][sS]\b)?|\n\s*|[^\w\s]|_")

_LIMIT = 100_000
_DASHES = dict.fromkeys("‐‑‒–—―−﹣－", "-")
_OTHER_CHARACTERS = {";": ",", "，": ",", "；": ",", "：": ":", "×": "x", "✕": "x", "？": "?", "（": "(", "）": ")"}
_POSSESSIVE = re.compile(r"['’`´]s$")
_BRITISH_VERB = re.compile(r"is(e|ed|es|ing|ation)$")


def table(name: str) -> list[dict[str, str]]:
    """The rows of one of the term tables."""
    with (TERMS / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


class Folder(dict[str, str]):
    """Folds words: lower case, no accents, American spelling, singular, slips mended. Remembers what it folded."""

    def __init__(self) -> None:
        super().__init__(_DASHES)
        self.update(_OTHER_CHARACTERS)
        self._spellings: dict[str, str] = {}
        self._spellings = {row["written"]: self._fold(row["standard"]) for row in table("spellings")}

    def __missing__(self, word: str) -> str:
        folded = self._fold(word)
        if len(word) <= 40 and not word[0].isdigit():
            if len(self) >= _LIMIT:
                self.clear()
                self.update(_DASHES)
                self.update(_OTHER_CHARACTERS)
            self[word] = folded
        return folded

    def _fold(self, word: str) -> str:
        if not word[0].isalpha() or len(word) > 40:
            return word
        folded = word.lower()
        if not folded.isascii():
            folded = "".join(c for c in unicodedata.normalize("NFKD", folded) if not unicodedata.combining(c))
        folded = _POSSESSIVE.sub("", folded)
        if spelled := self._spellings.get(folded):
            return spelled
        if len(folded) > 4:
            folded = _american(folded)
        folded = _singular(folded)
        return self._spellings.get(folded, folded)


def _american(word: str) -> str:
    word = word.replace("ae", "e").replace("oe", "e")
    if len(word) > 5:
        word = word.replace("our", "or")
        if word.endswith(("tre", "tres")):
            word = word.replace("tre", "ter")
        if len(word) > 6:
            word = _BRITISH_VERB.sub(r"iz\1", word)
    return word


def _singular(word: str) -> str:
    if len(word) < 4 or not word.endswith("s") or word.endswith(("ss", "us", "is")):
        return word
    if word.endswith("ies") and len(word) > 5:
        return word[:-3] + "y"
    if word.endswith("sses"):
        return word[:-2]
    return word[:-1]


FOLD = Folder()


def tokenise(text: str) -> list[str]:
    """The folded words of a term, as the vocabulary keys them."""
    return [FOLD[token] for token in TOKEN.findall(text) if token not in QUOTES]


def word_set(words: str) -> frozenset[str]:
    """A set of words written one after another."""
    return frozenset(words.split())


QUOTES = frozenset("'\"‘’“”„‚«»´`®™*")
