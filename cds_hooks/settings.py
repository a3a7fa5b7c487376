"""What a hospital can set about the service. One frozen object, handed to whatever needs it."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

_REPOSITORY = Path(__file__).resolve().parent.parent
LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})


@dataclass(frozen=True, slots=True)
class Settings:
    """The settings of one service.

    `demo`: sample patients and their pages, no authentication; only on a loopback host.
    `content`: a folder with another guideline's FHIR content, served instead of ours.
    `public_url`: how clients reach the service, for links on cards; without it, host and port.
    `allowed_origins`: the web origins whose scripts may call; ``*`` for all.
    `max_body_bytes`: larger bodies are refused with 413.
    `evaluations`: how many calls are worked on at once in one process; more wait their turn.
    `guideline`: the hospital's choices about the guideline (see `plandefinitions.guideline`).
    """

    host: str = "127.0.0.1"
    port: int = 8000
    workers: int = 1
    demo: bool = False
    content: Path | None = None
    public_url: str = ""
    allowed_origins: tuple[str, ...] = ()
    max_body_bytes: int = 20_000_000
    evaluations: int = 4
    guideline: dict[str, Any] = field(default_factory=dict)
    patients: Path = _REPOSITORY / "fixtures" / "patients"

    def __post_init__(self) -> None:
        """Refuses what must never run. Raises ``SettingsError``."""
        if not self.demo:
            raise SettingsError(
                "authentication of clients is not configured, and without it the service does not start; "
                "to try it on this machine with sample patients, start it with --demo"
            )
        if self.host not in LOOPBACK:
            raise SettingsError(
                "the demonstration runs without authentication and therefore only on this machine: "
                "use --host 127.0.0.1 (or ::1, or localhost)"
            )

    @property
    def base_url(self) -> str:
        """Where clients reach the service, without a slash at the end."""
        if self.public_url:
            return self.public_url.rstrip("/")
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"http://{host}:{self.port}"

    def to_json(self) -> str:
        """The settings as text, for the worker processes."""
        return json.dumps(asdict(self), default=str)

    @classmethod
    def from_json(cls, text: str) -> Settings:
        """The settings that `to_json` wrote."""
        values = json.loads(text)
        values["content"] = Path(values["content"]) if values["content"] else None
        values["patients"] = Path(values["patients"])
        values["allowed_origins"] = tuple(values["allowed_origins"])
        return cls(**values)


class SettingsError(ValueError):
    """Settings that must not be run with; the message names the mend."""
