"""What guesses decide: receivables by age beside what they would be if every guess were wrong."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pipelines.metrics.aging import bucket_labels, check_bounds, slice_column

if TYPE_CHECKING:
    from datetime import date
    from decimal import Decimal

    from duckdb import DuckDBPyConnection


@dataclass(frozen=True)
class GuessedBucket:
    """One bucket of one slice and currency: what is open, and what would be without the guesses.

    `named_amount` leaves cash that names no invoice unapplied; `moved_amount` is the difference. Over the buckets
    of a slice and currency the differences add up to nothing: guesses move a customer's debt, never its sum.
    """

    slice: str
    currency: str
    bucket_no: int
    bucket: str
    amount: Decimal
    named_amount: Decimal
    moved_amount: Decimal


def rows(
    connection: DuckDBPyConnection,
    as_of: date,
    basis: str = "due",
    bounds: Sequence[int] = (30, 60, 90, 180, 365),
    by: str = "currency",
) -> list[GuessedBucket]:
    """Return the buckets of each slice that hold something with or without guesses, at the end of a day.

    Rules exact_amount and oldest_first are guesses. Of a rep or region the sums may differ: cash counts for the
    customer's own. Raises MetricError for an unknown slice, or bounds that do not rise.
    """
    labels = bucket_labels(basis, bounds)
    found = connection.execute(
        f"""
        select
            {slice_column(by)} as slice,
            currency,
            bucket_no,
            sum(amount)::decimal(18, 4),
            sum(named_amount)::decimal(18, 4),
            sum(moved_amount)::decimal(18, 4)
        from receivables_without_guesses($as_of, basis := $basis, bounds := $bounds)
        group by all
        order by all
        """,
        {"as_of": as_of, "basis": basis, "bounds": list(bounds)},
    ).fetchall()
    return [GuessedBucket(row[0], row[1], row[2], labels[row[2]], *row[3:]) for row in found]


def amounts(connection: DuckDBPyConnection, as_of: date) -> list[tuple[str, Decimal]]:
    """Return what was applied by guess up to a day, by currency; a currency without guesses is not there."""
    return connection.execute(
        "select currency, sum(applied_amount)::decimal(18, 4) from marts.fct_payment_applications "
        "where rule in ('exact_amount', 'oldest_first') and effective_date <= $as_of group by all order by all",
        {"as_of": as_of},
    ).fetchall()


def most_moved(
    connection: DuckDBPyConnection, as_of: date, basis: str, bounds: Sequence[int], currency: str, most: int
) -> list[tuple[str, Decimal]]:
    """Return the customers of whose debt most would stand in another bucket, with what would, the largest first.

    What leaves a bucket stands in another: each amount moves once.
    """
    check_bounds(bounds)
    return connection.execute(
        """
        select
            customer_id,
            (sum(abs(moved_amount)) / 2)::decimal(18, 4) as amount
        from (
            select
                customer_id,
                bucket_no,
                sum(moved_amount) as moved_amount
            from receivables_without_guesses($as_of, basis := $basis, bounds := $bounds)
            where currency = $currency
            group by all
        )
        group by customer_id
        having sum(abs(moved_amount)) > 0
        order by amount desc, customer_id
        limit $most
        """,
        {"as_of": as_of, "basis": basis, "bounds": list(bounds), "currency": currency, "most": most},
    ).fetchall()
