"""The values of facts in words."""

from typing import Any

import pytest

from plandefinitions.guideline.case_facts import facts_of
from plandefinitions.guideline.facts import show


@pytest.mark.parametrize(
    ("key", "given", "place", "shown"),
    [
        ("histology", "uterine_leiomyosarcoma", "histology", "uterine leiomyosarcoma"),
        ("metastatic_sites", ["lung", "soft-tissue"], "metastatic_sites", "lung, soft tissue"),
        ("lesion_count", {"total": 3, "lung": 2, "liver": 1}, "lesion_count", "3 metastases (lung 2, liver 1)"),
        ("lesion_count", {"total": 1, "lymph-node": 1}, "lesion_count", "1 metastasis (lymph node 1)"),
        ("lesion_count", {"lung": 6, "at_least": 6}, "lesion_count", "lung 6 (not all sites counted)"),
        ("lesion_count", {"liver": 7}, "lesion_count.liver", "7"),
        ("largest_lesion_cm", {"lung": 3.0, "liver": 2.25}, "largest_lesion_cm", "lung 3 cm, liver 2.25 cm"),
        ("largest_lesion_cm", {"lung": 3.0}, "largest_lesion_cm.liver", ""),
        ("disease_free_interval_months", 1, "disease_free_interval_months", "1 month"),
        (
            "disease_free_interval_months",
            {"low": 10.5, "high": 21},
            "disease_free_interval_months",
            "between 10 and 21 months",
        ),
        ("disease_free_interval_months", {"high": 28}, "disease_free_interval_months", "at most 28 months"),
        ("disease_free_interval_months", {"high": 0.4}, "disease_free_interval_months", "at most 1 month"),
        ("primary_size_cm", 8.5, "primary_size_cm", "8.5 cm"),
        ("prior_systemic", ["gemcitabine", "docetaxel"], "prior_systemic", "gemcitabine, docetaxel"),
        ("cardiac", {"lvef_percent": 45}, "cardiac.lvef_percent", "45 %"),
        ("molecular", {"NTRK": "positive", "MSI": "negative"}, "molecular", "NTRK positive, MSI negative"),
        ("molecular", {"NTRK": "positive"}, "molecular.NTRK", "positive"),
        ("demographics", {"age": 16}, "demographics.age", "16"),
        ("ecog", 2, "ecog", "2"),
        ("ecog", None, "ecog", ""),
    ],
)  # fmt: skip
def test_show(key: str, given: Any, place: str, shown: str) -> None:
    assert show(facts_of({key: given}), place) == shown
