"""The script that makes the models' data files."""

import gzip
import importlib.util
import json
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

SCRIPT = Path(__file__).resolve().parents[3] / "scripts" / "generate_modelinfo.py"
XML = """<?xml version="1.0"?>
<modelInfo xmlns="urn:hl7-org:elm-modelinfo:r1" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"
    name="Toy" version="1" url="http://example.org/toy" patientClassName="Toy.Person"
    patientBirthDatePropertyName="born.value">
  <typeInfo xsi:type="ClassInfo" baseType="System.Any" namespace="Toy" name="Thing" retrievable="false">
    <element name="id" elementType="System.String"/>
  </typeInfo>
  <typeInfo xsi:type="ClassInfo" baseType="Toy.Thing" namespace="Toy" name="Person" identifier="http://example.org/Person"
      label="Human" retrievable="true" primaryCodePath="kind">
    <element name="id" elementType="System.String" description="repeated"/>
    <element name="part">
      <elementTypeSpecifier xsi:type="ListTypeSpecifier">
        <elementTypeSpecifier xsi:type="NamedTypeSpecifier" namespace="Toy" name="Person.Part"/>
      </elementTypeSpecifier>
    </element>
    <element name="friends"><elementTypeSpecifier xsi:type="ListTypeSpecifier" elementType="Toy.Person"/></element>
    <element name="kind">
      <elementTypeSpecifier xsi:type="ChoiceTypeSpecifier">
        <choice xsi:type="NamedTypeSpecifier" namespace="Toy" name="Code"/>
        <choice xsi:type="NamedTypeSpecifier" namespace="System" name="String"/>
      </elementTypeSpecifier>
    </element>
    <search name="ignored" path="x"/>
  </typeInfo>
  <conversionInfo functionName="ToyHelpers.ToCode" fromType="Toy.Code" toType="System.Code"/>
  <contextInfo name="Patient" keyElement="id"><contextType namespace="Toy" name="Person"/></contextInfo>
</modelInfo>"""


@pytest.fixture(scope="module")
def script() -> ModuleType:
    spec = importlib.util.spec_from_file_location("generate_modelinfo", SCRIPT)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("packed", [False, True])
def test_generated_file(script: ModuleType, tmp_path: Path, packed: bool) -> None:
    source = tmp_path / "toy.xml"
    source.write_bytes(gzip.compress(XML.encode()) if packed else XML.encode())
    assert script.main([str(source), "--to", str(tmp_path)]) == 0
    made = tmp_path / "toy-1.json.gz"
    content: dict[str, Any] = json.loads(gzip.decompress(made.read_bytes()))
    assert "Apache License 2.0" in content.pop("licence")
    assert content == {
        "name": "Toy",
        "version": "1",
        "uri": "http://example.org/toy",
        "patient_class": "Person",
        "patient_birth_date_path": "born.value",
        "contexts": {"Patient": ["Person", "id"]},
        "conversions": {"Code": ["ToCode", "System.Code"]},
        "classes": {
            "Person": [
                "Thing",
                "Human",
                "http://example.org/Person",
                True,
                "kind",
                {"friends": "List<Person>", "kind": "Choice<Code,System.String>", "part": "List<Person.Part>"},
            ],
            "Thing": ["System.Any", None, None, False, None, {"id": "System.String"}],
        },
    }
    first = made.read_bytes()
    script.main([str(source), "--to", str(tmp_path)])
    assert made.read_bytes() == first


def test_shipped_file_states_its_licence(script: ModuleType) -> None:
    content = json.loads(gzip.decompress((script.MODELS / "fhir-4.0.1.json.gz").read_bytes()))
    assert content["licence"] == script.LICENCE
