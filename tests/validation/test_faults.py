"""Mutation test of the rules: each known fault of the demo fires the rule meant for it, and clean data fires none."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from pipelines import demo, exports, metrics, resources, validation, warehouse
from pipelines.settings import Settings
from pipelines.validation import failures
from pipelines.warehouse import models
from tests.support import PARAMETERS

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

    from pipelines.validation import RuleResult

AS_OF = date(2026, 10, 31)
RECEIVED = datetime(2027, 1, 1, 8, 0, tzinfo=UTC)


@dataclass(frozen=True)
class Staged:
    """Exports read, staged and validated: the draft, the verdicts on staging, and the faults that were put in."""

    connection: DuckDBPyConnection
    results: list[RuleResult]
    faults: list[dict[str, Any]]

    def failed(self) -> set[str]:
        return {result.rule_id for result in self.results if not result.success}


@contextmanager
def staged(place: Path, *, mess: bool, seed: int, orders: int) -> Iterator[Staged]:
    """Write demo exports below `place`, and take them as far as validated staging."""
    folder = place / "exports"
    folder.mkdir(parents=True)
    demo.write_exports(folder, orders=orders, seed=seed, mess=mess, end=AS_OF)
    settings = Settings(home=place / "home", as_of=AS_OF)
    exports.land(settings.home, (folder,), RECEIVED)
    exports.read(settings.home, settings)
    with warehouse.connect() as connection:
        failures.create_tables(connection)
        exports.load(connection, settings.home, settings, "run")
        chosen = models.load_folder(resources.path("sql"), connection, ("staging",))
        models.build(connection, chosen, {**PARAMETERS, "as_of": AS_OF})
        results = validation.validate(connection, "staging", "run")
        truth = place / "truth" / "faults.json"
        faults = json.loads(truth.read_text(encoding="utf-8")) if mess else []
        yield Staged(connection, results, faults)


@pytest.fixture(scope="module")
def messy(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Staged]:
    with staged(tmp_path_factory.mktemp("messy"), mess=True, seed=8, orders=3000) as run:
        yield run


def _by_rule(run: Staged, outcome: str) -> list[tuple[str, str, set[int]]]:
    """Return (fault, rule, source rows touched) of the faults that a rule is meant to find."""
    return [
        (fault["name"], fault["reason"], {row["line"] for row in fault["touched"]})
        for fault in run.faults
        if fault["outcome"] == outcome and fault["reason"].startswith("stg_")
    ]


@pytest.mark.slow
def test_faults_fire_exactly_the_rules_meant_for_them(messy: Staged) -> None:
    meant = {rule for outcome in ("flag", "quarantine") for _, rule, _ in _by_rule(messy, outcome)}
    assert len(meant) >= 40
    assert messy.failed() == meant
    assert not any(result.broken for result in messy.results)


@pytest.mark.slow
def test_faults_that_a_rule_quarantines_are_taken_out_by_row(messy: Staged) -> None:
    for fault, rule, touched in _by_rule(messy, "quarantine"):
        found = messy.connection.execute(
            "select source_row from ops.quarantine where rule_id = $rule", {"rule": rule}
        )
        rows = {row for (row,) in found.fetchall()}
        assert touched <= rows, fault
        table = rule.split(".")[0]
        left = messy.connection.execute(
            f"select count(*) from staging.{table} where (file_no, source_row) in "
            "(select (file_no, source_row) from ops.quarantine where rule_id = $rule)",
            {"rule": rule},
        )
        assert left.fetchone() == (0,), fault


@pytest.mark.slow
def test_faults_that_a_rule_flags_are_listed_and_stay(messy: Staged) -> None:
    for fault, rule, touched in _by_rule(messy, "flag"):
        found = messy.connection.execute(
            "select source_row from ops.flagged_rows where rule_id = $rule", {"rule": rule}
        )
        flagged = {row for (row,) in found.fetchall()}
        # Of a row that is there twice one is flagged, and the fault names both.
        assert touched <= flagged or (len(touched) > 1 and touched & flagged), fault


@pytest.mark.slow
def test_faults_leave_every_file_adding_up(messy: Staged) -> None:
    checks = sorted((resources.path("sql") / "checks").glob("tie_out_*.sql"))
    assert checks
    for path in checks:
        assert messy.connection.execute(path.read_text(encoding="utf-8")).fetchall() == [], path.stem


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(1, 31))
def test_clean_data_fires_no_rule(tmp_path: Path, seed: int) -> None:
    with staged(tmp_path, mess=False, seed=seed, orders=300) as run:
        assert run.failed() == set()


@pytest.mark.slow
@pytest.mark.parametrize("seed", [1, 2])
def test_clean_data_fires_no_rule_on_marts_and_metrics(tmp_path: Path, seed: int) -> None:
    parameters = {**PARAMETERS, "as_of": AS_OF}
    with staged(tmp_path, mess=False, seed=seed, orders=2000) as run:
        chosen = models.load_folder(resources.path("sql"), run.connection, ("marts",))
        models.build(run.connection, chosen, parameters)
        models.create_macros(run.connection, resources.path("sql") / "macros")
        metrics.materialise(run.connection, parameters)
        results = [
            result
            for stage in ("marts", "metrics")
            for result in validation.validate(run.connection, stage, "run")
        ]
        validation.run_checks(run.connection, parameters, "run")
        judgement = validation.judge(run.connection, [*run.results, *results], Settings())
    assert {result.rule_id for result in results if not result.success} == set()
    assert judgement.failed_rules == len(run.failed())
