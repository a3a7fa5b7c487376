"""``python -m tools.hooks_conformance``: run the marked tests, write the page; 1 when a row is not fulfilled."""

from __future__ import annotations

import sys
from collections import Counter

from tools.hooks_conformance.report import NOT_APPLICABLE, PAGE, page, result
from tools.hooks_conformance.requirements import reasons, requirements
from tools.hooks_conformance.run import run


def main() -> int:
    """Write the page and print the count of each result, and the rows that are neither passed nor not applicable."""
    rows, why, results = requirements(), reasons(), run()
    PAGE.write_text(page(rows.values(), results, why), encoding="utf-8")
    came_to = {row.id: result(row, results, why) for row in rows.values()}
    print(", ".join(f"{outcome}: {count}" for outcome, count in Counter(came_to.values()).most_common()))
    lacking = [f"{one} {outcome}" for one, outcome in came_to.items() if outcome not in ("passed", NOT_APPLICABLE)]
    print("\n".join(lacking), end="\n" if lacking else "")
    return 1 if lacking else 0


if __name__ == "__main__":
    sys.exit(main())
