"""What is open on a day, of everyone or of some sales reps, and the month under review."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

from pipelines.metrics import aging
from pipelines.reporting import ReviewData, RunFacts
from pipelines.reporting.reading import queries, receivables
from pipelines.reporting.reading.queries import Period
from pipelines.reporting.review import AgingRow, Receivables

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

    from pipelines.settings import Settings


def of_reps(
    connection: DuckDBPyConnection, run: RunFacts, settings: Settings, sales_reps: tuple[str, ...]
) -> tuple[ReviewData, RunFacts]:
    """Return the rows behind the pages of some sales reps: what they sold that is open, and their tasks."""
    period = month_under_review(connection, run, settings, sales_reps)
    known = replace(run, period_start=period.start, period_end=period.end, aging_basis=settings.aging_basis)
    data = ReviewData(
        due_windows=receivables.due_windows(connection, period, "due_windows"),
        uninvoiced=receivables.due_windows(connection, period, "uninvoiced"),
        bounds=period.aging_bounds,
        aging_months=receivables.aging_months(connection, period),
        current=open_on(connection, period, period.as_of),
        desk=receivables.desk(connection, period),
        issues=receivables.issues(connection, period),
        holds=receivables.holds(connection, period),
    )
    return data, known


def month_under_review(
    connection: DuckDBPyConnection, run: RunFacts, settings: Settings, sales_reps: tuple[str, ...] = ()
) -> Period:
    """Return the month under review with what else the queries may name."""
    start = queries.ask(connection, "month_bounds", {"as_of": run.as_of})[0]["month_start"]
    end = min(month_end(start), run.as_of)
    return Period(
        start,
        end,
        run.as_of,
        run.base_currency,
        settings.aging_basis,
        tuple(settings.aging_bounds),
        sales_reps,
    )


def month_end(start: date) -> date:
    """Return the last day of the month that begins with `start`."""
    return (start.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)


def months_back(start: date, months: int) -> date:
    """Return the first day of the month so many months before `start`."""
    year, month = divmod(start.year * 12 + start.month - 1 - months, 12)
    return date(year, month + 1, 1)


def open_on(connection: DuckDBPyConnection, period: Period, day: date) -> Receivables:
    """Return what is open at the end of a day, by rep and by customer, and who is late."""
    by = {
        slice_: _aging_rows(
            aging.rows(connection, day, period.aging_basis, period.aging_bounds, slice_, period.sales_reps),
            period,
        )
        for slice_ in ("sales_rep", "customer")
    }
    names = dict(connection.execute("select customer_id, customer_name from marts.dim_customers").fetchall())
    customers = tuple(replace(row, name=names.get(row.key) or row.key) for row in by["customer"])
    overdue = receivables.overdue_customers(connection, period, day)
    return Receivables(day, by["sales_rep"], customers, overdue)


def _aging_rows(rows: list[aging.AgingRow], period: Period) -> tuple[AgingRow, ...]:
    amounts: dict[tuple[str, str], list[Decimal]] = {}
    overdue: dict[tuple[str, str], Decimal] = {}
    for row in rows:
        key = (row.slice or "", row.currency)
        buckets = amounts.setdefault(key, [Decimal(0)] * (len(period.aging_bounds) + 2))
        buckets[row.bucket_no] += row.amount
        overdue[key] = overdue.get(key, Decimal(0)) + row.overdue_amount
    return tuple(
        AgingRow(key[0], key[0], key[1], tuple(found), overdue[key]) for key, found in sorted(amounts.items())
    )
