"""What can go wrong on the way out."""

from __future__ import annotations

CODES = frozenset(
    {
        "timeout",  # not the whole answer within the time
        "connection",  # no such name, refused, reset, closed early, not HTTP
        "tls",  # no trusted certificate for this name
        "refused-address",  # the name leads to an address that must not be called
        "refused-url",  # not https, or not a URL that we would call
        "redirect",  # the server sends us elsewhere
        "too-large",
        "garbled",  # not compressed as it says
        "refused",  # an answer of another HTTP status than 200, where only that is of use
    }
)


class OutboundError(Exception):
    """No answer that could be used. `code` is one of ``CODES``; `status` the HTTP status, if one came.

    It holds no URL and chains no other error: those quote URLs, and a URL may hold a patient's id.
    """

    def __init__(self, code: str, status: int | None = None) -> None:
        super().__init__(code)
        self.code = code
        self.status = status
