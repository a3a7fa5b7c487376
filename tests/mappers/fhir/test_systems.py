import pytest

from mappers.fhir.systems import guess_system, normalise, system_key


@pytest.mark.parametrize(
    ("uri", "key"),
    [
        ("http://snomed.info/sct", "snomed"),
        ("http://snomed.info/sct/731000124108/version/20250901", "snomed"),
        ("urn:oid:2.16.840.1.113883.6.96", "snomed"),
        ("2.16.840.1.113883.6.96", "snomed"),
        ("http://hl7.org/fhir/sid/icd-10-cm", "icd-10-cm"),
        ("http://hl7.org/fhir/sid/icd-10", "icd-10-cm"),
        ("ICD10CM", "icd-10-cm"),
        ("ICD-10-CM", "icd-10-cm"),
        ("https://hl7.org/fhir/sid/icd-10-cm/", "icd-10-cm"),
        ("http://terminology.hl7.org/CodeSystem/icd-o-3", "icd-o-3"),
        ("http://terminology.hl7.org/CodeSystem/icd-o", "icd-o-3"),
        ("urn:oid:2.16.840.1.113883.6.43.1", "icd-o-3"),
        ("http://loinc.org", "loinc"),
        ("urn:oid:2.16.840.1.113883.6.88", "rxnorm"),
        ("http://hl7.org/fhir/sid/ndc", "local"),
        ("urn:oid:1.2.840.114350.1.13.861.1.7.5.737384.0", "local"),
        ("http://hospital.example/codes", "local"),
        ("", ""),
    ],
)
def test_systems_by_every_name(uri: str, key: str) -> None:
    assert system_key(uri) == key


@pytest.mark.parametrize(
    ("code", "key"),
    [
        ("C78.00", "icd-10-cm"),
        (" c78.00 ", "icd-10-cm"),
        ("C7800", "icd-10-cm"),
        ("8890/3", "icd-o-3"),
        ("M8890/3", "icd-o-3"),
        ("21908-9", "loinc"),
        ("443719001", "snomed"),
        ("3639", ""),
        ("LMS", ""),
        ("", ""),
    ],
)
def test_a_code_without_system_is_told_by_an_unmistakable_shape(code: str, key: str) -> None:
    assert guess_system(code) == key


@pytest.mark.parametrize(
    ("system", "code", "spelled"),
    [
        ("icd-10-cm", " c78.00 ", "C7800"),
        ("icd-10-cm", "C 78.0-", "C780"),
        ("icd-o-3", "8890/3", "8890/3"),
        ("icd-o-3", "M-8890/3", "8890/3"),
        ("icd-o-3", "88903", "8890/3"),
        ("icd-o-3", "8890/33", "8890/3"),
        ("icd-o-3", "8890/3 G3"[:8], "8890/3"),
        ("icd-o-3", "C49.2", "C492"),
        ("hgnc", "427", "HGNC:427"),
        ("snomed", " 443719001", "443719001"),
    ],
)
def test_codes_in_one_spelling(system: str, code: str, spelled: str) -> None:
    assert normalise(system, code) == spelled
