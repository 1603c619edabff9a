"""Data quality: what was read, what was refused, which rules failed, which figures changed since."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from pipelines.reporting.reading.queries import Period, ask
from pipelines.reporting.review import (
    CheckRow,
    CheckRun,
    PastRun,
    QuarantineReason,
    QuarantineRow,
    Restatement,
    SourceRow,
)
from pipelines.reporting.words import Text

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

# These come every day; a week without one says that an export is missing, not that nothing happened.
_DAILY = ("orders", "invoices", "payments", "leads")
_LATE_AFTER = timedelta(days=7)
_SAME_AS = {
    "order_headers": "orders",
    "order_lines": "orders",
    "invoice_headers": "invoices",
    "invoice_lines": "invoices",
}
_ASKED_FOR = ("orders", "invoices", "payments", "customers", "leads", "deliveries", "returns", "reviews")


def sources(connection: DuckDBPyConnection, period: Period) -> tuple[SourceRow, ...]:
    """Return the kinds of export that were read."""
    dates = {row["kind"]: row["last_date"] for row in ask(connection, "last_dates", period.parameters())}
    rows = []
    for row in ask(connection, "sources", period.parameters()):
        kind = _SAME_AS.get(row["kind"], row["kind"])
        last_date = dates.get(kind)
        is_late = kind in _DAILY and last_date is not None and period.end - last_date > _LATE_AFTER
        rows.append(SourceRow(**row, last_date=last_date, is_late=is_late))
    return tuple(rows)


def missing_kinds(rows: tuple[SourceRow, ...]) -> tuple[str, ...]:
    """Return the kinds that pages would use and that no file gave; nothing where no file is on record."""
    given = {_SAME_AS.get(row.kind, row.kind) for row in rows}
    return tuple(kind for kind in _ASKED_FOR if kind not in given) if rows else ()


def quarantine(connection: DuckDBPyConnection, period: Period) -> tuple[QuarantineReason, ...]:
    """Return the open quarantine by reason."""
    return tuple(
        QuarantineReason(
            row["code"] or "",
            Text(row["reason_zh"] or row["code"] or "", row["reason_en"] or row["code"] or ""),
            row["kind"] or "",
            row["rows"],
            row["amount"],
        )
        for row in ask(connection, "quarantine_reasons", period.parameters())
    )


def quarantine_rows(connection: DuckDBPyConnection, period: Period) -> tuple[QuarantineRow, ...]:
    """Return the open quarantine row by row."""
    rows = []
    for row in ask(connection, "quarantine_rows", period.parameters()):
        expected, reason = (
            Text(row.pop(f"{name}_zh"), row.pop(f"{name}_en")) for name in ("expected", "reason")
        )
        rows.append(QuarantineRow(**row, expected=expected, reason=reason))
    return tuple(rows)


def checks(connection: DuckDBPyConnection, run_id: str) -> tuple[CheckRow, ...]:
    """Return the verdict of every rule in a run, and of every reconciliation."""
    history = {
        row["rule_id"]: tuple(row["failed_counts"])
        for row in ask(connection, "check_history", {"run_id": run_id})
    }
    rules = connection.execute(
        "select table_name, rule_id, severity, success, checked_count, failed_count, words_zh, words_en, "
        "failed_amount, failed_currency, coalesce(metrics, []) "
        "from ops.expectation_results where run_id = $run_id order by table_name, rule_id",
        {"run_id": run_id},
    ).fetchall()
    closing = connection.execute(
        "select check_name, severity, passed, difference_count from ops.reconciliations "
        "where run_id = $run_id order by check_name",
        {"run_id": run_id},
    ).fetchall()
    found = [
        CheckRow(
            *(table, rule, severity, success, checked or 0, failed or 0, Text(zh or rule, en or rule)),
            amount=amount,
            currency=currency or "",
            metrics=tuple(touched),
            history=history.get(rule, ()),
        )
        for table, rule, severity, success, checked, failed, zh, en, amount, currency, touched in rules
    ]
    found += [
        CheckRow("checks", name, severity or "critical", passed, 0, differences or 0, Text(name, name))
        for name, severity, passed, differences in closing
    ]
    return tuple(found)


def check_runs(connection: DuckDBPyConnection) -> tuple[CheckRun, ...]:
    """Return how the checks of the last 12 runs went, the latest first."""
    return tuple(CheckRun(**row) for row in ask(connection, "check_runs", {}))


def restatements(connection: DuckDBPyConnection, run_id: str) -> tuple[Restatement, ...]:
    """Return the monthly figures that this run changed, the latest period first."""
    rows = connection.execute(
        "select metric, period_start, old_value, new_value, coalesce(cause, '') from ops.restatements "
        "where run_id = $run_id and grain = 'month' order by period_start desc, metric",
        {"run_id": run_id},
    ).fetchall()
    return tuple(Restatement(*row) for row in rows)


def runs(connection: DuckDBPyConnection) -> tuple[PastRun, ...]:
    """Return the last 24 runs, the latest first."""
    rows = connection.execute(
        "select run_id, as_of, status, rows_read, rows_quarantined, coalesce(message, '') from ops.runs "
        "order by started_at desc, run_id desc limit 24"
    ).fetchall()
    return tuple(PastRun(*row) for row in rows)
