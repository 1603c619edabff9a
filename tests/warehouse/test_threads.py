"""Small work keeps to one thread; a second connection to the same file may be opened all the same."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipelines import warehouse


@pytest.mark.parametrize("threads", [1, 2])
def test_connection_for_small_work_has_one_thread(tmp_path: Path, threads: int) -> None:
    place = tmp_path / "some.duckdb"
    with warehouse.connect(place) as first:
        first.execute("set threads = 2; create table numbers as select 1 as number")
        with warehouse.connect(place, is_small=threads == 1) as second:
            assert second.execute("select current_setting('threads')").fetchone() == (threads,)
            assert second.execute("from numbers").fetchall() == [(1,)]
