"""The words of a CQL library's definitions: the tags in the comment above each of them.

CQL reserves ``@name: text`` in the comments before a definition for such remarks (CQL 1.5, Author's Guide, Tags). The
guideline's tags are listed in ``plandefinitions/content/README.md``.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

_BLOCK = re.compile(
    r"/\*(?P<comment>(?:(?!\*/).)*)\*/\s*(?P<kind>define|parameter)\s+(?:function\s+)?\"(?P<name>(?:[^\"\\]|\\.)*)\"",
    re.DOTALL,
)
_TAG = re.compile(r"^\s*@(?P<tag>[a-z]+):\s*(?P<text>.*?)\s*$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Words:
    """The tags of one definition. A tag may be repeated."""

    tags: Mapping[str, tuple[str, ...]]

    def get(self, tag: str) -> str | None:
        """The first text of a tag, None when the definition has no such tag."""
        found = self.tags.get(tag)
        return found[0] if found else None

    def all(self, tag: str) -> tuple[str, ...]:
        """Every text of a tag."""
        return self.tags.get(tag, ())


NO_WORDS = Words({})


def read_words(text: str) -> dict[str, Words]:
    """The tags of each define and parameter of a library's text, by its name."""
    found: dict[str, Words] = {}
    for block in _BLOCK.finditer(text):
        tags: dict[str, tuple[str, ...]] = {}
        for tag in _TAG.finditer(block["comment"]):
            tags[tag["tag"]] = (*tags.get(tag["tag"], ()), tag["text"])
        if tags:
            found[block["name"].replace('\\"', '"')] = Words(tags)
    return found
