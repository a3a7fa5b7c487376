"""An entry serves only while its own cases pass.

The cases of an entry are run again when the entry, a library it includes, its cases or this program changed; that they
passed is remembered on disk, beside the compiled CQL. They are judged with the content's own parameters and with all of
it switched on: what a hospital sets differently is no fault of the content.
"""

import json
import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path

import mappers
from cql.cache import fingerprint, read, write
from cql.errors import CqlError
from plandefinitions.code_version import code_version
from plandefinitions.guideline.cases import read_cases, run_case
from plandefinitions.guideline.entry import Entry
from plandefinitions.guideline.errors import ContentError
from plandefinitions.guideline.guideline import Guideline
from plandefinitions.guideline.settings import GuidelineSettings

_CODE = (Path(mappers.__file__).parent, Path(__file__).parent)
"""What decides beside the CQL engine, whose version the cache knows itself."""
_OF_OTHERS = re.compile(r"\b(others|gaps)\s*:")
"""What a case expects of other entries than its own."""


@dataclass(frozen=True, slots=True)
class Proven:
    """A guideline without the entries whose cases fail, and those that use them; why, in a line for each fault."""

    guideline: Guideline
    faults: tuple[str, ...]


def load_proven(settings: GuidelineSettings | None = None) -> Proven:
    """Compile the content and try its cases.

    Raises ``ContentError`` and ``SettingsError`` as ``Guideline.load`` does, and when no entry is left.
    """
    chosen = settings or GuidelineSettings()
    guideline = Guideline.load(chosen)
    failed = _failed(guideline, chosen)
    if not failed:
        return Proven(guideline, ())
    using = _using(guideline, failed)
    faults = tuple(fault for found in (*failed.values(), using.values()) for fault in found)
    rest = guideline.without(failed.keys() | using.keys())
    if not rest.entries:
        raise ContentError("\n".join(faults))
    return Proven(rest, faults)


def _failed(guideline: Guideline, settings: GuidelineSettings) -> dict[str, tuple[str, ...]]:
    """The faults of the entries whose cases fail, by their ids."""
    place = fingerprint("cases that passed", str(settings.content.resolve()))
    remembered = (read(place) or {}).get("passed", {})
    digests = _digests(guideline)
    changed = [one for one in guideline.entries if remembered.get(one.id) != digests[one.id]]
    if not changed:
        return {}
    as_written = GuidelineSettings(content=settings.content)
    tried = guideline if settings == as_written else Guideline.load(as_written)
    faults = {one.id: tuple(_faults(tried, one)) for one in changed}
    write(place, {"passed": {name: digest for name, digest in digests.items() if not faults.get(name)}})
    return {name: found for name, found in faults.items() if found}


def _faults(guideline: Guideline, entry: Entry) -> Iterator[str]:
    try:
        cases = read_cases(entry)
    except ContentError as problem:
        yield str(problem)
        return
    for case in cases:
        try:
            faults = run_case(guideline, case).faults
        except CqlError as problem:
            faults = (str(problem),)
        yield from (f"{case.file}: case {case.name!r}: {fault}" for fault in faults)


def _using(guideline: Guideline, failed: Collection[str]) -> dict[str, str]:
    """The other entries that use a library of one that failed, with the reason for which they are left out."""
    owners = {one.library: one.id for one in guideline.entries if one.id in failed}
    found = {}
    for one in guideline.entries:
        owner = next((owners[name] for name in guideline.included(one) if name in owners), None)
        if owner is not None and one.id not in failed:
            found[one.id] = f"{one.folder}: is left out, since it uses the library of {owner}, whose cases fail"
    return found


def _digests(guideline: Guideline) -> dict[str, str]:
    """By entry: what the verdict on it depends on."""
    texts = {name: fingerprint(text) for name, text in guideline.texts.items()}
    plans = {one.id: fingerprint(json.dumps([one.plan, sorted(one.activities.items())])) for one in guideline.entries}
    everything = fingerprint(json.dumps([sorted(texts.items()), sorted(plans.items())]))
    found = {}
    for one in guideline.entries:
        path = one.folder / "cases.yaml"
        cases = path.read_text(encoding="utf-8") if path.exists() else ""
        included = [texts[name] for name in (one.library, *guideline.included(one))]
        of_all = one.kind == "data-gaps" or _OF_OTHERS.search(cases)
        found[one.id] = fingerprint(code_version(*_CODE), cases, plans[one.id], *([everything] if of_all else included))
    return found
