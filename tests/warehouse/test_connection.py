"""How DuckDB is opened."""

from __future__ import annotations

from pathlib import Path

from pipelines import warehouse


def test_connect_new_file_is_in_the_format_that_compresses_text_faster(tmp_path: Path) -> None:
    place = tmp_path / "draft.duckdb"
    with warehouse.connect(place) as connection:
        asked = "select tags['storage_version'] from duckdb_databases() where database_name = 'draft'"
        assert connection.execute(asked).fetchone() == ("v1.3.0+",)
    with warehouse.connect(place, read_only=True) as connection:
        assert connection.execute("select 1").fetchone() == (1,)
