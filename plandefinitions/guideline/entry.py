"""One entry of the guideline: a recommendation, an order check or the data-gaps card, as its folder states it."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from plandefinitions.guideline.errors import ContentError
from plandefinitions.guideline.override_reasons import displays

EXTENSIONS = "https://sarcoma-cds.org/fhir/StructureDefinition/"
KINDS = ("recommendation", "order-check", "data-gaps")
GROUPS = ("local-therapy", "systemic", "work-up", "urgent", "order-check", "data-gaps")
ORDER_HOOKS = ("order-select", "order-sign")

Json = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Figure:
    """A statement of the evidence with its reference: ``text`` is Markdown, ``source`` like "Bui 2019 [33]"."""

    text: str
    source: str


@dataclass(frozen=True)
class Entry:
    """A folder of the content. ``plan`` is its PlanDefinition, ``activities`` its ActivityDefinitions by canonical.

    ``evidence`` is its evidence page, in Markdown, if it has one.
    """

    folder: Path
    plan: Json = field(repr=False)
    activities: Mapping[str, Json] = field(repr=False)
    library: str
    text: str = field(repr=False)
    evidence: str | None = field(default=None, repr=False)

    @property
    def id(self) -> str:
        """The entry's id: the folder's name."""
        return self.folder.name

    @property
    def title(self) -> str:
        """The PlanDefinition's title."""
        return str(self.plan["title"])

    @property
    def short(self) -> str:
        """What it is about in a few words: the PlanDefinition's subtitle, or else its title."""
        return str(self.plan.get("subtitle") or self.plan["title"])

    @property
    def action(self) -> Json:
        """The one action of the plan."""
        action: Json = self.plan["action"][0]
        return action

    @cached_property
    def hooks(self) -> tuple[str, ...]:
        """The hooks at which the entry is decided: the named events of its triggers."""
        return tuple(str(one["name"]) for one in self.action.get("trigger", ()) if one.get("type") == "named-event")

    @cached_property
    def kind(self) -> str:
        """recommendation, order-check or data-gaps."""
        return self._code("entry-kind", KINDS)

    @cached_property
    def group(self) -> str:
        """The card it appears on: local-therapy, systemic, work-up, urgent, order-check or data-gaps."""
        return self._code("card-group", GROUPS)

    @cached_property
    def rank(self) -> int:
        """Its place on that card: smaller comes first."""
        found = _extension(self.plan, "card-rank")
        return int(found["valueInteger"]) if found else 100

    @cached_property
    def local(self) -> bool:
        """Whether the whole entry is a local rule rather than the papers'."""
        found = _extension(self.plan, "origin")
        return found is not None and found.get("valueCode") == "local"

    @cached_property
    def summary_criteria(self) -> tuple[str, ...]:
        """The criteria that a card's summary tells; none: those that decided."""
        return tuple(str(one["valueString"]) for one in _extensions(self.plan, "summary-criterion"))

    @cached_property
    def override_reasons(self) -> tuple[str, ...]:
        """Codes of the reasons for setting it aside; none: those of its card."""
        return tuple(str(one.get("valueCode")) for one in _extensions(self.plan, "override-reason"))

    @cached_property
    def figures(self) -> tuple[Figure, ...]:
        """The papers' figures, each with its reference."""
        return tuple(self._statements("figure"))

    @cached_property
    def caveats(self) -> tuple[Figure, ...]:
        """What limits the evidence, each with its reference ("local" where it is ours)."""
        return tuple(self._statements("caveat"))

    @cached_property
    def practice_notes(self) -> tuple[Figure, ...]:
        """How it is given, as the papers describe their practice."""
        return tuple(self._statements("practice-note"))

    @property
    def reviewed(self) -> str | None:
        """The date of the last review of the evidence."""
        found = self.plan.get("lastReviewDate")
        return str(found) if found else None

    @cached_property
    def offers(self) -> Mapping[str, Json]:
        """The child actions, each one suggestion, by their id."""
        return {str(one["id"]): one for one in self.action.get("action", ())}

    @staticmethod
    def condition_of(offer: Json) -> str | None:
        """The define that says whether a child action is offered; None: always."""
        conditions = [one for one in offer.get("condition", ()) if one.get("kind") == "applicability"]
        return str(conditions[0]["expression"]["expression"]) if conditions else None

    def _statements(self, name: str) -> Iterator[Figure]:
        for one in self.action.get("extension", ()):
            if one.get("url") == EXTENSIONS + name:
                parts = {part["url"]: part for part in one["extension"]}
                yield Figure(str(parts["text"]["valueMarkdown"]), str(parts["source"]["valueString"]))

    def _code(self, name: str, allowed: tuple[str, ...]) -> str:
        found = _extension(self.plan, name)
        code = str(found.get("valueCode")) if found else None
        if code not in allowed:
            raise ContentError(
                f"{self.folder / 'plandefinition.json'}: the extension {EXTENSIONS}{name} is {code!r}; "
                f"it must be one of {', '.join(allowed)}"
            )
        return code


def _extension(resource: Json, name: str) -> Json | None:
    return next(_extensions(resource, name), None)


def _extensions(resource: Json, name: str) -> Iterator[Json]:
    return (one for one in resource.get("extension", ()) if one.get("url") == EXTENSIONS + name)


_LIBRARY = re.compile(r"^library\s+(\w+)", re.MULTILINE)


def read_entries(content: Path) -> tuple[Entry, ...]:
    """Every entry of a guideline's directory, in the order of their ids. Raises ``ContentError``."""
    plans = sorted(content.glob("*/plandefinition.json"))
    if not plans:
        raise ContentError(f"{content}: there is no folder with a plandefinition.json in it")
    return tuple(_read_entry(plan.parent) for plan in plans)


def _read_entry(folder: Path) -> Entry:
    plan = read_json(folder / "plandefinition.json")
    texts = sorted(folder.glob("*.cql"))
    if len(texts) != 1:
        raise ContentError(f"{folder}: one CQL library is wanted, but there are {len(texts)}")
    text = texts[0].read_text(encoding="utf-8")
    activities = {str(one["url"]): one for one in map(read_json, sorted(folder.glob("activitydefinition-*.json")))}
    if not plan.get("action"):
        raise ContentError(f"{folder / 'plandefinition.json'}: the plan has no action")
    page = folder / "evidence.md"
    evidence = page.read_text(encoding="utf-8") if page.exists() else None
    entry = Entry(folder, plan, activities, library_name(text, texts[0]), text, evidence)
    if unknown := [code for code in entry.override_reasons if code not in displays()]:
        raise ContentError(
            f"{folder / 'plandefinition.json'}: the extension {EXTENSIONS}override-reason is {unknown[0]!r}; "
            f"it must be one of {', '.join(displays())}"
        )
    return entry


def library_name(text: str, path: Path) -> str:
    """The name that a CQL text declares. Raises ``ContentError`` when it declares none."""
    found = _LIBRARY.search(text)
    if found is None:
        raise ContentError(f"{path}: the text does not begin with a library declaration")
    return found[1]


def read_json(path: Path) -> Json:
    """A JSON object. Raises ``ContentError`` naming the file."""
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as problem:
        raise ContentError(f"{path}: {problem}") from problem
    if not isinstance(found, dict):
        raise ContentError(f"{path}: a JSON object is wanted")
    return found
