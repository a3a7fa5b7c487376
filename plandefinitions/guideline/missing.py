"""Which facts are missing where a criterion is unknown: from the trace of its evaluation."""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any

from cql import Engine, Library
from cql.trace import Reason
from mappers import PatientFacts
from mappers.facts import FACT_KEYS
from plandefinitions.guideline.decision import Reads
from plandefinitions.guideline.facts import INVESTIGATIONS, observation_key
from plandefinitions.guideline.program import Compiled, Program

_CODE = re.compile(r'of code "([^"]+)"')
_REFERENCE = re.compile(r"^Observation/(.+)-[0-9a-f]{12}$")


class MissingFacts:
    """Finds the missing facts of unknown criteria."""

    def __init__(self, program: Program) -> None:
        reading = FactsRead()
        criteria = {criterion.key: criterion for one in program.entries for criterion in one.criteria}
        self._reads = {key: reading.by(program.library, key) for key in criteria}
        limits = ParametersRead()
        self._limits = {key: limits.by(program.library, key) for key in criteria}
        self._engine = Engine(program.only(one for key, one in criteria.items() if len(self._reads[key]) > 1))

    def of(
        self, keys: Iterable[str], facts: PatientFacts, data: Any, parameters: Mapping[str, Any], now: Any
    ) -> dict[str, tuple[str, ...]]:
        """The missing facts of each criterion (by its name in the program), in the order of the facts.

        A criterion that can depend on one fact alone lacks that one; of others the trace tells. A fact that is there,
        but too imprecise to decide (a year for a date), counts as missing. Where the trace names no fact, it is those
        that the criterion reads and that are not known. Investigations are no fact: where their dates leave it open, or
        they could not be read, nothing is missing.
        """
        wanted = list(dict.fromkeys(keys))
        found = {key: _facts_in(self._reads[key]) for key in wanted}
        several = [key for key in wanted if len(self._reads[key]) > 1]
        if several:
            result = self._engine.evaluate(data, parameters=parameters, now=now, defines=several, trace=True)
            trace = result.trace
            found |= {key: self._ordered(key, trace.reasons(key), facts) for key in several}
        return found

    def reads(self, one: Compiled) -> Reads:
        """What an entry's criteria read."""
        keys = [criterion.key for criterion in one.criteria]
        limits = {name for key in keys for name in self._limits[key]}
        return Reads(_facts_in({fact for key in keys for fact in self._reads[key]}), tuple(sorted(limits)))

    def _ordered(self, key: str, reasons: Iterable[Reason], facts: PatientFacts) -> tuple[str, ...]:
        found = {fact for reason in reasons for fact in _facts_of(reason)}
        if not found:
            read = self._reads[key]
            found = {fact for fact in _facts_in(read) if facts.facts[fact].status != "known"}
            found = found or set(read & {INVESTIGATIONS}) or set(read)
        return _facts_in(found)


def _facts_in(keys: Collection[str]) -> tuple[str, ...]:
    """The facts, without the investigations, in the order of the facts."""
    return tuple(fact for fact in FACT_KEYS if fact in keys)


def _facts_of(reason: Reason) -> Iterator[str]:
    """The fact whose Observation was not there, or did not say enough."""
    code = _CODE.search(reason.filter or "")
    place = _REFERENCE.match(reason.reference or "")
    for found in (code, place):
        key = observation_key(found[1]) if found else None
        if key is not None:
            yield key


class FactsRead:
    """Every fact that a define can depend on, and the investigations, through whatever it refers to."""

    def __init__(self) -> None:
        self._known: dict[tuple[str, str], frozenset[str]] = {}
        self._expressions: dict[str, Mapping[str, list[Any]]] = {}

    def named(self, node: Mapping[str, Any]) -> str | None:
        """The fact that a node of the expression reads by itself."""
        return observation_key(str(node["name"])) if node.get("type") == "CodeRef" else None

    def by(self, library: Library, define: str) -> frozenset[str]:
        """What a define or function of a library reads."""
        key = (library.name, define)
        if key not in self._known:
            self._known[key] = frozenset()  # what refers to itself adds nothing to itself
            found: set[str] = set()
            for node in _nodes_of(self._of(library).get(define, ())):
                if (name := self.named(node)) is not None:
                    found.add(name)
                elif node.get("type") in ("ExpressionRef", "FunctionRef"):
                    alias = node.get("libraryName")
                    found |= self.by(library.includes[alias] if alias else library, str(node["name"]))
            self._known[key] = frozenset(found)
        return self._known[key]

    def _of(self, library: Library) -> Mapping[str, list[Any]]:
        """The expressions of a library by name; overloaded functions have several."""
        if library.name not in self._expressions:
            found: dict[str, list[Any]] = {}
            for one in library.to_elm()["library"].get("statements", {}).get("def", ()):
                found.setdefault(str(one.get("name")), []).append(one.get("expression"))
            self._expressions[library.name] = found
        return self._expressions[library.name]


class ParametersRead(FactsRead):
    """Every parameter that a define can depend on."""

    def named(self, node: Mapping[str, Any]) -> str | None:
        """The parameter that a node of the expression is."""
        return str(node["name"]) if node.get("type") == "ParameterRef" else None


def _nodes_of(expressions: Iterable[Any]) -> Iterator[Mapping[str, Any]]:
    stack = list(expressions)
    while stack:
        node = stack.pop()
        if isinstance(node, list):
            stack.extend(node)
        elif isinstance(node, dict):
            yield node
            stack.extend(value for value in node.values() if isinstance(value, (dict, list)))
