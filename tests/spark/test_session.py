"""What Spark is told, what is said where it cannot start, and what a killed or failing run leaves."""

from __future__ import annotations

import importlib.util
import shutil
import sys
from dataclasses import replace
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from pipelines import job, spark
from pipelines.errors import ModelError, UsageError
from pipelines.spark import session
from pipelines.spark.refusals import refusals
from pipelines.this_process import bar
from pipelines.warehouse import Home, publication
from tests.operations.home import Quiet, january_revenue, request_of


def test_cluster_is_told_only_what_equal_figures_need(tmp_path: Path) -> None:
    here = session.settings("local[*]", tmp_path)
    there = session.settings("spark://host:7077", tmp_path)
    assert here["spark.driver.bindAddress"] == "127.0.0.1"
    assert not any(name.startswith(("spark.driver", "spark.executor")) for name in there)
    assert there["spark.sql.session.timeZone"] == "UTC"
    assert there["spark.sql.ansi.enabled"] == "true"


def test_scratch_of_spark_itself_stands_in_the_run_unless_its_configuration_names_a_place(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("SPARK_LOCAL_DIRS", raising=False)
    monkeypatch.setenv("SPARK_CONF_DIR", str(tmp_path))
    assert session.settings("local[*]", tmp_path)["spark.local.dir"] == str(tmp_path / "spark-local")
    assert "spark.local.dir" not in session.settings("spark://host:7077", tmp_path)
    (tmp_path / "spark-defaults.conf").write_text("# ours\nspark.local.dir   /fast\n", encoding="utf-8")
    assert "spark.local.dir" not in session.settings("local[*]", tmp_path)


def test_spark_is_given_the_pandas_that_a_command_keeps_out(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(sys, "meta_path", [*sys.meta_path])
    monkeypatch.delitem(sys.modules, "pandas", raising=False)
    bar("pandas")
    with pytest.raises(ImportError, match="kept out"):
        importlib.import_module("pandas")
    monkeypatch.setattr(session, "_require_installed", lambda: None)
    monkeypatch.setitem(sys.modules, "py4j", None)  # it goes no further

    with pytest.raises(ImportError, match="py4j"):
        session.start("local[1]", tmp_path)

    assert importlib.import_module("pandas").DataFrame


def test_missing_pyspark_is_told_with_what_installs_it(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda *_: None)
    with pytest.raises(UsageError, match="needs pyspark") as told:
        session.start("local[1]", tmp_path)
    assert "make spark" in told.value.next_step


def test_missing_java_is_told_with_what_installs_it(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: name)
    monkeypatch.setattr(shutil, "which", lambda *_, **__: None)
    monkeypatch.setenv("JAVA_HOME", str(tmp_path))
    with pytest.raises(UsageError, match="needs Java") as told:
        session.start("local[1]", tmp_path)
    assert "openjdk-17-jre-headless" in told.value.next_step


@pytest.fixture
def errors(monkeypatch: pytest.MonkeyPatch) -> dict[str, type[Exception]]:
    """The errors of Spark's libraries by name, which need not be installed."""
    refused = type("PySparkException", (Exception,), {})
    lost = type("Py4JError", (Exception,), {})
    java = type("Py4JJavaError", (lost,), {})
    known = {
        "pyspark.errors": {"PySparkException": refused},
        "py4j.protocol": {"Py4JError": lost, "Py4JJavaError": java},
    }
    for module, names in known.items():
        package = module.partition(".")[0]
        for name in (package, module):
            made = ModuleType(name)
            vars(made).update(names)
            monkeypatch.setitem(sys.modules, name, made)
    return {"refused": refused, "lost": lost, "java": java}


@pytest.mark.parametrize(
    ("kind", "text", "what", "found", "next_step"),
    [
        (
            "refused",
            "[UNRESOLVED] no such column\nSQLSTATE",
            "Spark refused a statement",
            "[UNRESOLVED] no such column",
            "",
        ),
        (
            "refused",
            "An exception was thrown from the Python worker:\nTraceback\nError: circles at event 3\n",
            "Spark refused a statement",
            "Error: circles at event 3",
            "",
        ),
        (
            "java",
            "An error occurred while calling o1.sql.\n: java.lang.OutOfMemoryError: Java heap space\n at x",
            "Spark ran out of memory",
            "java.lang.OutOfMemoryError: Java heap space",
            "spark.driver.memory",
        ),
        (
            "lost",
            "Answer from Java side is empty",
            "Spark ended before it answered",
            "Answer from Java side is empty",
            "spark.driver.memory",
        ),
    ],
    ids=["statement refused", "error in a Python worker", "out of memory", "killed"],
)
def test_failure_of_spark_is_told_in_one_message(
    errors: dict[str, type[Exception]], kind: str, text: str, what: str, found: str, next_step: str
) -> None:
    with pytest.raises(ModelError, match=what) as told, refusals("marts.fct_orders"):
        raise errors[kind](text)
    assert (told.value.where, told.value.found) == ("marts.fct_orders", found)
    assert next_step in told.value.next_step
    assert bool(next_step) == bool(told.value.next_step)


def test_spark_that_does_not_answer_its_end_leaves_no_scratch(
    errors: dict[str, type[Exception]], tmp_path: Path
) -> None:
    class Lost:
        def stop(self) -> None:
            raise errors["lost"]

    (tmp_path / "scratch" / "made").mkdir(parents=True)
    spark.Engine(Lost(), tmp_path / "scratch").close()
    assert not list(tmp_path.iterdir())


class _Failing:
    """An engine that writes something and fails, as Spark does when an executor is lost."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def build(self, *_: Any, **__: Any) -> None:
        (self.folder / "made").mkdir(parents=True)
        raise ModelError("Spark refused an SQL model", found="executor lost")

    def close(self) -> None:
        shutil.rmtree(self.folder)


def test_failing_spark_leaves_the_former_publication_and_nothing_beside_it(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(spark.Engine, "open", lambda _, folder: _Failing(folder))
    before = (home / "warehouse.duckdb").resolve()
    request = request_of(home, number=2)
    changed = replace(request, settings=replace(request.settings, engine="spark"), full=True)
    with pytest.raises(ModelError, match="executor lost"):
        job.run_direct(changed, Quiet())
    assert (home / "warehouse.duckdb").resolve() == before
    assert january_revenue(home) == 370
    assert not list((home / "snapshots").glob(".*"))


def test_scratch_of_a_killed_spark_run_goes_with_the_next_draft(tmp_path: Path) -> None:
    home = Home(tmp_path)
    home.prepare()
    left = home.snapshots / ".draft-20260301T000000-aaaaaa.spark" / "made" / "marts.fct_orders"
    left.mkdir(parents=True)
    (left / "part-0.parquet").write_bytes(b"")
    publication.new_draft(home, "20260301T000001-aaaaaa")
    assert not list(home.snapshots.glob(".*"))
