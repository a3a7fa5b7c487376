"""Malignancies that are no sarcomas, and whether their metastases are spoken of."""

from mappers.text.reading import Reading
from mappers.text.spread import tumour_after, tumour_before
from mappers.text.vocabulary import Item


def read_other_malignancies(reading: Reading) -> None:
    """Adds the other malignancies a sentence names."""
    for index, item in reading.with_role("other"):
        if "histology" not in item.roles and not reading.context.unreal(item):
            _add_other(reading, index, item)


def _add_other(reading: Reading, index: int, item: Item) -> None:
    concept = item.roles["other"].concept
    if concept == "carcinoma":
        concept = _organ_of_carcinoma(reading, index) or concept
    before = reading.items[index - 1] if index else None
    metastatic = before is not None and "metastasis" in before.roles and item.first - before.last <= 1
    metastatic = metastatic or any(
        tumour_after(reading, place, found) is item or tumour_before(reading, place, found) is item
        for place, found in reading.with_role("metastasis")
    )
    reading.add("other-malignancy", concept, item, {"metastatic": metastatic})


def _organ_of_carcinoma(reading: Reading, index: int) -> str:
    """ "Carcinoma of the left breast": the organ named after it."""
    item = reading.items[index]
    for other in reading.items[index + 1 : index + 4]:
        entry = other.roles.get("site")
        if entry is not None:
            between = reading.gap(item, other)
            return entry.detail["organ"] if between[:1] == ["of"] and len(between) <= 3 else ""
        if "laterality" not in other.roles:
            return ""
    return ""
