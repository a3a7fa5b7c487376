"""The fields of an HTML form, as a browser posts them: nothing but the standard library is needed for that."""

from __future__ import annotations

from collections.abc import Mapping
from email.parser import BytesParser
from email.policy import HTTP
from urllib.parse import parse_qsl

_MOST_FIELDS = 20


def read_form(content_type: str, body: bytes) -> Mapping[str, bytes]:
    """The fields by name (of several of one name the last), a file's content like any other. Raises ``ValueError``.

    `multipart/form-data` (RFC 7578) or `application/x-www-form-urlencoded`.
    """
    kind = content_type.partition(";")[0].strip().lower()
    if kind == "application/x-www-form-urlencoded":
        pairs = parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True, max_num_fields=_MOST_FIELDS)
        return {name: value.encode() for name, value in pairs}
    if kind != "multipart/form-data":
        raise ValueError("this is not a form")
    head = f"Content-Type: {content_type}\r\n\r\n".encode("latin-1", "replace")
    message = BytesParser(policy=HTTP).parsebytes(head + body)
    fields: dict[str, bytes] = {}
    for part in list(message.iter_parts())[:_MOST_FIELDS] if message.is_multipart() else ():
        name = part.get_param("name", header="content-disposition")
        content = part.get_payload(decode=True)
        if isinstance(name, str) and isinstance(content, bytes):
            fields[name] = content
    return fields
