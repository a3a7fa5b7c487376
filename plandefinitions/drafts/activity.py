"""ActivityDefinition ``$apply``: a draft request of the definition's kind, for a subject (R4,
ActivityDefinition-apply).

Order: structural elements, then participants and location; the caller adds dynamicValues. Elements of the definition
that the kind has no place for are reported, never dropped silently.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

from plandefinitions.drafts.request_kinds import DUE, KINDS, Kind
from plandefinitions.r4 import locate

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Circumstances:
    """For whom and by whom: references (``Patient/1``), and the moment as a FHIR dateTime."""

    subject: str
    practitioner: str | None = None
    organization: str | None = None
    encounter: str | None = None
    now: str | None = None


@dataclass(frozen=True, slots=True)
class Draft:
    """The resource, and what of the definition has no place in it (element, why)."""

    resource: Json
    left_out: tuple[tuple[str, str], ...]


def draft(activity: Mapping[str, Any], who: Circumstances, action: Mapping[str, Any] | None = None) -> Draft:
    """Make the request. ``action`` is the plan's action: its timing and participants go before the definition's own."""
    return _Drafting(activity, who, action or {}).run()


class _Drafting:
    def __init__(self, activity: Mapping[str, Any], who: Circumstances, action: Mapping[str, Any]) -> None:
        self.activity = activity
        self.who = who
        self.action = action
        self.type = str(activity.get("kind"))
        self.kind: Kind = KINDS.get(self.type, Kind())
        self.resource: Json = {"resourceType": self.type}
        self.left_out: list[tuple[str, str]] = []

    def run(self) -> Draft:
        self._identity()
        self._people()
        for element, put in _ELEMENTS.items():
            if element in self.activity:
                put(self, element, self.activity[element])
        self._timing()
        self._participants()
        self._product()
        for reason in self.action.get("reason") or ():
            self._list(self.kind.reason, [reason])
        return Draft(self.resource, tuple(self.left_out))

    # -- identity, people ----------------------------------------------------------------------------------------------

    def _identity(self) -> None:
        url, version = self.activity.get("url"), self.activity.get("version")
        if "profile" in self.activity:
            self.resource["meta"] = {"profile": [self.activity["profile"]]}
        if url:
            self._instantiates(f"{url}|{version}" if version else url)
        if self.kind.status:
            self.resource["status"] = self.kind.status
        if self.kind.has_intent:
            self.resource["intent"] = self.activity.get("intent", self.kind.intent)
        self.resource.update(deepcopy(dict(self.kind.constants)))

    def _instantiates(self, canonical: str) -> None:
        """Name the definition, where the kind has a place for it (Contract's instantiatesCanonical is a Reference)."""
        for member in ("instantiatesCanonical", "instantiatesUri"):
            found = locate(self.type, member)
            if found is not None and found[1] in ("canonical", "uri"):
                self.resource[member] = [canonical] if found[0].many else canonical
                return

    def _people(self) -> None:
        who, kind = self.who, self.kind
        if kind.subject:
            self._reference(kind.subject, who.subject)
        if kind.subject_participant:
            self._list("participant", [{"actor": {"reference": who.subject}, "status": "needs-action"}])
        if who.encounter and locate(self.type, "encounter"):
            self._reference("encounter", who.encounter)
        author = who.practitioner or who.organization
        if author and kind.author:
            self._reference(kind.author, author)
        if who.now:
            self.resource.update(dict.fromkeys(kind.authored, who.now))

    def _reference(self, member: str, reference: str) -> None:
        found = locate(self.type, member)
        value = {"reference": reference}
        if found is not None:
            self.resource[member] = [value] if found[0].many else value

    # -- structural elements
    # ---------------------------------------------------------------------------------------------

    def put(self, member: str | None, element: str, value: Any) -> None:
        """Put ``value`` under ``member``, as one of a list when that is one; report it when there is no such member."""
        found = locate(self.type, member) if member else None
        if member is None or found is None:
            self.left_out.append((element, f"a {self.type} has no place for it"))
            return
        if found[1] == "CodeableConcept" and isinstance(value, str):
            value = {"text": value}
        self.resource[member] = (
            value if found[0].many == isinstance(value, list) else self._fitted(member, element, value)
        )

    def _fitted(self, member: str, element: str, value: Any) -> Any:
        if not isinstance(value, list):
            return [value]
        if len(value) > 1:
            self.left_out.append((element, f"a {self.type} takes one {member}; the first of {len(value)} is used"))
        return value[0]

    def _list(self, member: str | None, values: list[Any]) -> None:
        if member and locate(self.type, member):
            self.resource.setdefault(member, []).extend(deepcopy(values))

    def _code(self, element: str, value: Any) -> None:
        if self.kind.product == "code" and any(one.startswith("product") for one in self.activity):
            self.left_out.append((element, f"the product is the code of a {self.type}"))
            return
        if self.kind.code_as_payload:
            text = value.get("text") or next(
                (c.get("display") for c in value.get("coding", ()) if c.get("display")), None
            )
            if text:
                self._list("payload", [{"contentString": text}])
                return
        self.put(self.kind.code, element, deepcopy(value))

    def _copy(self, element: str, value: Any) -> None:
        if value is False and locate(self.type, element) is None:
            return  # that something is not forbidden needs no place
        self.put(self.kind.members.get(element, element), element, deepcopy(value))

    def _requirement(self, element: str, value: Any) -> None:
        if self.kind.supporting and locate(self.type, self.kind.supporting):
            self._list(self.kind.supporting, value)
        else:
            self.left_out.append((element, f"a {self.type} has no place for it"))

    # -- timing, participants, product
    # -------------------------------------------------------------------------------------

    def _timing(self) -> None:
        """The action's timing, else the definition's, as ``occurrence[x]`` (or what the kind has instead)."""
        for source in (self.action, self.activity):
            name = next((one for one in source if one.startswith("timing")), None)
            if name is not None:
                break
        else:
            return
        of = name.removeprefix("timing")
        member = self.kind.timing.get(of)
        if member is None:
            known = ", ".join(self.kind.timing) or "none"
            self.left_out.append((name, f"a {self.type} takes no {of} as its time (it takes: {known})"))
            return
        self.put(member, name, deepcopy(source[name]))

    def _participants(self) -> None:
        people = self.action.get("participant") or self.activity.get("participant") or ()
        for one in people:
            if not isinstance(one, dict):
                continue
            kind = one.get("type")
            reference = {"patient": self.who.subject, "practitioner": self.who.practitioner}.get(str(kind))
            if self.kind.performer and reference and kind == "practitioner":
                found = locate(self.type, self.kind.performer)
                value = {"reference": reference}
                if found:
                    self.resource[self.kind.performer] = [value] if found[0].many else value
            role = one.get("role")
            if role and self.kind.performer_type:
                self.put(self.kind.performer_type, "participant.role", deepcopy(role))
            if not reference and not role:
                self.left_out.append(("participant", f"who the {kind} is, is not known"))

    def _product(self) -> None:
        vaccine = self.activity.get("productCodeableConcept")
        if self.kind.product_is_due and vaccine is not None and not self.activity.get("doNotPerform"):
            self.resource["recommendation"] = [{"vaccineCode": [deepcopy(vaccine)], "forecastStatus": deepcopy(DUE)}]
            return
        for name in ("productCodeableConcept", "productReference"):
            if name in self.activity:
                member = self.kind.product + name.removeprefix("product") if self.kind.product else None
                self.put(member, name, deepcopy(self.activity[name]))


_Put = Callable[[_Drafting, str, Any], None]
_ELEMENTS: dict[str, _Put] = {
    "code": _Drafting._code,
    "priority": _Drafting._copy,
    "doNotPerform": _Drafting._copy,
    "quantity": _Drafting._copy,
    "dosage": _Drafting._copy,
    "bodySite": _Drafting._copy,
    "location": _Drafting._copy,
    "specimenRequirement": _Drafting._requirement,
    "observationRequirement": _Drafting._requirement,
    "observationResultRequirement": _Drafting._requirement,
}
