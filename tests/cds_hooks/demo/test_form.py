"""Forms as browsers post them."""

from __future__ import annotations

import pytest
import requests

from cds_hooks.demo.form import read_form


def posted(**files: tuple[str | None, str | bytes]) -> tuple[str, bytes]:
    """Content type and body of a form with these fields, written by a client library."""
    prepared = requests.Request("POST", "http://example.org/", files=files).prepare()
    assert isinstance(prepared.body, bytes)
    return prepared.headers["Content-Type"], prepared.body


def test_fields_and_files_of_a_multipart_form() -> None:
    text = '{"resourceType": "Bundle"}\r\n--no boundary\r\nSchröder\n'.encode()
    form = read_form(*posted(hook=(None, "order-sign"), file=("a.json", text), record=(None, "")))
    assert form == {"hook": b"order-sign", "file": text, "record": b""}


def test_bytes_stay_as_they_are() -> None:
    content = bytes(range(256)) * 3
    assert read_form(*posted(file=("a.bin", content)))["file"] == content


def test_fields_of_an_urlencoded_form() -> None:
    form = read_form("application/x-www-form-urlencoded; charset=utf-8", b"hook=patient-view&as_of=&record=%7B+%7D")
    assert form == {"hook": b"patient-view", "as_of": b"", "record": b"{ }"}


@pytest.mark.parametrize("kind", ["application/json", "", "text/plain"])
def test_what_is_no_form_is_refused(kind: str) -> None:
    with pytest.raises(ValueError, match="not a form"):
        read_form(kind, b"{}")


@pytest.mark.parametrize("body", [b"", b"no boundary at all", b"--x\r\n", b"--x--\r\n"])
def test_a_broken_form_has_no_fields(body: bytes) -> None:
    assert read_form("multipart/form-data; boundary=x", body) == {}


def test_a_form_without_boundary_has_no_fields() -> None:
    assert read_form("multipart/form-data", b"--x\r\n") == {}
