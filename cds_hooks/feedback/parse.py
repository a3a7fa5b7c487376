"""The body of a feedback request: strict where CDS Hooks is, lenient elsewhere.

Required members must be there and of their type. A null counts as absent; members that the specification does not know
and ``extension`` are passed over, and so is what does not belong to the outcome (a reason with `accepted`). One wrong
item refuses the whole request: the answer to feedback has no place to say which items were left out, and since storing
is idempotent the mended request can be sent again as a whole.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cds_hooks.feedback.feedback import Feedback, Outcome
from cds_hooks.feedback.member import Member

MAX_ITEMS = 1_000
"""Items in one request."""
MAX_SUGGESTIONS = 100
"""Accepted suggestions of one card."""
MAX_COMMENT = 10_000
"""Characters of a comment."""
MAX_WORDS = 500
"""Characters of an identifier, a code, its system or its display."""

_OUTCOMES: Mapping[str, Outcome] = {"accepted": "accepted", "overridden": "overridden"}


def parse_feedback(body: Mapping[str, Any], service_id: str, client: str) -> tuple[Feedback, ...]:
    """The items of a feedback request to a service, from the client of that name, in their order.

    Raises ``CallError`` 400, with the path of the member that is wrong (``feedback[2].outcome``).
    """
    given = Member(body).required("feedback", "an array with an item for each card that was acted upon")
    items = given.objects(MAX_ITEMS)
    if not items:
        raise given.lacking("is empty; send an item for each card that was acted upon")
    return tuple(_item(one, service_id, client) for one in items)


def _item(item: Member, service: str, client: str) -> Feedback:
    card = item.required("card", "the uuid of the card").uuid()
    outcome = _outcome(item.required("outcome", "accepted or overridden"))
    at = item.required("outcomeTimestamp", "the moment of the action (RFC 3339)").instant()
    if outcome == "accepted":
        return Feedback(card, service, client, outcome, at, accepted_suggestions=_suggestions(item))
    reason = item.get("overrideReason")
    if reason is None:  # the clinician need not give one
        return Feedback(card, service, client, outcome, at)
    coding, comment = reason.object().get("reason"), reason.get("userComment")
    if coding is None and comment is None:
        raise reason.lacking("is empty; send reason, userComment or both, or leave overrideReason out")
    system, code, display = _coding(coding)
    return Feedback(
        card,
        service,
        client,
        outcome,
        at,
        reason_system=system,
        reason_code=code,
        reason_display=display,
        comment=_words(comment, MAX_COMMENT),
    )


def _outcome(member: Member) -> Outcome:
    outcome = _OUTCOMES.get(member.string())
    if outcome is None:
        raise member.wrong("must be accepted or overridden")
    return outcome


def _suggestions(item: Member) -> tuple[str, ...]:
    """The ids of the accepted suggestions, each once."""
    member = item.required("acceptedSuggestions", "the suggestions that were accepted, each with its id")
    given = member.objects(MAX_SUGGESTIONS)
    if not given:
        raise member.lacking("is empty; an accepted card has at least one accepted suggestion")
    ids = (one.required("id", "the uuid of the suggestion").text(MAX_WORDS) for one in given)
    return tuple(dict.fromkeys(ids))


def _coding(reason: Member | None) -> tuple[str | None, str | None, str | None]:
    """System, code and display of the reason that was chosen."""
    if reason is None:
        return None, None, None
    reason.object()
    code = reason.required("code", "the code of the reason").text(MAX_WORDS)
    system = reason.required("system", "the code system of the reason, as the card has it").text(MAX_WORDS)
    return system, code, _words(reason.get("display"), MAX_WORDS)


def _words(member: Member | None, most: int) -> str | None:
    """Optional text; blank as a form sends what was not filled in, it is none."""
    if member is None or not member.string().strip():
        return None
    return member.text(most)
