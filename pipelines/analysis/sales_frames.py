"""Customers, cohorts and the way from booked to collected, as frames."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import TYPE_CHECKING

from pipelines.analysis.frames import day, from_arrow, table
from pipelines.errors import UsageError, did_you_mean
from pipelines.metrics.query import settings_of_build
from pipelines.reporting.reading import sales
from pipelines.reporting.reading.queries import Period

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection
    from pandas import DataFrame

_CLASSES = ("potential", "active", "vip", "lapsed")


def customers(connection: DuckDBPyConnection, *, customer_class: str | Sequence[str] = ()) -> DataFrame:
    """Return one row a customer named in any document, the largest revenue first.

    Amounts are in base currency, revenue net of returns. `customer_class` keeps some of potential, active, vip
    and lapsed. Raises UsageError for another class.
    """
    wanted = [customer_class] if isinstance(customer_class, str) else list(customer_class)
    for name in wanted:
        if name not in _CLASSES:
            raise UsageError("Unknown customer class", found=name, hint=did_you_mean(name, _CLASSES))
    return table(
        connection,
        "select * from marts.dim_customers where len($wanted::varchar[]) = 0 or customer_class in $wanted "
        "order by revenue_amount desc nulls last, customer_id",
        {"wanted": wanted},
    )


def cohorts(connection: DuckDBPyConnection) -> DataFrame:
    """Return one row a cohort (month of first order) and later month: size, who came back, is the month over.

    A month that is not over has `is_complete` false; the first cohort of the data is `is_left_censored`.
    """
    frame = table(
        connection,
        "select cohort_month, month_no, cohort_size, retained_count, is_complete, is_left_censored "
        "from marts.fct_cohort_months order by cohort_month, month_no",
    )
    frame.attrs["kind"] = "cohorts"
    return frame


def bridge(connection: DuckDBPyConnection, *, month: date | str) -> DataFrame:
    """Return the steps from booked to invoiced to collected of the month that holds the day: step, amount, kind.

    Empty when one of the three is missing. Amounts are in base currency; kind is total, addition, timing, lost.
    """
    import pyarrow as pa

    chosen = day(month, "month")
    if chosen is None:
        raise UsageError("bridge needs a month", expected="a day in it, such as 2026-10-01")
    built = settings_of_build(connection)
    start = chosen.replace(day=1)
    end = min((start + timedelta(days=31)).replace(day=1) - timedelta(days=1), built["as_of"])
    period = Period(start, end, built["as_of"], built["base_currency"], "due", (30, 60, 90, 180, 365))
    rows = [vars(step) for step in sales.bridge(connection, period)]
    schema = pa.schema([("key", pa.string()), ("amount", pa.decimal128(38, 4)), ("kind", pa.string())])
    told = {
        "kind": "bridge",
        "month": start,
        "base_currency": built["base_currency"],
        "as_of": built["as_of"],
    }
    return from_arrow(pa.Table.from_pylist(rows, schema), told)
