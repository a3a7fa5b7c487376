"""``python -m tools.mutate [--requests N] [--seed N]``: mutated requests against a service of its own.

Mutations are of real requests: the demonstration's, and those of a collection where that is at hand. Prints what became
of them; the exit status is 1 when there was a 5xx, a missing answer, one that took more than 5 s, or memory that grew.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

from tools.mutate.run import HANG_SECONDS, run

_GROWTH_ALLOWED = 1.1
"""From the middle of the run to its end: by then everything that is kept has been made."""


def main() -> int:
    """Runs it and prints the figures."""
    parser = argparse.ArgumentParser(prog="python -m tools.mutate", description=__doc__)
    parser.add_argument("--requests", type=int, default=20_000)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    keep = Path(tempfile.mkdtemp(prefix="sarcoma-cds-mutate-"))
    result = run(options.requests, options.seed, keep)
    print(f"{options.requests} mutated requests, seed {options.seed}")
    print("  " + ", ".join(f"{status or 'no answer'}: {count}" for status, count in sorted(result.statuses.items())))
    print(f"  slowest answer {result.slowest:.2f} s (allowed {HANG_SECONDS:g})")
    print(f"  memory after each tenth: {', '.join(f'{one:.0f}' for one in result.memory)} MB")
    for path in result.failed:
        print(f"  fault: {path}")
    if not result.failed:
        keep.rmdir()
    grown = result.memory[-1] > result.memory[len(result.memory) // 2] * _GROWTH_ALLOWED
    return 1 if result.failed or grown else 0


if __name__ == "__main__":
    sys.exit(main())
