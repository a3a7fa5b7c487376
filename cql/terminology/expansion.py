"""From a FHIR ValueSet resource to its codes (FHIR R4, ValueSet, "Content Logical Definition", "Expansion").

An expansion that is there is taken; otherwise the definition (``compose``) is worked out from what is given. Whatever
cannot be worked out is an error that names it: a value set is never silently smaller than it should be.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from cql.errors import ValueSetNotFound
from cql.terminology.code_system import CodeSystemContent
from cql.terminology.filters import FILTERS
from cql.terminology.value_set import CodeKey, ExpandedValueSet
from cql.values import Code

Codes = dict[CodeKey, Code]
FindValueSet = Callable[[str], ExpandedValueSet]
FindCodeSystem = Callable[[str, str | None], CodeSystemContent | None]


class Expander:
    """Works out the codes of one ValueSet resource."""

    def __init__(self, resource: dict[str, Any], value_set: FindValueSet, code_system: FindCodeSystem) -> None:
        """``value_set`` expands another set by canonical, raising when it cannot; ``code_system`` finds content."""
        self._resource = resource
        self._url: str = resource["url"]
        self._value_set = value_set
        self._code_system = code_system

    def expand(self) -> ExpandedValueSet:
        """The value set with its codes. Raises ``ValueSetNotFound``, naming what is missing."""
        expansion, compose = self._resource.get("expansion"), self._resource.get("compose")
        codes: Codes | None = None
        if isinstance(expansion, dict):
            codes = self._from_expansion(expansion, is_only_source=not isinstance(compose, dict))
        if codes is None and isinstance(compose, dict):
            codes = self._from_compose(compose)
        if codes is None:
            raise self._error("has neither an expansion nor a definition")
        return ExpandedValueSet(self._url, self._resource.get("version"), codes.values())

    def _from_expansion(self, expansion: dict[str, Any], *, is_only_source: bool) -> Codes | None:
        """The codes listed. None when the list is a part only (a page of a longer one) or not there."""
        codes: Codes = {}
        listed = 0
        pending = _dicts(expansion.get("contains"))[::-1]
        while pending:
            one = pending.pop()
            pending += _dicts(one.get("contains"))[::-1]
            listed += 1
            code = _code(one, one.get("system"), one.get("version"))
            if code is not None and one.get("abstract") is not True:
                codes.setdefault((code.system, str(code.code)), code)
        total = expansion.get("total")
        if isinstance(total, int) and total > listed:
            if is_only_source:
                raise self._error(f"has an expansion with {listed} of its {total} codes only")
            return None
        return codes if listed or total == 0 else None

    def _from_compose(self, compose: dict[str, Any]) -> Codes:
        includes = _dicts(compose.get("include"))
        if not includes:
            raise self._error("has a definition that includes nothing")
        codes: Codes = {}
        for include in includes:
            for key, code in self._included(include).items():
                codes.setdefault(key, code)
        for exclude in _dicts(compose.get("exclude")):
            codes = self._without(codes, exclude)
        return codes

    def _included(self, include: dict[str, Any]) -> Codes:
        """One include: the codes in all of its value sets and of its system part, whichever of the two it has."""
        value_sets = [url for url in include.get("valueSet") or () if isinstance(url, str)]
        system = include.get("system")
        if not value_sets:
            return self._system_part(include)
        sets = [self._value_set(url) for url in value_sets]
        codes = {(c.system, str(c.code)): c for c in sets[0].codes if all(c_in(s, c) for s in sets[1:])}
        if not isinstance(system, str):
            return codes
        if not _dicts(include.get("concept")) and not _dicts(include.get("filter")):
            return {key: code for key, code in codes.items() if code.system == system}
        part = self._system_part(include)
        return {key: code for key, code in codes.items() if key in part}

    def _without(self, codes: Codes, exclude: dict[str, Any]) -> Codes:
        """``codes`` less those of an exclude; a whole system can be excluded without its content being given."""
        system = exclude.get("system")
        is_whole_system = not any(exclude.get(key) for key in ("concept", "filter", "valueSet"))
        if isinstance(system, str) and is_whole_system:
            return {key: code for key, code in codes.items() if code.system != system}
        excluded = self._included(exclude)
        return {key: code for key, code in codes.items() if key not in excluded}

    def _system_part(self, include: dict[str, Any]) -> Codes:
        """What an include takes from its code system: listed concepts, those that pass the filters, or all."""
        system, version = include.get("system"), include.get("version")
        if not isinstance(system, str):
            raise self._error("has an include with neither a system nor value sets")
        concepts, filters = _dicts(include.get("concept")), _dicts(include.get("filter"))
        if concepts:
            listed = (_code(one, system, version) for one in concepts)
            return {(system, str(code.code)): code for code in listed if code is not None}
        content = self._code_system(system, version if isinstance(version, str) else None)
        wanted = ", ".join(map(_filter_text, filters)) if filters else "all its codes"
        if content is None:
            raise self._error(f"needs the code system {system} ({wanted}), which is not loaded")
        if not content.is_complete:
            raise self._error(f"needs the whole code system {system} ({wanted}); what is loaded is a part of it")
        return {(system, str(code.code)): code for code in content.codes() if self._passes(content, code, filters)}

    def _passes(self, content: CodeSystemContent, code: Code, filters: list[dict[str, Any]]) -> bool:
        for one in filters:
            test = FILTERS.get(str(one.get("op")))
            if test is None or not isinstance(one.get("property"), str) or not isinstance(one.get("value"), str):
                raise self._error(f"has a filter that is not supported: {_filter_text(one)} of {content.url}")
            if not test(content, str(code.code), one["property"], one["value"]):
                return False
        return True

    def _error(self, problem: str) -> ValueSetNotFound:
        return ValueSetNotFound(f"the value set {self._url} {problem}")


def c_in(value_set: ExpandedValueSet, code: Code) -> bool:
    """Is ``code`` in ``value_set``?"""
    return value_set.contains(code.code, code.system)


def _code(concept: dict[str, Any], system: Any, version: Any) -> Code | None:
    code, display = concept.get("code"), concept.get("display")
    if not isinstance(code, str):
        return None
    return Code(
        code,
        system if isinstance(system, str) else None,
        version if isinstance(version, str) else None,
        display if isinstance(display, str) else None,
    )


def _filter_text(one: dict[str, Any]) -> str:
    return f"{one.get('property')} {one.get('op')} {one.get('value')}"


def _dicts(value: Any) -> list[dict[str, Any]]:
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []
