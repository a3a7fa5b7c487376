"""What every table of the settings has in common."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

Positive = Annotated[int, Field(ge=1)]
Seconds = Annotated[float, Field(gt=0)]


class Part(BaseModel):
    """A table of settings: frozen, unknown names refused, ``"8000"`` is not 8000.

    What a setting means stands below it as a docstring, which `python -m tools.configuration` reads.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)
