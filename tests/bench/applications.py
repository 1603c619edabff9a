"""Time cash application and aging against one sort-merge join of the same tables: `python -m tests.bench.applications`.

Works on demo exports of `--lines` order lines, or on the invoices and payments of `--exports`. They are read and
staged once; then each turn runs in a process of its own on the staged file, so that its peak memory is its own. The
join is DuckDB's merge of both tables sorted by account and day (`asof`): each payment beside the last invoice before
it. Aging is asked for item by item, at one day and at all month ends (`marts.fct_receivable_months`); three of the
month ends are then compared with the aging of their day.
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import resource
import shutil
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from pipelines import demo, exports, resources, warehouse
from pipelines.settings import Settings
from pipelines.warehouse import models
from tests import support

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

LINES_PER_ORDER = 2.1
KINDS = ("customers", "contracts", "invoices", "instalments", "payments", "fx_rates")
AS_OF = date(2026, 10, 31)
STAGED = ("fct_invoices", "payments_matched", "invoice_instalments")
JOIN = """
create temp table joined as
select payments.line_key, payments.amount, invoices.invoice_id, invoices.gross_amount, payments.event_date
from marts.payments_matched as payments
asof left join marts.fct_invoices as invoices
    on payments.customer_id = invoices.customer_id
    and payments.currency = invoices.currency
    and payments.event_date >= invoices.invoice_date
"""
ONE_DAY = "create temp table one_day as from receivable_items_aged($as_of, 'due', [30, 60, 90, 180, 365])"


@dataclass(frozen=True)
class Turn:
    """One measured turn: wall and processor seconds, peak memory in MB, rows."""

    name: str
    seconds: float
    cpu_seconds: float
    peak: int
    rows: int


def staged(folder: Path, source: Path) -> None:
    """Read the exports and build what application begins from."""
    home = folder / "home"
    given = folder / "given"
    given.mkdir()
    for kind in KINDS:
        if (path := source / f"{kind}.csv").exists():
            (given / path.name).symlink_to(path)
    settings = Settings(home=home)
    exports.land(home, [given], datetime(2026, 11, 1, tzinfo=UTC))
    exports.read(home, settings)
    with warehouse.connect(folder / "staged.duckdb") as connection:
        connection.execute("create schema ops")
        for table in sorted((resources.path("sql") / "ops").glob("*.sql")):
            connection.execute(table.read_text(encoding="utf-8"))
        exports.load(connection, home, settings)
        support.build(connection, STAGED, as_of=AS_OF)
        connection.execute("drop schema raw cascade")
    shutil.rmtree(home)


def join(connection: DuckDBPyConnection) -> int:
    """Merge payments and invoices, sorted by account and day."""
    connection.execute(JOIN)
    return _count(connection, "joined")


def apply(connection: DuckDBPyConnection) -> int:
    """Build every model from the claims to the applications."""
    support.build(connection, ["fct_payment_applications"], as_of=AS_OF)
    return _count(connection, "marts.fct_payment_applications")


def lay_out(connection: DuckDBPyConnection) -> int:
    """Build items and their changes, from which every aging comes."""
    support.build(connection, ["fct_payments", "receivable_changes", "receivable_month_ends"], as_of=AS_OF)
    return _count(connection, "marts.receivable_changes")


def age_once(connection: DuckDBPyConnection) -> int:
    """Age every open item on one day."""
    connection.execute(ONE_DAY, {"as_of": AS_OF})
    return _count(connection, "one_day")


def age_every_month(connection: DuckDBPyConnection) -> int:
    """Age every open item at every month end."""
    support.build(connection, ["fct_receivable_months"], as_of=AS_OF)
    return _count(connection, "marts.fct_receivable_months")


def checked(connection: DuckDBPyConnection) -> int:
    """Compare three month ends with the aging of their day; nothing may be applied beyond its document."""
    ends = connection.execute("select month_end from marts.receivable_month_ends order by 1").fetchall()
    for (end,) in (ends[0], ends[len(ends) // 2], ends[-1]):
        stored = (
            "select item_id, open_amount, bucket_no from marts.fct_receivable_months where month_end = $day"
        )
        asked = (
            "select item_id, open_amount, bucket_no "
            "from receivable_items_aged($day, 'due', [30, 60, 90, 180, 365])"
        )
        for one, other in ((stored, asked), (asked, stored)):
            rows = connection.execute(
                f"select count(*) from ({one} except all {other})", {"day": end}
            ).fetchone()
            if rows != (0,):
                message = f"{end}: {rows} rows differ"
                raise AssertionError(message)
    for check in ("application_within_invoice", "application_within_payment"):
        sql = (resources.path("sql") / "checks" / f"{check}.sql").read_text(encoding="utf-8")
        if connection.execute(sql).fetchone():
            raise AssertionError(check)
    return len(ends)


def measured(name: str, work: Callable[[DuckDBPyConnection], int], path: Path) -> Turn:
    """Run one turn on the staged file in a fresh process."""
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        return pool.apply(_turn, (name, work, path))


def _turn(name: str, work: Callable[[DuckDBPyConnection], int], path: Path) -> Turn:
    with warehouse.connect(path) as connection:
        connection.execute(
            "select $day", {"day": AS_OF}
        )  # what the first parameter imports is no part of a turn
        if "receivable_changes" in {each.split(".")[1] for each in models.relations(connection)}:
            models.create_macros(connection, resources.path("sql") / "macros")
        begin, cpu = time.perf_counter(), time.process_time()
        rows = work(connection)
        seconds, cpu_seconds = time.perf_counter() - begin, time.process_time() - cpu
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    return Turn(name, seconds, cpu_seconds, peak, rows)


def _count(connection: DuckDBPyConnection, table: str) -> int:
    row = connection.execute(f"select count(*) from {table}").fetchone()
    return int(row[0]) if row else 0


def shown(turns: list[Turn], bases: dict[str, str]) -> str:
    """Return the turns as a table, each beside the turn it is measured by."""
    by_name = {turn.name: turn for turn in turns}
    lines = [f"{'':28}{'rows':>12}{'s':>8}{'cpu s':>8}{'peak MB':>9}  ratio (wall, cpu)"]
    for turn in turns:
        line = f"{turn.name:28}{turn.rows:>12,}{turn.seconds:>8.2f}{turn.cpu_seconds:>8.2f}{turn.peak:>9,}"
        if base := by_name.get(bases.get(turn.name, "")):
            wall, cpu = turn.seconds / base.seconds, turn.cpu_seconds / base.cpu_seconds
            line += f"  {wall:.2f}, {cpu:.2f} x {base.name}"
        lines.append(line)
    return "\n".join(lines)


def write_exports(folder: Path, lines: int) -> None:
    """Write demo exports; in a process of its own, because a process inherits the peak of the one that made it."""
    demo.write_exports(folder, orders=max(1, round(lines / LINES_PER_ORDER)))


def _apart(work: Callable[..., None], *given: object) -> None:
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        pool.apply(work, given)


def main() -> None:
    """Stage the exports, take the turns in order, print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--lines", type=int, default=1_000_000, help="order lines of the demo (about)")
    parser.add_argument("--exports", type=Path, help="a folder of demo exports that is there already")
    parser.add_argument("--folder", type=Path, help="where to work; default: a temporary folder")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=chosen.folder) as scratch:
        folder = Path(scratch)
        source = chosen.exports
        if source is None:
            source = folder / "demo" / "exports"
            _apart(write_exports, source, chosen.lines)
        _apart(staged, folder, source.absolute())
        path = folder / "staged.duckdb"
        turns = [
            measured("sort-merge join", join, path),
            measured("applications", apply, path),
            measured("items and changes", lay_out, path),
            measured("aging at one day", age_once, path),
            measured("aging at all month ends", age_every_month, path),
        ]
        ends = measured("checks", checked, path).rows
    bases = {"applications": "sort-merge join", "aging at all month ends": "aging at one day"}
    sys.stdout.write(f"{ends} month ends, {os.cpu_count()} processors\n{shown(turns, bases)}\n")


if __name__ == "__main__":
    main()
