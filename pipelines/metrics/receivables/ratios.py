"""Ratios of receivables, each with its edge: amounts include tax on both sides, a ratio that means nothing is None."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True)
class CountedBack:
    """Days of sales that the receivable equals; `is_at_least` when the known months did not use it up."""

    days: Decimal
    is_at_least: bool


def sales_outstanding_days(receivable: Decimal, sales: Decimal, days: int) -> Decimal | None:
    """Return DSO, simple: receivable / credit sales x days. None when sales are zero or less."""
    return receivable * days / sales if sales > 0 else None


def best_possible_days(not_due: Decimal, sales: Decimal, days: int) -> Decimal | None:
    """Return the DSO there would be if nothing were overdue. None when sales are zero or less."""
    return sales_outstanding_days(not_due, sales, days)


def days_delinquent(receivable: Decimal, not_due: Decimal, sales: Decimal, days: int) -> Decimal | None:
    """Return average days delinquent: DSO less best-possible DSO. None when sales are zero or less."""
    return sales_outstanding_days(receivable - not_due, sales, days)


def weighted_days(amount_days: Decimal, amount: Decimal) -> Decimal | None:
    """Return days weighted by amount: sum of amount x days / amount. None when the amount is zero or less."""
    return amount_days / amount if amount > 0 else None


def collection_effectiveness(
    opening: Decimal, sales: Decimal, closing: Decimal, closing_not_due: Decimal
) -> Decimal | None:
    """Return CEI in percent: of what could have been collected, how much was.

    (opening + sales - closing) / (opening + sales - closing not overdue) x 100. None when the denominator is
    zero or less: nothing could have been collected.
    """
    collectable = opening + sales - closing_not_due
    return (opening + sales - closing) * 100 / collectable if collectable > 0 else None


def counted_back_days(
    receivable: Decimal, sales_newest_first: Iterable[tuple[Decimal, int]]
) -> CountedBack | None:
    """Return DSO by countback: the receivable is used up by the sales of each month, the newest first.

    `sales_newest_first` holds (sales, days) of each month. A month whose sales fit adds its days; the one that
    does not fit adds its share of them; a month without sales (or with more credited than sold) adds its days
    and uses up nothing. Months used up before the receivable is: at least that many days. None for a receivable
    below zero, 0 days for none at all.
    """
    if receivable < 0:
        return None
    left, total = receivable, Decimal(0)
    for sales, days in sales_newest_first:
        if left == 0:
            break
        if sales > left:
            return CountedBack(total + left * days / sales, is_at_least=False)
        total += days
        left -= max(sales, Decimal(0))
    return CountedBack(total, is_at_least=left > 0)
