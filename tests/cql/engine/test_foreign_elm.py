"""ELM of other translators, over other models and of earlier versions of the ELM schema."""

from __future__ import annotations

from typing import Any

import pytest

from cql import Engine, Library
from cql.errors import CompileError
from cql.types import ChoiceType, from_specifier, system

FHIR = "http://hl7.org/fhir"
HEADER: dict[str, Any] = {
    "identifier": {"id": "L", "version": "1"},
    "schemaIdentifier": {"id": "urn:hl7-org:elm", "version": "r1"},
}


def using(name: str, uri: str, version: str | None) -> dict[str, Any]:
    own = {"localIdentifier": "System", "uri": "urn:hl7-org:elm-types:r1"}
    other = {"localIdentifier": name, "uri": uri} | ({} if version is None else {"version": version})
    return {"library": {**HEADER, "usings": {"def": [own, other]}}}


@pytest.mark.parametrize(
    ("name", "uri", "version"),
    [
        ("QDM", "urn:healthit-gov:qdm:v5_3", "5.3"),
        ("FHIR", FHIR, "3.0.0"),
        ("QICore", "http://hl7.org/fhir/us/qicore", None),
    ],
)
def test_elm_over_another_model_is_refused(name: str, uri: str, version: str | None) -> None:
    with pytest.raises(CompileError, match=f"the model {name}.* must be FHIR 4.0.1") as caught:
        Library.from_elm(using(name, uri, version))
    [found] = caught.value.diagnostics
    assert (found.code, found.library) == ("CQL-114", "L")


@pytest.mark.parametrize("version", ["4.0.0", "4.0.1", None])
def test_elm_over_fhir_r4_is_taken(version: str | None) -> None:
    assert Library.from_elm(using("FHIR", FHIR, version)).name == "L"


def test_choices_written_under_type_as_early_translators_did() -> None:
    named = [{"type": "NamedTypeSpecifier", "name": f"{{urn:hl7-org:elm-types:r1}}{name}"} for name in ("Date", "Time")]
    choice = ChoiceType((system("Date"), system("Time")))
    assert from_specifier({"type": named}) == choice
    assert from_specifier({"type": "ChoiceTypeSpecifier", "choice": named}) == choice
    define = {
        "name": "A",
        "context": "Unfiltered",
        "accessLevel": "Public",
        "expression": {"type": "As", "operand": {"type": "Null"}, "asTypeSpecifier": {"type": named}},
    }
    library = {"library": {**HEADER, "statements": {"def": [define]}}}
    assert Engine(Library.from_elm(library)).evaluate([])["A"] is None
