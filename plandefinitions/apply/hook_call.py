"""A hook call as a call of ``$apply`` (CDS on FHIR: the context gives the parameters, the hook is the named event)."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any

from plandefinitions.apply.request import Request, make_request


def hook_request(
    data: Any, *, hook: str | None, subject: str | None, context: Mapping[str, Any],
    now: datetime.datetime | str | None, trace: bool = False,
) -> Request:  # fmt: skip
    """The request of a hook call. ``data``: the patient's resources; ``context``: the hook's, each member the value of
    the parameter of its name; ``userId`` and ``encounterId`` are the practitioner and encounter if they are such.

    Raises ``ApplyProblem``.
    """
    user = context.get("userId")
    encounter = context.get("encounterId")
    return make_request(
        data,
        subject=subject,
        parameters=context,
        encounter=f"Encounter/{encounter.rpartition('/')[2]}" if isinstance(encounter, str) else None,
        practitioner=user if isinstance(user, str) and user.startswith("Practitioner/") else None,
        organization=None,
        now=now,
        trigger=hook,
        trace=trace,
        concepts={},
    )
