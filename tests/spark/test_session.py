"""What Spark is told, what is said where it cannot start, and what a killed or failing run leaves."""

from __future__ import annotations

import importlib.util
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from pipelines import job, spark
from pipelines.errors import ModelError, UsageError
from pipelines.spark import session
from pipelines.warehouse import Home, publication
from tests.operations.home import Quiet, january_revenue, request_of


def test_cluster_is_told_only_what_equal_figures_need(tmp_path: Path) -> None:
    here = session.settings("local[*]", tmp_path)
    there = session.settings("spark://host:7077", tmp_path)
    assert here["spark.driver.bindAddress"] == "127.0.0.1"
    assert not any(name.startswith(("spark.driver", "spark.executor")) for name in there)
    assert there["spark.sql.session.timeZone"] == "UTC"
    assert there["spark.sql.ansi.enabled"] == "true"


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
