"""`salesdesk trace`: from a figure or a document's number to file and row."""

from __future__ import annotations

import shutil
from decimal import Decimal
from pathlib import Path

import pytest

from pipelines import metrics, warehouse
from pipelines.metrics import TracedRow
from tests.cli.conftest import Salesdesk


def test_trace_of_a_figure_gives_rows_that_add_up_to_it(salesdesk: Salesdesk, two_months: Path) -> None:
    answer = salesdesk(
        *("trace", "revenue", "--at", "2026-01", "--by", "region=East"),
        *("--home", two_months, "--format", "json"),
    )
    assert [(row["file_name"], row["source_row"], row["amount"]) for row in answer.rows] == [
        ("orders.csv", 2, Decimal("200.00")),
        ("orders.csv", 3, Decimal("45.00")),
    ]
    assert "numerator 245.00 = 245.00, the sum of 2 rows" in answer.err


def test_trace_of_a_figure_with_returns_takes_their_rows_off(salesdesk: Salesdesk, two_months: Path) -> None:
    answer = salesdesk("trace", "revenue", "--home", two_months, "--format", "json")
    assert sorted((row["file_name"], row["amount"]) for row in answer.rows) == [
        ("orders.csv", Decimal("300.00")),
        ("returns.csv", Decimal("-50.00")),
    ]
    assert "numerator 250.00 = 250.00" in answer.err


def test_trace_of_a_ratio_adds_up_both_sides(salesdesk: Salesdesk, two_months: Path) -> None:
    answer = salesdesk("trace", "order_value", "--at", "2026-01", "--home", two_months, "--format", "json")
    assert "numerator 370.00 = 370.00, the sum of 3 rows" in answer.err
    assert "denominator 2 = 2, the sum of 2 rows" in answer.err


@pytest.mark.parametrize(
    ("metric", "month", "numerator", "denominator"),
    [
        # I2 41.25 and I4 339.00 are open at the end of February, I2 alone of January's; I2 alone is late by then
        ("receivables", "2026-02", [("invoices.csv", 3, "41.25"), ("invoices.csv", 4, "339.00")], []),
        ("receivables", "2026-01", [("invoices.csv", 3, "141.25")], []),
        (
            "overdue_share",
            "2026-02",
            [("invoices.csv", 3, "41.25"), ("invoices.csv", 4, "0.00")],
            [("invoices.csv", 3, "41.25"), ("invoices.csv", 4, "339.00")],
        ),
        # C1 came back by O4; C1 and C2 bought in January by O1 and O2
        (
            "retention",
            "2026-02",
            [("orders.csv", 6, "1.00")],
            [("orders.csv", 2, "1.00"), ("orders.csv", 4, "1.00")],
        ),
        ("customers_at_end", "2026-01", [("orders.csv", 2, "1.00"), ("orders.csv", 4, "1.00")], []),
        ("customers_at_end", "2026-02", [("orders.csv", 4, "1.00"), ("orders.csv", 6, "1.00")], []),
        ("buying_customers", "2026-01", [("orders.csv", 2, "1.00"), ("orders.csv", 4, "1.00")], []),
    ],
)
def test_trace_of_balances_and_of_customers_adds_up_from_documents(
    salesdesk: Salesdesk,
    two_months: Path,
    metric: str,
    month: str,
    numerator: list[tuple[str, int, str]],
    denominator: list[tuple[str, int, str]],
) -> None:
    answer = salesdesk("trace", metric, "--at", month, "--home", two_months, "--format", "json")
    assert answer.code == 0
    for side, expected in (("numerator", numerator), ("denominator", denominator)):
        found = [row for row in answer.rows if row["side"] == side]
        assert [(row["file_name"], row["source_row"], row["amount"]) for row in found] == [
            (name, number, Decimal(amount)) for name, number, amount in expected
        ]


def test_trace_of_a_balance_of_one_slice_holds_its_items_alone(
    salesdesk: Salesdesk, two_months: Path
) -> None:
    answer = salesdesk(
        *("trace", "receivables", "--at", "2026-02", "--by", "sales_rep=Li"),
        *("--home", two_months, "--format", "json"),
    )
    assert [(row["source_row"], row["amount"]) for row in answer.rows] == [(4, Decimal("339.00"))]


@pytest.mark.parametrize(
    ("number", "places"),
    [
        ("O1", [("orders.csv", 2), ("orders.csv", 3)]),
        ("I2", [("invoices.csv", 3)]),
        ("P2", [("payments.csv", 3)]),
    ],
)
def test_trace_of_a_document_gives_its_rows(
    salesdesk: Salesdesk, two_months: Path, number: str, places: list[tuple[str, int]]
) -> None:
    rows = salesdesk("trace", number, "--home", two_months, "--format", "json").rows
    assert [(row["file_name"], row["source_row"]) for row in rows] == places


def test_trace_of_a_document_in_quarantine_says_where_it_was_read(
    salesdesk: Salesdesk, two_months: Path, tmp_path: Path
) -> None:
    snapshot = tmp_path / "snapshots" / "warehouse-20260101T000000-abcdef.duckdb"
    snapshot.parent.mkdir()
    shutil.copyfile(two_months / "warehouse.duckdb", snapshot)
    (tmp_path / "warehouse.duckdb").symlink_to(snapshot.relative_to(tmp_path))
    with warehouse.connect(snapshot) as connection:
        connection.execute(
            "insert into ops.quarantine (file_name, source_part, source_row, kind, document_key, status) "
            "values ('invoices.csv', '', 7, 'invoices', 'I9', 'open'), "
            "('invoices.csv', '', 8, 'invoices', 'I2 / 1', 'open'), "
            "('invoices.csv', '', 9, 'invoices', 'I2', 'closed')"
        )
    alone = salesdesk("trace", "I9", "--home", tmp_path, "--format", "json")
    assert [(row["table"], row["file_name"], row["source_row"]) for row in alone.rows] == [
        ("ops.quarantine", "invoices.csv", 7)
    ]
    assert "1 rows of I9 are in quarantine" in alone.err
    both = salesdesk("trace", "I2", "--home", tmp_path, "--format", "json").rows
    assert [(row["table"], row["source_row"]) for row in both] == [
        ("staging.stg_invoices", 3),
        ("ops.quarantine", 8),
    ]


def test_trace_whose_rows_do_not_add_up_ends_with_1(
    salesdesk: Salesdesk, two_months: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    wrong = TracedRow("numerator", "marts.fct_order_lines", Decimal(1), "orders.csv", "", 2)
    monkeypatch.setattr(metrics, "trace", lambda *_, **__: [wrong])
    answer = salesdesk("trace", "revenue", "--at", "2026-01", "--home", two_months)
    assert (answer.code, answer.out) == (1, "")
    assert "don't add up" in answer.err
