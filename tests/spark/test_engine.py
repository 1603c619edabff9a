"""The same SQL on Spark: every construct the project uses, and every table of the demo, equal to the cent."""

from __future__ import annotations

import json
import os
import re
import shutil
from collections.abc import Iterator
from datetime import UTC, date, datetime
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from pipelines import demo, resources, warehouse
from pipelines.job import Request, run_direct
from pipelines.settings import Settings
from pipelines.warehouse import models
from tests import support
from tests.operations.home import Quiet
from tests.spark.comparison import compare

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

pytestmark = pytest.mark.slow
# Where pyspark is installed apart: other libraries import it wherever they find it, and take longer.
APART = os.environ.get("PYSPARK_FOLDER", "")
if find_spec("pyspark") is None and not (APART and (Path(APART) / "pyspark").is_dir()):
    pytest.skip("pyspark is not installed: make spark", allow_module_level=True)
if shutil.which("java") is None:
    pytest.skip("Java is not installed: apt-get install openjdk-17-jre-headless", allow_module_level=True)

CONF = Path(__file__).parent / "conf"
_TEXT = (Path(__file__).parent / "battery.sql").read_text(encoding="utf-8")
BATTERY = dict(re.findall(r"^-- ([a-z, ]+)\n([^;]+);", _TEXT, re.MULTILINE))


@pytest.fixture(scope="module", autouse=True)
def spark_at_hand() -> Iterator[None]:
    """Spark, with its own configuration for hundreds of statements on few rows."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SPARK_CONF_DIR", str(CONF))
        if APART:
            patch.syspath_prepend(APART)
        yield


@pytest.fixture(scope="module")
def session(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SparkSession]:
    from pipelines.spark.session import start

    session = start("local[2]", tmp_path_factory.mktemp("spark"))
    yield session
    session.stop()


def test_every_construct_gives_the_same_on_both(session: SparkSession) -> None:
    """One test, so that one worker starts Spark; what differs is named."""
    from pipelines.spark import macros
    from pipelines.spark.translation import to_spark

    different = {}
    with warehouse.connect() as connection:
        path = resources.path("sql") / "macros" / "has_valid_credit_code.sql"
        connection.execute(path.read_text(encoding="utf-8"))
        known = macros.known(connection)
        for name, sql in BATTERY.items():
            here = connection.execute(sql).fetchall()
            there = [tuple(row) for row in session.sql(to_spark(sql, {}, {}, known)).collect()]
            if there != here:
                different[name] = (here, there)
    assert different == {}
    assert len(BATTERY) > 40


def test_configuration_of_sparks_own_is_kept(session: SparkSession) -> None:
    assert session.conf.get("spark.sql.shuffle.partitions") == "1"
    assert session.conf.get("spark.sql.codegen.wholeStage") == "false"
    assert session.conf.get("spark.sql.ansi.enabled") == "true"


def test_every_model_is_understood_by_spark(session: SparkSession) -> None:
    """Each statement is resolved over empty tables; what it gives is compared below."""
    from pyspark.errors import PySparkException

    from pipelines.spark import spread
    from pipelines.spark.constructs import relation_name
    from pipelines.spark.translation import to_spark
    from pipelines.spark.types import spark_type

    with warehouse.connect() as connection:
        support.empty_raw(connection)
        support.build(connection)
        rows = connection.execute(
            "select schema_name || '.' || table_name, column_name, data_type from duckdb_columns() "
            "where schema_name in ('raw', 'ops', 'staging', 'marts') order by column_index"
        ).fetchall()
        found = models.load_folder(resources.path("sql"), connection)
    tables: dict[str, dict[str, str]] = {}
    for table, column, kind in rows:
        tables.setdefault(table, {})[column] = spark_type(kind)
    for table, columns in tables.items():
        schema = ", ".join(f"`{name}` {kind}" for name, kind in columns.items())
        session.createDataFrame([], schema).createOrReplaceTempView(relation_name(table))
    refused = []
    for model in found:
        given = {name: support.PARAMETERS[name] for name in model.parameters}
        read = {name: list(tables[name]) for name in model.references}
        try:
            session.sql(to_spark(model.sql, given, read))
        except PySparkException as error:
            refused.append((model.name, str(error).splitlines()[0]))
    assert [name for name, _ in refused] == list(spread.KEYS), refused


def published(folder: Path, engine: str, exports: Path) -> list[str]:
    """Run the main job and return what its steps said."""
    moment = datetime(2026, 11, 1, 8, tzinfo=UTC)
    settings = Settings(home=folder, as_of=date(2026, 10, 31), engine=engine, spark_master="local[2]")
    run_direct(
        Request(settings, (exports,), f"{moment:%Y%m%dT%H%M%S}-000000", moment, moment.date()), Quiet()
    )
    lines = (folder / "steps.jsonl").read_text(encoding="utf-8").splitlines()
    return [json.loads(line)["words"] for line in lines]


@pytest.mark.skipif(
    os.environ.get("SPARK_TESTS") != "all",
    reason="takes 150 processor seconds: SPARK_TESTS=all runs it",
)
def test_everything_published_is_the_same_on_both(tmp_path: Path) -> None:
    """Every table, figure and verdict of the demo, with its faults: rows that rules send to quarantine or flag."""
    demo.write_exports(tmp_path / "exports", orders=2000, mess=True)
    published(tmp_path / "duckdb", "duckdb", tmp_path / "exports")
    words = published(tmp_path / "spark", "spark", tmp_path / "exports")
    found = compare(tmp_path / "duckdb", tmp_path / "spark")
    assert found.different == {}
    assert found.tables > 100
    with warehouse.read(tmp_path / "duckdb") as here:
        failed = here.execute("select count(*) from ops.expectation_results where not success").fetchone()
    assert failed is not None
    assert failed[0] > 5
    # A name would be a step back: say why in pipelines/spark/README.md.
    assert not [text for text in words if "no words" in text]
    assert any(text.endswith("values; by Spark 1") for text in words)
    assert not list((tmp_path / "spark" / "snapshots").glob(".*"))
