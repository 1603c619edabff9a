"""How fast receivables turn into cash, what is likely lost, when the rest comes, how sure that is, for the pages."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING

from pipelines.metrics import guesses, receivables
from pipelines.reporting.reading import certainty
from pipelines.reporting.reading import receivables as reading
from pipelines.reporting.review import CollectionMonth, GuessedCustomer, GuessedRow, LossRow, RollRow

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

    from pipelines.reporting import ReviewData
    from pipelines.reporting.reading.queries import Period
    from pipelines.settings import LossRates

_MONTHS = 13
_CUSTOMERS = 5  # those whose age rests most on guesses: to them one writes and asks what they paid


def added(
    connection: DuckDBPyConnection, data: ReviewData, period: Period, loss_rates: LossRates = ()
) -> ReviewData:
    """Return the rows with speed of the past months, expected loss, forecast, guesses, holds, accounts and ledger.

    `loss_rates` are those of a policy table, from not due up, or "own": the company's own roll rates; without them
    there is no expected loss.
    """
    totals = certainty.ledger_totals(connection)
    return replace(
        data,
        collection_months=_months(connection, period),
        losses=_losses(connection, period, loss_rates),
        is_loss_policy=loss_rates != "own",
        rolls=_rolls(connection, period),
        holds=reading.holds(connection, period),
        reconciled=reading.reconciled(connection, period),
        guessed=_guessed(connection, period),
        guessed_customers=_guessed_customers(connection, period),
        guessed_amount=dict(guesses.amounts(connection, period.as_of)).get(period.base_currency, Decimal(0)),
        ledger_totals=totals,
        ledger_differences=certainty.ledger_differences(connection, totals[0].balance_date) if totals else (),
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
            is_at_least=bool(one.is_at_least),
            best_possible=one.best_possible_dso,
            delinquent=one.days_delinquent,
            effectiveness=one.effectiveness,
        )
        for one in found[-_MONTHS:]
    )


def _losses(connection: DuckDBPyConnection, period: Period, rates: LossRates) -> tuple[LossRow, ...]:
    """Return the expected loss by bucket as of the run's day; nothing where no rates are asked for."""
    if not rates:
        return ()
    if rates == "own":
        found = receivables.own_losses(connection, period.as_of, period.aging_bounds, period.base_currency)
    else:
        found = receivables.expected_losses(connection, period.as_of, period.aging_bounds, rates)
    return tuple(
        LossRow(one.bucket_no, one.balance, one.rate, one.allowance)
        for one in found
        if one.currency == period.base_currency
    )


def _rolls(connection: DuckDBPyConnection, period: Period) -> tuple[RollRow, ...]:
    """Return what rolled on of each bucket a month wide but the last, of documents in the base currency."""
    found = receivables.roll_rates(connection, period.base_currency, receivables.MONTH_WIDE)[:-1]
    if not any(one.held for one in found):
        return ()
    return tuple(RollRow(one.bucket_no, one.held, one.rolled, one.rate) for one in found)


def _guessed(connection: DuckDBPyConnection, period: Period) -> tuple[GuessedRow, ...]:
    """Return the buckets of the base currency as they are and as they would be if every guess were wrong."""
    found = guesses.rows(connection, period.as_of, period.aging_basis, period.aging_bounds)
    return tuple(
        GuessedRow(row.bucket_no, row.amount, row.named_amount)
        for row in found
        if row.currency == period.base_currency
    )


def _guessed_customers(connection: DuckDBPyConnection, period: Period) -> tuple[GuessedCustomer, ...]:
    found = guesses.most_moved(
        connection,
        period.as_of,
        period.aging_basis,
        period.aging_bounds,
        period.base_currency,
        _CUSTOMERS,
    )
    names = dict(
        connection.execute(
            "select customer_id, customer_name from marts.dim_customers where list_contains($wanted, customer_id)",
            {"wanted": [number for number, _ in found]},
        ).fetchall()
    )
    return tuple(GuessedCustomer(number, names.get(number) or number, amount) for number, amount in found)
