"""The terms of the tables as one trie of folded words: finds the longest term at each place of a text."""

from collections.abc import Iterator, Mapping
from functools import cache
from typing import NamedTuple, TypeAlias

from mappers.text.words import FOLD, TOKEN, table, tokenise, word_set


class Entry(NamedTuple):
    """What a term stands for in one role: a concept, and what the table says besides."""

    role: str
    concept: str
    detail: Mapping[str, str]


class Cue(NamedTuple):
    """A context cue: what it does to the words it reaches."""

    category: str
    direction: str
    reach: int


Roles: TypeAlias = dict[str, Entry]
_NO_DETAIL: Mapping[str, str] = {}
_REACH = {
    "negated": 25, "uncertain": 9, "historical": 9, "other": 60, "hypothetical": 12, "planned": 12,
    "refused": 8, "dropped": 9, "affirmed": 0, "stop": 0,
}  # fmt: skip
_REACH_BACK = {
    "negated": 10,
    "uncertain": 10,
    "historical": 6,
    "planned": 6,
    "refused": 4,
    "hypothetical": 4,
    "other": 0,
}
_MALIGNANT = ("cancer", "carcinoma", "adenocarcinoma", "malignancy", "ca", "malignant neoplasm", "tumor malignant")
_MALIGNANT_OF = ("cancer", "carcinoma", "adenocarcinoma", "malignant neoplasm", "malignant tumor", "ca")
TRANSPARENT = frozenset("-/'\"‘’“”®™*`´")


class Node:
    """A place in the trie: the words that may follow, and what ends here."""

    __slots__ = ("cues", "exact", "next", "roles")

    def __init__(self) -> None:
        self.next: dict[str, Node] = {}
        self.roles: Roles | None = None
        self.exact: list[tuple[str, Entry]] | None = None
        self.cues: tuple[Cue, ...] = ()


class Item:
    """A term found: tokens `first` to `last` (exclusive), its roles and cues, and what context makes of it."""

    __slots__ = ("cues", "first", "last", "roles", "used")

    def __init__(self, first: int, last: int, roles: Roles, cues: tuple[Cue, ...]) -> None:
        self.first = first
        self.last = last
        self.roles = roles
        self.cues = cues
        self.used = False


_NO_ROLES: Roles = {}


class Vocabulary:
    """All terms; build once with `vocabulary()`."""

    def __init__(self) -> None:
        self.root: dict[str, Node] = {}
        for term, entry, exact in _entries():
            self._add(term, entry, exact)
        for row in table("cues"):
            node = self._node(tokenise(row["term"]))
            for direction in ("forward", "backward") if row["direction"] == "both" else (row["direction"],):
                default = _REACH_BACK.get(row["category"], 0) if direction == "backward" else _REACH[row["category"]]
                node.cues += (Cue(row["category"], direction, int(row["reach"] or default)),)
        self.sections = {" ".join(tokenise(row["term"])): row["effect"] for row in table("sections")}
        self.triggers = frozenset(_triggers(self.root, ())) | UNITS
        self.written_triggers = frozenset(_written_triggers(self.root))

    def _node(self, words: list[str]) -> Node:
        level, node = self.root, Node()
        for word in words:
            if word in TRANSPARENT:
                continue
            found = level.get(word)
            if found is None:
                found = level[word] = Node()
            node, level = found, found.next
        return node

    def _add(self, term: str, entry: Entry, exact: bool) -> None:
        node = self._node(tokenise(term))
        if exact:
            node.exact = [*(node.exact or ()), (term, entry)]
        else:
            if node.roles is None:
                node.roles = {}
            node.roles.setdefault(entry.role, entry)

    def find(
        self, text: str, folded: list[str], starts: list[int], ends: list[int], first: int, last: int
    ) -> list[Item]:
        """The longest terms of tokens `first` to `last`, left to right, never overlapping."""
        items: list[Item] = []
        root, at = self.root, first
        while at < last:
            node: Node | None = root.get(folded[at])
            if node is None:
                at += 1
                continue
            best: Item | None = None
            place = at + 1
            while node is not None:
                if node.roles is not None or node.cues or node.exact is not None:
                    roles = node.roles or _NO_ROLES
                    if node.exact is not None:
                        roles = _with_exact(roles, node.exact, text[starts[at] : ends[place - 1]])
                    if roles or node.cues:
                        best = Item(at, place, roles, node.cues)
                if place >= last:
                    break
                follower = node.next.get(folded[place])
                while follower is None and place < last - 1 and node.next and folded[place] in TRANSPARENT:
                    place += 1
                    follower = node.next.get(folded[place])
                node, place = follower, place + 1
            if best is None:
                at += 1
            else:
                at = best.last
                if "swallow" not in best.roles:
                    items.append(best)
        return items


UNITS = frozenset(("cm", "mm", "centimeter", "millimeter"))


def _triggers(level: dict[str, Node], path: tuple[str, ...]) -> Iterator[str]:
    """Of each term that can make a mention one word, not a common one if it has another."""
    for word, node in level.items():
        so_far = (*path, word)
        if node.roles is not None and not node.roles.keys() <= _ROLES_OF_NO_MENTION:
            yield next((w for w in so_far if w not in _COMMON), so_far[0])
        yield from _triggers(node.next, so_far)


def _written_triggers(level: dict[str, Node]) -> Iterator[str]:
    """Of each term that must be written just so the longest word, in singular and plural."""
    for node in level.values():
        for term, entry in node.exact or ():
            if entry.role not in _ROLES_OF_NO_MENTION:
                word = max(TOKEN.findall(term), key=len)
                yield from (word, word + "s")
        yield from _written_triggers(node.next)


_COMMON = word_set(
    "a an the of in on to at by for with from and or not no is are be can has as if it body blood systolic "
    "diastolic upper lower right left both small large high low new first second third general part other "
    "external internal per pre post anti non well line one back time weight head hand treatment therapy disease "
    "test study interval score status performance left functional active complete care free long short increase "
    "size worsening severe limb positive negative medical medically surgical case good poor after was were have "
    "need too full best true who next week en failure loss joint general operative enlarged stage center day "
    "month clinical"
)


_ROLES_OF_NO_MENTION = word_set(
    "swallow laterality count many largest pending wish positive before exclude-size benign intent grade-word "
    "pain node-word stable line at-diagnosis ihc fusion amplification mutation fish mod interval-unit recurrence "
    "malignancy"
)


def _with_exact(roles: Roles, exact: list[tuple[str, Entry]], written: str) -> Roles:
    """The roles with those added whose term must be written just so (a plural s apart)."""
    fitting = {e.role: e for term, e in exact if written == term or (written[-1] == "s" and written[:-1] == term)}
    return {**roles, **fitting} if fitting else roles


def _orders(term: str) -> Iterator[str]:
    """A name and the orders in which it is also written: "malignant X" is "X, malignant" and "X malignant"."""
    yield term
    if term.startswith("malignant "):
        rest = term.removeprefix("malignant ")
        yield f"{rest}, malignant"
        yield f"{rest} malignant"
    elif ", " in term:
        yield term.replace(",", "")


def _entries() -> Iterator[tuple[str, Entry, bool]]:
    for name in ("histology", "lookalikes"):
        for row in table(name):
            entry = Entry("histology", row["concept"], {"context": row["context"]})
            for term in _orders(row["term"]):
                yield term, entry, row["case"] == "exact"
    for row in table("refinements"):
        yield row["words"], Entry("mod", " ".join(tokenise(row["words"])), _NO_DETAIL), False
    for row in table("malignancies"):
        entry = Entry("other", row["concept"], _NO_DETAIL)
        if row["form"] == "organ":
            for word in _MALIGNANT:
                yield f"{row['term']} {word}", entry, False
            for word in _MALIGNANT_OF:
                yield f"{word} of {row['term']}", entry, False
                yield f"{word} of the {row['term']}", entry, False
        else:
            yield row["term"], entry, row["case"] == "exact"
    for row in table("sites"):
        yield row["term"], Entry("site", row["site"], {"organ": row["organ"]}), row["case"] == "exact"
    for row in table("drugs"):
        yield row["term"], Entry("drug", row["concept"], row), row["case"] == "exact"
    for row in table("regimens"):
        yield row["term"], Entry("regimen", row["concept"], row), row["case"] == "exact"
    for row in table("procedures"):
        yield row["term"], Entry("procedure", row["concept"], {"site": row["site"]}), row["case"] == "exact"
    for row in table("markers"):
        yield row["term"], Entry("gene", row["marker"], {"role": row["role"]}), row["role"] in ("gene", "ihc")
    for row in table("findings"):
        yield row["term"], Entry(row["kind"], row["concept"], _NO_DETAIL), row["case"] == "exact"
    for row in table("words"):
        yield row["term"], Entry(row["role"], row["concept"], _NO_DETAIL), row["case"] == "exact"


@cache
def vocabulary() -> Vocabulary:
    """The vocabulary, read from the tables when first asked for."""
    return Vocabulary()


def may_matter(text: str) -> bool:
    """Whether a text can hold anything that `read` looks for: cheap, and never wrongly no."""
    if "M0" in text or "M1" in text:
        return True
    vocab, fold = vocabulary(), FOLD
    triggers, written = vocab.triggers, vocab.written_triggers
    return any(fold[token] in triggers or token in written for token in TOKEN.findall(text))
