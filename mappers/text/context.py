"""How a thing is said: negated, uncertain, of the past, of someone else, hypothetical or planned (ConText's idea).

A cue reaches forward or backward to the end of its clause. Commas end a clause unless they part the members of a list
("no lung, liver or bone metastases"). The marks are kept by token, so that asking for one costs nothing.
"""

from dataclasses import dataclass
from functools import partial
from typing import Literal

from mappers.text.answers import SIGNS, read_answers
from mappers.text.mention import Polarity
from mappers.text.report import Report, Sentence
from mappers.text.vocabulary import Cue, Item
from mappers.text.words import word_set

_ASSERTING = word_set(
    "is are was were has have show showed demonstrate reveal present remain developed underwent started stable "
    "persistent multiple several innumerable numerous known now with consistent compatible status measuring "
    "measure new unchanged enlarging increasing increased growing confirmed proven positive resected progressed "
    "treated suspicious solitary"
)
_EITHER = frozenset(("vs", "versus"))
_OF_LISTS = ("negated", "hypothetical", "planned")
_LIST_WORDS = frozenset(("or", "nor", "and"))
_BACK_STOPS = frozenset(("with", "showing", "without", "and/or"))
_AFTER_BACKWARD = frozenset(
    (",", ".", ")", "by", "on", "with", "in", "at", "via", "after", "following", "but", "and", ":", "]", "(")
)
_NOT_A_RELATIVE = word_set(
    "accompany accompanied accompanie present attend attended state report said say call called live lives "
    "bedside note feel concern ask asked worry worried describe described mention mentioned provide provided "
    "bring brought confirm deny think help visiting visit told here notice noticed"
)
_THE_PATIENT = frozenset(("patient", "pt"))
_TURNS = _THE_PATIENT | {"but", "however", "although", "though", "except", "whereas", "otherwise", "while", "she", "he"}
_BESIDE_A_RELATIVE = frozenset(("by", "accompany", "accompanied", "discussed", "from", "per", "between"))

Mark = Literal["negated", "uncertain", "historical", "other", "hypothetical", "planned", "refused", "dropped"]


@dataclass(slots=True)
class Context:
    """The marks of one sentence: for each kind, by token, where the cue stands that reaches it (+1), or 0."""

    first: int
    section: str
    marks: dict[str, list[int]]

    def has(self, mark: Mark, item: Item) -> bool:
        """Whether a cue of this kind reaches the item."""
        return self._cue(mark, item) > 0

    def _cue(self, mark: Mark, item: Item) -> int:
        """Where the cue stands that reaches an item (+1), 0 when none does; an item of another sentence has none."""
        reached, place = self.marks.get(mark), item.first - self.first
        return reached[place] if reached is not None and 0 <= place < len(reached) else 0

    def polarity(self, item: Item) -> Polarity:
        """Negated, uncertain or affirmed; where both reach, the outer one decides ("nothing suspicious for ...")."""
        if not self.marks:
            return "uncertain" if self.section == "uncertain" else "affirmed"
        denied, doubted = self._cue("negated", item), self._cue("uncertain", item)
        if denied and (not doubted or denied < doubted):
            return "negated"
        return "uncertain" if doubted or self.section == "uncertain" else "affirmed"

    def historical(self, item: Item) -> bool:
        """Said of the past."""
        return self.section == "historical" or self.has("historical", item)

    def other_person(self, item: Item) -> bool:
        """Said of somebody else."""
        return self.section == "other" or self.has("other", item)

    def unreal(self, item: Item) -> bool:
        """A risk, a condition or a search, not a finding."""
        return self.section == "dropped" or self.has("hypothetical", item)


def read_context(report: Report, sentence: Sentence) -> Context:
    """The context marks of a sentence."""
    context = Context(sentence.first, sentence.section, {})
    for index, item in enumerate(sentence.items):
        if item.cues:
            for cue in item.cues:
                _apply(report, sentence, context, index, item, cue)
    tokens = report.folded[sentence.first : sentence.last]
    if "0" in tokens:
        _none_of(report, sentence, context)
    if sentence.asked or "?" in tokens:
        _question_marks(report, sentence, context)
    if not SIGNS.isdisjoint(tokens):
        read_answers(report, sentence, partial(_set, sentence, context), partial(_clear, sentence, context))
    return context


def _apply(report: Report, sentence: Sentence, context: Context, index: int, item: Item, cue: Cue) -> None:
    if cue.category in ("stop", "affirmed"):
        return
    if cue.category == "other" and not _is_about_relative(report, sentence, item):
        return
    if cue.direction == "forward":
        first = item.last
        last = _forward_end(report, sentence, index, item, cue)
        if cue.category == "other" and last - first <= 1 and report.folded[first:last] == [")"]:  # "sarcoma (father)"
            first, last = _backward_begin(report, sentence, index, item, 12), item.first
        if cue.category in ("negated", "uncertain") and _answers_label(report, sentence, item, last):
            first, last = _backward_begin(report, sentence, index, item, 12), item.first
    else:
        if not _may_act_backward(report, sentence, item, cue):
            return
        first, last = _backward_begin(report, sentence, index, item, cue.reach), item.first
        origin = report.folded[first:last].count("from") and report.folded.index("from", first, last)
        last = origin or last  # "metastases from a sarcoma not seen" does not deny the sarcoma
    _set(sentence, context, cue.category, first, last, item.first)


def _set(sentence: Sentence, context: Context, category: str, first: int, last: int, cue_at: int) -> None:
    if last <= first:
        return
    base = sentence.first
    marks = context.marks.get(category)
    if marks is None:
        marks = context.marks[category] = [0] * (sentence.last - base + 1)
    marks[first - base : last - base] = [cue_at - base + 1] * (last - first)


def _clear(sentence: Sentence, context: Context, first: int, last: int) -> None:
    """Forgets the marks of tokens whose cue stands outside of them."""
    base = sentence.first
    for marks in context.marks.values():
        for at in range(first - base, last - base):
            if marks[at] and not first <= marks[at] + base - 1 < last:
                marks[at] = 0


def _is_about_relative(report: Report, sentence: Sentence, item: Item) -> bool:
    """Not "accompanied by his mother", "mother states he has ..."."""
    folded = report.folded
    if any(word in _NOT_A_RELATIVE for word in folded[item.last : min(item.last + 4, sentence.last)]):
        return False
    return not any(word in _BESIDE_A_RELATIVE for word in folded[max(item.first - 3, sentence.first) : item.first])


def _may_act_backward(report: Report, sentence: Sentence, item: Item, cue: Cue) -> bool:
    """A cue that also looks forward looks back only where nothing follows it in its clause."""
    if not _EITHER.isdisjoint(report.folded[item.first : item.last]):
        return True
    twin = any(c.direction == "forward" and c.category == cue.category for c in item.cues)
    if not twin:
        return True
    return item.last >= sentence.last or report.folded[item.last] in _AFTER_BACKWARD


def _answers_label(report: Report, sentence: Sentence, item: Item, last: int) -> bool:
    """ "Metastases: no", "Metastatic disease: no evidence", "Metastases  No": the cue looks back to the label."""
    before = item.first - 1
    if before < sentence.first or last != item.last:
        return False
    if report.folded[before] in ":-=":
        return before > sentence.first
    return item.last == sentence.last and report.folded[item.first : item.last] == ["no"]


def _forward_end(report: Report, sentence: Sentence, index: int, item: Item, cue: Cue) -> int:
    folded = report.folded
    limit = min(sentence.last, item.last + cue.reach)
    for later in sentence.items[index + 1 : index + 40]:
        if later.first >= limit:
            break
        stops = any(c.category == "stop" for c in later.cues)
        if stops and cue.category == "other":  # "mother received ..." goes on about her
            stops = not _TURNS.isdisjoint(folded[later.first : later.last])
        if stops or (cue.category == "historical" and any(c.category in ("affirmed", "negated") for c in later.cues)):
            limit = later.first
            break
        if cue.category == "negated" and any(c.category in ("negated", "dropped") for c in later.cues):
            limit = min(limit, later.first)
            break
    if cue.category == "other":
        return next((at for at in range(item.last, limit) if folded[at] in _THE_PATIENT), limit)
    at, depth = item.last, 0
    while at < limit:
        token = folded[at]
        if token == "(":
            depth += 1
        elif token == ")":
            if depth == 0:
                return at
            depth -= 1
        elif _ends_clause(report, item, at, limit, cue):
            return at
        at += 1
    return limit


def _ends_clause(report: Report, item: Item, at: int, limit: int, cue: Cue) -> bool:
    token = report.folded[at]
    if token == ",":
        return report.written[at] == ";" or not _goes_on(report, item.last, at, limit, cue)
    if token == "and":
        return cue.category in ("negated", "historical") and _asserts(report, at + 1, limit)
    return token == "-" and _spaced(report, at)


def _spaced(report: Report, at: int) -> bool:
    before = at > 0 and report.starts[at] > report.ends[at - 1]
    return before and at + 1 < len(report.starts) and report.starts[at + 1] > report.ends[at]


def _asserts(report: Report, first: int, limit: int) -> bool:
    """Whether the clause from here on states something: a verb, a count, "stable"."""
    for at in range(first, limit):
        token = report.folded[at]
        if token == ",":
            return False
        if token in _ASSERTING or (token[0].isdigit() and at == first):
            return True
    return False


def _goes_on(report: Report, begun: int, comma: int, limit: int, cue: Cue) -> bool:
    """Whether a cue's reach passes a comma: the members of one list stand on both sides of it."""
    if cue.category in ("historical", "refused"):
        return False
    folded = report.folded
    if comma + 1 < limit and folded[comma + 1] in _LIST_WORDS:
        return folded[comma + 1] != "and" or cue.category == "planned" or not _asserts(report, comma + 2, limit)
    members, length, longest = 1, 0, 0
    for at in range(comma + 1, limit):
        token = folded[at]
        if token == ",":
            members, length = members + 1, 0
        elif token in ("or", "nor") or (token == "and" and members == 1 and length <= 3):
            return True
        elif (token in _ASSERTING and not (token == "with" and cue.category == "planned")) or token[0].isdigit():
            return False
        else:
            length += 1
            longest = max(longest, length)
    return members > 1 and longest <= (5 if cue.category == "planned" else 3) and cue.category in _OF_LISTS


def _asserts_strongly(report: Report, item: Item) -> bool:
    """ "Consistent with X ... not excluded": the doubt is not about X; "known" alone asserts nothing here."""
    return any(c.category == "affirmed" for c in item.cues) and report.folded[item.first : item.last] != ["known"]


def _backward_begin(report: Report, sentence: Sentence, index: int, item: Item, reach: int) -> int:
    folded, written = report.folded, report.written
    floor = max(sentence.first, item.first - reach)
    for earlier in reversed(sentence.items[max(0, index - 30) : index]):
        if earlier.last <= floor:
            break
        if any(c.category == "stop" for c in earlier.cues) or _asserts_strongly(report, earlier):
            floor = earlier.last
            break
    at = item.first - 1
    if at >= floor and folded[at] in (":", ",", "-", "(", "="):
        at -= 1
    listed = False
    while at >= floor:
        token = folded[at]
        if token in ("or", "and"):
            listed = True
        elif (
            token in _BACK_STOPS
            or (token == "-" and _spaced(report, at))
            or (token == "," and (not listed or written[at] == ";"))
        ):
            return at + 1
        at -= 1
    return floor


def _none_of(report: Report, sentence: Sentence, context: Context) -> None:
    """ "0 metastases", "0/12 nodes positive", "0 of 5 lymph nodes": none of them; in brackets, of what is before."""
    folded = report.folded
    for item in sentence.items:
        if "metastasis" in item.roles and "0" in folded[max(item.first - 1, sentence.first) : item.first]:
            _set(sentence, context, "negated", item.first, item.last, item.first)
    for at in range(sentence.first, sentence.last - 2):
        if folded[at] == "0" and folded[at + 1] in ("/", "of") and folded[at + 2].isdigit():
            if at > sentence.first and folded[at - 1] == "(":
                _set(sentence, context, "negated", max(sentence.first, at - 9), at, at)
            else:
                _set(sentence, context, "negated", at + 3, min(sentence.last, at + 14), at)


def _question_marks(report: Report, sentence: Sentence, context: Context) -> None:
    """ "?metastasis" doubts what follows, "metastasis?" what stands before it."""
    folded = report.folded
    for at in range(sentence.first, sentence.last):
        if folded[at] == "?":
            after = next((i for i in range(at + 1, sentence.last) if folded[i] == ","), sentence.last)
            _set(sentence, context, "uncertain", at + 1, min(after, at + 8), at)
    if sentence.asked:
        before = next((i for i in range(sentence.last - 1, sentence.first, -1) if folded[i] == ","), sentence.first)
        _set(sentence, context, "uncertain", before, sentence.last, before)
