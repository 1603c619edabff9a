"""Mutation test of the rules: known faults, all at once, fire the rules meant for them; clean data fires none.

SEEDS says how many clean demos are tried (CI: 6; a release: 30).
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from pipelines import resources
from tests.validation.demo_runs import Staged, staged

SEEDS = int(os.environ.get("SEEDS", "6"))


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
@pytest.mark.parametrize("seed", range(1, SEEDS + 1))
def test_clean_data_fires_no_rule(tmp_path: Path, seed: int) -> None:
    with staged(tmp_path, mess=False, seed=seed, orders=300) as run:
        assert run.failed() == set()


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(1, 1 + (SEEDS if SEEDS >= 30 else 2)))
def test_clean_data_fires_no_rule_on_marts_and_metrics(tmp_path: Path, seed: int) -> None:
    with staged(tmp_path, mess=False, seed=seed, orders=2000) as run:
        failed, judgement = run.go_on()
    assert failed == set()
    assert judgement.failed_rules == len(run.failed()) == 0
