"""``python -m benchmarks [NAME ...]``: print the benchmarks; without names, all of them."""

from __future__ import annotations

import importlib
import platform
import sys

_BENCHMARKS = {
    "cql": "benchmarks.cql_engine",
    "mappers": "benchmarks.mappers",
    "hooks": "benchmarks.hooks",
    "storage": "benchmarks.storage",
    "tokens": "benchmarks.tokens",
    "fetch": "benchmarks.fetch",
    "load": "benchmarks.load",
}


def main(names: list[str]) -> int:
    """Run the named benchmarks; 2 when a name is unknown."""
    unknown = [name for name in names if name not in _BENCHMARKS]
    if unknown:
        print(f"there is no benchmark {unknown[0]!r}; there are: {', '.join(_BENCHMARKS)}", file=sys.stderr)
        return 2
    print(f"Python {platform.python_version()} on {platform.machine()}; medians, sides interleaved in one run")
    for name in names or _BENCHMARKS:
        print(f"\n== {name}")
        for line in importlib.import_module(_BENCHMARKS[name]).rows():
            print(line, flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
