"""A member of a JSON body that knows where it stands, so that each fault can be told with its path."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from cds_hooks.errors import CallError

_UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
_INSTANT = re.compile(
    r"([0-9]{4}-[0-9]{2}-[0-9]{2})[Tt ]((?:[01][0-9]|2[0-3]):[0-9]{2}):([0-9]{2})(?:\.([0-9]+))?"
    r"([Zz]|[+-][0-9]{2}:[0-9]{2})"
)


@dataclass(frozen=True, slots=True)
class Member:
    """A value of the body and its path (``feedback[2].outcome``; empty for the body itself)."""

    value: Any
    path: str = ""

    def get(self, name: str) -> Member | None:
        """A member of this object; None where it is absent or null."""
        value = self.value.get(name)
        return None if value is None else Member(value, self._of(name))

    def required(self, name: str, purpose: str) -> Member:
        """A member of this object that must be there. Raises ``CallError`` 400."""
        found = self.get(name)
        if found is None:
            raise Member(None, self._of(name)).lacking(f"is missing; send {purpose}")
        return found

    def object(self) -> Member:
        """This object. Raises ``CallError`` 400 for another type."""
        if not isinstance(self.value, Mapping):
            raise self._wrong_type("an object")
        return self

    def objects(self, most: int) -> list[Member]:
        """The objects of this array, at most so many. Raises ``CallError`` 400."""
        if not isinstance(self.value, list):
            raise self._wrong_type("an array of objects")
        if len(self.value) > most:
            raise self.wrong(f"holds more than {most} items")
        return [Member(one, f"{self.path}[{place}]").object() for place, one in enumerate(self.value)]

    def string(self) -> str:
        """This string, which may be empty. Raises ``CallError`` 400 for another type."""
        if not isinstance(self.value, str):
            raise self._wrong_type("a string")
        return self.value

    def text(self, most: int) -> str:
        """This string, not blank and not longer than `most` characters. Raises ``CallError`` 400."""
        value = self.string()
        if not value.strip():
            raise self.lacking("is empty")
        if len(value) > most:
            raise self.wrong(f"is longer than {most} characters")
        if "\0" in value:  # which PostgreSQL cannot store
            raise self.wrong("holds the character U+0000")
        return value

    def uuid(self) -> str:
        """This UUID (RFC 4122), in lower case. Raises ``CallError`` 400."""
        value = self.string().lower()
        if not _UUID.fullmatch(value):
            raise self.wrong("must be a UUID, as the card has it")
        return value

    def instant(self) -> datetime:
        """This date and time with its zone (RFC 3339), in UTC, to the microsecond. Raises ``CallError`` 400."""
        found = _INSTANT.fullmatch(self.string())
        moment = _moment(*found.groups()) if found else None
        if moment is None:
            raise self.wrong("must be a date and time with zone (RFC 3339) such as 2026-11-21T07:22:11.441Z")
        return moment

    def lacking(self, fault: str) -> CallError:
        """The refusal of what should be there and is not."""
        return self._refusal("missing-field", fault)

    def wrong(self, fault: str) -> CallError:
        """The refusal of a value that is not allowed."""
        return self._refusal("wrong-value", fault)

    def _wrong_type(self, wanted: str) -> CallError:
        return self._refusal("wrong-type", f"must be {wanted}")

    def _refusal(self, code: str, fault: str) -> CallError:
        return CallError(400, code, f"{self.path}: {fault}", [self.path])

    def _of(self, name: str) -> str:
        return f"{self.path}.{name}" if self.path else name


def _moment(day: str, minute: str, second: str, fraction: str | None, zone: str) -> datetime | None:
    """The moment in UTC; None where there is no such day, hour or offset. A leap second is the next minute's first."""
    leap = second == "60"
    written = f"{day}T{minute}:{'59' if leap else second}.{(fraction or '0')[:6]:0<6}{zone.upper()}"
    try:
        return datetime.fromisoformat(written).astimezone(UTC) + timedelta(seconds=leap)
    except (ValueError, OverflowError):
        return None
