"""Receivables as frames: open items by age, how fast they turn into cash, accounts, and whom to ask for money next."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from pipelines.analysis.frames import day, from_arrow, table
from pipelines.metrics import aging as by_age
from pipelines.metrics import receivables as ratios
from pipelines.metrics.query import settings_of_build

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection
    from pandas import DataFrame

_MILLIONTH = Decimal("0.000001")


def aging(
    connection: DuckDBPyConnection,
    *,
    as_of: date | str | None = None,
    basis: str = "due",
    bounds: Sequence[int] = (30, 60, 90, 180, 365),
    by: str = "customer",
) -> DataFrame:
    """Return open receivables at the end of a day, one row a slice, currency and bucket that holds something.

    Columns: slice, currency, bucket_no (0: not due), bucket, amount (in currency), base_amount (null where a
    rate is unknown), item_count. `by` is customer, sales_rep, region or currency; `basis` due or invoice.
    Raises MetricError for a slice, basis or bounds that cannot be.
    """
    import pyarrow as pa

    built = settings_of_build(connection)
    moment = day(as_of, "as_of") or built["as_of"]
    rows = [asdict(row) for row in by_age.rows(connection, moment, basis, bounds, by)]
    schema = pa.schema(
        [
            ("slice", pa.string()),
            ("currency", pa.string()),
            ("bucket_no", pa.int32()),
            ("bucket", pa.string()),
            ("amount", pa.decimal128(18, 4)),
            ("base_amount", pa.decimal128(18, 4)),
            ("item_count", pa.int64()),
        ]
    )
    told = {
        "kind": "aging",
        "as_of": moment,
        "basis": basis,
        "bounds": tuple(bounds),
        "by": by,
        "base_currency": built["base_currency"],
    }
    return from_arrow(pa.Table.from_pylist(rows, schema), told)


def receivables(connection: DuckDBPyConnection) -> DataFrame:
    """Return one row a currency and closed month, the oldest first: balances, and how fast they turn into cash.

    Columns: currency, month_end, opening, sales, collected, closing, overdue (in currency, including tax), dso,
    dso_countback, is_at_least (the history was used up), bpdso, days_delinquent, cei (percent), days_to_pay, days_late.
    """
    import pyarrow as pa

    found = connection.execute("select distinct currency from marts.receivable_totals order by 1").fetchall()
    months = [one for (currency,) in found for one in ratios.months(connection, currency)]
    amounts = ("opening", "sales", "collected", "closing", "overdue")
    days = ("dso", "dso_countback", "bpdso", "days_delinquent", "cei", "days_to_pay", "days_late")
    schema = pa.schema(
        [
            ("currency", pa.string()),
            ("month_end", pa.date32()),
            *((name, pa.decimal128(18, 4)) for name in amounts),
            *((name, pa.decimal128(18, 6)) for name in days),
            ("is_at_least", pa.bool_()),
        ]
    )
    rows = [{name: getattr(one, name) for name in amounts} | _speed(one) for one in months]
    return from_arrow(pa.Table.from_pylist(rows, schema), {"kind": "receivables"})


def _speed(one: ratios.ReceivableMonth) -> dict[str, Any]:
    rounded = {
        name: None if value is None else value.quantize(_MILLIONTH) for name, value in one.speed().items()
    }
    return {
        "currency": one.currency,
        "month_end": one.month_end,
        "is_at_least": one.is_at_least,
        **rounded,
    }


def reconciliation(
    connection: DuckDBPyConnection, *, start: date | str, end: date | str | None = None
) -> DataFrame:
    """Return one row a customer and currency: opening + documents of the days = closing, and what is open by item.

    `difference_amount` is closing less what is open, 0.00 in every publication. `end`: the as-of date.
    """
    last = day(end, "end") or settings_of_build(connection)["as_of"]
    return table(
        connection,
        "select * from receivables_roll_forward($start, $end) order by currency, customer_id",
        {"start": day(start, "start"), "end": last},
    )


def worklist(connection: DuckDBPyConnection) -> DataFrame:
    """Return one row a customer with something overdue, the largest first, and the next step for each."""
    return table(
        connection,
        "select customer_id, customer_name, overdue_amount, balance_amount, oldest_days, step, quadrant, owner, "
        "last_contact_date, last_contact_method, last_promised_date, is_promise_broken, promises_kept, "
        "promises_broken, promise_rate, credit_limit, credit_use, is_over_credit_limit, is_delivery_held "
        "from marts.collections_worklist order by overdue_amount desc nulls last, customer_id",
    )
