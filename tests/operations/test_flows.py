"""Deployed flows: their dates, their forms, and that the archive leaves the newest publication in force."""

from __future__ import annotations

import json
import logging
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
import yaml

from pipelines import warehouse
from pipelines.flows import entry
from pipelines.settings import Settings
from pipelines.warehouse import Home, state
from tests.operations.home import PROJECT, Quiet, january_revenue

LAST_OF_OCTOBER = date(2026, 10, 31)


@pytest.mark.parametrize(
    ("day", "close_day", "expected"),
    [
        (date(2026, 11, 2), 0, LAST_OF_OCTOBER),
        (date(2026, 10, 31), 0, date(2026, 9, 30)),
        (date(2027, 1, 2), 0, date(2026, 12, 31)),
        (date(2026, 11, 26), 25, date(2026, 11, 25)),
        (date(2026, 11, 25), 25, date(2026, 10, 25)),
        (date(2027, 1, 2), 25, date(2026, 12, 25)),
    ],
)
def test_closing_day_before_a_day_is_the_last_one_that_is_over(
    day: date, close_day: int, expected: date
) -> None:
    assert entry.closing_day_before(day, close_day) == expected


@pytest.mark.parametrize(
    ("step", "close_day", "expected"),
    [
        ("month", 0, [date(2028, 1, 31), date(2028, 2, 29)]),
        ("month", 25, [date(2028, 1, 25), date(2028, 2, 25)]),
        ("week", 0, [date(2028, 1, 20), date(2028, 1, 27), date(2028, 2, 3)]),
    ],
)
def test_days_between_are_those_of_the_step(step: str, close_day: int, expected: list[date]) -> None:
    last = date(2028, 2, 29) if step == "month" else date(2028, 2, 9)
    assert entry.days_between(date(2028, 1, 20), last, step, close_day) == expected


def test_days_between_swapped_dates_are_none() -> None:
    for step in ("day", "week", "month"):
        assert entry.days_between(date(2028, 2, 1), date(2028, 1, 1), step, 0) == []


@pytest.fixture
def without_server(monkeypatch: pytest.MonkeyPatch) -> None:
    """Take the steps of a deployed flow directly: what it arranges is what is tested."""
    from pipelines.flows import deployed
    from pipelines.job import run_direct

    monkeypatch.setattr(deployed, "take_steps", run_direct)
    monkeypatch.setattr(deployed, "RunLog", Quiet)
    monkeypatch.setattr(deployed, "_run_notebooks", deployed._run_notebooks.fn)


@pytest.mark.usefixtures("without_server")
def test_close_of_an_earlier_day_archives_it_and_leaves_the_newest_in_force(home: Path) -> None:
    from pipelines.flows import deployed

    before = state.published(Home(home))
    kept = deployed._close(Settings(home=home), date(2026, 1, 31))
    assert state.published(Home(home)) == before
    assert before is not None
    assert (home / "reports" / "latest").resolve().name == before.run_id
    assert [path.name for path in (home / "snapshots").glob("*.duckdb")] == [before.snapshot.name]
    with warehouse.connect(kept / "warehouse.duckdb", read_only=True) as connection:
        rows = connection.execute("select as_of from ops.runs order by started_at desc limit 1").fetchall()
    assert rows == [(date(2026, 1, 31),)]
    assert (kept / "reports" / "index.html").is_file()
    assert january_revenue(home) == Decimal(370)


@pytest.mark.usefixtures("without_server")
def test_close_of_a_later_day_stays_published(home: Path) -> None:
    from pipelines.flows import deployed

    deployed._close(Settings(home=home), date(2026, 3, 31))
    current = state.published(Home(home))
    assert current is not None
    assert current.as_of == date(2026, 3, 31)


@pytest.mark.usefixtures("without_server")
def test_close_archives_the_pages_of_notebooks_and_even_a_stopped_one_closes_the_day(
    home: Path, tmp_path: Path
) -> None:
    from pipelines.analysis.notebooks import NotebookStopped
    from pipelines.flows import deployed

    stopping = tmp_path / "stopping.ipynb"
    cell = '{"cell_type": "code", "id": "1", "metadata": {}, "source": "1 / 0", "outputs": [], "execution_count": null}'
    stopping.write_text(
        f'{{"cells": [{cell}], "metadata": {{}}, "nbformat": 4, "nbformat_minor": 5}}', "utf-8"
    )
    chosen = Settings(home=home, notebooks=(str(stopping), "01"), lang="en")
    with pytest.raises(NotebookStopped, match="ZeroDivisionError"):
        deployed._close(chosen, date(2026, 1, 31))
    kept = home / "archive" / "2026-01-31"
    assert [path.name for path in (kept / "notebooks").iterdir()] == ["01_sales_overview.html"]
    assert (kept / "warehouse.duckdb").is_file()
    # the day's figures gave way to the newest: its pages are in the archive alone
    assert list((home / "reports" / "notebooks").iterdir()) == []
    assert january_revenue(home) == Decimal(370)


def test_artifacts_that_cannot_be_written_fail_no_run(
    home: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    from pipelines.flows import artifacts

    def broken(_settings: Settings) -> None:
        raise ConnectionError("the server is gone")

    monkeypatch.setattr(artifacts, "_create", broken)
    monkeypatch.setattr(artifacts, "get_run_logger", lambda: logging.getLogger("salesdesk.test"))
    artifacts.show(Settings(home=home))
    assert "ConnectionError" in caplog.text


def test_key_figures_of_an_artifact_are_those_worked_by_hand(home: Path) -> None:
    from pipelines.flows import artifacts

    with warehouse.read(home) as connection:
        lines = artifacts._figures(connection).splitlines()
    assert lines[0].startswith("| 月份 Month | 销售额 Revenue | 订单数 Orders | 笔单价 ")
    assert any(line.startswith("| 2026-01 | 370.00 | 2 | 185.00 |") for line in lines)


def test_prefect_yaml_says_what_serve_deploys() -> None:
    from pipelines.flows import deployments

    told = yaml.safe_load((PROJECT / "prefect.yaml").read_text(encoding="utf-8"))["deployments"]
    written = [
        (
            one["entrypoint"],
            one["work_pool"]["name"],
            one["concurrency_limit"],
            [(schedule["cron"], schedule["timezone"]) for schedule in one["schedules"]],
        )
        for one in told
    ]
    declared = [
        (
            one.entrypoint,
            deployments.POOL,
            {"limit": 1, "collision_strategy": one.collision.value},
            [(one.cron, deployments.TIME_ZONE)] if one.cron else [],
        )
        for one in deployments.DECLARED
    ]
    assert written == declared


def test_forms_of_the_flows_offer_choices_dates_and_words() -> None:
    from prefect.utilities.callables import parameter_schema

    from pipelines.flows import deployed

    forms = {
        name: parameter_schema(getattr(deployed, name)).model_dump()
        for name in ("daily", "month_end", "backfill", "publish_reports", "restore")
    }
    backfill = forms["backfill"]["properties"]
    assert backfill["step"]["enum"] == ["month", "week", "day"]
    assert backfill["first"]["format"] == "date"
    assert forms["backfill"]["required"] == ["first", "last"]
    assert forms["restore"]["required"] == ["run_id"]
    assert forms["daily"].get("required", []) == []
    for name, form in forms.items():
        for parameter, told in form["properties"].items():
            assert told.get("description"), f"{name}: {parameter} has no words in its form"
    json.dumps(forms)


def test_retries_are_only_of_steps_that_give_the_same_when_taken_twice() -> None:
    from pipelines.flows import main_job
    from pipelines.job import STEPS

    assert set(main_job._RETRIES) == {"land", "report"}
    assert set(main_job._RETRIES) <= {step.name for step in STEPS}
