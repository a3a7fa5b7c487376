"""Section M, from outside: feedback on cards that were shown, and what is kept of it."""

import logging
import uuid
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
import requests

from cds_hooks.app import create_app
from cds_hooks.services import Guidance
from cds_hooks.settings import DatabaseSettings, Settings
from cds_hooks.storage import CardOutcome, Storage
from tests.cds_hooks.conformance.exchange import Exchange

CANARY = "Canary-Comment-4711"
REASON = {"code": "not-fit", "system": "https://sarcoma-cds.org/fhir/CodeSystem/override-reasons"}


class Feedback:
    """One card that the service has shown, and what is in its database about it."""

    def __init__(self, base: str, storage: Storage, hook: str, card: dict[str, Any]) -> None:
        self.service = f"{base}/cds-services/sarcoma-{hook}"
        self.storage = storage
        self.card = card

    def item(self, kind: str = "overridden", **more: Any) -> dict[str, Any]:
        """An item on the card; a member that is None is left out."""
        made: dict[str, Any] = {
            "card": self.card["uuid"],
            "outcome": kind,
            "outcomeTimestamp": "2026-11-21T07:22:11.441Z",
        }
        if kind == "accepted":
            made["acceptedSuggestions"] = [{"id": self.card["suggestions"][0]["uuid"]}]
        return {name: value for name, value in (made | more).items() if value is not None}

    def send(self, *items: Any) -> requests.Response:
        """Posts them together."""
        return requests.post(f"{self.service}/feedback", json={"feedback": list(items)}, timeout=10)

    def stored(self, card: str | None = None) -> CardOutcome | None:
        """The newest feedback on the card, as the database has it; None when there is none."""
        wanted = card or self.card["uuid"]
        return next((one for one in self.storage.outcomes() if one.feedback.card == wanted), None)


@pytest.fixture(scope="module")
def shown(
    serve: Callable[..., Any],
    guidance: Guidance,
    exchanges: list[Exchange],
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Iterator[Feedback]]:
    """Cards with suggestions that a service with a database of its own shows, each once."""
    database = DatabaseSettings(url=f"sqlite:///{tmp_path_factory.mktemp('feedback')}/feedback.db")

    def cards(base: str, storage: Storage) -> Iterator[Feedback]:
        seen = set()
        for exchange in exchanges:
            hook = exchange.request["hook"]
            new = [one for one in exchange.cards if "suggestions" in one and one["uuid"] not in seen]
            if new:
                url = f"{base}/cds-services/sarcoma-{hook}"
                assert requests.post(url, json=exchange.request, timeout=10).json() == exchange.response
            for card in new:
                seen.add(card["uuid"])
                yield Feedback(base, storage, hook, card)

    with serve(create_app(Settings(demo=True, database=database), guidance)) as base:
        storage = Storage.open(database)
        yield cards(base, storage)
        storage.close()


@pytest.fixture
def feedback(shown: Iterator[Feedback]) -> Feedback:
    """A card that nothing was said about so far."""
    return next(shown)


@pytest.mark.requirement("CH-003", "CH-107", "CH-108")
def test_feedback_on_a_card_is_taken_and_joined_with_what_was_shown(feedback: Feedback) -> None:
    answer = feedback.send(feedback.item("accepted"))
    assert (answer.status_code, answer.content) == (200, b"")
    stored = feedback.stored()
    assert stored is not None
    assert stored.feedback.outcome == "accepted"
    assert stored.feedback.at == datetime(2026, 11, 21, 7, 22, 11, 441_000, UTC)
    assert stored.feedback.accepted_suggestions == (feedback.card["suggestions"][0]["uuid"],)
    told = feedback.card["extension"]["org.sarcoma-cds.recommendations"]
    assert stored.shown is not None
    assert stored.shown.recommendations == tuple((one["id"], one["status"]) for one in told)


@pytest.mark.requirement("CH-108", "CH-109")
@pytest.mark.parametrize("outcome", ["accepted", "overridden"])
@pytest.mark.parametrize(
    ("member", "value"),
    [
        ("card", None),
        ("card", "no uuid"),
        ("outcome", None),
        ("outcome", "ignored"),
        ("outcomeTimestamp", None),
        ("outcomeTimestamp", "yesterday"),
        ("outcomeTimestamp", "2026-11-21"),
        ("acceptedSuggestions", None),
        ("acceptedSuggestions", []),
        ("acceptedSuggestions", [{}]),
    ],
)
def test_what_an_item_must_hold(feedback: Feedback, outcome: str, member: str, value: Any) -> None:
    answer = feedback.send(feedback.item(outcome, **{member: value}))
    if member == "acceptedSuggestions" and outcome == "overridden":
        assert answer.status_code == 200
    else:
        assert answer.status_code == 400
        assert answer.json()["issue"][0]["expression"][0].startswith(f"feedback[0].{member}")
        assert feedback.stored() is None


@pytest.mark.requirement("CH-110", "CH-111")
@pytest.mark.parametrize(
    ("given", "status"),
    [
        (None, 200),
        ({"reason": REASON}, 200),
        ({"reason": REASON | {"display": "Patient is not fit for it"}}, 200),
        ({"userComment": CANARY}, 200),
        ({"reason": REASON, "userComment": CANARY}, 200),
        ({}, 400),
        ({"reason": {"display": "words only"}}, 400),
        ({"reason": {"code": "x"}}, 400),
    ],
)
def test_what_an_override_reason_may_hold(feedback: Feedback, given: Any, status: int) -> None:
    assert feedback.send(feedback.item(overrideReason=given)).status_code == status
    stored = feedback.stored()
    assert (stored is not None) is (status == 200)
    if stored is not None:
        assert stored.feedback.reason_code == ((given or {}).get("reason") or {}).get("code")
        assert stored.feedback.comment == (given or {}).get("userComment")


@pytest.mark.requirement("CH-112")
def test_batches_repeats_and_changes_of_mind(feedback: Feedback) -> None:
    accepted = feedback.item("accepted")
    later = feedback.item(outcomeTimestamp="2026-11-21T08:00:00Z")
    for _ in range(3):
        assert feedback.send(accepted, later, feedback.item(card=str(uuid.uuid4()))).status_code == 200
    stored = feedback.stored()
    assert stored is not None
    assert (stored.feedback.outcome, stored.earlier) == ("overridden", 1)


@pytest.mark.requirement("CH-115")
def test_a_card_that_was_never_shown_is_accepted(feedback: Feedback) -> None:
    """As docs/feedback.md says."""
    unknown = str(uuid.uuid4())
    assert feedback.send(feedback.item(card=unknown)).status_code == 200
    stored = feedback.stored(unknown)
    assert stored is not None
    assert stored.shown is None


@pytest.mark.requirement("CH-113")
def test_a_comment_is_not_logged(feedback: Feedback, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    reason = {"reason": REASON, "userComment": CANARY}
    assert feedback.send(feedback.item(overrideReason=reason)).status_code == 200
    answer = feedback.send(feedback.item("ignored", overrideReason=reason))
    assert answer.status_code == 400
    assert CANARY not in answer.text
    assert caplog.records
    assert CANARY not in "\n".join(f"{one.getMessage()} {one.__dict__}" for one in caplog.records)
