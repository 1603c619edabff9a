"""Time customer statements, pages and workbooks: `python -m tests.bench.statements --home HOME --count 1000`.

HOME is a published one; the files are written to a folder of their own. What is written is checked first: every
statement must tie, and their closing balances must come to what the aging says these customers owe.
"""

from __future__ import annotations

import argparse
import resource
import sys
import tempfile
import time
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING

from pipelines import warehouse
from pipelines.job import statements
from pipelines.settings import Settings

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

_KB = 1024


def main() -> None:
    """Write the statements of the customers who owe most, without and with workbooks; print seconds and memory."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--home", type=Path, required=True)
    parser.add_argument("--count", type=int, default=1000)
    arguments = parser.parse_args()
    with warehouse.read(arguments.home) as connection:
        as_of, numbers, owed = _debtors(connection, arguments.count)
        span = statements.Span(statements.usual_start(as_of), as_of)
        for has_books in (False, True):
            with tempfile.TemporaryDirectory() as folder:
                place = warehouse.Home(Path(folder))
                settings = Settings(home=Path(folder))
                wall, cpu = time.perf_counter(), time.process_time()
                written = list(
                    statements.write_several(connection, place, settings, span, numbers, has_books=has_books)
                )
                seconds, cpu_seconds = time.perf_counter() - wall, time.process_time() - cpu
                size = sum(path.stat().st_size for _, paths in written for path in paths)
            closing = sum((account.closing for one, _ in written for account in one.accounts), Decimal(0))
            if closing != owed or not all(account.is_tied for one, _ in written for account in one.accounts):
                message = f"the statements come to {closing}, the aging to {owed}"
                raise SystemExit(message)
            lines = sum(len(account.lines) for one, _ in written for account in one.accounts)
            peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // _KB
            told = (
                f"{len(written):,} statements{' with workbooks' if has_books else ''}, {lines:,} lines, "
                f"{size / 1e6:,.0f} MB: {seconds:.1f} s, {cpu_seconds:.1f} s of processor, {peak:,} MB at most"
            )
            sys.stdout.write(f"{told}\n")


def _debtors(connection: DuckDBPyConnection, count: int) -> tuple[date, list[str], Decimal]:
    """Return the as-of date, the customers who owe most, and what they owe together in all currencies."""
    row = connection.execute(
        "select as_of from ops.runs where status = 'published' order by started_at desc"
    ).fetchone()
    rows = connection.execute(
        "select customer_id, sum(open_amount) from marts.fct_receivables where is_open "
        "group by customer_id order by 2 desc, 1 limit $count",
        {"count": count},
    ).fetchall()
    if row is None:
        message = "the published file holds no run of its own"
        raise SystemExit(message)
    return row[0], [number for number, _ in rows], sum((amount for _, amount in rows), Decimal(0))


if __name__ == "__main__":
    main()
