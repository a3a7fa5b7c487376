"""Logical operators: three-valued logic with null as "unknown" (CQL reference, B.2 Logical Operators)."""

from __future__ import annotations


def and_(a: bool | None, b: bool | None) -> bool | None:
    """``And``: false wins over null."""
    if a is False or b is False:
        return False
    return None if a is None or b is None else True


def or_(a: bool | None, b: bool | None) -> bool | None:
    """``Or``: true wins over null."""
    if a is True or b is True:
        return True
    return None if a is None or b is None else False


def xor(a: bool | None, b: bool | None) -> bool | None:
    """``Xor``: null when either side is null, since either completion could change the result."""
    return None if a is None or b is None else a is not b


def not_(a: bool | None) -> bool | None:
    """``Not``."""
    return None if a is None else not a


def implies(a: bool | None, b: bool | None) -> bool | None:
    """``Implies``: ``(not a) or b``."""
    if a is False or b is True:
        return True
    return None if a is None or b is None else False
