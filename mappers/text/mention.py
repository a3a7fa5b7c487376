"""One thing a text says: what it is about, where it stands, and how it is said."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from types import MappingProxyType
from typing import Literal, TypeAlias

Polarity: TypeAlias = Literal["affirmed", "negated", "uncertain"]
Attribute: TypeAlias = str | int | float | Decimal | tuple[str, ...]

_NO_ATTRIBUTES: Mapping[str, Attribute] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Mention:
    """A concept read in a text.

    `kind` is one of the kinds of docs/text-reading.md; `concept` a key of that kind (a histology key, a site, a drug).
    `text[start:end] == words` for the text that was read. `historical` means said of the past ("history of"), and
    `other_person` said of somebody else ("mother had ..."). Attributes depend on the kind.
    """

    kind: str
    concept: str
    start: int
    end: int
    words: str
    polarity: Polarity = "affirmed"
    historical: bool = False
    other_person: bool = False
    attributes: Mapping[str, Attribute] = field(default_factory=lambda: _NO_ATTRIBUTES)
