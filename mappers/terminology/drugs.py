"""Which drugs are anticancer drugs, and which anthracyclines (drug_classes.csv)."""

from mappers.terminology.tables import table

DRUG_LABELS: dict[str, str] = {row["drug"]: row["label"] for row in table("drug_classes")}
ANTICANCER = frozenset(row["drug"] for row in table("drug_classes") if row["class"] != "supportive")
CYTOTOXIC = frozenset(row["drug"] for row in table("drug_classes") if row["class"] == "cytotoxic")
ANTHRACYCLINES = frozenset(row["drug"] for row in table("drug_classes") if row["anthracycline"] == "yes")
