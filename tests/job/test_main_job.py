"""The main job on two months of a small company, whose figures are worked by hand in its README."""

from __future__ import annotations

import os
import shutil
import threading
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from pipelines import job, metrics, warehouse
from pipelines.errors import GateFailed, ModelError, SalesdeskError, UnreadableExport, UsageError
from pipelines.metrics import aging
from pipelines.settings import Settings
from pipelines.warehouse import journal
from tests.operations.home import AS_OF, EXPORTS, TABLES, Quiet, run

JANUARY, FEBRUARY = date(2026, 1, 1), date(2026, 2, 1)


@pytest.mark.parametrize(
    ("metric", "january", "february"),
    [
        ("gross_revenue", "375", "300"),
        ("discounts", "5", "0"),
        ("returned_amount", "0", "50"),
        ("revenue", "370", "250"),
        ("cancelled_amount", "0", "300"),
        ("orders", "2", "1"),
        ("buying_customers", "2", "1"),
        ("order_value", "185", "250"),
        ("customer_spend", "185", "250"),
        ("invoiced", "418.10", "339"),
        ("collected", "276.85", "100"),
    ],
)
def test_main_job_figures_are_those_worked_by_hand(
    published_home: Path, metric: str, january: str, february: str
) -> None:
    with warehouse.read(published_home) as connection:
        rows = metrics.query(connection, [metric], grain="month", start=JANUARY, end=AS_OF)
    assert {row.period_start: row.value for row in rows} == {
        JANUARY: Decimal(january),
        FEBRUARY: Decimal(february),
    }
    assert all(row.is_complete for row in rows)


def test_main_job_conversion_is_so_far_while_its_window_is_open(published_home: Path) -> None:
    with warehouse.read(published_home) as connection:
        (row,) = metrics.query(
            connection, ["conversion"], grain="month", start=JANUARY, end=date(2026, 1, 31)
        )
    assert (row.numerator, row.denominator, row.value) == (Decimal(1), Decimal(2), Decimal("0.5"))
    assert not row.is_complete


def test_main_job_cohort_of_january_returns_by_half(published_home: Path) -> None:
    with warehouse.read(published_home) as connection:
        rows = connection.execute(
            "select month_no, cohort_size, retained_count from marts.fct_cohort_months "
            "where cohort_month = $january and is_complete order by month_no",
            {"january": JANUARY},
        ).fetchall()
    assert rows == [(0, 2, 2), (1, 2, 1)]


def test_main_job_aging_is_that_worked_by_hand(published_home: Path) -> None:
    with warehouse.read(published_home) as connection:
        rows = aging.rows(connection, AS_OF, "due", (30, 60, 90), "customer")
    assert {(row.slice, row.bucket_no): row.amount for row in rows if row.amount} == {
        ("C2", 1): Decimal("41.25"),
        ("C1", 0): Decimal(339),
    }


def test_main_job_accounts_for_every_row(published_home: Path) -> None:
    with warehouse.read(published_home) as connection:
        rows = connection.execute(
            "select kind, rows_read, rows_loaded, rows_quarantined + rows_superseded + rows_skipped "
            "from ops.files order by kind"
        ).fetchall()
    assert rows == [
        ("customers", 2, 2, 0),
        ("invoices", 3, 3, 0),
        ("leads", 2, 2, 0),
        ("orders", 5, 5, 0),
        ("payments", 2, 2, 0),
        ("returns", 1, 1, 0),
    ]


def test_main_job_tells_the_same_counts_in_its_publication_and_in_the_journal(published_home: Path) -> None:
    (line,) = journal.all_runs(warehouse.Home(published_home))
    with warehouse.read(published_home) as connection:
        rows = connection.execute(
            "select files, rows_read, rows_quarantined, status from ops.runs"
        ).fetchall()
    assert rows == [(6, 15, 0, "published")]
    assert rows == [(line["files"], line["rows_read"], line["rows_quarantined"], line["status"])]


def test_main_job_without_as_of_takes_the_latest_document_date(tmp_path: Path) -> None:
    assert run(tmp_path, *TABLES, as_of=None, until="load").as_of == date(2026, 2, 10)


def test_main_job_twice_changes_nothing_and_publishes_nothing_new(home: Path) -> None:
    first = (home / "warehouse.duckdb").resolve()
    assert run(home, *TABLES, number=2).status == "unchanged"
    assert (home / "warehouse.duckdb").resolve() == first


def _figures(home: Path) -> dict[str, list[tuple[object, ...]]]:
    questions = {
        "aging": "select * from receivables_aging(date '2026-02-28') order by all",
        "applications": "select * from marts.fct_payment_applications order by all",
        "months": "select item_id, month_end, open_amount from marts.fct_receivable_months order by all",
        "metrics": "select metric, grain, period_start, value from metrics.metric_values order by all",
    }
    with warehouse.read(home) as connection:
        return {name: connection.execute(text).fetchall() for name, text in questions.items()}


def test_main_job_same_documents_exported_again_change_no_figure(home: Path, tmp_path: Path) -> None:
    """Other line ends, other names, loaded in the opposite order: every document is replaced by itself."""
    before = _figures(home)
    again = []
    for table in reversed(TABLES):
        again.append(tmp_path / f"again_{table.name}")
        again[-1].write_bytes(table.read_bytes().replace(b"\n", b"\r\n"))
    assert run(home, *again, number=2).status == "published"
    assert _figures(home) == before
    with warehouse.read(home) as connection:
        replaced = connection.execute(
            "select sum(rows_loaded) filter (where file_no > 6), sum(rows_superseded) from ops.files"
        ).fetchone()
    assert replaced == (15, 15)


def test_main_job_later_file_replaces_a_document_whole(home: Path, tmp_path: Path) -> None:
    header = (EXPORTS / "orders.csv").read_text(encoding="utf-8").splitlines()[0]
    corrected = tmp_path / "orders_corrected.csv"
    corrected.write_text(
        f"{header}\nO1,2026-01-05,C1,1,P-100,Bearing,2,90.00,,0.13,completed,Li,East,direct,,,\n",
        encoding="utf-8",
    )
    assert run(home, corrected, number=2).status == "published"
    with warehouse.read(home) as connection:
        (row,) = metrics.query(connection, ["revenue"], grain="month", start=JANUARY, end=date(2026, 1, 31))
        superseded = connection.execute(
            "select rows_loaded, rows_superseded from ops.files where kind = 'orders' order by file_no"
        ).fetchall()
        restated = connection.execute(
            "select old_value, new_value, cause from ops.restatements "
            "where metric = 'revenue' and period_start = $january and grain = 'month'",
            {"january": JANUARY},
        ).fetchall()
    # O1 is now 2 × 90 = 180 alone, its second line is gone; with O2's 125 that is 305
    assert row.value == Decimal(305)
    assert superseded == [(3, 2), (1, 0)]
    assert restated == [(Decimal(370), Decimal(305), "new files: orders_corrected.csv")]


def test_main_job_with_an_untypable_cell_quarantines_the_row(tmp_path: Path) -> None:
    for table in TABLES:
        shutil.copy(table, tmp_path)
    path = tmp_path / "payments.csv"
    path.write_text(
        path.read_text(encoding="utf-8") + "P3,2026-02-26,C2,twelve,,transfer\n", encoding="utf-8"
    )
    home = tmp_path / "home"
    request_settings = Settings(home=home, as_of=AS_OF, gate_rows=Decimal(1), gate_amount=Decimal(1))
    request = job.Request(
        request_settings,
        (tmp_path,),
        "20260301T000001-aaaaaa",
        datetime(2026, 3, 1, tzinfo=UTC),
        date(2026, 3, 1),
    )
    assert job.run_direct(request, Quiet()).status == "published"
    with warehouse.read(home) as connection:
        rows = connection.execute(
            "select file_name, source_row, column_name, found, status from ops.quarantine"
        ).fetchall()
        counts = connection.execute(
            "select rows_read, rows_loaded, rows_quarantined from ops.files where kind = 'payments'"
        ).fetchall()
    assert rows == [("payments.csv", 4, "amount", "twelve", "open")]
    assert counts == [(3, 2, 1)]


def test_main_job_beyond_its_gates_publishes_nothing_and_says_so(home: Path, tmp_path: Path) -> None:
    first = (home / "warehouse.duckdb").resolve()
    bad = tmp_path / "bad_payments.csv"
    lines = "".join(f"B{number},2026-02-26,C2,twelve,,transfer\n" for number in range(20))
    bad.write_text("payment_id,payment_date,customer_id,amount,invoice_id,method\n" + lines, encoding="utf-8")
    with pytest.raises(GateFailed) as caught:
        run(home, bad, number=2)
    assert caught.value.exit_code == 1
    assert (home / "warehouse.duckdb").resolve() == first
    assert (home / "snapshots" / "refused.duckdb").is_file()


def _missing(folder: Path) -> Path:
    return folder / "no_such_folder"


def _empty_file(folder: Path) -> Path:
    (folder / "orders.csv").write_bytes(b"")
    return folder / "orders.csv"


def _not_what_its_name_says(folder: Path) -> Path:
    (folder / "orders.xlsx").write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(200))
    return folder / "orders.xlsx"


def _truncated(folder: Path) -> Path:
    whole = (EXPORTS / "orders.csv").read_text(encoding="utf-8")
    (folder / "orders.csv").write_text(whole + 'O9,2026-02-11,C1,1,"P-1', encoding="utf-8")
    return folder / "orders.csv"


def _unrecognisable(folder: Path) -> Path:
    (folder / "songs.csv").write_text("title,artist\nA,B\n", encoding="utf-8")
    return folder / "songs.csv"


def test_main_job_that_fails_while_its_marts_are_checked_ends_the_check_and_tells_the_failure(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The checks work on the draft beside the metrics: neither they nor the draft stay behind."""

    def fail(*_: object) -> int:
        assert "check-marts" in {thread.name for thread in threading.enumerate()}
        raise ModelError("A metric cannot be computed")

    monkeypatch.setattr(os, "cpu_count", lambda: 2)
    monkeypatch.setattr(metrics, "materialise", fail)
    with pytest.raises(ModelError, match="metric cannot be computed"):
        run(tmp_path, *TABLES)
    assert "check-marts" not in {thread.name for thread in threading.enumerate()}
    assert not list((tmp_path / "snapshots").iterdir())


@pytest.mark.parametrize(
    "make",
    [_missing, _empty_file, _not_what_its_name_says, _truncated, _unrecognisable],
    ids=lambda make: make.__name__,
)
def test_main_job_on_unreadable_input_is_refused_and_changes_nothing(
    make: object, home: Path, tmp_path: Path
) -> None:
    assert callable(make)
    folder = tmp_path / "exports"
    folder.mkdir()
    first = (home / "warehouse.duckdb").resolve()
    with pytest.raises(SalesdeskError) as caught:
        run(home, make(folder), number=2)
    assert caught.value.exit_code == 2
    assert caught.value.where or caught.value.found
    assert (home / "warehouse.duckdb").resolve() == first


def test_main_job_on_an_empty_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "exports").mkdir()
    with pytest.raises((UnreadableExport, UsageError)):
        run(tmp_path / "home", tmp_path / "exports")
