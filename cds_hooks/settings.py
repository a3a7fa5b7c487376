"""What a hospital can set about the service. One frozen object, handed to whatever needs it."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
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
    `parameters`: thresholds of the guideline by name, where the hospital's differ from the defaults.
    `switched_off`: what of the guideline's local rules is not to be used (an entry, or one criterion of an entry).
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
    parameters: Mapping[str, int | float] = field(default_factory=dict)
    switched_off: tuple[str, ...] = ()
    patients: Path = _REPOSITORY / "fixtures" / "patients"

    def __post_init__(self) -> None:
        """Refuses what must never run. Raises ``SettingsError``."""
        if self.workers < 1 or self.evaluations < 1 or self.max_body_bytes < 1 or not 0 < self.port < 65536:
            raise SettingsError("workers, evaluations and max_body_bytes must be 1 or more, port between 1 and 65535")
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
        return cls(**_typed(json.loads(text)))

    @classmethod
    def from_file(cls, path: Path, given: Mapping[str, Any]) -> Settings:
        """The settings of a TOML file; `given` on the command line comes first. Raises ``SettingsError``."""
        try:
            values = tomllib.loads(path.read_text(encoding="utf-8"))
        except (OSError, UnicodeDecodeError) as error:
            raise SettingsError(f"{path}: cannot be read; give the path of a readable UTF-8 file") from error
        except tomllib.TOMLDecodeError as error:
            raise SettingsError(f"{path}: is not TOML ({error})") from error
        known = {one.name for one in fields(cls)}
        for name, value in values.items():
            if name not in known:
                raise SettingsError(f"{path}: there is no setting {name!r}; there are: {', '.join(sorted(known))}")
            _check(path, name, value)
        return cls(**_typed({**values, **given}))


_KINDS: Mapping[str, tuple[type, str]] = {
    "host": (str, "a string"),
    "port": (int, "a whole number"),
    "workers": (int, "a whole number"),
    "demo": (bool, "true or false"),
    "content": (str, "a string"),
    "public_url": (str, "a string"),
    "allowed_origins": (list, "a list of strings"),
    "max_body_bytes": (int, "a whole number"),
    "evaluations": (int, "a whole number"),
    "parameters": (dict, "a table of name = number"),
    "switched_off": (list, "a list of strings"),
    "patients": (str, "a string"),
}


def _check(path: Path, name: str, value: object) -> None:
    kind, described = _KINDS[name]
    fits = type(value) is kind
    if fits and isinstance(value, list):
        fits = all(isinstance(one, str) for one in value)
    if fits and isinstance(value, dict):
        fits = all(type(one) in (int, float) for one in value.values())
    if not fits:
        raise SettingsError(f"{path}: {name}: must be {described}")


def _typed(values: Mapping[str, Any]) -> dict[str, Any]:
    """Values as JSON or TOML has them in the types of the fields."""
    typed = dict(values)
    for name in ("content", "patients"):
        if typed.get(name) is not None:
            typed[name] = Path(typed[name])
    for name in ("allowed_origins", "switched_off"):
        if name in typed:
            typed[name] = tuple(typed[name])
    return typed


class SettingsError(ValueError):
    """Settings that must not be run with; the message names the mend."""
