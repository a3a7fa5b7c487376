"""The structure of FHIR R4: which elements each type has, and whether a resource keeps to it."""

from plandefinitions.r4.check import Finding, check
from plandefinitions.r4.definitions import Element, elements, is_primitive, is_resource, locate
from plandefinitions.r4.walk import walk

__all__ = ["Element", "Finding", "check", "elements", "is_primitive", "is_resource", "locate", "walk"]
