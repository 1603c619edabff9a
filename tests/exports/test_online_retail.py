"""UCI Online Retail through its mapping: the figures known of it, from one file and from 305, one a day."""

from __future__ import annotations

import hashlib
import zipfile
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from pipelines import exports, metrics
from pipelines.settings import Settings
from tests.exports.shared_figures import RETAIL_KNOWN, RETAIL_TOTAL, land_and_read, loaded
from tests.exports.shared_table import DOCUMENT, account, file_line
from tests.support import PARAMETERS, build

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

_FOLDER = "online_retail_I_2010_2011"


@pytest.fixture(scope="module")
def retail(shared: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[DuckDBPyConnection]:
    """The marts of the Parquet file, built through the shipped mapping."""
    home = tmp_path_factory.mktemp("home")
    land_and_read(home, shared / "data" / _FOLDER / "online_retail_I.parquet")
    with closing(loaded(home)) as connection:
        told: dict[str, Any] = {"as_of": date(2011, 12, 9), "base_currency": "GBP"}
        build(connection, **told)
        metrics.materialise(connection, {**PARAMETERS, **told})
        yield connection


def test_online_retail_gross_order_value_is_the_one_known(retail: DuckDBPyConnection) -> None:
    (row,) = metrics.query(retail, "gross_order_value", grain="all")
    assert row.value == Decimal("534.403033")


def test_online_retail_november_is_net_of_returns(retail: DuckDBPyConnection) -> None:
    (row,) = metrics.query(retail, "revenue", start=date(2011, 11, 1), end=date(2011, 11, 30))
    assert row.value == Decimal("1461756.25")


def test_online_retail_first_cohort_comes_back_as_known(retail: DuckDBPyConnection) -> None:
    rows = retail.execute(
        "select retained_count from marts.fct_cohort_months "
        "where cohort_month = $month and month_no <= 2 order by month_no",
        {"month": date(2010, 12, 1)},
    ).fetchall()
    assert rows == [(885,), (324,), (286,)]


def test_online_retail_archive_and_the_whole_again_give_the_figures_known(
    shared: Path, tmp_path: Path
) -> None:
    archive = account(shared / "data", f"{_FOLDER}/by_day_305_csv.zip", tmp_path)
    assert archive.totals[0] == 2 * 541_909  # as orders and as returns
    assert file_line(archive) in DOCUMENT.read_text(encoding="utf-8").splitlines()
    land_and_read(tmp_path, shared / "data" / _FOLDER / "online_retail_I.parquet")
    assert _total(tmp_path) == RETAIL_KNOWN


def test_online_retail_some_days_shuffled_and_again_give_what_they_hold(shared: Path, tmp_path: Path) -> None:
    days = _days(shared, tmp_path)[:40]
    once, shuffled = tmp_path / "once", tmp_path / "shuffled"
    land_and_read(once, *days)
    _in_two_loads(shuffled, days, seed=40)
    _in_two_loads(shuffled, days, seed=41)
    assert _total(shuffled) == _total(once)


@pytest.mark.slow
def test_online_retail_all_days_shuffled_and_again_give_the_figures_known(
    shared: Path, tmp_path: Path
) -> None:
    days = _days(shared, tmp_path)
    assert len(days) == 305
    home = tmp_path / "home"
    _in_two_loads(home, days, seed=305)
    _in_two_loads(home, days, seed=306)
    assert _total(home) == RETAIL_KNOWN


def _days(shared: Path, folder: Path) -> list[Path]:
    with zipfile.ZipFile(shared / "data" / _FOLDER / "by_day_305_csv.zip") as archive:
        archive.extractall(folder / "days")
    return sorted((folder / "days").rglob("*.csv"))


def _in_two_loads(home: Path, days: list[Path], seed: int) -> None:
    """Land the files in shuffled order, the second half a day later."""
    order = sorted(days, key=lambda path: hashlib.sha256(f"{seed} {path.name}".encode()).digest())
    for day, part in enumerate((order[: len(order) // 2], order[len(order) // 2 :]), start=1):
        exports.land(home, part, datetime(2026, 11, day, tzinfo=UTC))
        exports.read(home, Settings(home=home))


def _total(home: Path) -> Any:
    with closing(loaded(home)) as connection:
        return connection.execute(RETAIL_TOTAL).fetchone()
