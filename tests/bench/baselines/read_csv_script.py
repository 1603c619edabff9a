"""The floor under everything: read every export into memory with DuckDB, typed, and compute nothing."""

from __future__ import annotations

import sys
from pathlib import Path

import duckdb

from pipelines.exports.declarations import kinds


def read_all(exports: Path) -> int:
    """Return how many rows were read."""
    connection = duckdb.connect()
    rows = 0
    for path in sorted(exports.glob("*.csv")):
        kind = kinds()[path.stem]
        with path.open(encoding="utf-8") as stream:
            header = stream.readline().strip().split(",")
        types = ", ".join(f"'{name}': '{kind.column(name).sql_type}'" for name in header)
        source = f"read_csv('{path}', header = true, quote = '\"', columns = {{{types}}})"
        row = connection.execute(f"create table {path.stem} as select * from {source}").fetchone()
        rows += row[0] if row else 0
    return rows


if __name__ == "__main__":
    sys.stdout.write(f"{read_all(Path(sys.argv[1])):,} rows\n")
