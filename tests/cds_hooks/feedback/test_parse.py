"""Each rule of a feedback body, with the code and the path that the refusal names (CDS Hooks 2.0, "Feedback")."""

from __future__ import annotations

import copy
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cds_hooks.errors import CallError
from cds_hooks.feedback import Feedback, parse_feedback
from cds_hooks.feedback.parse import MAX_COMMENT, MAX_ITEMS, MAX_SUGGESTIONS, MAX_WORDS

CARD = "4e0a3a1e-3283-4575-ab82-028d55fe2719"
SUGGESTION = "e56e1945-20b3-4393-8503-a1a20fd73152"
SYSTEM = "https://sarcoma-cds.org/fhir/CodeSystem/override-reasons"
SECRET = "Mrs Canary declined"


def accepted(**members: Any) -> dict[str, Any]:
    """What the reference sandbox sends when a suggestion is taken."""
    return {
        "card": CARD,
        "outcome": "accepted",
        "acceptedSuggestions": [{"id": SUGGESTION}],
        "outcomeTimestamp": "2026-11-21T07:22:11.441Z",
        **members,
    }


def overridden(**members: Any) -> dict[str, Any]:
    return {"card": CARD, "outcome": "overridden", "outcomeTimestamp": "2026-11-21T07:22:11Z", **members}


def parse(*items: Any) -> tuple[Feedback, ...]:
    return parse_feedback({"feedback": list(items)}, "sarcoma-patient-view", "Example Hospital")


def refusal(body: dict[str, Any]) -> CallError:
    with pytest.raises(CallError) as refused:
        parse_feedback(body, "sarcoma-patient-view", "Example Hospital")
    return refused.value


def test_the_sandbox_accepts_a_suggestion() -> None:
    assert parse(accepted()) == (
        Feedback(
            CARD,
            "sarcoma-patient-view",
            "Example Hospital",
            "accepted",
            datetime(2026, 11, 21, 7, 22, 11, 441_000, UTC),
            (SUGGESTION,),
        ),
    )


def test_an_override_with_reason_and_comment() -> None:
    reason = {"code": "not-applicable", "system": SYSTEM, "display": "Does not apply"}
    (one,) = parse(overridden(overrideReason={"reason": reason, "userComment": "seen by the board"}))
    assert (one.outcome, one.reason_system, one.reason_code, one.reason_display, one.comment) == (
        "overridden",
        SYSTEM,
        "not-applicable",
        "Does not apply",
        "seen by the board",
    )


@pytest.mark.parametrize(
    ("reason", "expected"),
    [
        (None, (None, None, None)),  # CH-111: none is needed
        ({"userComment": "why"}, (None, None, "why")),
        ({"userComment": "why", "reason": None}, (None, None, "why")),
        ({"reason": {"code": "c", "system": "s"}}, ("c", None, None)),  # the display may be absent
        ({"reason": {"code": "c", "system": "s", "display": None}, "userComment": None}, ("c", None, None)),
        ({"reason": {"code": "c", "system": "s", "display": " "}, "userComment": ""}, ("c", None, None)),
        ({"userComment": "   "}, (None, None, None)),  # as a form sends an empty field
    ],
)
def test_what_an_override_reason_may_hold(reason: Any, expected: tuple[Any, ...]) -> None:
    (one,) = parse(overridden(overrideReason=reason))
    assert (one.reason_code, one.reason_display, one.comment) == expected


def test_an_override_without_a_reason_member() -> None:
    (one,) = parse(overridden())
    assert (one.outcome, one.reason_code, one.comment) == ("overridden", None, None)


@pytest.mark.parametrize(
    ("written", "moment"),
    [
        ("2026-11-21T07:22:11Z", datetime(2026, 11, 21, 7, 22, 11, tzinfo=UTC)),
        ("2026-11-21T07:22:11.4Z", datetime(2026, 11, 21, 7, 22, 11, 400_000, UTC)),
        ("2026-11-21T07:22:11.123456789Z", datetime(2026, 11, 21, 7, 22, 11, 123_456, UTC)),
        ("2026-11-21T09:22:11.441+02:00", datetime(2026, 11, 21, 7, 22, 11, 441_000, UTC)),
        ("2026-11-20T21:52:11-09:30", datetime(2026, 11, 21, 7, 22, 11, tzinfo=UTC)),
        ("2026-11-21T07:22:11-00:00", datetime(2026, 11, 21, 7, 22, 11, tzinfo=UTC)),
        ("2026-11-21t07:22:11z", datetime(2026, 11, 21, 7, 22, 11, tzinfo=UTC)),  # RFC 3339, section 5.6
        ("2016-12-31T23:59:60Z", datetime(2017, 1, 1, tzinfo=UTC)),  # a leap second
        ("2099-01-01T00:00:00Z", datetime(2099, 1, 1, tzinfo=UTC)),  # a wrong clock is not our caller's fault
    ],
)
def test_outcome_timestamps(written: str, moment: datetime) -> None:
    (one,) = parse(accepted(outcomeTimestamp=written))
    assert one.at == moment
    assert one.at.utcoffset() == UTC.utcoffset(None)


@pytest.mark.parametrize(
    "written",
    [
        "2026-11-21",
        "2026-11-21T07:22:11",  # no zone
        "2026-11-21T07:22Z",
        "2026-11-21T07:22:11.Z",
        "2026-11-21T07:22:11+0200",
        "2026-11-21T07:22:11+02",
        "2026-11-21T07:22:11+24:00",
        "2026-02-30T07:22:11Z",
        "2026-11-21T24:00:00Z",
        "2026-11-21T07:22:61Z",
        "0000-01-01T00:00:00Z",
        "0001-01-01T00:00:00+14:00",  # before the first year
        "9999-12-31T23:59:60Z",  # after the last
        "٢٠٢٦-11-21T07:22:11Z",
        "20261121T072211Z",
        "2026-11-21T07:22:11Z\n",
        "1795246031",
        "yesterday",
    ],
)
def test_what_is_no_timestamp(written: str) -> None:
    error = refusal({"feedback": [accepted(outcomeTimestamp=written)]})
    assert (error.status, error.code, error.expressions) == (400, "wrong-value", ("feedback[0].outcomeTimestamp",))


@pytest.mark.parametrize(
    ("body", "code", "expression"),
    [
        ({}, "missing-field", "feedback"),
        ({"feedback": None}, "missing-field", "feedback"),
        ({"feedback": []}, "missing-field", "feedback"),
        ({"feedback": {}}, "wrong-type", "feedback"),
        ({"feedback": accepted()}, "wrong-type", "feedback"),
        ({"feedback": "accepted"}, "wrong-type", "feedback"),
        ({"feedback": [None]}, "wrong-type", "feedback[0]"),
        ({"feedback": [accepted(), [accepted()]]}, "wrong-type", "feedback[1]"),
        ({"feedback": [accepted()] * (MAX_ITEMS + 1)}, "wrong-value", "feedback"),
    ],
)
def test_what_is_no_list_of_feedback(body: dict[str, Any], code: str, expression: str) -> None:
    error = refusal(body)
    assert (error.status, error.code, error.expressions) == (400, code, (expression,))


@pytest.mark.parametrize(
    ("item", "code", "member"),
    [
        (accepted(card=None), "missing-field", "card"),
        (accepted(card=""), "wrong-value", "card"),
        (accepted(card=7), "wrong-type", "card"),
        (accepted(card="first-card"), "wrong-value", "card"),
        (accepted(card=CARD.replace("-", "")), "wrong-value", "card"),
        (accepted(card=CARD + "\n"), "wrong-value", "card"),
        (accepted(outcome=None), "missing-field", "outcome"),
        (accepted(outcome="ignored"), "wrong-value", "outcome"),
        (accepted(outcome="Accepted"), "wrong-value", "outcome"),
        (accepted(outcome=True), "wrong-type", "outcome"),
        (accepted(outcome=["accepted"]), "wrong-type", "outcome"),
        (accepted(outcomeTimestamp=None), "missing-field", "outcomeTimestamp"),
        (accepted(outcomeTimestamp=1795246031), "wrong-type", "outcomeTimestamp"),
        (accepted(acceptedSuggestions=None), "missing-field", "acceptedSuggestions"),
        (accepted(acceptedSuggestions=[]), "missing-field", "acceptedSuggestions"),
        (accepted(acceptedSuggestions={"id": "a"}), "wrong-type", "acceptedSuggestions"),
        (accepted(acceptedSuggestions=[SUGGESTION]), "wrong-type", "acceptedSuggestions[0]"),
        (accepted(acceptedSuggestions=[{"id": "a"}, {}]), "missing-field", "acceptedSuggestions[1].id"),
        (accepted(acceptedSuggestions=[{"id": 1}]), "wrong-type", "acceptedSuggestions[0].id"),
        (accepted(acceptedSuggestions=[{"id": " "}]), "missing-field", "acceptedSuggestions[0].id"),
        (accepted(acceptedSuggestions=[{"id": "a"}] * (MAX_SUGGESTIONS + 1)), "wrong-value", "acceptedSuggestions"),
        (overridden(overrideReason={}), "missing-field", "overrideReason"),
        (overridden(overrideReason={"reason": None}), "missing-field", "overrideReason"),
        (overridden(overrideReason="no"), "wrong-type", "overrideReason"),
        (overridden(overrideReason={"reason": "no"}), "wrong-type", "overrideReason.reason"),
        (overridden(overrideReason={"reason": {"system": "s"}}), "missing-field", "overrideReason.reason.code"),
        (overridden(overrideReason={"reason": {"code": "c"}}), "missing-field", "overrideReason.reason.system"),
        (overridden(overrideReason={"reason": {"code": 1, "system": "s"}}), "wrong-type", "overrideReason.reason.code"),
        (
            overridden(overrideReason={"reason": {"code": "c" * (MAX_WORDS + 1), "system": "s"}}),
            "wrong-value",
            "overrideReason.reason.code",
        ),
        (overridden(overrideReason={"userComment": ["no"]}), "wrong-type", "overrideReason.userComment"),
        (
            overridden(overrideReason={"userComment": "x" * (MAX_COMMENT + 1)}),
            "wrong-value",
            "overrideReason.userComment",
        ),
        (overridden(overrideReason={"userComment": "a\0b"}), "wrong-value", "overrideReason.userComment"),
    ],
)
def test_what_is_wrong_with_an_item(item: dict[str, Any], code: str, member: str) -> None:
    error = refusal({"feedback": [accepted(), overridden(), item]})
    assert (error.status, error.code, error.expressions) == (400, code, (f"feedback[2].{member}",))
    assert error.diagnostics.startswith(f"feedback[2].{member}: ")


@pytest.mark.parametrize("member", ["card", "outcome", "outcomeTimestamp", "acceptedSuggestions"])
def test_a_member_that_is_not_there(member: str) -> None:
    item = accepted()
    del item[member]
    error = refusal({"feedback": [item]})
    assert (error.code, error.expressions) == ("missing-field", (f"feedback[0].{member}",))


def test_a_refusal_repeats_nothing_of_the_body() -> None:
    for item in (
        accepted(card=SECRET),
        accepted(outcome=SECRET),
        accepted(outcomeTimestamp=SECRET),
        overridden(overrideReason={"userComment": SECRET * MAX_COMMENT}),
    ):
        assert "Canary" not in refusal({"feedback": [item]}).diagnostics


def test_the_comment_is_kept_out_of_what_is_printed() -> None:
    (one,) = parse(overridden(overrideReason={"userComment": SECRET}))
    assert one.comment == SECRET
    assert "Canary" not in repr(one)
    assert "Canary" not in f"{one}"


def test_members_that_say_nothing_to_us_are_passed_over() -> None:
    extension: dict[str, Any] = {"extension": {"com.example.unit": [1, {"deep": None}]}, "unheard-of": [[]]}
    item = accepted(**extension, overrideReason="not looked at")
    item["acceptedSuggestions"] = [{"id": SUGGESTION, "extension": {}, "label": 3}]
    assert parse_feedback({"feedback": [item], "extension": 5}, "s", "c") == parse_feedback(
        {"feedback": [accepted()]}, "s", "c"
    )
    assert parse(overridden(acceptedSuggestions=[{"id": 5}], **extension)) == parse(overridden())


def test_a_card_is_known_by_its_uuid_in_any_case() -> None:
    assert parse(accepted(card=CARD.upper())) == parse(accepted())


def test_a_suggestion_counts_once() -> None:
    (one,) = parse(accepted(acceptedSuggestions=[{"id": "b"}, {"id": "a"}, {"id": "b"}]))
    assert one.accepted_suggestions == ("b", "a")


def test_a_batch_keeps_order_repeats_and_changes_of_mind() -> None:
    first, second = accepted(), overridden(outcomeTimestamp="2026-11-21T08:00:00Z")
    assert [one.outcome for one in parse(first, second, first)] == ["accepted", "overridden", "accepted"]


_words = st.text(st.characters(codec="utf-8", exclude_characters="\0"), min_size=1, max_size=40).filter(str.strip)
_optional = st.none() | _words
_moments = st.datetimes(timezones=st.just(UTC)).map(lambda one: one.isoformat())
_items = st.one_of(
    st.fixed_dictionaries(
        {
            "card": st.uuids().map(str),
            "outcome": st.just("accepted"),
            "outcomeTimestamp": _moments,
            "acceptedSuggestions": st.lists(st.fixed_dictionaries({"id": _words}), min_size=1, max_size=3),
        }
    ),
    st.fixed_dictionaries(
        {"card": st.uuids().map(str), "outcome": st.just("overridden"), "outcomeTimestamp": _moments},
        optional={
            "overrideReason": st.fixed_dictionaries(
                {
                    "reason": st.fixed_dictionaries({"code": _words, "system": _words, "display": _optional}),
                    "userComment": _optional,
                }
            )
        },
    ),
)


def written(item: Feedback) -> dict[str, Any]:
    """The item as a client would send it."""
    body: dict[str, Any] = {"card": item.card, "outcome": item.outcome, "outcomeTimestamp": item.at.isoformat()}
    if item.outcome == "accepted":
        return {**body, "acceptedSuggestions": [{"id": one} for one in item.accepted_suggestions]}
    if item.reason_code is None and item.comment is None:
        return body
    reason = {"system": item.reason_system, "code": item.reason_code, "display": item.reason_display}
    return {
        **body,
        "overrideReason": {"reason": reason if item.reason_code is not None else None, "userComment": item.comment},
    }


@settings(max_examples=100, deadline=None)
@given(st.lists(_items, min_size=1, max_size=4))
def test_what_was_read_and_sent_again_reads_the_same(items: list[dict[str, Any]]) -> None:
    before = copy.deepcopy(items)
    read = parse(*items)
    assert items == before
    assert parse(*orjson.loads(orjson.dumps([written(one) for one in read]))) == read


_json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=10),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=10), inner, max_size=3),
    max_leaves=8,
)


@settings(max_examples=150, deadline=None)
@given(
    st.sampled_from([accepted, overridden]),
    st.sampled_from(["card", "outcome", "outcomeTimestamp", "acceptedSuggestions", "overrideReason", "extension"]),
    _json,
)
def test_any_value_is_read_or_refused(item: Callable[..., dict[str, Any]], member: str, value: Any) -> None:
    refused: CallError | None = None
    try:
        parse(item(**{member: value}))
    except CallError as error:
        refused = error
    assert refused is None or refused.status == 400
    assert refused is None or refused.expressions[0].startswith(f"feedback[0].{member}")
