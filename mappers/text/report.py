"""A text as a report: tokens, sentences, list items, sections, labels ("Liver:", "Lung, lower lobe, biopsy:")."""

from dataclasses import dataclass, field

from mappers.text.vocabulary import Item, vocabulary
from mappers.text.words import FOLD, TOKEN, word_set

_LONGEST_SENTENCE = 160
_LONGEST_LABEL = 14
_LONGEST_HEADER = 6
_WRAPPED_LINE = 60

_ABBREVIATIONS = word_set(
    "dr mr mrs ms prof vs approx eg ie st fig pt pts resp incl abdom subq bilat pulm hx dx rt lt diff susp cf"
)
_BULLETS = frozenset("-*•·◦▪‣►●○–—>+")
_CONTINUES = word_set(
    "of the and or with no without for to in is a an by at from not , - / ( was are were has have had than as "
    "which that on into right left both suspicious consistent compatible no: cannot be been evidence negative "
    "history"
)


@dataclass(slots=True)
class Sentence:
    """Tokens `first` to `last`; the words before a colon it stands under; the effect of the section it stands in."""

    first: int
    last: int
    section: str = ""
    asked: bool = False
    label: "Sentence | None" = None
    items: list[Item] = field(default_factory=list)


@dataclass(slots=True)
class Report:
    """A text, its tokens (as written, folded, with offsets) and its sentences."""

    text: str
    written: list[str]
    folded: list[str]
    starts: list[int]
    ends: list[int]
    sentences: list[Sentence]


def lay_out(text: str) -> Report:
    """Splits a text into sentences and finds the terms of each."""
    written, starts, ends = [], [], []
    for match in TOKEN.finditer(text):
        written.append(match.group())
        starts.append(match.start())
        ends.append(match.end())
    report = Report(text, written, [FOLD[token] for token in written], starts, ends, [])
    _split(report)
    _find_terms(report)
    return report


def _split(report: Report) -> None:
    written, starts, ends, text = report.written, report.starts, report.ends, report.text
    sentences = report.sentences
    begun, line_begun = 0, 0
    for at, token in enumerate(written):
        if token in ".!?" or token[0] == "\n":
            if token[0] == "\n":
                ended = at
                over = _line_ends_sentence(report, at, line_begun)
                line_begun = at + 1
                if not over:
                    report.folded[at] = "'"  # a wrapped line: the break is as transparent as a quote
                    continue
            elif token == ".":
                if ends[at] < len(text) and not text[ends[at]].isspace():
                    continue
                if at and starts[at] == ends[at - 1] and _is_abbreviation(written, at):
                    report.folded[at] = "'"
                    continue
                ended = at
            else:
                if token == "?" and (at == begun or starts[at] > ends[at - 1]) and _word_follows(report, at):
                    continue
                ended = at
            if ended > begun:
                sentences.append(Sentence(begun, ended, asked=token == "?"))
            begun = at + 1
        elif at - begun >= _LONGEST_SENTENCE:
            sentences.append(Sentence(begun, at))
            begun = at
    if len(written) > begun:
        sentences.append(Sentence(begun, len(written)))


def _is_abbreviation(written: list[str], at: int) -> bool:
    """Whether a full stop belongs to the word before it: "approx.", or to a pair of letters: "i.v.", "V.a."."""
    if written[at - 1].lower() in _ABBREVIATIONS:
        return True
    return at > 2 and written[at - 2] == "." and len(written[at - 1]) == 1 and len(written[at - 3]) == 1


def _word_follows(report: Report, at: int) -> bool:
    return at + 1 < len(report.written) and report.written[at + 1][0] not in "\n)],.;"


def _line_ends_sentence(report: Report, at: int, line_begun: int) -> bool:
    """Whether a line end also ends a sentence: blank lines, list items, headers, and lines that were not wrapped."""
    written = report.written
    if written[at].count("\n") > 1 or at + 1 >= len(written) or at == line_begun:
        return True
    before, after = written[at - 1], written[at + 1]
    if after in _BULLETS or before == ":" or _is_list_number(report, at + 1) or _is_header_line(report, at + 1):
        return True
    if before.lower() in _CONTINUES or not (after[0].isupper() or after[0].isdigit()):
        return False
    return report.ends[at - 1] - report.starts[line_begun] < _WRAPPED_LINE


def _is_list_number(report: Report, at: int) -> bool:
    written = report.written
    return written[at].isdigit() and at + 1 < len(written) and written[at + 1] in ").:"


def _is_header_line(report: Report, at: int) -> bool:
    """Whether a line begins with a few words and a colon."""
    for token in report.written[at : at + _LONGEST_HEADER + 1]:
        if token == ":":
            return True
        if token[0] == "\n" or token in ".;":
            return False
    return False


def _find_terms(report: Report) -> None:
    vocab = vocabulary()
    section = ""
    label: Sentence | None = None
    kept: list[Sentence] = []
    for sentence in report.sentences:
        if report.folded[sentence.first] in _BULLETS and sentence.last - sentence.first > 1:
            sentence.first += 1
        colon = _label_end(report, sentence)
        if colon:
            header = " ".join(report.folded[sentence.first : colon])
            effect = vocab.sections.get(header)
            if effect is not None:
                section, label = ("" if effect == "plain" else effect), None
                sentence.first = colon + 1
                if colon := _label_end(report, sentence):  # "Pathology: Lung, wedge resection: ..."
                    label = _label(report, sentence, colon)
            else:
                label = _label(report, sentence, colon)
                if section and label is not None and _stands_apart(report, sentence, colon):
                    section = ""
        elif sentence.last - sentence.first <= _LONGEST_HEADER:
            effect = vocab.sections.get(" ".join(report.folded[sentence.first : sentence.last]))
            if effect is not None and _alone_on_line(report, sentence):
                section, label = ("" if effect == "plain" else effect), None
                continue
        if sentence.first >= sentence.last:
            continue
        if label is not None and _blank_line_before(report, sentence):
            label = None if colon == 0 else label
        sentence.section = section
        sentence.label = label if label is not None and label.first != sentence.first else None
        sentence.items = vocab.find(
            report.text, report.folded, report.starts, report.ends, sentence.first, sentence.last
        )
        if label is not None and label.first == sentence.first:
            label.items = [item for item in sentence.items if item.last <= label.last]
            sentence.label = label
        kept.append(sentence)
    report.sentences = kept


def _label_end(report: Report, sentence: Sentence) -> int:
    """Where the colon stands that ends a label at the beginning of a sentence, or 0."""
    stop = min(sentence.last, sentence.first + _LONGEST_LABEL)
    if ":" not in report.written[sentence.first : stop]:
        return 0
    for at in range(sentence.first + 1, stop):
        if report.written[at] == ":":
            joined = at + 1 < len(report.written) and report.written[at + 1] == ":"
            return 0 if joined else at
    return 0


def _label(report: Report, sentence: Sentence, colon: int) -> Sentence:
    return Sentence(sentence.first, colon)


def _stands_apart(report: Report, sentence: Sentence, colon: int) -> bool:
    """Whether an unknown label begins a new part: after a blank line, or written in capitals."""
    words = report.written[sentence.first : colon]
    return _blank_line_before(report, sentence) or (
        any(len(word) > 3 for word in words) and all(not word.isalpha() or word.isupper() for word in words)
        and not report.text.isupper()
    )  # fmt: skip


def _blank_line_before(report: Report, sentence: Sentence) -> bool:
    return sentence.first > 0 and report.written[sentence.first - 1].count("\n") > 1


def _alone_on_line(report: Report, sentence: Sentence) -> bool:
    before = sentence.first == 0 or report.written[sentence.first - 1][0] == "\n"
    after = sentence.last >= len(report.written) or report.written[sentence.last][0] == "\n"
    return before and after and len(report.written) > sentence.last
