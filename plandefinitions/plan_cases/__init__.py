"""Test cases beside plans of any author (``*.cases.yaml``): read, run, and held against what a plan may serve."""

from plandefinitions.plan_cases.case_files import CasesRead, PlanCase, read_plan_cases
from plandefinitions.plan_cases.coverage import ConditionCoverage, condition_coverage, never_computed
from plandefinitions.plan_cases.proof import load_proven
from plandefinitions.plan_cases.run import PlanOutcome, run_plan_case

__all__ = [
    "CasesRead",
    "ConditionCoverage",
    "PlanCase",
    "PlanOutcome",
    "condition_coverage",
    "load_proven",
    "never_computed",
    "read_plan_cases",
    "run_plan_case",
]
