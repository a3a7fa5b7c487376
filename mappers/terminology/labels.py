"""What an Observation is about when no code says so: the words of its label (labels.csv)."""

from mappers.recall import remembered
from mappers.terminology.tables import table

_WORDS = sorted(((row["words"], row["observable"]) for row in table("labels")), key=lambda pair: -len(pair[0]))


@remembered(maxsize=4096)
def observable_of_label(label: str) -> str:
    """The observable a label names, empty when none; the longest matching words decide."""
    lowered = label[:200].lower()
    return next((observable for words, observable in _WORDS if words in lowered), "")
