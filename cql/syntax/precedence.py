"""How tightly operators bind, as https://cql.hl7.org/grammar.html orders its alternatives; higher is tighter.

From ``TERM`` upwards an operator is part of the grammar's ``expressionTerm``: its operands cannot be retrieves,
queries or logical expressions without parentheses.
"""

from __future__ import annotations

from typing import Final

IMPLIES: Final = 10
OR: Final = 20
AND: Final = 30
MEMBERSHIP: Final = 40
EQUALITY: Final = 50
TIMING: Final = 60
COMPARISON: Final = 70
SET: Final = 80
"""``union``, ``intersect``, ``except``. The grammar of 1.5.3 has them last, so that ``A = B union C`` would compare
before it unites; that of 2.0, the reference translator 5 and FHIRPath have them here."""
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
