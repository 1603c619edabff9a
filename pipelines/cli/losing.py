"""What `salesdesk receivables` tells of losses: the allowance by age, and how debt rolls from age to age."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING

from pipelines.cli import published, words
from pipelines.cli.output import Format, write
from pipelines.errors import UsageError

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

    from pipelines.metrics.receivables import BucketLoss
    from pipelines.settings import Settings

_MILLIONTH = Decimal("0.000001")


def losses(
    connection: DuckDBPyConnection, chosen: Settings, asked: str, currencies: Sequence[str], form: Format
) -> None:
    """Write the expected credit loss by bucket: at rates given, at those of the settings, or at the own roll rates."""
    rows = [
        words.fields(one) | {"rate": _rounded(one.rate), "net": one.net}
        for one in _found(connection, chosen, asked, currencies)
        if one.currency in currencies
    ]
    write(rows, ["currency", "bucket_no", "bucket", "balance", "rate", "allowance", "net"], form)


def _found(
    connection: DuckDBPyConnection, chosen: Settings, asked: str, currencies: Sequence[str]
) -> list[BucketLoss]:
    from pipelines.metrics import receivables

    moment = chosen.as_of or published.as_of(connection)
    rates = _rates(asked, chosen)
    if rates is not None:
        return receivables.expected_losses(connection, moment, chosen.aging_bounds, rates)
    return [
        one
        for each in currencies
        for one in receivables.own_losses(connection, moment, chosen.aging_bounds, each)
    ]


def _rates(text: str, chosen: Settings) -> list[Decimal] | None:
    """Return the rates asked for, None for the company's own."""
    if text == "own" or (text == "policy" and chosen.loss_rates == "own"):
        return None
    if text == "policy" and not chosen.loss_rates:
        raise UsageError(
            "No policy of loss rates is set",
            expected="the setting loss_rates: a share from 0 to 1 for each age, from not due up",
            next_step="see README, Settings; or give the rates themselves, or own",
        )
    if text == "policy":
        return [Decimal(rate) for rate in chosen.loss_rates]
    try:
        return [Decimal(part) for part in words.listed(text)]
    except InvalidOperation as error:
        raise UsageError(
            "--loss-rates are not numbers",
            found=text,
            expected="a rate a bucket, such as 0.01,0.05,0.20,0.50, or policy, or own",
        ) from error


def _rounded(rate: Decimal | None) -> Decimal | None:
    return None if rate is None else rate.quantize(_MILLIONTH)


def rolls(
    connection: DuckDBPyConnection, bounds: Sequence[int] | None, currencies: Sequence[str], form: Format
) -> None:
    """Write how much of each bucket but the last was in the next one a month later, over all month ends.

    Buckets are a month wide unless bounds are given.
    """
    from pipelines.metrics import aging, receivables

    limits = bounds or receivables.MONTH_WIDE
    labels = aging.bucket_labels("due", limits)
    rows = [
        words.fields(one) | {"currency": each, "bucket": labels[one.bucket_no], "rate": _rounded(one.rate)}
        for each in currencies
        for one in receivables.roll_rates(connection, each, limits)[:-1]
    ]
    write(rows, ["currency", "bucket_no", "bucket", "held", "rolled", "rate"], form)
