"""Write demo exports: events drawn by SQL, exported as the files a back office would send, and their ledger."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipelines import resources, warehouse
from pipelines.demo import mess as messing
from pipelines.demo import words
from pipelines.demo.ledger import DemoLedger, read_ledger
from pipelines.errors import UsageError
from pipelines.warehouse import models

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

# Above this the events no longer fit a small machine's memory and are kept in a scratch file; 10 million order lines
# need more than 2 GB beside it.
_ORDERS_IN_MEMORY = 500_000
_SCRATCH_MEMORY = "6GB"
_CONVERSION_WINDOW_DAYS = 90


def write_exports(
    folder: Path,
    *,
    orders: int = 20_000,
    seed: int = 7,
    mess: bool | Sequence[str] = False,
    months: int = 24,
    end: date = date(2026, 10, 31),
    file_format: str = "csv",
) -> DemoLedger:
    """Write one canonical export a kind to `folder` and what is true about them to `truth/` beside it.

    The same arguments give the same bytes. `orders` counts orders (about 2.1 lines each) of the `months` calendar
    months that end with `end`, which is the day the exports were taken: use it as `as_of`. `mess` adds every known
    fault, or those named, to the CSV files and describes them in `truth/faults.json`; the ledger stays that of the
    clean exports. `file_format` is csv or parquet.
    Raises UsageError for a number of orders or months below 1, an unknown fault or an unknown format.
    """
    _check(orders, months, file_format, mess=bool(mess))
    faults = messing.chosen(mess)
    parameters = _parameters(orders, months, end)
    truth = folder.parent / "truth"
    _clear(folder, truth)
    with tempfile.TemporaryDirectory(prefix="demo-", dir=folder.parent) as scratch:
        large = orders > _ORDERS_IN_MEMORY
        with warehouse.connect(
            Path(scratch) / "events.duckdb" if large else None,
            memory_limit=_SCRATCH_MEMORY if large else None,
            spill_folder=Path(scratch),
        ) as connection:
            _draw_events(connection, parameters, seed)
            rows = _copy_exports(connection, folder, file_format)
            ledger = read_ledger(connection, parameters, seed=seed, rows=rows)
            victims = _victims(connection) if faults else {}
    ledger.write(truth / "ledger.json")
    if faults:
        messing.add_faults(folder, truth, faults, victims)
    return ledger


def _check(orders: int, months: int, file_format: str, *, mess: bool) -> None:
    for name, value in (("orders", orders), ("months", months)):
        if value < 1:
            raise UsageError(
                f"A demo needs at least one of its {name}", found=str(value), expected="1 or more"
            )
    if file_format not in {"csv", "parquet"}:
        raise UsageError("A demo is written as csv or parquet", found=file_format, expected="csv or parquet")
    if mess and file_format != "csv":
        raise UsageError(
            "Faults are put into CSV exports only",
            found=file_format,
            next_step="leave the faults out, or write csv",
        )


def _parameters(orders: int, months: int, end: date) -> dict[str, Any]:
    months_before_end = end.year * 12 + end.month - months
    return {
        "begin_date": date(months_before_end // 12, months_before_end % 12 + 1, 1),
        "end_date": end,
        "order_count": orders,
        "customer_count": max(12, orders // 9),
        "conversion_window_days": _CONVERSION_WINDOW_DAYS,
        **words.parameters(),
    }


def _draw_events(connection: DuckDBPyConnection, parameters: dict[str, Any], seed: int) -> None:
    source = resources.path("sql")
    connection.execute("set variable demo_seed = $seed::bigint", {"seed": seed})
    models.create_macros(connection, source / "demo" / "macros")
    models.build(connection, models.load_folder(source, connection, schemas=["demo"]), parameters)


def _clear(folder: Path, truth: Path) -> None:
    """Make the folders and take away what an earlier demo wrote there; other files stay."""
    folder.mkdir(parents=True, exist_ok=True)
    truth.mkdir(exist_ok=True)
    kinds = [path.stem for path in _queries("exports")]
    names = [f"{kind}.{suffix}" for kind in kinds for suffix in ("csv", "parquet")]
    for name in [*names, messing.DOUBLED, messing.EXPORTED_AGAIN]:
        (folder / name).unlink(missing_ok=True)
    (truth / "faults.json").unlink(missing_ok=True)


def _queries(subject: str) -> list[Path]:
    return sorted((resources.path("sql") / "demo" / subject).glob("*.sql"))


def _victims(connection: DuckDBPyConnection) -> dict[str, list[str]]:
    return {
        path.stem: [str(key) for (key,) in connection.execute(path.read_text(encoding="utf-8")).fetchall()]
        for path in _queries("victims")
    }


def _copy_exports(connection: DuckDBPyConnection, folder: Path, file_format: str) -> dict[str, int]:
    options = "format csv, header true" if file_format == "csv" else "format parquet, compression zstd"
    rows = {}
    for path in _queries("exports"):
        target = str(folder / f"{path.stem}.{file_format}").replace("'", "''")
        select = path.read_text(encoding="utf-8")
        copied = connection.execute(f"copy (\n{select}\n) to '{target}' ({options})").fetchone()
        rows[path.stem] = int(copied[0]) if copied else 0
    return rows
