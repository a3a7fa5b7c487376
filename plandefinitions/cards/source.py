"""Where a card's guidance comes from: source, topic and links (CDS Hooks 2.0, Source and Link)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from plandefinitions.apply.content.model import Plan
from plandefinitions.apply.outcome import AppliedAction
from plandefinitions.cards.text import plain

Json = dict[str, Any]
_LINKED = frozenset({"documentation", "justification", "citation", "derived-from"})


def source(plan: Plan, action: AppliedAction | None) -> Json:
    """The primary source: the action's documentation, else the plan's publisher or title."""
    found = next((one for one in _documentation(action) if one.get("type") == "documentation"), {})
    words = next((found[one] for one in ("display", "label", "citation") if found.get(one)), None)
    made: Json = {"label": plain(str(words or plan.resource.get("publisher") or plan.title))}
    url = _web(found.get("url")) or (None if found else _web(plan.resource.get("url")))
    if url:
        made["url"] = url
    document = found.get("document") or {}
    icon = _web(document.get("url"))
    # Many authors give the page itself once more as the document: that is no picture.
    if icon and icon != url and str(document.get("contentType") or "image/").startswith("image/"):
        made["icon"] = icon
    made["topic"] = _topic(plan, action)
    return made


def _topic(plan: Plan, action: AppliedAction | None) -> Json:
    """A Coding that says what the card is about: the plan's topic, the action's code, else the plan itself."""
    concepts = [*(plan.resource.get("topic") or ()), *(action.action.raw.get("code") or () if action else ())]
    for concept in concepts:
        for one in concept.get("coding") or ():
            if one.get("system") and one.get("code"):
                return {name: one[name] for name in ("system", "code", "display") if one.get(name)}
    base, _, name = str(plan.resource.get("url") or "urn:plandefinition").rpartition("/")
    return {"system": base or "urn:plandefinition", "code": name or plan.id, "display": plan.title}


def links(plan: Plan, action: AppliedAction) -> list[Json]:
    """Other documentation of the action, and related artifacts of the plan: what has a web address, each once."""
    first = next((one for one in _documentation(action) if one.get("type") == "documentation"), None)
    artifacts = [one for one in _documentation(action) if one is not first]
    artifacts += list(plan.resource.get("relatedArtifact") or ())
    found: dict[str, Json] = {}
    for one in artifacts:
        url = _web(one.get("url")) or _web((one.get("document") or {}).get("url"))
        if url and one.get("type") in _LINKED:
            label = next((one[name] for name in ("label", "display", "citation") if one.get(name)), url)
            found.setdefault(url, {"label": plain(str(label)), "url": url, "type": "absolute"})
    return list(found.values())


def citations(action: AppliedAction) -> list[str]:
    """Documentation of the action that has no web address, and is not the source: it is told in the detail."""
    found = []
    for one in _documentation(action):
        words = next((one[name] for name in ("citation", "display", "label") if one.get(name)), None)
        if words and not _web(one.get("url")) and one.get("type") in _LINKED - {"documentation"}:
            found.append(plain(str(words)))
    return list(dict.fromkeys(found))


def _documentation(action: AppliedAction | None) -> Iterable[Mapping[str, Any]]:
    return action.json.get("documentation") or () if action else ()


def _web(url: Any) -> str | None:
    """The URL when it is an absolute web address."""
    text = str(url).strip() if url else ""
    return text if text.startswith(("https://", "http://")) and not any(one in text for one in ' "<>\\') else None
