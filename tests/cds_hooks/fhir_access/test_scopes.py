"""CH-060: scopes in the syntax of SMART v1 and v2."""

from typing import Literal

import pytest

from cds_hooks.fhir_access import Coverage, Scopes

NONE, PART, ALL = Coverage.NONE, Coverage.PART, Coverage.ALL


@pytest.mark.requirement("CH-060")
@pytest.mark.parametrize(
    ("scope", "read", "search"),
    [
        ("patient/Observation.read", ALL, ALL),
        ("user/Observation.read", ALL, ALL),
        ("system/Observation.*", ALL, ALL),
        ("patient/*.read", ALL, ALL),
        ("patient/*.*", ALL, ALL),
        ("patient/Observation.write", NONE, NONE),
        ("patient/Observation.rs", ALL, ALL),
        ("patient/*.cruds", ALL, ALL),
        ("patient/Observation.r", ALL, NONE),
        ("patient/Observation.s", NONE, ALL),
        ("patient/Observation.cud", NONE, NONE),
        ("patient/Observation.sr", NONE, NONE),  # the letters have an order
        ("patient/Observation.rr", NONE, NONE),
        ("patient/Observation.", NONE, NONE),
        ("patient/Observation.rs?category=laboratory", PART, PART),
        ("patient/*.rs?_security=N", PART, PART),
        ("patient/Observation.r?category=laboratory", PART, NONE),
        ("patient/Observation.rs?category=laboratory patient/Observation.rs", ALL, ALL),
        ("patient/Observation.rs?", NONE, NONE),
        ("patient/Observation.read?category=laboratory", NONE, NONE),
        ("patient/Condition.read", NONE, NONE),
        ("patient/Observations.read", NONE, NONE),
        ("Observation.read", NONE, NONE),
        ("practitioner/Observation.read", NONE, NONE),
        ("openid fhirUser launch/patient offline_access", NONE, NONE),
        ("launch  patient/Observation.r\tpatient/Observation.s", ALL, ALL),
        ("", NONE, NONE),
    ],
)
def test_observations(scope: str, read: Coverage, search: Coverage) -> None:
    scopes = Scopes.parse(scope)
    interactions: list[tuple[Literal["read", "search"], Coverage]] = [("read", read), ("search", search)]
    for interaction, expected in interactions:
        assert scopes.cover("Observation", interaction) is expected
