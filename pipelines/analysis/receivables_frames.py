"""Receivables as frames: open items by age, and whom to ask for money next."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from datetime import date
from typing import TYPE_CHECKING

from pipelines.analysis.frames import day, from_arrow, table
from pipelines.metrics import aging as receivables
from pipelines.metrics.query import settings_of_build

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection
    from pandas import DataFrame


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
    rows = [asdict(row) for row in receivables.rows(connection, moment, basis, bounds, by)]
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


def worklist(connection: DuckDBPyConnection) -> DataFrame:
    """Return one row a customer with something overdue, the largest first, and the next step for each."""
    return table(
        connection,
        "select customer_id, customer_name, overdue_amount, balance_amount, oldest_days, step, quadrant, owner, "
        "last_contact_date, last_promised_date, is_promise_broken, is_over_credit_limit "
        "from marts.collections_worklist order by overdue_amount desc nulls last, customer_id",
    )
