"""The second clock: what was known at an earlier moment is built from the files of then, beside what is published."""

from __future__ import annotations

import os
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from pipelines import analysis
from pipelines.analysis import knowing, notebooks
from pipelines.errors import NothingPublished, UsageError
from pipelines.job import Request, run_direct
from pipelines.settings import Settings
from pipelines.warehouse import Home, publication

FIRST = datetime(2026, 2, 1, 8, tzinfo=UTC)
SECOND = datetime(2026, 2, 9, 8, tzinfo=UTC)
BETWEEN = "2026-02-05T12:00"


class Quiet:
    """Watches nothing."""

    def started(self, step: object) -> None: ...

    def finished(self, fact: object) -> None: ...


def order(order_id: str, day: str, quantity: int) -> str:
    return f"{order_id},{day},C1,{quantity},100,completed"


def write(path: Path, *rows: str) -> Path:
    path.parent.mkdir(exist_ok=True)
    head = "order_id,order_date,customer_id,quantity,unit_price,status"
    path.write_text("\n".join([head, *rows, ""]), encoding="utf-8")
    return path


def run(home: Path, export: Path, at: datetime) -> None:
    settings = Settings(home=home, as_of=date(2026, 1, 31), base_currency="CNY")
    run_direct(Request(settings, (export,), f"{at:%Y%m%dT%H%M%S}-000000", at, at.date()), Quiet())


@pytest.fixture(scope="module")
def told_twice(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A HOME that first heard of orders of 300 and 200 in January, and a week later that the first is one of 500."""
    folder = tmp_path_factory.mktemp("told-twice")
    run(
        folder / "home",
        write(folder / "a" / "orders.csv", order("A", "2026-01-05", 3), order("B", "2026-01-20", 2)),
        FIRST,
    )
    run(folder / "home", write(folder / "b" / "orders.csv", order("A", "2026-01-05", 5)), SECOND)
    return folder / "home"


def test_as_known_between_two_files_gives_the_figures_of_then(told_twice: Path) -> None:
    with analysis.read(told_twice) as now, analysis.as_known(BETWEEN, told_twice) as then:
        changed = analysis.changes(now, then, ["revenue", "orders"])
        assert changed["metric"].tolist() == ["revenue"]
        assert changed["then_value"].tolist() == [Decimal(500)]
        assert changed["now_value"].tolist() == [Decimal(700)]
        assert changed["change"].tolist() == [Decimal(200)]
        (told,) = analysis.restatements(now)["new_value"].loc[lambda rows: rows == 700].unique().tolist()
        assert told == changed["now_value"][0]


def test_as_known_without_a_moment_gives_the_publication_again_and_publishes_nothing(
    told_twice: Path,
) -> None:
    before = publication.published(Home(told_twice))
    with analysis.read(told_twice) as now, analysis.as_known(home=told_twice) as then:
        assert analysis.changes(now, then, ["revenue", "orders", "order_value"]).empty
        assert analysis.tie_out(then, analysis.query(then, "revenue")).empty
    assert publication.published(Home(told_twice)) == before


def test_as_known_asked_again_is_the_same_build(told_twice: Path) -> None:
    runs = []
    for _ in range(2):
        with analysis.as_known(BETWEEN, told_twice) as then:
            runs.append(analysis.about(then)["run_id"][0])
    assert runs[0] == runs[1]


def test_moments_beyond_three_go_the_longest_unused_first(tmp_path: Path) -> None:
    for hour in (1, 2, 3, 4):
        folder = knowing._folder(Home(tmp_path), datetime(2026, 2, 5, hour, tzinfo=UTC))
        os.utime(folder, (hour, hour))
    kept = sorted(path.name for path in (tmp_path / "known").iterdir())
    assert kept == ["20260205T020000", "20260205T030000", "20260205T040000"]


def test_as_known_before_the_first_file_or_without_a_publication_is_refused(
    told_twice: Path, tmp_path: Path
) -> None:
    with pytest.raises(UsageError, match="2026-02-01 08:00:00 UTC on"):
        analysis.as_known("2026-01-31", told_twice)
    with pytest.raises(NothingPublished):
        analysis.as_known(BETWEEN, tmp_path)


def test_as_known_with_files_that_no_run_has_read_asks_for_a_run(told_twice: Path) -> None:
    (record,) = list((told_twice / "landing").glob("*/*/reading.json"))[:1]
    text = record.read_text(encoding="utf-8")
    record.write_text(text.replace('"made_by": "', '"made_by": "x'), encoding="utf-8")
    try:
        with pytest.raises(UsageError, match="salesdesk build"):
            analysis.as_known(BETWEEN, told_twice)
    finally:
        record.write_text(text, encoding="utf-8")


@pytest.mark.slow
def test_notebook_of_quality_shows_what_was_known_then(told_twice: Path) -> None:
    page = notebooks.publish("05", told_twice, {"known_at": BETWEEN}).read_text(encoding="utf-8")
    assert "500.000000" in page
    assert "200.000000" in page
