"""Expected credit loss, simplified approach (IFRS 9 5.5.15): a loss rate per bucket on what is open in it."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING

from pipelines.errors import MetricError
from pipelines.metrics.aging import bucket_labels, check_bounds

if TYPE_CHECKING:
    from datetime import date

    from duckdb import DuckDBPyConnection

# A month wide, so that what leaves one is in the next a month later, or paid.
MONTH_WIDE = (30, 60, 90, 120, 150, 180)
_CENT = Decimal("0.01")
_MONTH = 30
_YEAR = 13  # months of 30 days: rolls are followed until a debt is a year late, at least
# What becomes of the oldest is not known: all of it is taken as lost, which is the most.
_LOST_AT_LAST = Decimal(1)

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
    """One bucket of one currency: what is open, the rate, the allowance to the cent, and what is left.

    `rate` is None where only credits are open, which no rate is taken of.
    """

    currency: str
    bucket_no: int
    bucket: str
    balance: Decimal
    rate: Decimal | None
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
    return [
        BucketLoss(currency, number, labels[number], balance, rates[number], _cents(exposed * rates[number]))
        for currency, number, balance, exposed in _exposures(connection, as_of, bounds)
    ]


def own_losses(
    connection: DuckDBPyConnection, as_of: date, bounds: Sequence[int], currency: str
) -> list[BucketLoss]:
    """Return the allowance of one currency at the company's own roll rates, by bucket; empty without two month ends.

    What rolls on is measured month by month (30 days) until a debt is a year late, or past the last bound: a bucket
    wider than a month keeps what it held and does not tell what rolls. What is older counts as lost.
    """
    labels = bucket_labels("due", bounds)
    months = [_MONTH * number for number in range(1, max(_YEAR, -(-bounds[-1] // _MONTH)) + 1)]
    rolled = roll_rates(connection, currency, months)[:-1]
    if not any(rate.held for rate in rolled):
        return []
    monthly = [*loss_rates(rolled, _LOST_AT_LAST), _LOST_AT_LAST]
    fine = sorted({*months, *bounds})
    found: dict[int, tuple[Decimal, Decimal, Decimal]] = {}
    for known, number, balance, exposed in _exposures(connection, as_of, fine):
        if known == currency:
            bucket, rate = _place(bounds, fine, number), monthly[_place(months, fine, number)]
            sums = found.get(bucket, (Decimal(0),) * 3)
            found[bucket] = (sums[0] + balance, sums[1] + exposed, sums[2] + exposed * rate)
    return [
        BucketLoss(
            currency, number, labels[number], balance, lost / exposed if exposed else None, _cents(lost)
        )
        for number, (balance, exposed, lost) in sorted(found.items())
    ]


def _place(bounds: Sequence[int], fine: Sequence[int], number: int) -> int:
    """Return the number of the bucket that holds a bucket of finer bounds."""
    if number == 0:
        return 0
    return 1 + (bisect_left(bounds, fine[number - 1]) if number <= len(fine) else len(bounds))


def _exposures(
    connection: DuckDBPyConnection, as_of: date, bounds: Sequence[int]
) -> list[tuple[str, int, Decimal, Decimal]]:
    """Return the balance by currency and bucket, and beside it what it is where customers in credit count nothing."""
    return connection.execute(
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


def _cents(amount: Decimal) -> Decimal:
    return amount.quantize(_CENT, ROUND_HALF_UP)
