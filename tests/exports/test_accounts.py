"""No row vanishes: whatever the cells hold, every row read is loaded, quarantined, superseded or skipped."""

from __future__ import annotations

import csv
import io
import shutil
import tempfile
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.exports.desk import Desk

CELL = st.one_of(
    st.sampled_from(
        [
            "A1",
            "A2",
            "2026-03-01",
            "2026-13-01",
            "25/12/2026",
            "1,234.50",
            "x",
            "",
            " ",
            "-",
            "1.23E+19",
            "(5)",
            "是",
            "１２",
        ]
    ),
    st.text(st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"]), max_size=6),
)
ROWS = st.lists(st.tuples(CELL, CELL, CELL, CELL, CELL), min_size=1, max_size=12)
HEADER = ("order_id", "order_date", "customer_id", "quantity", "unit_price")


def _file(rows: list[tuple[str, ...]]) -> str:
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    # a row that makes the header certain, and dates whose order is proved
    writer.writerows([HEADER, ("SURE", "28/02/2026", "C1", "1", "1.00"), *rows])
    return stream.getvalue()


@settings(max_examples=40, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(ROWS, min_size=1, max_size=3))
def test_accounts_of_any_cells_close_exactly(loads: list[list[tuple[str, ...]]]) -> None:
    folder = Path(tempfile.mkdtemp())
    try:
        desk = Desk(folder)
        for number, rows in enumerate(loads):
            desk.give((f"orders{number}.csv", _file(rows)))
        with desk.load() as connection:
            files = connection.execute(
                "select rows_read, rows_loaded + rows_quarantined + rows_superseded + rows_skipped from ops.files"
            ).fetchall()
            staged = connection.execute(
                "select count(*), count(distinct (file_no, source_row)) from raw.orders"
            ).fetchone()
            loaded = connection.execute("select sum(rows_loaded) from ops.files").fetchone()
            doubled = connection.execute(
                "select order_id from raw.orders group by all having count(distinct file_no) > 1"
            ).fetchall()
    finally:
        shutil.rmtree(folder)

    assert [read for read, _ in files] == [accounted for _, accounted in files]
    assert staged is not None
    assert loaded is not None
    assert staged[0] == staged[1] == loaded[0]
    assert doubled == []
