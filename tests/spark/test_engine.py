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
from tests.metrics.receivables import test_scenarios as scenarios
from tests.operations.home import TABLES, Quiet
from tests.spark.comparison import compare
from tests.sql import test_cases as golden

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection
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
MORE = pytest.mark.skipif(
    os.environ.get("SPARK_TESTS") != "all",
    reason="takes minutes: SPARK_TESTS=all runs it",
)


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
    assert len(BATTERY) >= 40


def test_configuration_of_sparks_own_is_kept(session: SparkSession) -> None:
    assert session.conf.get("spark.sql.shuffle.partitions") == "1"
    assert session.conf.get("spark.sql.codegen.wholeStage") == "false"
    assert session.conf.get("spark.sql.ansi.enabled") == "true"


def test_every_model_metric_and_rule_gives_the_same_on_both(
    session: SparkSession, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One run on a small demo with faults beside the company of two months: Spark answers what DuckDB answered."""
    from pipelines import spark
    from tests.spark.beside import Beside

    engines: list[Beside] = []

    def opened(_: str, folder: Path) -> Beside:
        folder.mkdir()
        engines.append(Beside(session, folder))
        return engines[-1]

    monkeypatch.setattr(spark.Engine, "open", opened)
    demo.write_exports(tmp_path / "exports", orders=2000, mess=True)
    words = published(tmp_path / "home", "spark", tmp_path / "exports", *TABLES)
    (engine,) = engines
    assert engine.different == {}
    assert not [text for text in words if "no words" in text]
    with warehouse.connect() as connection:
        found = models.load_folder(resources.path("sql"), connection)
    assert {model.name for model in found} | {"metrics.metric_values"} <= engine.done
    with warehouse.read(tmp_path / "home") as connection:
        empty = connection.execute(
            "select schema_name || '.' || table_name from duckdb_tables() "
            "where schema_name in ('staging', 'marts') and estimated_size = 0"
        ).fetchall()
    assert len(empty) <= 11, f"too small a demo compares nothing: {empty}"


@MORE
def test_every_golden_case_gives_the_same_on_both(session: SparkSession, tmp_path: Path) -> None:
    """What is expected of each case was worked by hand: `tests/sql` holds DuckDB to it."""
    from tests.spark.beside import Beside

    engine = Beside(session, tmp_path)
    for case in golden.CASES:
        with warehouse.connect() as connection:
            golden.build(connection, case)
            parameters = {**support.PARAMETERS, **golden.parameters(case)}
            named = f"{case.parent.name}/{case.name}"
            (model,) = _built(connection, case.parent.name)
            engine.compare(connection, model, parameters, named=named)
    assert engine.different == {}


@MORE
def test_awkward_accounts_give_the_same_on_both(session: SparkSession, tmp_path: Path) -> None:
    from tests.spark.beside import Beside

    engine = Beside(session, tmp_path)
    with warehouse.connect() as connection:
        scenarios.build(connection)
        for model in _built(connection):
            engine.compare(connection, model, {**support.PARAMETERS, "as_of": scenarios.END})
    assert engine.different == {}


def _built(connection: DuckDBPyConnection, stem: str = "") -> list[models.Model]:
    """Return the models that are built, or the one named."""
    known = models.load_folder(resources.path("sql"), connection)
    there = models.relations(connection)
    return [model for model in known if model.name in there and stem in {"", model.path.stem}]


def published(folder: Path, engine: str, *exports: Path) -> list[str]:
    """Run the main job and return what its steps said."""
    moment = datetime(2026, 11, 1, 8, tzinfo=UTC)
    settings = Settings(home=folder, as_of=date(2026, 10, 31), engine=engine, spark_master="local[2]")
    run_direct(Request(settings, exports, f"{moment:%Y%m%dT%H%M%S}-000000", moment, moment.date()), Quiet())
    lines = (folder / "steps.jsonl").read_text(encoding="utf-8").splitlines()
    return [json.loads(line)["words"] for line in lines]


@MORE
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
