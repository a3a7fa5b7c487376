"""``python -m tools.crash --kills 1000 --database sqlite``: does acknowledged feedback survive ``kill -9``?

With PostgreSQL the server is a throw-away one, and is itself killed now and then: its first process, or the one that
serves a writer. The exit status is 1 when something acknowledged is lost, doubled, or stored in part.
"""

from __future__ import annotations

import argparse
import os
import random
import signal
import sys
import tempfile
from pathlib import Path

from tools.crash.postgresql import Cluster, PostgresqlMissing
from tools.crash.run import Figures, run


def main() -> int:
    """Runs and prints the figures."""
    parser = argparse.ArgumentParser(prog="python -m tools.crash", description="kill -9 during feedback writes")
    parser.add_argument("--kills", type=int, default=1000, help="writers to kill (default: %(default)s)")
    parser.add_argument("--database", choices=("sqlite", "postgresql"), default="sqlite")
    options = parser.parse_args()
    try:
        figures = _sqlite(options.kills) if options.database == "sqlite" else _postgresql(options.kills)
    except PostgresqlMissing as missing:
        print(missing, file=sys.stderr)
        return 2
    print(f"{options.database}: {figures}")
    return 0 if figures.is_sound else 1


def _sqlite(kills: int) -> Figures:
    with tempfile.TemporaryDirectory() as folder:
        return run(f"sqlite:///{folder}/records.db", kills)


def _postgresql(kills: int) -> Figures:
    with Cluster() as cluster:
        return run(cluster.url(), kills, lambda: crash(cluster))


def crash(cluster: Cluster) -> None:
    """Ends the server, or one of its processes: then it ends all others, and recovers, by itself."""
    children = Path(f"/proc/{cluster.pid}/task/{cluster.pid}/children")
    serving = [pid for pid in map(int, children.read_text().split()) if _serves(pid)]
    if serving and random.random() < 0.5:
        os.kill(random.choice(serving), signal.SIGKILL)
    else:
        cluster.kill()
    cluster.start()


def _serves(pid: int) -> bool:
    try:
        return b"127.0.0.1" in Path(f"/proc/{pid}/cmdline").read_bytes()
    except FileNotFoundError:
        return False


if __name__ == "__main__":
    sys.exit(main())
