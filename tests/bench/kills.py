"""Kill runs with SIGKILL at random moments and print the crash table: `python -m tests.bench.kills --kills 200`."""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

from tests.operations.kills import Killed, kills, table


def main() -> None:
    """Kill, tell each tenth on stderr, print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--seed", type=int, default=20260228)
    told = parser.parse_args()
    found: list[Killed] = []
    with tempfile.TemporaryDirectory() as folder:
        for one in kills(Path(folder), told.kills, told.seed):
            found.append(one)
            if len(found) % 10 == 0:
                sys.stderr.write(f"{len(found)} killed, last during {one.during}\n")
    sys.stdout.write(f"{table(found)}\n")


if __name__ == "__main__":
    main()
