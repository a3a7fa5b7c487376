"""What the readers of one sentence share: its words and terms, its context, and where mentions are put."""

from collections.abc import Iterable, Mapping
from functools import cached_property
from types import MappingProxyType

from mappers.text.context import Context
from mappers.text.mention import Attribute, Mention, Polarity
from mappers.text.report import Report, Sentence
from mappers.text.vocabulary import Item

_NONE: Mapping[str, Attribute] = MappingProxyType({})


class Scope:
    """What is known beyond one sentence: which kinds of word the whole text holds, and what was spoken of last."""

    def __init__(self, report: Report) -> None:
        self._report = report
        self.last_lesion: tuple[Reading, int] | None = None

    @cached_property
    def roles(self) -> frozenset[str]:
        """The roles of all terms of the text."""
        return frozenset(role for sentence in self._report.sentences for item in sentence.items for role in item.roles)

    @cached_property
    def folded(self) -> frozenset[str]:
        """The words of the text."""
        return frozenset(self._report.folded)

    @cached_property
    def shouted(self) -> bool:
        """Whether the text is a report in capitals, where capitals make no abbreviation."""
        return self._report.text.isupper() and len(self._report.text) > 12


class Reading:
    """One sentence being read."""

    __slots__ = ("context", "folded", "items", "mentions", "report", "roles", "scope", "sentence")

    def __init__(
        self,
        report: Report,
        sentence: Sentence,
        context: Context,
        scope: Scope,
        roles: set[str],
        mentions: list[Mention],
    ) -> None:
        self.report = report
        self.sentence = sentence
        self.context = context
        self.scope = scope
        self.items = sentence.items
        self.folded = report.folded
        self.roles = roles
        self.mentions = mentions

    def add(
        self,
        kind: str,
        concept: str,
        item: Item,
        attributes: Mapping[str, Attribute] = _NONE,
        *,
        polarity: Polarity | None = None,
        historical: bool | None = None,
        last: int | None = None,
        first: int | None = None,
    ) -> None:
        """Adds a mention at an item (or at tokens `first` to `last`); its context is the item's unless given."""
        starts, ends = self.report.starts, self.report.ends
        start = starts[item.first if first is None else first]
        end = ends[(item.last if last is None else last) - 1]
        self.mentions.append(
            Mention(
                kind,
                concept,
                start,
                end,
                self.report.text[start:end],
                self.context.polarity(item) if polarity is None else polarity,
                self.context.historical(item) if historical is None else historical,
                self.context.other_person(item),
                MappingProxyType(dict(attributes)) if attributes else _NONE,
            )
        )

    def gap(self, before: Item, after: Item) -> list[str]:
        """The folded words between two items."""
        return self.folded[before.last : after.first]

    def gap_within(self, before: Item, after: Item, allowed: frozenset[str], most: int = 8) -> bool:
        """Whether only allowed words, and few, stand between two items."""
        return after.first - before.last <= most and allowed.issuperset(self.folded[before.last : after.first])

    def next_words(self, item: Item, count: int) -> list[str]:
        """The folded words after an item, within the sentence."""
        return self.folded[item.last : min(item.last + count, self.sentence.last)]

    def words_before(self, item: Item, count: int) -> list[str]:
        """The folded words before an item, within the sentence."""
        return self.folded[max(item.first - count, self.sentence.first) : item.first]

    def with_role(self, role: str) -> Iterable[tuple[int, Item]]:
        """The items of a role, with their index among the sentence's items."""
        return ((index, item) for index, item in enumerate(self.items) if role in item.roles)
