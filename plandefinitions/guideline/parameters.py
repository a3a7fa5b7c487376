"""The guideline's parameters: defaults from the shared library's text, local values from the settings."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from plandefinitions.guideline.errors import ContentError, SettingsError
from plandefinitions.guideline.words import NO_WORDS, Words

Number = int | Decimal
_PARAMETER = re.compile(r'^parameter\s+"(\w+)"\s+(Integer|Decimal)\s+default\s+([\d.]+)', re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Parameter:
    """One threshold. ``local``: its value is not the papers', either by origin or because the settings changed it."""

    name: str
    value: Number
    default: Number
    whole: bool
    unit: str
    label: str
    origin: str
    source: str

    @property
    def changed(self) -> bool:
        """Whether the settings have another value than the content."""
        return self.value != self.default

    @property
    def local(self) -> bool:
        """Whether a reader must be told that the value is a local choice."""
        return self.changed or self.origin == "local"

    @property
    def number(self) -> str:
        """The value without its unit, as short as it can be written."""
        return f"{self.value.normalize():f}" if isinstance(self.value, Decimal) else str(self.value)

    @property
    def shown(self) -> str:
        """The value with its unit."""
        if self.unit in ("", "lesions", "score"):
            return self.number
        return f"{self.number} {self.unit.removesuffix('s') if self.number == '1' else self.unit}"


def read_parameters(
    text: str, words: Mapping[str, Words], chosen: Mapping[str, int | float | Decimal]
) -> dict[str, Parameter]:
    """The parameters of the shared library with the settings' values. Raises ``SettingsError`` for an unknown name."""
    found = {one[1]: _parameter(one, words.get(one[1], NO_WORDS), chosen.get(one[1])) for one in _matches(text)}
    for name in chosen:
        if name not in found:
            raise SettingsError(f"the guideline has no parameter {name!r}; it has: {', '.join(sorted(found))}")
    return found


def _matches(text: str) -> list[re.Match[str]]:
    found = list(_PARAMETER.finditer(text))
    if not found:
        raise ContentError('the shared library has no parameters of the form: parameter "name" Integer default 5')
    return found


def _parameter(match: re.Match[str], words: Words, chosen: int | float | Decimal | None) -> Parameter:
    name, kind, text = match.groups()
    whole = kind == "Integer"
    default = _number(name, text, whole)
    return Parameter(
        name,
        default if chosen is None else _number(name, str(chosen), whole),
        default,
        whole,
        words.get("unit") or "",
        words.get("label") or name.replace("_", " "),
        words.get("origin") or "paper",
        words.get("source") or "",
    )


def _number(name: str, text: str, whole: bool) -> Number:
    try:
        value = Decimal(text)
    except InvalidOperation as problem:
        raise SettingsError(f"{name}: {text!r} is not a number") from problem
    if not value.is_finite() or value < 0:
        raise SettingsError(f"{name}: {text} is not a finite number of at least 0")
    if whole and value != value.to_integral_value():
        raise SettingsError(f"{name}: {text} is not a whole number")
    return int(value) if whole else value
