"""Text in, mentions out: lays the report out, then reads it sentence by sentence."""

from mappers.text.context import read_context
from mappers.text.counts import read_counts
from mappers.text.histology import read_histology
from mappers.text.malignancies import read_other_malignancies
from mappers.text.mention import Mention
from mappers.text.molecular import read_molecular
from mappers.text.places import read_sites
from mappers.text.reading import Reading, Scope
from mappers.text.report import Report, lay_out
from mappers.text.sizes import read_sizes, remember_lesions
from mappers.text.spread import read_recurrence, read_spread, read_suspicion
from mappers.text.staging import read_m_category, read_short_grade
from mappers.text.status import read_status
from mappers.text.therapy import read_therapy
from mappers.text.vocabulary import UNITS, may_matter

LONGEST_TEXT = 4_000_000
MOST_MENTIONS = 10_000

_THERAPY = frozenset(("drug", "regimen", "procedure", "progression"))
_QUANTIFIED = frozenset(("lesion", "metastasis", "mass"))


def read(text: str) -> tuple[Mention, ...]:
    """What a text says, in the order it says it. Takes any string, never raises; time grows with its length."""
    if len(text) > LONGEST_TEXT:
        text = text[:LONGEST_TEXT]
    if not may_matter(text):
        return ()
    report = lay_out(text)
    scope = Scope(report)
    mentions: list[Mention] = []
    has_category = "M0" in text or "M1" in text
    for sentence in report.sentences:
        if len(mentions) >= MOST_MENTIONS:
            break
        roles: set[str] = set()
        for item in sentence.items:
            roles.update(item.roles)
        measured = _measured(report, sentence.first, sentence.last)
        if not roles and not measured and not has_category:
            continue
        reading = Reading(report, sentence, read_context(report, sentence), scope, roles, mentions)
        _read_sentence(reading, measured, has_category)
    mentions.sort(key=lambda mention: (mention.start, mention.end))
    return tuple(mentions)


def _measured(report: Report, first: int, last: int) -> bool:
    return not UNITS.isdisjoint(report.folded[first:last])


def _read_quantities(reading: Reading, measured: bool) -> None:
    if measured:
        read_sizes(reading)
    read_counts(reading)
    remember_lesions(reading)


def _read_sentence(reading: Reading, measured: bool, has_category: bool) -> None:
    roles = reading.roles
    if has_category:
        read_m_category(reading)
    if "metastasis" in roles:
        read_spread(reading)
    if "recurrence" in roles and "site" in roles:
        read_recurrence(reading)
    if "lesion" in roles:
        read_suspicion(reading)
    if "histology" in roles:
        read_histology(reading)
    if "other" in roles:
        read_other_malignancies(reading)
    if measured or not roles.isdisjoint(_QUANTIFIED):
        _read_quantities(reading, measured)
    if "gene" in roles or "fusion" in roles or "sequencing" in roles:
        read_molecular(reading)
    if not roles.isdisjoint(_THERAPY):
        read_therapy(reading)
    read_status(reading)
    if "histology" in roles:
        read_short_grade(reading)
    if "site" in roles:
        read_sites(reading)
