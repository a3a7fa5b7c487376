"""How tightly operators bind, as https://cql.hl7.org/grammar.html orders its alternatives; higher is tighter.

From ``TERM`` upwards an operator is part of the grammar's ``expressionTerm``: its operands cannot be retrieves,
queries or logical expressions without parentheses.
"""

from __future__ import annotations

from typing import Final

SET: Final = 10
IMPLIES: Final = 20
OR: Final = 30
AND: Final = 40
MEMBERSHIP: Final = 50
EQUALITY: Final = 60
TIMING: Final = 70
COMPARISON: Final = 80
BETWEEN: Final = 90
EXISTS: Final = 100
NOT: Final = 110
TYPE: Final = 120
TEST: Final = 130
TERM: Final = 140
ADDITION: Final = 150
MULTIPLICATION: Final = 160
POWER: Final = 170
UNARY: Final = 180
POSTFIX: Final = 190
