"""What a hospital may change without touching the content."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path

CONTENT = Path(__file__).resolve().parents[1] / "content"
"""The guideline that comes with the product."""


def holds_guideline(folder: Path) -> bool:
    """Whether a folder has the form of this guideline, with its shared library; else it is FHIR content of others."""
    return (folder / "library" / "SarcomaFacts.cql").is_file()


@dataclass(frozen=True, slots=True)
class GuidelineSettings:
    """Local choices. What they name must exist: ``Guideline.load`` raises ``SettingsError`` otherwise.

    ``parameters``: values by the parameter names of the shared library, in its units. ``switched_off``: what of local
    origin is not to be used: an entry (``"paediatric-team"``), one criterion of an entry
    (``"first-line-anthracycline/Pregnant"``), or one that entries share (``"SarcomaFacts/Under 18"``). ``content``:
    the directory of the guideline.
    """

    parameters: Mapping[str, int | float | Decimal] = field(default_factory=dict)
    switched_off: frozenset[str] = frozenset()
    content: Path = CONTENT
