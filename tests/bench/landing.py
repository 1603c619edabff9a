"""Time landing and reading against a bare reading of the same orders: `python -m tests.bench.landing`.

CSV against a typed `read_csv` into memory; with `--workbook ROWS` an XLSX of 15 columns against calamine laying out the
same cells.

Each turn runs in a process of its own, so that its peak memory is its own. Seconds are wall time; nothing is asserted,
because a busy machine would fail it.
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import resource
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from pipelines import demo, exports, warehouse
from pipelines.exports.declarations import kinds
from pipelines.exports.sql_text import literal
from pipelines.settings import Settings

LINES_PER_ORDER = 2.1
_WORKBOOK = (
    "order_id", "order_date", "customer_id", "quantity", "unit_price", "product_id", "product_name", "specification",
    "tax_rate", "status", "currency", "sales_rep", "region", "channel", "unit",
)  # fmt: skip


@dataclass(frozen=True)
class Turn:
    """One measured turn: what, wall and processor seconds, peak memory in MB, rows."""

    name: str
    seconds: float
    cpu_seconds: float
    peak: int
    rows: int


def bare(path: Path, _home: Path) -> int:
    """Read the CSV into memory with the same types, nothing else."""
    kind = kinds()["orders"]
    with path.open(encoding="utf-8") as stream:
        header = stream.readline().strip().split(",")
    columns = ", ".join(f"{literal(name)}: {literal(kind.column(name).sql_type)}" for name in header)
    with warehouse.connect() as connection:
        source = f"read_csv({literal(str(path))}, header = true, columns = {{{columns}}})"
        connection.execute(f"create table orders as select * from {source}")
        row = connection.execute("select count(*) from orders").fetchone()
    return int(row[0]) if row else 0


def bare_workbook(path: Path, _home: Path) -> int:
    """Lay out every cell of the workbook, nothing else."""
    import python_calamine

    book = python_calamine.CalamineWorkbook.from_path(str(path))
    return len(book.get_sheet_by_index(0).to_python()) - 1


def land_and_read(path: Path, home: Path) -> int:
    """Copy and hash the bytes, write the typed twins with their quarantine."""
    exports.land(home, [path], datetime(2026, 11, 1, tzinfo=UTC))
    (reading,) = exports.read(home, Settings(home=home))
    return reading.rows_read


def write_orders(path: Path, _home: Path, lines: int) -> int:
    """Write demo exports; in a process of its own, because a process inherits the peak of the one that made it."""
    ledger = demo.write_exports(path.parent, orders=max(1, round(lines / LINES_PER_ORDER)))
    return ledger.rows["orders"]


def write_workbook(path: Path, _home: Path, rows: int) -> int:
    """Write orders of 15 columns, dates and numbers as a program writes them."""
    import xlsxwriter

    path.parent.mkdir(parents=True)
    with xlsxwriter.Workbook(str(path), {"constant_memory": True}) as book:
        page, day = book.add_worksheet(), book.add_format({"num_format": "yyyy-mm-dd"})
        page.write_row(0, 0, _WORKBOOK)
        for row in range(1, rows + 1):
            page.write_row(row, 0, [f"SO{row:08d}", "", f"C{row % 977}", row % 9 + 1])
            page.write_datetime(row, 1, datetime(2026, 1, 1 + row % 28), day)  # noqa: DTZ001  # a sheet has no zone
            page.write_row(row, 4, [row % 500 + 0.25, f"P{row % 300}", f"产品 {row % 300}", "规格", 0.13])
            page.write_row(row, 9, ["completed", "CNY", "王芳", "华东", "direct", "箱"])
    return rows


def measured(name: str, work: Callable[[Path, Path], int], path: Path, home: Path) -> Turn:
    """Run one turn in a fresh process."""
    context = multiprocessing.get_context("spawn")
    with context.Pool(1) as pool:
        return pool.apply(_turn, (name, work, path, home))


def _turn(name: str, work: Callable[[Path, Path], int], path: Path, home: Path) -> Turn:
    begin, cpu = time.perf_counter(), time.process_time()
    rows = work(path, home)
    seconds, cpu_seconds = time.perf_counter() - begin, time.process_time() - cpu
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    return Turn(name, seconds, cpu_seconds, peak, rows)


def table(turns: list[Turn]) -> str:
    """Return the turns as a table; ratios are to the fastest bare reading, which is the first turn's kind."""
    bare_turns = [turn for turn in turns if turn.name == turns[0].name]
    base, cpu_base = (
        min(turn.seconds for turn in bare_turns),
        min(turn.cpu_seconds for turn in bare_turns),
    )
    lines = [f"{'':26}{'rows':>12}{'s':>8}{'ratio':>7}{'cpu s':>8}{'ratio':>7}{'peak MB':>9}"]
    lines += [
        f"{turn.name:26}{turn.rows:>12,}{turn.seconds:>8.2f}{turn.seconds / base:>7.2f}"
        f"{turn.cpu_seconds:>8.2f}{turn.cpu_seconds / cpu_base:>7.2f}{turn.peak:>9,}"
        for turn in turns
    ]
    return "\n".join(lines)


def main() -> None:
    """Write orders, or take those given, take turns, print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--lines", type=int, default=1_000_000, help="order lines to write (about)")
    parser.add_argument("--orders", type=Path, help="an orders CSV that is there already")
    parser.add_argument("--workbook", type=int, metavar="ROWS", help="a workbook of so many rows instead")
    parser.add_argument("--turns", type=int, default=2)
    parser.add_argument("--folder", type=Path, help="where to work; default: a temporary folder")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=chosen.folder) as scratch:
        folder = Path(scratch)
        path, name, baseline = _orders(chosen, folder)
        size = path.stat().st_size / 1e6
        turns = []
        for number in range(chosen.turns):
            turns.append(measured(name, baseline, path, folder))
            turns.append(measured("land and read", land_and_read, path, folder / f"home{number}"))
        if len({turn.rows for turn in turns}) != 1:
            sys.exit("the readings do not agree in their rows")
    sys.stdout.write(f"{size:,.0f} MB, {os.cpu_count()} processors\n{table(turns)}\n")


def _orders(chosen: argparse.Namespace, folder: Path) -> tuple[Path, str, Callable[[Path, Path], int]]:
    """Return the orders to read, written if need be, and what they are read by for comparison."""
    if chosen.workbook:
        path = folder / "exports" / "orders.xlsx"
        measured("workbook", partial(write_workbook, rows=chosen.workbook), path, folder)
        return path, "bare calamine", bare_workbook
    path = chosen.orders or folder / "exports" / "orders.csv"
    if not chosen.orders:
        measured("demo", partial(write_orders, lines=chosen.lines), path, folder)
    return path, "bare typed read_csv", bare


if __name__ == "__main__":
    main()
