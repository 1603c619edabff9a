"""One Spark session, told only what equal figures need; everything else is Spark's own configuration."""

from __future__ import annotations

import os
import re
import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from pipelines.errors import UsageError
from pipelines.spark.refusals import first_words
from pipelines.this_process import allow

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

# Without these the two engines differ: times without a zone, errors instead of silent nulls and wrapped numbers.
_FOR_EQUAL_FIGURES = {
    "spark.sql.session.timeZone": "UTC",
    "spark.sql.timestampType": "TIMESTAMP_NTZ",
    "spark.sql.ansi.enabled": "true",
    "spark.sql.parquet.outputTimestampType": "TIMESTAMP_MICROS",
}
# On one machine nothing listens beyond loopback.
_ON_ONE_MACHINE = {"spark.driver.host": "127.0.0.1", "spark.driver.bindAddress": "127.0.0.1"}
# … and a few partitions do, unless Spark's own configuration says how many.
_PARTITIONS = ("spark.sql.shuffle.partitions", "8")


def start(master: str, folder: Path) -> SparkSession:
    """Start Spark at `master`, such as `local[*]` or `spark://host:7077`; its scratch files go below `folder`.

    Executors' memory, their number and all else come from Spark's own files (SPARK_CONF_DIR). Raises UsageError when
    pyspark or Java is not there, or when Spark does not start.
    """
    _require_installed()
    allow("pandas")  # the command line keeps it out of runs, which need none without Spark
    from py4j.protocol import Py4JError
    from pyspark.errors import PySparkException
    from pyspark.sql import SparkSession

    builder = SparkSession.builder.master(master).appName("salesdesk")
    for name, value in settings(master, folder).items():
        builder = builder.config(name, value)
    try:
        session = builder.getOrCreate()
    except (PySparkException, Py4JError, OSError, RuntimeError) as error:
        raise UsageError(
            "Spark does not start",
            where=master,
            found=first_words(error),
            next_step="look at Spark's own configuration (SPARK_CONF_DIR), or run with --engine duckdb",
        ) from error
    session.sparkContext.setLogLevel("OFF")
    if master.startswith("local") and "PYSPARK_PYTHON" not in os.environ:
        session.sparkContext.pythonExec = sys.executable
    name, value = _PARTITIONS
    if master.startswith("local") and not session.sparkContext.getConf().contains(name):
        session.conf.set(name, value)
    return session


def settings(master: str, folder: Path) -> dict[str, str]:
    """Return what Spark is told; of a cluster nothing but what equal figures need."""
    return {
        "spark.ui.enabled": "false",
        "spark.ui.showConsoleProgress": "false",
        "spark.sql.warehouse.dir": str(folder / "spark-warehouse"),
        **({**_ON_ONE_MACHINE, **_own_scratch(folder)} if master.startswith("local") else {}),
        **_FOR_EQUAL_FIGURES,
    }


def _own_scratch(folder: Path) -> dict[str, str]:
    """Put Spark's own scratch, which holds rows too, below `folder`, unless its configuration names another place."""
    told = Path(os.environ.get("SPARK_CONF_DIR", "")) / "spark-defaults.conf"
    text = told.read_text(encoding="utf-8") if told.is_file() else ""
    is_named = "SPARK_LOCAL_DIRS" in os.environ or re.search(r"^\s*spark\.local\.dir\b", text, re.MULTILINE)
    return {} if is_named else {"spark.local.dir": str(folder / "spark-local")}


def _require_installed() -> None:
    from importlib.util import find_spec

    if find_spec("pyspark") is None:
        raise UsageError(
            "The engine spark needs pyspark, which is not installed",
            next_step="pip install 'salesdesk[spark]', or in a checkout: make spark",
        )
    home = os.environ.get("JAVA_HOME")
    if shutil.which("java") is None and not (home and shutil.which("java", path=f"{home}/bin")):
        raise UsageError(
            "The engine spark needs Java, which is not found",
            expected="Java 17 or newer on PATH or at JAVA_HOME",
            next_step="on Debian and Ubuntu: apt-get install openjdk-17-jre-headless; or run with --engine duckdb",
        )
