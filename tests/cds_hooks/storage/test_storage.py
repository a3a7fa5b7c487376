"""What is written is read back, the same in both kinds of database."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest

from cds_hooks.settings.parts import DatabaseSettings
from cds_hooks.storage import CardFired, CardOutcome, Storage
from cds_hooks.storage import reports as reading
from tools.crash.records import call_record, card_shown, feedback

NOON = datetime(2026, 5, 4, 12, 0, 0, 123456, tzinfo=UTC)
DAY = timedelta(days=1)


def test_call_is_read_back_as_it_was_written(storage: Storage) -> None:
    written = call_record(at=NOON)
    storage.record_call(written)
    assert list(storage.calls()) == [written]


def test_refused_call_with_little_known_is_read_back(storage: Storage) -> None:
    nothing = dict.fromkeys(
        ("hook", "hook_instance", "client", "issuer", "tenant", "user", "patient", "encounter"), None
    )
    written = call_record(at=NOON, status=400, code="malformed-json", cards=(), queries=(), **nothing)
    storage.record_call(written)
    assert list(storage.calls()) == [written]
    assert list(storage.fired()) == []


def test_moment_is_kept_as_utc(storage: Storage) -> None:
    storage.record_call(call_record(at=NOON.astimezone(timezone(timedelta(hours=5, minutes=30)))))
    (read,) = storage.calls()
    assert read.at == NOON
    assert read.at.tzinfo is UTC


def test_moment_without_a_time_zone_is_a_mistake(storage: Storage) -> None:
    with pytest.raises(ValueError, match="time zone"):
        storage.record_call(call_record(at=NOON.replace(tzinfo=None)))


def test_same_call_is_written_once(storage: Storage) -> None:
    written = call_record()
    storage.record_call(written)
    storage.record_call(written)
    assert list(storage.calls()) == [written]


@pytest.mark.parametrize(
    "strange", ["nul \0 inside", "lone \ud800 surrogate", "quotes ' \" \\ ; --", "ÄÖ 中文 🩺", "%s :name $1 ?"]
)
def test_no_text_stops_a_record(storage: Storage, strange: str) -> None:
    expected = strange.replace("\0", "�").replace("\ud800", "?")
    card = card_shown(recommendations=((strange, strange),), suggestions=(strange,))
    storage.record_call(call_record(user=strange, service=strange, cards=(card,)))
    storage.record_feedback(
        [
            feedback(
                card.uuid, comment=strange, reason_code=strange, accepted_suggestions=(strange,), outcome="overridden"
            )
        ]
    )
    (call,) = storage.calls()
    assert (call.user, call.service) == (expected, expected)
    assert call.cards[0].recommendations == ((expected, expected),)
    (outcome,) = storage.outcomes()
    assert outcome.feedback.comment == expected
    assert outcome.feedback.accepted_suggestions == (expected,)
    assert outcome.shown is not None
    assert outcome.shown.suggestions == (expected,)


def test_calls_of_a_time_oldest_first(storage: Storage) -> None:
    written = [call_record(at=NOON + number * DAY) for number in (2, 0, 3, 1)]
    for one in written:
        storage.record_call(one)
    oldest_first = sorted(written, key=lambda one: one.at)
    assert list(storage.calls()) == oldest_first
    assert list(storage.calls(NOON + DAY, NOON + 3 * DAY)) == oldest_first[1:3]
    assert list(storage.calls(until=NOON + DAY)) == oldest_first[:1]


def test_reading_in_parts_misses_and_repeats_nothing(storage: Storage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "PART", 3)
    written = {call_record(at=NOON + timedelta(microseconds=number // 4)) for number in range(12)}
    for one in written:
        storage.record_call(one)
    read = list(storage.calls())
    assert len(read) == 12
    assert set(read) == written
    shown = [one.card for one in storage.fired()]
    assert len(shown) == len(set(shown)) == 24


def test_calls_written_while_reading_are_no_trouble(storage: Storage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "PART", 2)
    for number in range(4):
        storage.record_call(call_record(at=NOON + number * DAY))
    reader = storage.calls()
    next(reader)
    storage.record_call(call_record(at=NOON - DAY))
    assert len(list(reader)) == 3


def test_calls_about_one_patient(storage: Storage) -> None:
    about, other = call_record(patient="p-1"), call_record(patient="p-2")
    storage.record_call(about)
    storage.record_call(other)
    assert list(storage.calls(patient="p-1")) == [about]


def test_card_fired(storage: Storage) -> None:
    card = card_shown()
    call = call_record(at=NOON, cards=(card,))
    storage.record_call(call)
    assert list(storage.fired()) == [
        CardFired(card.uuid, NOON, call.id, call.service, "ehr", "1.0.0", card.recommendations, card.suggestions)
    ]
    assert list(storage.fired(NOON + DAY)) == []


def test_repeated_hook_instance_counts_once_as_shown_last(storage: Storage) -> None:
    card = card_shown()
    first = call_record(at=NOON, cards=(card,))
    changed = replace(card, recommendations=(("first-line-anthracycline", "contraindicated"),))
    second = call_record(at=NOON + DAY, cards=(changed,), hook_instance=first.hook_instance, content_version="1.0.1")
    storage.record_call(second)
    storage.record_call(first)  # written later, but it was the earlier one
    (fired,) = storage.fired()
    assert (fired.call, fired.recommendations) == (second.id, changed.recommendations)
    assert len(list(storage.calls())) == 2


def test_same_hook_instance_of_two_clients_is_two(storage: Storage) -> None:
    card = card_shown()
    instance = "d1577c69-dfbe-44ad-ba6d-3e05e953b2ea"
    for client in ("ehr", "other"):
        storage.record_call(call_record(client=client, hook_instance=instance, cards=(card,)))
    assert {one.client for one in storage.fired()} == {"ehr", "other"}


def test_feedback_is_joined_with_the_card_shown(storage: Storage) -> None:
    card = card_shown()
    storage.record_call(call_record(at=NOON, cards=(card, card_shown())))
    given = feedback(card.uuid, at=NOON + DAY, accepted_suggestions=card.suggestions)
    storage.record_feedback([given])
    (fired,) = (one for one in storage.fired() if one.card == card.uuid)
    assert list(storage.outcomes()) == [CardOutcome(given, fired, earlier=0)]


def test_feedback_with_a_reason_is_read_back(storage: Storage) -> None:
    given = feedback(
        outcome="overridden",
        accepted_suggestions=(),
        reason_system="https://sarcoma-cds.org/reasons",
        reason_code="patient-declined",
        reason_display="Patient declined",
        comment="after a long talk",
    )
    storage.record_feedback([given])
    assert [one.feedback for one in storage.outcomes()] == [given]


def test_outcome_belongs_to_the_time_of_the_card(storage: Storage) -> None:
    card = card_shown()
    storage.record_call(call_record(at=NOON, cards=(card,)))
    storage.record_feedback([feedback(card.uuid, at=NOON + 10 * DAY)])
    assert len(list(storage.outcomes(NOON, NOON + DAY))) == 1
    assert list(storage.outcomes(NOON + DAY)) == []


def test_feedback_on_an_unknown_card_is_kept_unmatched(storage: Storage) -> None:
    given = feedback(at=NOON)
    storage.record_feedback([given])
    assert list(storage.outcomes(NOON, NOON + DAY)) == [CardOutcome(given, None, earlier=0)]
    assert list(storage.outcomes(NOON + DAY)) == []


def test_one_client_says_nothing_about_the_cards_of_another(storage: Storage) -> None:
    card = card_shown()
    storage.record_call(call_record(client="ehr", cards=(card,)))
    storage.record_feedback([feedback(card.uuid, client="other")])
    (outcome,) = storage.outcomes()
    assert outcome.shown is None


def test_later_outcome_supersedes_whichever_comes_first(storage: Storage) -> None:
    card = card_shown()
    storage.record_call(call_record(cards=(card,)))
    accepted = feedback(card.uuid, at=NOON + DAY)
    overridden = feedback(card.uuid, at=NOON, outcome="overridden", accepted_suggestions=())
    storage.record_feedback([accepted])
    storage.record_feedback([overridden])
    (outcome,) = storage.outcomes()
    assert (outcome.feedback, outcome.earlier) == (accepted, 1)


def test_no_feedback_is_no_trouble(storage: Storage) -> None:
    storage.record_feedback([])
    assert list(storage.outcomes()) == []


def test_what_was_written_is_there_after_opening_again(storage: Storage, url: str) -> None:
    call, given = call_record(), feedback()
    storage.record_call(call)
    storage.record_feedback([given])
    storage.close()
    again = Storage.open(DatabaseSettings(url=url))
    assert list(again.calls()) == [call]
    assert [one.feedback for one in again.outcomes()] == [given]
    assert again.reachable()
    again.close()
