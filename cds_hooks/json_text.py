"""JSON as others send it."""

from __future__ import annotations

from codecs import BOM_UTF8
from typing import Any

import orjson


def read_json(text: bytes) -> Any:
    """The value of a JSON text in UTF-8. Raises ``orjson.JSONDecodeError``.

    A byte order mark is passed over, as RFC 8259 (8.1) allows: some platforms write one before whatever they encode.
    """
    return orjson.loads(text.removeprefix(BOM_UTF8))
