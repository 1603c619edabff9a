"""How DuckDB is opened."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from pipelines import warehouse
from pipelines.warehouse.connection import beside

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection


@pytest.mark.parametrize("is_draft", [False, True])
def test_connect_new_file_is_in_the_format_that_compresses_text_faster(
    tmp_path: Path, *, is_draft: bool
) -> None:
    place = tmp_path / "draft.duckdb"
    with warehouse.connect(place, is_draft=is_draft) as connection:
        asked = "select tags['storage_version'] from duckdb_databases() where database_name = 'draft'"
        assert connection.execute(asked).fetchone() == ("v1.3.0+",)
    with warehouse.connect(place, read_only=True) as connection:
        assert connection.execute("select 1").fetchone() == (1,)


@pytest.mark.parametrize(
    ("limit", "most", "allowed"),
    [
        (None, 1_000_000_000, 1_000_000_000),
        ("2GB", 1_000_000_000, 2_000_000_000),
        ("2GB", None, 2_000_000_000),
    ],
    ids=["lowered", "set by hand", "no more said"],
)
def test_connect_memory_is_lowered_where_no_limit_is_set(
    limit: str | None, most: int | None, allowed: int
) -> None:
    with warehouse.connect(memory_limit=limit, most_memory=most) as connection:
        assert _allowed(connection) == pytest.approx(allowed, rel=0.05)  # told as 1.8 GiB


def test_connect_more_memory_than_the_machine_has_is_never_taken() -> None:
    with warehouse.connect() as plain, warehouse.connect(most_memory=10**18) as raised:
        assert _allowed(raised) == _allowed(plain)


def _allowed(connection: DuckDBPyConnection) -> int:
    row = connection.execute("select parse_formatted_bytes(current_setting('memory_limit'))").fetchone()
    return int(row[0]) if row else 0


def test_draft_keeps_no_log_and_is_whole_once_closed(tmp_path: Path) -> None:
    place = tmp_path / "it's a draft.duckdb"

    with warehouse.connect(place, is_draft=True) as draft:
        draft.execute("create table numbers as select 1 as number")
        beside(draft).execute("insert into numbers values (2)")
        assert [path.name for path in tmp_path.iterdir()] == [place.name]

    with warehouse.connect(place, read_only=True) as connection:
        assert connection.execute("from numbers order by all").fetchall() == [(1,), (2,)]
