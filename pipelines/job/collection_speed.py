"""How fast receivables turn into cash, what of them is likely lost, and when the rest comes, for the pages."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING

from pipelines.metrics import receivables
from pipelines.reporting.reading import receivables as reading
from pipelines.reporting.review import CollectionMonth, LossRow

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

    from pipelines.reporting import ReviewData
    from pipelines.reporting.reading.queries import Period

_MONTHS = 13
# Nothing is known of what becomes of the oldest bucket: the estimate takes all of it as lost, which is the most.
_LOST_AT_LAST = Decimal(1)


def added(connection: DuckDBPyConnection, data: ReviewData, period: Period) -> ReviewData:
    """Return the rows with the speed of the past months, the expected loss and the cash forecast."""
    return replace(
        data,
        collection_months=_months(connection, period),
        losses=_losses(connection, period),
        forecast=reading.forecast(connection, period),
        forecast_errors=reading.forecast_errors(connection, period),
    )


def _months(connection: DuckDBPyConnection, period: Period) -> tuple[CollectionMonth, ...]:
    """Return the last 13 closed months up to the month under review, of documents in the base currency."""
    found = [
        one for one in receivables.months(connection, period.base_currency) if one.month_end <= period.end
    ]
    return tuple(
        CollectionMonth(
            month_end=one.month_end,
            dso=one.dso,
            counted_back=one.dso_countback.days if one.dso_countback else None,
            is_at_least=bool(one.dso_countback and one.dso_countback.is_at_least),
            best_possible=one.best_possible_dso,
            delinquent=one.days_delinquent,
            effectiveness=one.effectiveness,
        )
        for one in found[-_MONTHS:]
    )


def _losses(connection: DuckDBPyConnection, period: Period) -> tuple[LossRow, ...]:
    """Return the expected loss by bucket as of the run's day, at the rates by which balances rolled on so far."""
    rolled = receivables.roll_rates(connection, period.base_currency, period.aging_bounds)
    if not any(rate.held for rate in rolled):
        return ()
    rates = receivables.loss_rates(rolled, _LOST_AT_LAST)
    return tuple(
        LossRow(one.bucket_no, one.balance, one.rate, one.allowance)
        for one in receivables.expected_losses(connection, period.as_of, period.aging_bounds, rates)
        if one.currency == period.base_currency
    )
