"""What a guidance page shows of one entry of the guideline."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from plandefinitions.guideline import Entry, Figure
from plandefinitions.guideline.entry import EXTENSIONS

Json = Mapping[str, Any]

_ATTRIBUTES = {
    "bibliographic-citation": "Bibliographic citation",
    "developer": "Developer",
    "funding": "Funding source of the technical implementation",
    "release-and-revision-dates": "Release and revision dates",
    "uses-race": "Race",
    "uses-ethnicity": "Ethnicity",
    "uses-language": "Language",
    "uses-sexual-orientation": "Sexual orientation",
    "uses-gender-identity": "Gender identity",
    "uses-sex": "Sex",
    "uses-date-of-birth": "Date of birth",
    "uses-social-determinants": "Social determinants of health",
    "uses-health-status-assessment": "Health status assessment",
}
"""The 13 source attributes of evidence-based decision support, 45 CFR 170.315(b)(11)(iv)(A), in the rule's order."""

KINDS = {"recommendation": "Recommendations", "order-check": "Order checks", "data-gaps": "Missing facts"}
"""The kinds of entries, in the order of the list, with their headings."""


def entry_page(entry: Entry) -> dict[str, Any]:
    """The values of the page of one entry."""
    plan = entry.plan
    return {
        "entry": entry,
        "kind": KINDS[entry.kind],
        "description": str(plan.get("description", "")),
        "dates": _dates(plan),
        "evidence": _evidence(entry),
        "citations": list(_citations(entry)),
        "attributes": _attributes(plan),
        "hooks": entry.hooks,
    }


def background(entries: Iterable[Entry]) -> str:
    """What the guideline says beside its entries, in Markdown without its first heading; empty when it says nothing."""
    folders = {entry.folder.parent for entry in entries}
    texts = (folder / "context.md" for folder in sorted(folders))
    return "\n".join(_untitled(path.read_text(encoding="utf-8")) for path in texts if path.exists())


def _untitled(text: str) -> str:
    """Without the first heading: there is one above it already."""
    text = text.lstrip()
    return text.partition("\n")[2] if text.startswith("# ") else text


def _dates(plan: Json) -> list[tuple[str, str]]:
    names = {"date": "Published", "approvalDate": "Approved", "lastReviewDate": "Evidence last reviewed"}
    return [("Version", str(plan["version"]))] + [
        (word, str(plan[name])) for name, word in names.items() if plan.get(name)
    ]


def _evidence(entry: Entry) -> str:
    """The evidence page of the folder, in Markdown; where there is none, what the plan itself states."""
    if entry.evidence is None:
        stated = {"Figures": entry.figures, "Caveats": entry.caveats, "In practice": entry.practice_notes}
        return "".join(line for heading, statements in stated.items() for line in _stated(heading, statements))
    return _untitled(entry.evidence)


def _stated(heading: str, statements: Sequence[Figure]) -> Iterable[str]:
    if statements:
        yield f"## {heading}\n\n"
        yield from (f"- {one.text} ({one.source})\n" for one in statements)
        yield "\n"


def _citations(entry: Entry) -> Iterable[Json]:
    """The papers, and the references of theirs that the entry rests on."""
    seen = set()
    for one in (*entry.plan.get("relatedArtifact", ()), *entry.action.get("documentation", ())):
        if one.get("citation") and one.get("label") not in seen:
            seen.add(one.get("label"))
            yield {"label": one.get("label", ""), "citation": one["citation"], "url": one.get("url", "")}


def _attributes(plan: Json) -> list[tuple[str, str]]:
    """Each of the 13 attributes with its value in words."""
    holder: Json = next(
        (one for one in plan.get("extension", ()) if one.get("url") == f"{EXTENSIONS}source-attributes"), {}
    )
    parts = {one["url"]: one for one in holder.get("extension", ())}
    return [(word, _value(parts.get(name, {}))) for name, word in _ATTRIBUTES.items()]


def _value(part: Json) -> str:
    value = next((part[name] for name in part if name.startswith("value")), None)
    if isinstance(value, bool):
        return "used" if value else "not used"
    return "not stated" if value is None else str(value)
