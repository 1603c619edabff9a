"""Expected credit loss, simplified approach (IFRS 9 5.5.15): a loss rate per bucket on what is open in it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING

from pipelines.errors import MetricError
from pipelines.metrics.aging import bucket_labels, check_bounds

if TYPE_CHECKING:
    from datetime import date

    from duckdb import DuckDBPyConnection

_CENT = Decimal("0.01")

_ROLLED = """
with aged as (
    select
        month_end,
        case
            when due_date >= month_end then 0
            else 1 + len(list_filter($bounds, lambda bound: bound < date_diff('day', due_date, month_end)))
        end as bucket_no,
        sum(open_amount) as amount
    from marts.fct_receivable_months
    where currency = $currency and item_type in ('invoice', 'instalment')
    group by all
),

ends as (
    select
        month_end,
        lead(month_end) over (order by month_end) as next_month_end
    from marts.receivable_month_ends
)

select
    held.bucket_no,
    sum(coalesce(rolled.amount, 0)),
    sum(held.amount)
from aged as held
inner join ends on held.month_end = ends.month_end and ends.next_month_end is not null
left join aged as rolled
    on ends.next_month_end = rolled.month_end and held.bucket_no + 1 = rolled.bucket_no
where held.bucket_no <= len($bounds)
group by held.bucket_no
"""


@dataclass(frozen=True)
class BucketLoss:
    """One bucket of one currency: what is open, the rate, the allowance to the cent, and what is left."""

    currency: str
    bucket_no: int
    bucket: str
    balance: Decimal
    rate: Decimal
    allowance: Decimal

    @property
    def net(self) -> Decimal:
        """Return the balance less its allowance."""
        return self.balance - self.allowance


@dataclass(frozen=True)
class RollRate:
    """Of what was in a bucket at the month ends, how much was in the next one a month later.

    `rate` is None where the bucket never held anything. Numerator and denominator add up over months.
    """

    bucket_no: int
    rolled: Decimal
    held: Decimal

    @property
    def rate(self) -> Decimal | None:
        """Return rolled / held, at most 1: a bucket wider than a month keeps some and rolls some."""
        return min(self.rolled / self.held, Decimal(1)) if self.held > 0 else None


def roll_rates(
    connection: DuckDBPyConnection, currency: str, bounds: Sequence[int] = (30, 60, 90, 120)
) -> list[RollRate]:
    """Return the roll rate of each bucket but the last, over all month ends of a currency.

    Bucket k+1 at the end of month m+1 over bucket k at the end of month m, by due date, invoices and instalments
    alone: credits and unapplied cash do not age into debts. Month-wide bounds make the rates sharp.
    """
    check_bounds(bounds)
    rows = connection.execute(
        _ROLLED,
        {"currency": currency, "bounds": list(bounds)},
    ).fetchall()
    found = {bucket_no: RollRate(bucket_no, rolled, held) for bucket_no, rolled, held in rows}
    nothing = Decimal(0)
    return [found.get(number, RollRate(number, nothing, nothing)) for number in range(len(bounds) + 1)]


def loss_rates(rates: Sequence[RollRate], final_rate: Decimal) -> list[Decimal]:
    """Return the loss rate of every bucket, the last one included: the share that rolls through to the end.

    `final_rate` is what is lost of the last bucket (0 to 1). A bucket that never held anything takes the rate of
    the next one: nothing is known that would lower it.
    """
    losses = [final_rate]
    for rate in reversed(rates):
        losses.insert(0, losses[0] * (Decimal(1) if rate.rate is None else rate.rate))
    return losses


def expected_losses(
    connection: DuckDBPyConnection, as_of: date, bounds: Sequence[int], rates: Sequence[Decimal]
) -> list[BucketLoss]:
    """Return the allowance by currency and bucket, by due date, as of any date.

    `rates` holds one rate (0 to 1) for every bucket from "not due" up: a policy table, or `loss_rates`. A
    customer whose bucket is below zero makes no negative allowance. Raises MetricError for rates that do not fit.
    """
    labels = bucket_labels("due", bounds)
    if len(rates) != len(labels) or any(not 0 <= rate <= 1 for rate in rates):
        raise MetricError(
            "Loss rates do not fit the aging buckets",
            found=", ".join(str(rate) for rate in rates) or "none",
            expected=f"{len(labels)} rates from 0 to 1, one for each of: {', '.join(labels)}",
        )
    rows = connection.execute(
        """
        select
            currency,
            bucket_no,
            sum(amount)::decimal(18, 4),
            sum(greatest(amount, 0))::decimal(18, 4)
        from receivables_aging($as_of, basis := 'due', bounds := $bounds)
        group by all
        order by all
        """,
        {"as_of": as_of, "bounds": list(bounds)},
    ).fetchall()
    return [
        BucketLoss(currency, number, labels[number], balance, rates[number], _cents(exposed * rates[number]))
        for currency, number, balance, exposed in rows
    ]


def _cents(amount: Decimal) -> Decimal:
    return amount.quantize(_CENT, ROUND_HALF_UP)
