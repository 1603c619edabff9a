"""Open receivables by age: any date, basis and bounds, sliced by who or what."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

from pipelines.errors import MetricError, did_you_mean

if TYPE_CHECKING:
    from datetime import date
    from decimal import Decimal

    from duckdb import DuckDBPyConnection

SLICES = {"customer": "customer_id", "sales_rep": "sales_rep", "region": "region", "currency": "currency"}
BASES = ("due", "invoice")


@dataclass(frozen=True)
class AgingRow:
    """What is open in one bucket of one slice and currency.

    `bucket_no` 0 is what is not due, then one number a bound, the last one beyond all. `amount` is in
    `currency`, negative where credits outweigh; `base_amount` is in the base currency at the documents' own
    rates, None where one of them is unknown. `overdue_amount` is what of `amount` is past its due date, on any basis.
    """

    slice: str
    currency: str
    bucket_no: int
    bucket: str
    amount: Decimal
    base_amount: Decimal | None
    item_count: int
    overdue_amount: Decimal


def rows(
    connection: DuckDBPyConnection,
    as_of: date,
    basis: str = "due",
    bounds: Sequence[int] = (30, 60, 90, 180, 365),
    by: str = "customer",
    sales_reps: Sequence[str] = (),
) -> list[AgingRow]:
    """Return open receivables at the end of the day `as_of`, by slice, currency and bucket, in that order.

    With `sales_reps` only what these sold.
    Recomputed from every item's changes: what is dated later does not exist yet, what was paid later is open.
    Currencies are never added. Raises MetricError for an unknown slice or basis, or bounds that do not rise.
    """
    column = slice_column(by)
    check_bounds(bounds)
    if basis not in BASES:
        raise MetricError(
            "Unknown aging basis", found=basis, expected=" or ".join(BASES), hint=did_you_mean(basis, BASES)
        )
    found = connection.execute(
        f"""
        select
            {column} as slice,
            currency,
            bucket_no,
            bucket,
            sum(open_amount)::decimal(18, 4) as amount,
            if(
                count(base_open_amount) = count(*), sum(base_open_amount), null
            )::decimal(18, 4) as base_amount,
            count(*) as item_count,
            coalesce(sum(open_amount) filter (where due_date < $as_of), 0)::decimal(18, 4) as overdue_amount
        from receivable_items_aged($as_of, $basis, $bounds)
        where len($sales_reps::varchar[]) = 0 or list_contains($sales_reps, sales_rep)
        group by all
        order by slice, currency, bucket_no
        """,
        {"as_of": as_of, "basis": basis, "bounds": list(bounds), "sales_reps": list(sales_reps)},
    ).fetchall()
    return [AgingRow(*row) for row in found]


def keep(connection: DuckDBPyConnection, days: Iterable[date]) -> None:
    """Find what is open at the end of these days once, for whatever this connection is asked of them afterwards.

    On this connection the macro `open_receivable_items` then answers for these days from the rows kept, and for any
    other day as before; all that ages items reads it. For a published file, which does not change meanwhile; in one
    from before that macro everything is found each time.
    """
    if not connection.execute(
        "select 1 from duckdb_functions() where function_name = 'open_receivable_items' limit 1"
    ).fetchone():
        return
    (catalog,) = connection.execute("select current_catalog()").fetchone() or ("",)
    published = f'"{catalog}".main.open_receivable_items'
    kept = [f"date '{day}'" for day in sorted(set(days))]
    rows = " union all ".join(f"select {day} as kept_day, * from {published}({day})" for day in kept)
    listed = ", ".join(kept)
    connection.execute(
        f"""
        create or replace temp table kept_open_items as {rows};

        -- the day is known when a query is planned: one of the two branches is left out then
        create or replace temp macro open_receivable_items(as_of) as table
        select * exclude (kept_day)
        from kept_open_items
        where as_of::date in ({listed}) and kept_day = as_of::date
        union all
        select *
        from {published}(as_of)
        where as_of::date not in ({listed})
        """
    )


def bucket_labels(basis: str, bounds: Sequence[int]) -> tuple[str, ...]:
    """Return the stable bucket names from bucket 0 up, as the data carries them."""
    check_bounds(bounds)
    lows = [1 if basis == "due" else 0, *(bound + 1 for bound in bounds)]
    between = [f"{low}-{high}" for low, high in zip(lows, bounds, strict=False)]
    return ("not due", *between, f">{bounds[-1]}")


def check_bounds(bounds: Sequence[int]) -> None:
    """Raise MetricError unless the bounds are days above zero, each larger than the one before."""
    if not bounds or bounds[0] <= 0 or any(low >= high for low, high in pairwise(bounds)):
        raise MetricError(
            "Aging bounds cannot be used",
            found=",".join(str(bound) for bound in bounds) or "none",
            expected="days above zero, each larger than the one before, such as 30,60,90",
        )


def slice_column(by: str) -> str:
    """Return the column a slice is read from. Raises MetricError for what receivables cannot be sliced by."""
    if by not in SLICES:
        raise MetricError(
            "Receivables cannot be sliced like that",
            found=by,
            expected=", ".join(SLICES),
            hint=did_you_mean(by, SLICES),
        )
    return SLICES[by]
