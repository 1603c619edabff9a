"""The commands as a user meets them: data alone on stdout, words on stderr, documented exit codes."""

from __future__ import annotations

import atexit
import csv
import gc
import io
import json
import subprocess
import sys
from decimal import Decimal
from pathlib import Path

import pytest

from pipelines.cli import published

EXPORTS = Path(__file__).parents[1] / "fixtures" / "exports" / "two_months"


def _salesdesk(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "pipelines", *(str(argument) for argument in arguments)]
    return subprocess.run(command, check=False, capture_output=True, text=True, timeout=600)


def _rows(done: subprocess.CompletedProcess[str]) -> list[dict[str, object]]:
    assert done.returncode == 0, done.stderr
    rows: list[dict[str, object]] = json.loads(done.stdout, parse_float=Decimal)
    return rows


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """HOME after `salesdesk run` on the fixture."""
    place = tmp_path_factory.mktemp("home")
    tables = sorted(EXPORTS.glob("*.csv"))
    done = _salesdesk("run", *tables, "--direct", "--as-of", "2026-02-28", "--home", place)
    assert done.returncode == 0, done.stderr
    assert Path(done.stdout.strip()).is_file()
    assert "published as of 2026-02-28" in done.stderr
    return place


def test_metric_as_json_is_data_alone_with_exact_decimals(home: Path) -> None:
    rows = _rows(_salesdesk("metric", "revenue", "--from", "2026-01-01", "--home", home, "--format", "json"))
    assert [(row["period_start"], row["value"]) for row in rows] == [
        ("2026-01-01", Decimal("370.00")),
        ("2026-02-01", Decimal("250.00")),
    ]
    assert list(rows[0]) == [
        "metric",
        "grain",
        "period_start",
        "numerator",
        "denominator",
        "value",
        "is_complete",
        "is_small_sample",
        "reason",
    ]


def test_metric_by_region_as_csv_has_the_slice_as_a_column(home: Path) -> None:
    done = _salesdesk(
        "metric",
        "revenue",
        "--by",
        "region",
        "--from",
        "2026-01-01",
        "--to",
        "2026-01-31",
        "--home",
        home,
        "--format",
        "csv",
    )
    rows = list(csv.DictReader(io.StringIO(done.stdout)))
    assert {row["region"]: row["value"] for row in rows} == {"East": "245.00", "North": "125.00"}


def test_metric_where_keeps_one_slice(home: Path) -> None:
    rows = _rows(
        _salesdesk(
            "metric",
            "revenue",
            "--where",
            "region=North",
            "--grain",
            "all",
            "--home",
            home,
            "--format",
            "json",
        )
    )
    assert [row["value"] for row in rows] == [Decimal("125.00")]


def test_aging_rows_are_the_documented_ones(home: Path) -> None:
    rows = _rows(_salesdesk("aging", "--bounds", "30,60,90", "--home", home, "--format", "json"))
    assert list(rows[0]) == [
        "customer_id",
        "currency",
        "bucket_no",
        "bucket",
        "amount",
        "item_count",
        "base_amount",
    ]
    assert {(row["customer_id"], row["bucket_no"]): row["amount"] for row in rows if row["item_count"]} == {
        ("C1", 0): Decimal("339.00"),
        ("C2", 1): Decimal("41.25"),
    }


def test_aging_before_the_payment_still_owes_the_invoice(home: Path) -> None:
    rows = _rows(
        _salesdesk("aging", "--as-of", "2026-01-30", "--by", "sales_rep", "--home", home, "--format", "json")
    )
    # on 30 January I1 (276.85, due 5 February) and I2 (141.25, due 20 February) are both open and not due
    assert {(row["sales_rep"], row["bucket_no"]): row["amount"] for row in rows if row["item_count"]} == {
        ("Li", 0): Decimal("276.85"),
        ("Chen", 0): Decimal("141.25"),
    }


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        (("metric", "revenu"), "revenue"),
        (("metric", "revenue", "--by", "regoin"), "region"),
        (("metric", "revenue", "--grain", "fortnight"), "month"),
        (("metric", "revenue", "--from", "soon"), "--from is not a date"),
        (("metric", "revenue", "--where", "region"), "DIMENSION=VALUE"),
        (("aging", "--basis", "guess"), "due or invoice"),
        (("aging", "--bounds", "30,x"), "whole numbers"),
        (("aging", "--by", "planet"), "customer"),
    ],
)
def test_commands_asked_wrongly_say_what_is_known(home: Path, arguments: tuple[str, ...], named: str) -> None:
    done = _salesdesk(*arguments, "--home", home)
    assert done.returncode == 2
    assert done.stdout == ""
    assert named in done.stderr
    assert "Traceback" not in done.stderr


def test_commands_before_the_first_publication_say_what_to_do(tmp_path: Path) -> None:
    done = _salesdesk("metric", "revenue", "--home", tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    assert "salesdesk demo" in done.stderr


def test_run_on_missing_exports_ends_with_2_and_no_traceback(home: Path, tmp_path: Path) -> None:
    before = (home / "warehouse.duckdb").resolve()
    done = _salesdesk("run", tmp_path / "nowhere", "--direct", "--home", home)
    assert (done.returncode, done.stdout) == (2, "")
    assert "nowhere" in done.stderr
    assert "Traceback" not in done.stderr
    assert (home / "warehouse.duckdb").resolve() == before


def test_config_names_the_source_of_each_value(home: Path) -> None:
    rows = _rows(_salesdesk("config", "--home", home, "--format", "json"))
    sources = {row["name"]: row["source"] for row in rows}
    assert (sources["home"], sources["lang"]) == ("flag", "default")


def test_quarantine_of_clean_data_is_empty(home: Path) -> None:
    assert _rows(_salesdesk("quarantine", "--home", home, "--format", "json")) == []


def test_inspect_tells_kind_and_columns(home: Path) -> None:
    done = _salesdesk("inspect", EXPORTS / "orders.csv", "--home", home)
    assert done.returncode == 0, done.stderr
    assert "orders" in done.stdout
    assert "order_date" in done.stdout


def test_validate_and_build_work_on_what_is_landed(home: Path) -> None:
    assert _salesdesk("validate", "--as-of", "2026-02-28", "--home", home).returncode == 0
    done = _salesdesk("build", "--as-of", "2026-02-28", "--home", home)
    assert done.returncode == 0, done.stderr
    assert "nothing has changed" in done.stderr


@pytest.mark.parametrize(("command", "is_barred"), [("run", True), ("metric", True), ("export", False)])
def test_pandas_is_barred_where_a_command_has_no_use_for_it(
    command: str, *, is_barred: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "meta_path", [])
    monkeypatch.setattr(gc, "set_threshold", lambda _: None)
    monkeypatch.setattr(atexit, "register", lambda _: None)
    published.spare([command, "--direct"])
    assert len(sys.meta_path) == is_barred


def test_workbooks_are_read_where_pandas_is_barred() -> None:
    code = """
from pipelines.this_process import bar
bar("pandas")
import pyarrow
assert pyarrow.array(["a"]).to_pylist() == ["a"]
try:
    import pandas
except ImportError:
    print("barred")
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (done.stdout, done.stderr) == ("barred\n", "")
