"""Models are built in the order their SQL gives; what cannot be built is named."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from pipelines.errors import ModelError
from pipelines.warehouse import models

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection


def _write(folder: Path, **files: str) -> Path:
    for name, sql in files.items():
        schema, stem = name.split("__")
        (folder / schema).mkdir(exist_ok=True)
        (folder / schema / f"{stem}.sql").write_text(f"-- one row\n{sql}\n")
    return folder


def _load(folder: Path, connection: DuckDBPyConnection) -> list[models.Model]:
    return models.load_folder(folder, connection, ("staging", "marts"))


def test_models_are_built_after_what_they_read(tmp_path: Path, connection: DuckDBPyConnection) -> None:
    folder = _write(
        tmp_path,
        marts__a="with z as (select * from marts.z) select i * 2 as i from z",
        marts__z="select i + 1 as i from staging.s",
        staging__s="select 20 as i",
    )
    built = models.build(connection, _load(folder, connection), {})
    assert [table.name for table in built] == ["staging.s", "marts.z", "marts.a"]
    assert connection.execute("select i from marts.a").fetchall() == [(42,)]


def test_models_bind_named_parameters(tmp_path: Path, connection: DuckDBPyConnection) -> None:
    folder = _write(tmp_path, marts__a="select $as_of as d")
    models.build(connection, _load(folder, connection), {"as_of": date(2026, 1, 31), "unused": 1})
    assert connection.execute("select d from marts.a").fetchall() == [(date(2026, 1, 31),)]


def test_models_with_unknown_parameter_are_refused(tmp_path: Path, connection: DuckDBPyConnection) -> None:
    folder = _write(tmp_path, marts__a="select $as_off as d")
    with pytest.raises(ModelError) as caught:
        models.build(connection, _load(folder, connection), {"as_of": date(2026, 1, 31)})
    assert (caught.value.found, caught.value.hint) == ("$as_off", "did you mean as_of?")


def test_models_in_a_cycle_are_named_in_order(tmp_path: Path, connection: DuckDBPyConnection) -> None:
    folder = _write(
        tmp_path,
        marts__a="select * from marts.b",
        marts__b="select * from marts.c",
        marts__c="select * from marts.a",
    )
    with pytest.raises(ModelError, match="cycle") as caught:
        models.build(connection, _load(folder, connection), {})
    assert caught.value.found == "marts.a -> marts.b -> marts.c -> marts.a"


def test_models_reading_an_unknown_relation_are_told_the_nearest(
    tmp_path: Path, connection: DuckDBPyConnection
) -> None:
    folder = _write(tmp_path, staging__stg_orders="select 1 as i", marts__a="select * from staging.stg_order")
    with pytest.raises(ModelError) as caught:
        models.build(connection, _load(folder, connection), {})
    assert caught.value.found == "staging.stg_order"
    assert "staging.stg_orders" in caught.value.hint


@pytest.mark.parametrize("sql", ["create table t (i int)", "select 1; select 2", "delete from staging.s"])
def test_models_that_are_not_one_select_are_refused(
    sql: str, tmp_path: Path, connection: DuckDBPyConnection
) -> None:
    with pytest.raises(ModelError, match="one SELECT"):
        _load(_write(tmp_path, marts__a=sql), connection)


def test_models_that_do_not_parse_are_refused_by_file(tmp_path: Path, connection: DuckDBPyConnection) -> None:
    with pytest.raises(ModelError) as caught:
        _load(_write(tmp_path, marts__a="selec 1"), connection)
    assert caught.value.where.endswith("marts/a.sql")


def test_models_refused_by_duckdb_are_named(tmp_path: Path, connection: DuckDBPyConnection) -> None:
    folder = _write(tmp_path, marts__a="select no_such_column from (select 1 as i)")
    with pytest.raises(ModelError, match="refused") as caught:
        models.build(connection, _load(folder, connection), {})
    assert "no_such_column" in caught.value.found


def test_models_needed_for_one_leave_the_others_out(tmp_path: Path, connection: DuckDBPyConnection) -> None:
    folder = _write(
        tmp_path, staging__s="select 1 as i", marts__a="select * from staging.s", marts__b="select 2 as i"
    )
    chosen = models.needed_for(["marts.a"], _load(folder, connection))
    assert {model.name for model in chosen} == {"staging.s", "marts.a"}
