"""The same SQL on Spark: every construct the project uses, and every table of the demo, equal to the cent."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from datetime import UTC, date, datetime
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from pipelines import demo, warehouse
from pipelines.job import Request, run_direct
from pipelines.settings import Settings
from tests.operations.home import Quiet

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

pytestmark = pytest.mark.slow
if find_spec("pyspark") is None:
    pytest.skip("pyspark is not installed: make spark", allow_module_level=True)
if shutil.which("java") is None:
    pytest.skip("Java is not installed: apt-get install openjdk-17-jre-headless", allow_module_level=True)

_TEXT = (Path(__file__).parent / "battery.sql").read_text(encoding="utf-8")
BATTERY = dict(re.findall(r"^-- ([a-z, ]+)\n([^;]+);", _TEXT, re.MULTILINE))


@pytest.fixture(scope="module")
def session(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SparkSession]:
    from pipelines.spark.session import start

    session = start("local[2]", tmp_path_factory.mktemp("spark"))
    yield session
    session.stop()


@pytest.mark.parametrize("name", BATTERY)
def test_construct_gives_the_same_on_both(name: str, session: SparkSession) -> None:
    from pipelines.spark.translation import to_spark

    with warehouse.connect() as connection:
        here = connection.execute(BATTERY[name]).fetchall()
    there = [tuple(row) for row in session.sql(to_spark(BATTERY[name], {}, {})).collect()]
    assert there == here


def published(folder: Path, engine: str, exports: Path) -> Path:
    moment = datetime(2026, 11, 1, 8, tzinfo=UTC)
    settings = Settings(home=folder, as_of=date(2026, 10, 31), engine=engine, spark_master="local[2]")
    run_direct(
        Request(settings, (exports,), f"{moment:%Y%m%dT%H%M%S}-000000", moment, moment.date()), Quiet()
    )
    return folder


def test_every_published_table_of_the_demo_is_the_same_on_both(tmp_path: Path) -> None:
    demo.write_exports(tmp_path / "exports", orders=400)
    homes = {
        engine: published(tmp_path / engine, engine, tmp_path / "exports") for engine in ("duckdb", "spark")
    }
    different = []
    with warehouse.read(homes["duckdb"]) as here:
        other = str((homes["spark"] / "warehouse.duckdb").resolve()).replace("'", "''")
        here.execute(f"attach '{other}' as spark (read_only)")
        tables = here.execute(
            "select schema_name || '.\"' || table_name || '\"' from duckdb_tables() "
            "where database_name = current_database() and schema_name in ('staging', 'marts', 'metrics')"
        ).fetchall()
        for (table,) in tables:
            row = here.execute(
                f"select count(*) from ((from {table} except all from spark.{table}) "
                f"union all (from spark.{table} except all from {table}))"
            ).fetchone()
            if row != (0,):
                different.append((table, row))
    assert len(tables) > 90
    assert different == []
    assert not list((homes["spark"] / "snapshots").glob(".*"))
