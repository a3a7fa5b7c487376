"""Malignancies that are no sarcomas, whatever way they are named: by code or in words."""

from mappers.terminology.tables import table

SELDOM_SPREADING = frozenset(row["malignancy"] for row in table("malignancies")) - {
    row["malignancy"] for row in table("malignancies") if row["metastasises"] == "yes"
}
"""Those that are no likely origin of a metastasis: no code of theirs says that they metastasise."""
