"""Each reconciliation fires when one cent, or one row, goes astray; then nothing is published."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from pipelines import resources, validation
from pipelines.errors import ReconciliationFailed
from pipelines.warehouse import Home, publication
from tests.operations.home import corrected, run
from tests.validation.demo_runs import PARAMETERS, Staged, staged


def cent(table: str, column: str, where: str = "true", amount: str = "0.01") -> str:
    """Add a cent in one row."""
    return (
        f"update {table} set {column} = {column} + {amount} where rowid = "
        f"(select min(rowid) from {table} where ({where}) and {column} is not null)"
    )


def _settled(document: str, side: str, amount: str) -> str:
    """A document that applications settle to the last cent: a cent more is a cent too much."""
    return (
        f"{side} = (select {side} from marts.fct_payment_applications as a "
        f"inner join {document} as d using ({side}) where d.{amount} > 0 and d.is_effective "
        f"group by {side} having sum(a.applied_amount) = max(d.{amount}) and count(distinct d.{amount}) = 1 limit 1)"
    )


# check -> the one thing that goes astray
FAULTS = {
    "account_months_close": cent("marts.fct_account_months", "closing_amount"),
    "application_within_invoice": cent(
        "marts.fct_payment_applications",
        "applied_amount",
        _settled("marts.fct_invoices", "invoice_id", "gross_amount"),
    ),
    "application_within_payment": cent(
        "marts.fct_payment_applications",
        "applied_amount",
        _settled("marts.fct_payments", "payment_id", "amount"),
    ),
    "cash_forecast_ties_to_open_items": cent(
        "marts.fct_cash_forecast", "forecast_amount", "origin_date = date '2026-10-31'"
    ),
    "cohort_sizes_sum_to_buyers": cent("marts.fct_cohort_months", "cohort_size", "month_no = 0", "1"),
    "customer_flows_balance": cent("marts.fct_customer_flows", "closing_count", amount="1"),
    "ledger_comparison_holds_every_balance": cent("marts.ledger_comparisons", "ledger_amount"),
    "metric_segments_sum_to_total": cent(
        "metrics.metric_values", "numerator", "metric = 'revenue' and segment_count = 1"
    ),
    "order_discounts_are_shared_whole": cent(
        "staging.stg_orders", "order_discount_share_amount", "order_discount_amount > 0"
    ),
    "order_lines_sum_to_orders": cent("marts.fct_orders", "net_amount", "is_valid and line_count > 0"),
    "order_lines_tie_to_staging": cent("marts.fct_order_lines", "net_amount"),
    "receivable_buckets_tie": cent("marts.fct_receivables", "open_amount", "is_open"),
    "receivable_identity_at_month_ends": cent("marts.fct_receivable_months", "open_amount"),
    "receivable_items_within_amount": (
        "update marts.fct_receivables set open_amount = amount + 0.01 "
        "where rowid = (select min(rowid) from marts.fct_receivables where amount > 0)"
    ),
    "revenue_bridge_closes": cent("marts.fct_revenue_bridge", "amount"),
    "revenue_ties_to_marts": cent(
        "metrics.metric_values", "numerator", "metric = 'revenue' and segment_count = 0"
    ),
    "tie_out_files": cent("ops.files", "rows_read", "is_current", "1"),
    "tie_out_invoice_amounts": cent("staging.stg_invoices", "exported_gross_amount"),
    "tie_out_order_amounts": (
        "update staging.stg_orders set amount = 0.01 where rowid = (select min(rowid) from staging.stg_orders)"
    ),
    "tie_out_order_quantities": cent("staging.stg_orders", "quantity"),
    "tie_out_payment_amounts": cent("staging.stg_payments", "amount", "amount > 0"),
    "tie_out_quarantine": cent("ops.files", "rows_quarantined", "is_current", "1"),
    "tie_out_staged_rows": (
        "delete from staging.stg_payments where rowid = (select min(rowid) from staging.stg_payments)"
    ),
}


@pytest.fixture(scope="module")
def reconciled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Staged]:
    """A small demo whose reconciliations all hold."""
    with staged(tmp_path_factory.mktemp("demo"), mess=False, seed=3, orders=300) as run:
        run.go_on()
        yield run


def test_every_reconciliation_has_its_fault() -> None:
    assert set(FAULTS) == {path.stem for path in (resources.path("sql") / "checks").glob("*.sql")}


@pytest.mark.slow
@pytest.mark.parametrize("check", sorted(FAULTS))
def test_reconciliation_fires_when_one_cent_goes_astray(reconciled: Staged, check: str) -> None:
    connection = reconciled.connection
    connection.execute("begin")
    try:
        (changed,) = connection.execute(FAULTS[check]).fetchone() or (0,)
        assert changed == 1
        with pytest.raises(ReconciliationFailed) as failed:
            validation.run_checks(connection, PARAMETERS, "run")
    finally:
        connection.execute("rollback")
    assert check in failed.value.where.split(", ")


def test_one_cent_in_a_draft_publishes_nothing_and_leaves_the_former_publication(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    published = (home / "warehouse.duckdb").resolve()
    true_checks = validation.run_checks

    def a_cent_astray(connection: Any, *arguments: Any, **named: Any) -> Any:
        connection.execute(cent("marts.fct_revenue_bridge", "amount"))
        return true_checks(connection, *arguments, **named)

    monkeypatch.setattr(validation, "run_checks", a_cent_astray)
    with pytest.raises(ReconciliationFailed) as failed:
        run(home, corrected(tmp_path / "in"), number=2)
    assert failed.value.exit_code == 1
    assert failed.value.where == "revenue_bridge_closes"
    assert publication.published(Home(home)) == published
