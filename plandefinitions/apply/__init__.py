"""PlanDefinition ``$apply`` for FHIR R4, for any guideline: nothing here knows sarcoma."""

from plandefinitions.apply.content.content import Content, PlanNotFound
from plandefinitions.apply.content.diagnostics import Diagnostic
from plandefinitions.apply.content.load import Loaded, load
from plandefinitions.apply.content.model import Action, Plan
from plandefinitions.apply.engine import apply, apply_all
from plandefinitions.apply.forms import bundle, merged
from plandefinitions.apply.hook_call import hook_request
from plandefinitions.apply.outcome import Applied, AppliedAction, ConditionOutcome, Decision, Problem
from plandefinitions.apply.request import ApplyProblem, Request, make_request
from plandefinitions.apply.requirements import data_requirements

__all__ = [
    "Action",
    "Applied",
    "AppliedAction",
    "ApplyProblem",
    "ConditionOutcome",
    "Content",
    "Decision",
    "Diagnostic",
    "Loaded",
    "Plan",
    "PlanNotFound",
    "Problem",
    "Request",
    "apply",
    "apply_all",
    "bundle",
    "data_requirements",
    "hook_request",
    "load",
    "make_request",
    "merged",
]
