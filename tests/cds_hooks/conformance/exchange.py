"""One exchange with the service, and walking through JSON."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Exchange:
    """A hook call and what came back."""

    name: str
    request: dict[str, Any]
    text: str
    response: dict[str, Any]

    @property
    def cards(self) -> list[dict[str, Any]]:
        """The cards of the response."""
        found: list[dict[str, Any]] = self.response["cards"]
        return found


def members(value: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """Every value within a JSON value, itself included, each with its path."""
    yield path, value
    if isinstance(value, dict):
        for name, part in value.items():
            yield from members(part, f"{path}.{name}")
    elif isinstance(value, list):
        for place, part in enumerate(value):
            yield from members(part, f"{path}[{place}]")
