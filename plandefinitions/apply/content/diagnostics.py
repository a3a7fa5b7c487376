"""Findings about guidance content, for its author.

Codes are stable. By number: 10x files and FHIR structure, 11x invariants, 12x identity and status, 13x references
between definitions, 14x expressions and CQL, 15x ActivityDefinitions, 16x triggers, 17x parameters, 18x own test
cases.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

Severity = Literal["error", "warning"]

CODES: dict[str, str] = {
    "PD-101": "a file cannot be read",
    "PD-102": "not a FHIR R4 resource",
    "PD-103": "unknown element",
    "PD-104": "value of the wrong type",
    "PD-105": "required element missing",
    "PD-106": "code outside a required binding",
    "PD-107": "list where one value belongs, or the reverse",
    "PD-108": "empty value",
    "PD-109": "shape of another FHIR version",
    "PD-110": "expression without expression and reference (exp-1)",
    "PD-111": "DataRequirement invariant (drq-1, drq-2)",
    "PD-112": "TriggerDefinition invariant (trd-1, trd-2, trd-3)",
    "PD-113": "name not usable as an identifier (pdf-0, adf-0, lib-0)",
    "PD-114": "a choice given twice",
    "PD-120": "definition without a canonical URL",
    "PD-121": "two definitions with the same URL and version",
    "PD-122": "definition is retired",
    "PD-123": "definition is a draft or experimental",
    "PD-124": "outside its effective period",
    "PD-130": "canonical does not resolve",
    "PD-131": "plans that contain each other",
    "PD-132": "canonical resolves to a resource of the wrong type",
    "PD-133": "definition both as canonical and as URI",
    "PD-134": "transforms are not supported",
    "PD-135": "relatedAction names no action",
    "PD-136": "two actions with the same id",
    "PD-137": "goalId names no goal",
    "PD-138": "definition that is not valid is referred to",
    "PD-140": "expression language missing or unknown",
    "PD-141": "define not found",
    "PD-142": "result of the wrong type",
    "PD-143": "define name in several libraries",
    "PD-144": "expression does not compile",
    "PD-145": "applicability condition without an expression",
    "PD-146": "path of a dynamicValue cannot be used",
    "PD-147": "library without CQL or ELM",
    "PD-148": "library does not compile",
    "PD-149": "value set or code system not loaded",
    "PD-150": "kind missing or not allowed",
    "PD-151": "content that the target resource requires is missing",
    "PD-160": "trigger that no CDS Hooks service answers to",
    "PD-161": "cqf-cdsHooksEndpoint",
    "PD-170": "manifest cannot be used",
    "PD-171": "library parameter without a source",
    "PD-180": "test cases that cannot be run",
    "PD-181": "test case that fails",
}


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """One finding. ``pointer`` is a JSON pointer into ``file``; ``place`` the line and column in a CQL text."""

    severity: Severity
    code: str
    message: str
    file: Path | None = None
    pointer: str = ""
    place: str | None = None
    hint: str | None = None

    def __str__(self) -> str:
        return self.render()

    def render(self) -> str:
        """The finding as one or two lines of text."""
        where = str(self.file) if self.file else "content"
        where += f"#{self.pointer}" if self.pointer else ""
        where += f" ({self.place})" if self.place else ""
        text = f"{where}: {self.severity} {self.code}: {self.message}"
        return f"{text}\n  hint: {self.hint}" if self.hint else text


@dataclass(slots=True)
class Findings:
    """Collects diagnostics while content is loaded."""

    all: list[Diagnostic] = field(default_factory=list)

    def error(self, code: str, message: str, at: Location, hint: str | None = None, place: str | None = None) -> None:
        """Add an error."""
        self.all.append(Diagnostic("error", code, message, at.file, at.pointer, place, hint))

    def warn(self, code: str, message: str, at: Location, hint: str | None = None, place: str | None = None) -> None:
        """Add a warning."""
        self.all.append(Diagnostic("warning", code, message, at.file, at.pointer, place, hint))


@dataclass(frozen=True, slots=True)
class Location:
    """A place in a file."""

    file: Path | None
    pointer: str = ""

    def __truediv__(self, part: str | int) -> Location:
        return Location(self.file, f"{self.pointer}/{str(part).replace('~', '~0').replace('/', '~1')}")
