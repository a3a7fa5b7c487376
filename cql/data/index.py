"""The patient data of one evaluation, indexed (CQL spec, "Retrieve").

Built in one cheap pass that groups resources by type; everything else (codes, references, duplicates) is looked at only
when something asks for it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from functools import cached_property
from typing import Any

from cql.data.code_index import CodeIndex
from cql.data.compartment import of_patient
from cql.data.references import References
from cql.data.warnings import DUPLICATE_RESOURCE, ENTRY_WITHOUT_RESOURCE, DataWarning, WarningLog, reference_of
from cql.errors import DataError
from cql.terminology.value_set import CodeKey, ExpandedValueSet
from cql.values import Code, Concept, Interval

Resource = dict[str, Any]
# The abstract classes that a retrieve may name: every resource is one.
_ANY_RESOURCE = frozenset({"Resource", "DomainResource"})


class DataIndex:
    """Resources to retrieve from. The data is never copied or changed, and must not change while the index is in use.

    ``data`` is a FHIR R4 Bundle, one resource, or an iterable of resources and Bundles, as JSON dicts. Raises
    ``DataError`` when it is none of these. Faulty entries are left out, with a warning in ``warnings``.
    """

    def __init__(self, data: Any, warnings: WarningLog | None = None) -> None:
        self.warnings = WarningLog() if warnings is None else warnings
        self._bundles: list[list[Any]] = []
        self._by_type: defaultdict[str, list[Resource]] = defaultdict(list)
        self._unique: dict[str, list[Resource]] = {}
        self._code_indexes: dict[tuple[str, str], CodeIndex] = {}
        self._patient_id: str | None = None
        self._add(data)

    def for_patient(self, patient_id: str) -> DataIndex:
        """The same data as the context of one patient: without the resources that belong to other patients only."""
        view = DataIndex.__new__(DataIndex)
        view.warnings = self.warnings
        view._bundles = self._bundles
        view._by_type = self._by_type
        view._unique = {}
        view._code_indexes = {}
        view._patient_id = patient_id
        view.references = self.references  # the cached property's value, shared
        return view

    def resources(self, resource_type: str) -> list[Resource]:
        """Every resource of the type, in the order of the data. Not to be changed by the caller."""
        found = self._unique.get(resource_type)
        if found is None:
            found = self._unique[resource_type] = self._collect(resource_type)
        return found

    def retrieve(
        self,
        resource_type: str,
        code_path: str | None = None,
        codes: ExpandedValueSet | Iterable[Code | Concept | str | None] | None = None,
        date_path: str | None = None,
        date_range: Interval | None = None,
    ) -> list[Resource]:
        """The resources of a type; with ``codes`` those with one of them under ``code_path``; with ``date_path`` those
        whose date lies in ``date_range`` (a null range holds nothing).

        Codes match by system and code; a text is a code without a system (``[Medication: id in 'm1']``). The list may
        be the index's own: not to be changed by the caller.
        """
        if code_path is None or codes is None:
            found = self.resources(resource_type)
        else:
            found = self._code_index(resource_type, code_path).matching(_keys(codes))
        if date_path is None:
            return found
        from cql.data.date_filter import within  # here, because it needs the interval operators, and few retrieves it

        return within(found, date_path, date_range)

    @property
    def patient(self) -> Resource | None:
        """The patient of the Patient context, None when there is none. Raises ``DataError`` when there are several."""
        patients = self.resources("Patient")
        if len(patients) > 1:
            raise DataError(
                f"the data holds {len(patients)} Patient resources; say which one the evaluation is about "
                "(DataIndex.for_patient), or evaluate in the Unfiltered context"
            )
        return patients[0] if patients else None

    def resolve(self, reference: Any, base: Resource | None = None) -> Resource | None:
        """What a reference points to, None when it is not in the data (see ``References.resolve``)."""
        return self.references.resolve(reference, base)

    @cached_property
    def references(self) -> References:
        """The addresses of the resources."""
        return References(self._addresses())

    def all_resources(self) -> Iterator[Resource]:
        """Every resource, type by type, duplicates included."""
        for resources in self._by_type.values():
            yield from resources

    def placed_warnings(self) -> tuple[DataWarning, ...]:
        """What was found wrong with the data so far, with the places."""
        return self.warnings.placed(self.all_resources())

    def _collect(self, resource_type: str) -> list[Resource]:
        if resource_type in _ANY_RESOURCE:
            return [one for name in self._by_type for one in self.resources(name)]
        found = self._without_duplicates(self._by_type.get(resource_type, []))
        return (
            found if self._patient_id is None else of_patient(found, resource_type, self._patient_id, self.references)
        )

    def _without_duplicates(self, resources: list[Resource]) -> list[Resource]:
        """The first resource of each id. Resources without an id are all kept."""
        try:
            if len({one["id"] for one in resources}) == len(resources):
                return resources
        except (KeyError, TypeError):
            pass  # one without an id, or with one that is no string
        kept: dict[Any, Resource] = {}
        for position, one in enumerate(resources):
            identity = one.get("id")
            key = identity if isinstance(identity, str) else position
            if kept.setdefault(key, one) is not one:
                message = "the data holds several resources with this reference; the first is used"
                self.warnings.add(DataWarning(DUPLICATE_RESOURCE, reference_of(one), None, message))
        return list(kept.values())

    def _code_index(self, resource_type: str, path: str) -> CodeIndex:
        found = self._code_indexes.get((resource_type, path))
        if found is None:
            found = CodeIndex(self.resources(resource_type), resource_type, path)
            self._code_indexes[resource_type, path] = found
        return found

    def _add(self, data: Any) -> None:
        if isinstance(data, dict):
            self._add_resource(data, None)
            return
        if isinstance(data, str | bytes) or not isinstance(data, Iterable):
            raise DataError(f"the data is {_article(data)}, not a FHIR Bundle, a resource or an iterable of resources")
        for position, one in enumerate(data):
            if isinstance(one, dict):
                self._add_resource(one, position)
            else:
                self._skip(f"item[{position}]", "is not a FHIR resource")

    def _add_resource(self, resource: Resource, position: int | None) -> None:
        kind = resource.get("resourceType")
        if kind == "Bundle":
            self._add_bundle(resource)
        elif isinstance(kind, str):
            self._by_type[kind].append(resource)
        elif position is None:
            raise DataError("the data has no resourceType, so it is not a FHIR Bundle or resource")
        else:
            self._skip(f"item[{position}]", "has no resourceType, so it is not a FHIR resource")

    def _add_bundle(self, bundle: Resource) -> None:
        entries = bundle.get("entry")
        if entries is None:
            return
        if not isinstance(entries, list):
            self._skip("Bundle.entry", "is not a list")
            return
        self._bundles.append(entries)
        by_type = self._by_type
        for position, entry in enumerate(entries):
            try:
                resource = entry["resource"]
                by_type[resource["resourceType"]].append(resource)
            except (KeyError, TypeError, IndexError):
                self._skip(f"entry[{position}]", "holds no FHIR resource")
        for kind in [kind for kind in by_type if not isinstance(kind, str)]:
            del by_type[kind]
            self._skip("Bundle.entry", "holds a resource whose resourceType is not a string")

    def _skip(self, place: str, fault: str) -> None:
        self.warnings.add(DataWarning(ENTRY_WITHOUT_RESOURCE, place, None, f"{place} {fault}; it is left out"))

    def _addresses(self) -> Iterator[tuple[str | None, Resource]]:
        """(full URL, resource) of every entry, then of the resources that came without a Bundle."""
        for entries in self._bundles:
            for entry in entries:
                resource = entry.get("resource") if isinstance(entry, dict) else None
                if isinstance(resource, dict):
                    yield entry.get("fullUrl"), resource
        for resource in self.all_resources():
            yield None, resource


def _keys(codes: ExpandedValueSet | Iterable[Code | Concept | str | None]) -> frozenset[CodeKey]:
    if isinstance(codes, ExpandedValueSet):
        return codes.keys
    keys: set[CodeKey] = set()
    for item in codes:
        if isinstance(item, str):
            keys.add((None, item))
        else:
            each = item.codes if isinstance(item, Concept) else (item,)
            keys.update((one.system, one.code) for one in each if one is not None and one.code is not None)
    return frozenset(keys)


def _article(data: object) -> str:
    return "null" if data is None else f"of type {type(data).__name__}"
