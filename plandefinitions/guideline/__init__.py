"""The guideline: content of ``plandefinitions/content`` evaluated over one patient's facts, with reasons in words."""

from plandefinitions.guideline.decision import CriterionFound, Decision, Decisions, Gap
from plandefinitions.guideline.entry import Entry, Figure
from plandefinitions.guideline.guideline import Guideline
from plandefinitions.guideline.settings import GuidelineSettings

__all__ = [
    "CriterionFound",
    "Decision",
    "Decisions",
    "Entry",
    "Figure",
    "Gap",
    "Guideline",
    "GuidelineSettings",
]
