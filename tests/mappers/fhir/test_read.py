import base64
from decimal import Decimal

import pytest

from mappers.fhir import read

ODD: list[object] = [
    None,
    True,
    0,
    -1,
    1.5,
    "",
    "x",
    [],
    [None],
    {},
    {"a": 1},
    [[]],
    float("nan"),
    float("inf"),
    "1" * 5000,
]


@pytest.mark.parametrize("value", ODD)
def test_no_reader_raises(value: object) -> None:
    for reader in (
        read.as_dict,
        read.as_dicts,
        read.as_text,
        read.as_bool,
        read.as_number,
        read.as_integer,
        read.codings,
        read.concept_text,
        read.first_code,
        read.quantity,
        read.attachment_text,
    ):
        reader(value)


def test_numbers_with_comma_and_without_sense() -> None:
    assert read.as_number("3,2") == Decimal("3.2")
    assert read.as_number("1e9") is None
    assert read.as_number(True) is None
    assert read.as_number(float("nan")) is None
    assert read.as_integer("2.0") == 2
    assert read.as_integer(2.5) is None


def test_codings_of_every_shape() -> None:
    whole = {"coding": [{"system": "s", "code": "c", "display": "d", "userSelected": True}, None, 5], "text": "t"}
    assert read.codings(whole) == [read.Coding("s", "c", "d", True)]
    assert read.codings({"system": "s", "code": 5}) == [read.Coding("s", "5", "", False)]
    assert read.codings([{"coding": [{"code": "a"}]}, {"coding": [{"code": "b"}]}])[1].code == "b"
    assert read.codings("confirmed") == [read.Coding("", "confirmed", "", False)]
    assert read.first_code({"coding": [{"code": "Refuted"}]}) == "refuted"


@pytest.mark.parametrize(
    ("value", "unit", "cm"),
    [(18, "mm", "1.8"), (2, "[in_i]", "5.08"), ("3,2", "cm", "3.2"), (1, "m", "100"), (4, "kg", None), (4, "", None)],
)
def test_lengths_in_centimetres(value: object, unit: str, cm: str | None) -> None:
    amount = read.quantity({"value": value, "unit": unit})
    assert amount is not None
    assert read.centimetres(amount) == (None if cm is None else Decimal(cm))


def test_inline_text_of_attachments() -> None:
    data = base64.b64encode(b"<p>Leiomyosarcoma</p>").decode()
    assert read.attachment_text({"contentType": "text/html", "data": data}) == "Leiomyosarcoma"
    assert read.attachment_text({"contentType": "application/pdf", "data": data}) == ""
    assert read.attachment_text({"contentType": "text/plain", "data": "%%%"}) == ""
