"""The id of a request."""

from __future__ import annotations

from uuid import UUID

import pytest

from cds_hooks.observability.facts import facts_of


def _scope(*given: bytes) -> dict[str, object]:
    return {"type": "http", "headers": [(b"x-request-id", one) for one in given]}


@pytest.mark.parametrize("given", [b"4f8c2a90-5b1e-4c3d-8e7f-0123456789ab", b"4f8c2a905b1e4c3d8e7f0123456789ab"])
def test_a_well_formed_id_is_kept(given: bytes) -> None:
    facts = facts_of(_scope(given))
    assert facts.request_id == given.decode()
    assert facts.call_id != facts.request_id
    assert UUID(facts.call_id).version == 4


@pytest.mark.parametrize(
    "given",
    [b"", b"Patient/123", b"Miller, Jane", b"4f8c2a90\r\nx: y", b"4f8c2a905b1e4c3d8e7f0123456789abcd", b"\xff" * 32],
)
def test_any_other_is_replaced(given: bytes) -> None:
    facts = facts_of(_scope(given))
    assert facts.request_id == facts.call_id


def test_two_ids_are_none() -> None:
    one = b"4f8c2a905b1e4c3d8e7f0123456789ab"
    facts = facts_of(_scope(one, one))
    assert facts.request_id == facts.call_id


def test_the_facts_of_a_scope_are_one_thing() -> None:
    scope = _scope()
    facts_of(scope).code = "overloaded"
    assert facts_of(scope).code == "overloaded"
