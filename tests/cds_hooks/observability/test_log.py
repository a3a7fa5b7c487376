"""A line has the fields that are named and no others; exceptions and libraries cannot put patient data into it."""

from __future__ import annotations

import json
import logging
import sys
from typing import Any

import pytest

from cds_hooks.observability.facts import CURRENT_REQUEST
from cds_hooks.observability.log import FIELDS, JsonFormatter, TextFormatter, field_extra

CANARY = "Canary-Patient-Name-4711"


def _record(name: str, message: str, *args: object, **more: Any) -> logging.LogRecord:
    return logging.getLogger(name).makeRecord(name, logging.ERROR, "/x/y.py", 12, message, args, **more)


def _raised() -> tuple[Any, Any, Any]:
    try:
        try:
            raise KeyError(CANARY)
        except KeyError as error:
            raise RuntimeError(f"about {CANARY}") from error
    except RuntimeError:
        return sys.exc_info()


def test_a_line_is_json_of_known_fields() -> None:
    extra = field_extra(request_id="r", status=200, code=None)
    line = json.loads(JsonFormatter().format(_record("cds_hooks.x", "call %s", "out", exc_info=None, extra=extra)))
    assert line.pop("time").endswith("Z")
    assert line == {"level": "error", "logger": "cds_hooks.x", "message": "call out", "request_id": "r", "status": 200}


def test_a_field_that_is_not_named_is_an_error() -> None:
    with pytest.raises(KeyError, match="patient"):
        field_extra(patient="123")


def test_other_extras_do_not_get_into_a_line() -> None:
    record = _record("cds_hooks.x", "m", exc_info=None, extra={"patient": CANARY, "fields": {"patient": CANARY}})
    assert CANARY not in JsonFormatter().format(record)


@pytest.mark.parametrize("formatter", [JsonFormatter(), TextFormatter()])
@pytest.mark.parametrize("name", ["cds_hooks.x", "uvicorn.error", "asyncio", "urllib3.connectionpool"])
def test_an_exception_is_told_without_its_words(formatter: logging.Formatter, name: str) -> None:
    text = formatter.format(_record(name, "failed", exc_info=_raised()))
    assert CANARY not in text
    assert "RuntimeError < KeyError" in text
    assert f"{__file__}:" in text


@pytest.mark.parametrize("name", ["asyncio", "urllib3.connectionpool", "sqlalchemy.engine", "py.warnings", "root"])
def test_the_words_of_libraries_are_not_shown(name: str) -> None:
    text = JsonFormatter().format(_record(name, f"GET /Patient/{CANARY} %s", CANARY, exc_info=None))
    assert CANARY not in text
    assert "y:12" in text


def test_every_line_of_a_request_has_its_id() -> None:
    token = CURRENT_REQUEST.set("r-1")
    try:
        text = JsonFormatter().format(_record("cds_hooks.x", "anything", exc_info=None))
        assert json.loads(text)["request_id"] == "r-1"
    finally:
        CURRENT_REQUEST.reset(token)


def test_text_has_the_same_fields() -> None:
    extra = field_extra(status=503, code="overloaded")
    text = TextFormatter().format(_record("cds_hooks.x", "call", exc_info=None, extra=extra))
    assert text.endswith("error   call logger=cds_hooks.x status=503 code=overloaded")


def test_every_field_is_explained() -> None:
    assert all(FIELDS.values())
