"""Damaged and arbitrary bytes: read or refused with words, never a crash, a hang or a lost row.

FUZZ_MUTATIONS sets how many damaged files are tried (10,000; a release: more), in parts that run beside each other.
Half of them are damaged exports of real programs, where the folder of those is there.
"""

from __future__ import annotations

import csv
import io
import os
import random
import shutil
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipelines import warehouse
from pipelines.errors import SalesdeskError, UnreadableExport
from pipelines.exports.reading import TextTable, open_tables
from pipelines.exports.reading.cells import cleaned
from tests.conftest import shared_folder
from tests.exports.reading.mutations import mutated, real_exports, small_exports
from tests.exports.reading.opened import open_one

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

PARTS = 4
MUTATIONS = int(os.environ.get("FUZZ_MUTATIONS", "10000")) // PARTS
# A small file that takes more of the processor than this has found a loop.
_SECONDS = 10
_TEXTS = st.text(
    st.characters(codec="utf-8", exclude_characters="\0", exclude_categories=["Cs", "Zl", "Zp"]), max_size=12
)
_QUIET = settings(
    max_examples=60,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
    derandomize=True,
)


@pytest.fixture(scope="module")
def connection() -> Iterator[DuckDBPyConnection]:
    """One connection for all: opening one takes longer than reading a small file."""
    with warehouse.connect() as opened:
        yield opened


def count(connection: DuckDBPyConnection, tables: list[TextTable], *, may_break: bool) -> None:
    """Read every relation to its end and hold it against the table's own accounts."""
    import duckdb

    for table in tables:
        try:
            rows = connection.execute(f"select * from {table.relation}").fetchall()
        except duckdb.Error:
            # Parquet's pages are checked when they are read, by whoever reads them.
            assert may_break
            continue
        assert table.rows_read == len(rows) + table.rows_skipped


@pytest.mark.parametrize("part", range(PARTS))
def test_open_damaged_exports_are_read_whole_or_refused(
    tmp_path: Path, connection: DuckDBPyConnection, part: int
) -> None:
    chance = random.Random(20261123 + part)  # noqa: S311  # damage must be the same in every run, not secret
    made, real = small_exports(tmp_path), real_exports(shared_folder() / "data")
    # Every other file is a program's own export, where those are there.
    forms = [sorted(made), sorted(real) or sorted(made)]
    exports = made | real
    read = 0
    for number in range(MUTATIONS):
        turn, place = number % 2, number // 2
        name = forms[turn][place % len(forms[turn])]
        path = tmp_path / "work" / str(number) / Path(name).name  # its own: nothing remembered can be stale
        path.parent.mkdir(parents=True)
        path.write_bytes(mutated(exports[name], chance) or b"x")
        started = time.process_time()
        try:
            tables = open_tables(path, path.parent, connection=connection)
            count(connection, tables, may_break=name.endswith(".parquet"))
        except SalesdeskError as error:
            told = error.next_step
        else:
            told = "read"
        assert told
        read += told == "read"
        assert time.process_time() - started < _SECONDS
        if number % 100 == 0:
            shutil.rmtree(tmp_path / "work")
    assert read > MUTATIONS // 20


@_QUIET
@given(
    data=st.binary(max_size=300),
    name=st.sampled_from(["a.csv", "a.json", "a", "a.xlsx", "a.zip", "a.gz", "a.db"]),
)
def test_open_arbitrary_bytes_are_read_whole_or_refused(
    tmp_path: Path, connection: DuckDBPyConnection, data: bytes, name: str
) -> None:
    path = tmp_path / name
    path.write_bytes(data)
    with suppress(SalesdeskError):
        count(connection, open_tables(path, tmp_path / "work"), may_break=False)


@_QUIET
@given(
    names=st.lists(st.tuples(_TEXTS, _TEXTS), min_size=1, max_size=8),
    delimiter=st.sampled_from([",", "\t", ";", "|"]),
    line_end=st.sampled_from(["\n", "\r\n"]),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]),
)
def test_open_well_formed_text_comes_back_cell_for_cell(
    tmp_path: Path, names: list[tuple[str, str]], delimiter: str, line_end: str, encoding: str
) -> None:
    target = io.StringIO(newline="")
    writer = csv.writer(target, delimiter=delimiter, lineterminator=line_end, quoting=csv.QUOTE_ALL)
    writer.writerow(["order number", "customer name", "order date", "notes", "amount"])
    for number, (customer, note) in enumerate(names):
        writer.writerow([f"SO{number}", customer, "2024-01-05", note, "12.50"])
    opened = open_one(tmp_path, target.getvalue().encode(encoding))
    expected = [
        (f"SO{number}", customer, "2024-01-05", note, "12.50")
        for number, (customer, note) in enumerate(names)
    ]
    assert [tuple(cleaned(cell or "") for cell in row) for row in opened.rows] == [
        tuple(cleaned(cell) for cell in row) for row in expected
    ]
    assert opened.source_rows == list(range(2, 2 + len(names)))


@pytest.mark.parametrize(
    ("name", "start", "unit"),
    [
        ("line.csv", b"order,amount\n", b"x"),
        ("quote.csv", b'order,amount\n1,"', b"x\n"),
        ("blank.csv", b"order,amount\n1,2\n", b"\n"),
        ("array.json", b'[{"a": "', b"x"),
        ("deep.json", b'[{"a":', b"["),
    ],
)
def test_open_endless_repetition_is_given_up_within_seconds(
    tmp_path: Path, name: str, start: bytes, unit: bytes
) -> None:
    path = tmp_path / name
    path.write_bytes(start + unit * ((6 << 20) // len(unit)))
    started = time.process_time()
    with suppress(UnreadableExport):
        open_tables(path, tmp_path / "work")
    assert time.process_time() - started < 6 * _SECONDS
