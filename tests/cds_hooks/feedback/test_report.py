"""The figures of the report, counted by hand, through the database."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from cds_hooks.audit import CallRecord
from cds_hooks.feedback import Feedback
from cds_hooks.feedback.report import COMMENT_ONLY, NO_REASON, UNNAMED, Figures, Reason, Report, make_report
from cds_hooks.settings import DatabaseSettings
from cds_hooks.storage import Storage
from plandefinitions.guideline.override_reasons import OVERRIDE_REASONS
from tests.cds_hooks.feedback.history import (
    CALLS,
    COMMENT,
    GIVEN,
    NOW,
    START,
    TITLES,
    accepted,
    call,
    card,
    overridden,
)


@pytest.fixture
def storage(tmp_path: Path) -> Iterable[Storage]:
    opened = Storage.open(DatabaseSettings(url=f"sqlite:///{tmp_path}/history.db"))
    yield opened
    opened.close()


def report_of(
    storage: Storage,
    calls: Sequence[CallRecord],
    given: Sequence[Feedback],
    since: datetime | None = None,
    until: datetime | None = None,
) -> Report:
    for record in calls:
        storage.record_call(record)
    storage.record_feedback(given)
    span = since, until
    return make_report(storage.calls(*span), storage.fired(*span), storage.outcomes(*span), NOW, TITLES)


def counted(figures: Figures) -> tuple[int, int, int, int, int]:
    return figures.calls, figures.patients, figures.cards, figures.accepted, figures.overridden


def test_the_history_by_hand(storage: Storage) -> None:
    report = report_of(storage, CALLS, GIVEN)
    ablation, vegf = (report.recommendations[one].figures for one in ("ablation-lung", "asps-vegf"))
    # Five calls showed it to p1 (twice), p2, p3 and p4, on the cards 1, 2, 4 and 5.
    assert counted(ablation) == (5, 4, 4, 2, 2)
    # One call showed it to p2, on the cards 2 and 3; only card 2 was answered by the client that was shown it.
    assert counted(vegf) == (1, 1, 2, 0, 1)
    # All in all: six calls were answered, five with a card; cards 1 to 5, of which 3 was not answered.
    assert counted(report.total) == (5, 4, 5, 2, 2)
    assert (report.calls, len(report.patient_ids)) == (6, 4)
    assert (report.changed, report.unmatched, report.doubtful_times) == (1, 2, 0)


def test_the_shares_say_of_what(storage: Storage) -> None:
    report = report_of(storage, CALLS, GIVEN)
    ablation, vegf = (report.recommendations[one].figures for one in ("ablation-lung", "asps-vegf"))
    fired = report.fired(ablation)
    assert (fired.count, fired.of) == (5, 6)
    assert (ablation.answered.count, ablation.answered.of) == (4, 4)
    assert (ablation.acceptance.count, ablation.acceptance.of) == (2, 4)
    assert (ablation.override.count, ablation.override.of) == (2, 4)
    assert (vegf.answered.count, vegf.answered.of) == (1, 2)
    assert (vegf.acceptance.count, vegf.acceptance.of) == (0, 1)


def test_content_versions_apart(storage: Storage) -> None:
    versions = report_of(storage, CALLS, GIVEN).recommendations["ablation-lung"].versions
    assert {version: counted(figures) for version, figures in versions.items()} == {
        "1.0": (3, 2, 2, 1, 1),  # p1 twice and p2; card 1 accepted in the end, card 2 overridden
        "1.1": (2, 2, 2, 1, 1),  # p3 and p4; card 4 overridden, card 5 accepted
    }


def test_reasons(storage: Storage) -> None:
    report = report_of(storage, CALLS, [*GIVEN, overridden(3, 3)])
    not_fit = Reason(OVERRIDE_REASONS, "not-fit", "")
    ablation, vegf = (report.recommendations[one].figures for one in ("ablation-lung", "asps-vegf"))
    assert ablation.reasons == {not_fit: 1, COMMENT_ONLY: 1}
    assert vegf.reasons == {not_fit: 1, NO_REASON: 1}
    assert [(one.words, count) for one, count in vegf.counted_reasons()] == [
        ("No reason given", 1),
        ("Patient is not fit for it", 1),
    ]


def test_reasons_of_a_client_s_own(storage: Storage) -> None:
    first = dataclasses.replace(
        overridden(1, 1), reason_system="urn:north", reason_code="7", reason_display="Busy\x1b[2J now"
    )
    again = dataclasses.replace(overridden(4, 5), reason_system="urn:north", reason_code="7")
    figures = report_of(storage, CALLS, [first, again]).recommendations["ablation-lung"].figures
    assert figures.reasons == {Reason("urn:north", "7", ""): 2}
    assert [one.words for one in figures.reasons] == ["Busy�[2J now"]


def test_a_span_of_time_is_about_the_cards_shown_last_in_it(storage: Storage) -> None:
    report = report_of(storage, CALLS, GIVEN, START + timedelta(hours=1), START + timedelta(hours=3))
    assert counted(report.total) == (2, 2, 3, 1, 1)  # cards 1, 2 and 3; the answer to card 1 came later
    assert report.calls == 2


def test_repeats_change_nothing(storage: Storage) -> None:
    once = report_of(storage, CALLS, GIVEN)
    for _ in range(2):
        storage.record_feedback(list(reversed(GIVEN)))
    again = make_report(storage.calls(), storage.fired(), storage.outcomes(), NOW, TITLES)
    assert again == once


def test_times_that_cannot_be(storage: Storage) -> None:
    calls = [call(f"p{number}", 10, card(number, "asps-vegf")) for number in range(1, 6)]
    given = [
        accepted(1, 9),  # before it was shown
        accepted(2, 24 * 28 + 1),  # after now
        accepted(3, 10 - 0.05),  # three minutes early: clocks differ
        accepted(4, 11),
    ]
    assert report_of(storage, calls, given).doubtful_times == 2


def test_an_answer_before_the_card_was_shown_again_is_no_doubtful_time(storage: Storage) -> None:
    calls = [call("p1", hours, card(1, "asps-vegf")) for hours in (0, 10, 20)]
    assert report_of(storage, calls, [accepted(1, 5)]).doubtful_times == 0


def test_cards_that_name_no_recommendation(storage: Storage) -> None:
    report = report_of(storage, [call("p1", 0, card(1))], [accepted(1, 1)])
    assert counted(report.recommendations[UNNAMED].figures) == (1, 1, 1, 1, 0)
    assert report.recommendations[UNNAMED].title == "Cards that name no recommendation"


def test_only_calls_count(storage: Storage) -> None:
    records = [
        dataclasses.replace(call("p1", 0, card(1, "asps-vegf")), kind="explain"),
        dataclasses.replace(call("p2", 1, card(2)), kind="feedback", patient=None),
        call("p3", 2, status=412),
    ]
    report = report_of(storage, records, [])
    assert (report.calls, report.patient_ids, report.total.cards) == (0, set(), 0)


def test_nothing_recorded(storage: Storage) -> None:
    report = report_of(storage, [], [])
    assert report.by_cards() == []
    assert report.total.acceptance.rate is None


def test_the_report_s_text_holds_neither_patients_nor_comments(storage: Storage) -> None:
    report = report_of(storage, CALLS, GIVEN)
    assert "p1" in report.patient_ids
    for said in (repr(report), str(report)):
        assert COMMENT not in said
        assert "'p1'" not in said
