"""All entries as one CQL program, so that whatever they share is computed once for each patient."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from cql import Library
from cql.errors import CompileError
from plandefinitions.guideline.criteria import Clause, ConditionReader, Criterion, Group, leaves
from plandefinitions.guideline.entry import Entry, library_name
from plandefinitions.guideline.errors import ContentError, SettingsError
from plandefinitions.guideline.switches import without
from plandefinitions.guideline.words import NO_WORDS, Words, read_words

FACTS = "SarcomaFacts"
_HEADER = """library {name} version '1.0.0'

using FHIR version '4.0.1'
"""
_OPTIONAL = ("Notes", "Indicator", "Text", "Draft Concerned", "Alternative")


@dataclass(frozen=True)
class Compiled:
    """One entry, ready to be decided: the criteria of its condition and of what outranks it."""

    entry: Entry
    condition: Group
    unless: tuple[Clause, ...]
    outputs: Mapping[str, str]
    """The entry's defines by their own name to their name in the program."""

    @cached_property
    def criteria(self) -> tuple[Criterion, ...]:
        """Every criterion, each once."""
        found = [*leaves(self.condition), *(one.criterion for one in self.unless)]
        return tuple(dict.fromkeys(found))

    @cached_property
    def wanted(self) -> tuple[str, ...]:
        """The names in the program that decide this entry."""
        return (*self.outputs.values(), *(one.key for one in self.criteria))


@dataclass(frozen=True, slots=True)
class Program:
    """The compiled guideline: one library that refers to every entry's defines."""

    library: Library
    entries: tuple[Compiled, ...]
    libraries: "Libraries"

    @property
    def words(self) -> Mapping[str, Mapping[str, Words]]:
        """The words of every define, by library."""
        return self.libraries.words

    def words_of(self, criterion: Criterion) -> Words:
        """The words of a criterion."""
        return self.words[criterion.library].get(criterion.name, NO_WORDS)

    def only(self, criteria: Iterable[Criterion]) -> Library:
        """A library of these criteria alone: what is traced, since a tracing program takes long to make."""
        defines = {one.key: (one.library, one.name) for one in criteria}
        return Library.from_cql(_library_text("Criteria", defines), self.libraries.provide)


def condition_name(entry: Entry) -> str:
    """The define that says whether an entry applies."""
    return "Fires" if entry.kind == "order-check" else "When"


def compile_program(entries: tuple[Entry, ...], content: Path, off: Mapping[str, frozenset[str]]) -> Program:
    """Compile the entries with the libraries they include, without the criteria that are ``off`` (by library).

    Raises ``ContentError`` and, for criteria that cannot be switched off, ``SettingsError``.
    """
    libraries = Libraries(content, off)
    compiled = tuple(_compiled(one, libraries) for one in entries)
    return Program(Library.from_cql(umbrella(compiled), libraries.provide), compiled, libraries)


class Libraries:
    """The CQL of a guideline's directory by library name, each compiled once."""

    def __init__(self, content: Path, off: Mapping[str, frozenset[str]]) -> None:
        """Read the texts. Raises ``ContentError`` when two have one name, or the shared library is not there."""
        self.texts: dict[str, str] = {}
        self._off = off
        self._loaded: dict[str, Library] = {}
        for path in sorted(content.rglob("*.cql")):
            text = path.read_text(encoding="utf-8")
            name = library_name(text, path)
            if name in self.texts:
                raise ContentError(f"{path}: there is another library with the name {name}")
            self.texts[name] = text
        if FACTS not in self.texts:
            raise ContentError(f"{content}: there is no library {FACTS}")
        for name in off:
            if name not in self.texts:
                raise SettingsError(f"switched_off: there is neither an entry nor a library {name!r}")
        self.words = {name: read_words(text) for name, text in self.texts.items()}

    def load(self, name: str) -> Library:
        """The compiled library. Raises ``ContentError`` with the compiler's diagnostics."""
        if name not in self._loaded:
            try:
                library = Library.from_cql(self.texts[name], self.provide)
                if name in self._off:
                    library = without(library, self._off[name], self.words[name], self.provide)
            except CompileError as problem:
                errors = [one.render() for one in problem.diagnostics if one.severity == "error"]
                raise ContentError("\n".join(errors)) from problem
            self._loaded[name] = library
        return self._loaded[name]

    def included(self, name: str) -> tuple[str, ...]:
        """The names of the libraries of this guideline that a library includes, and those include, each once."""
        found: dict[str, None] = {}
        pending = [self.load(name)]
        while pending:
            for one in pending.pop().includes.values():
                if one.name in self.texts and one.name not in found:
                    found[one.name] = None
                    pending.append(one)
        return tuple(found)

    def provide(self, name: str, version: str | None) -> Library | None:
        """For the compiler: an included library, None when there is none of that name."""
        return self.load(name) if name in self.texts else None


def _compiled(entry: Entry, libraries: Libraries) -> Compiled:
    library = libraries.load(entry.library)
    reader = ConditionReader(library, libraries.words)
    outputs = {name: f"{entry.id}/{name}" for name in _outputs(entry, library)}
    unless = reader.clauses("Unless") if "Unless" in library.defines else ()
    return Compiled(entry, reader.tree(condition_name(entry)), unless, outputs)


def _outputs(entry: Entry, library: Library) -> Iterator[str]:
    """The defines of the decision protocol that the entry has. Raises ``ContentError`` for one that it lacks."""
    required = [condition_name(entry)]
    if entry.kind != "data-gaps":
        required += ["Status", "Is Shown"]
    if entry.kind == "recommendation":
        required += ["To Confirm", "Alternative", "Notes"]
    if entry.kind == "order-check":
        required += ["Draft Concerned", "Indicator", "Text"]
    for name in required:
        if name not in library.defines:
            raise ContentError(f'{entry.folder}: the library {library.name} has no define "{name}"')
    conditions = {define for offer in entry.offers.values() if (define := entry.condition_of(offer))}
    for name in conditions - set(library.defines):
        raise ContentError(f'{entry.folder}: an offer depends on "{name}", which {library.name} does not define')
    yield from required
    yield from sorted(conditions - set(required))
    yield from (name for name in _OPTIONAL if name in library.defines and name not in required)
    if "To Confirm" in library.defines and "To Confirm" not in required:
        yield "To Confirm"


def umbrella(compiled: tuple[Compiled, ...]) -> str:
    """The text of the library that refers to every define that is wanted."""
    defines: dict[str, tuple[str, str]] = {}
    for one in compiled:
        defines |= {key: (one.entry.library, name) for name, key in one.outputs.items()}
        defines |= {criterion.key: (criterion.library, criterion.name) for criterion in one.criteria}
    return _library_text("Guideline", defines)


def _library_text(name: str, defines: Mapping[str, tuple[str, str]]) -> str:
    """A library whose defines each refer to one of another library."""
    lines = [_HEADER.format(name=name)]
    lines += [f"include {one} version '1.0.0'" for one in sorted({library for library, _ in defines.values()})]
    lines += ["\ncontext Patient\n"]
    lines += [f"define {_quoted(key)}: {library}.{_quoted(define)}" for key, (library, define) in defines.items()]
    return "\n".join(lines) + "\n"


def _quoted(name: str) -> str:
    escaped = name.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
