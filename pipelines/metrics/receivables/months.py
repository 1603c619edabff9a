"""Receivables of one currency month by month, with the ratios of each."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

from pipelines.metrics.receivables.ratios import (
    CountedBack,
    best_possible_days,
    collection_effectiveness,
    counted_back_days,
    days_delinquent,
    sales_outstanding_days,
    weighted_days,
)

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

# Amounts, and amounts by days: of what was paid in each month, and of what is open of invoices at its end.
_WEIGHTS = """
with
ends as (
    select
        month_end,
        lag(month_end, 1, date '0001-01-01') over (order by month_end) as former_end
    from marts.receivable_month_ends
),

paid as (
    select
        ends.month_end,
        sum(applied_amount) as amount,
        sum(applied_amount::decimal(38, 4) * days_to_pay) as amount_days,
        sum(applied_amount::decimal(38, 4) * days_late) as late_amount_days
    from marts.fct_payment_days as payments
    inner join ends on payments.paid_date > ends.former_end and payments.paid_date <= ends.month_end
    where payments.currency = $currency
    group by ends.month_end
),

open_items as (
    select
        month_end,
        sum(open_amount) as amount,
        sum(open_amount::decimal(38, 4) * date_diff('day', document_date, month_end)) as amount_days
    from marts.fct_receivable_months
    where currency = $currency and item_type in ('invoice', 'instalment')
    group by month_end
)

select
    ends.month_end,
    coalesce(paid.amount, 0),
    coalesce(paid.amount_days, 0),
    coalesce(paid.late_amount_days, 0),
    coalesce(open_items.amount, 0),
    coalesce(open_items.amount_days, 0)
from ends
left join paid using (month_end)
left join open_items using (month_end)
"""


@dataclass(frozen=True)
class Weights:
    """Amounts, and amounts by days: paid in a month, and still open of invoices at its end."""

    paid: Decimal
    paid_days: Decimal
    late_days: Decimal
    open: Decimal
    open_days: Decimal


@dataclass(frozen=True)
class ReceivableMonth:
    """One currency at one month end. Amounts include tax, in that currency; `sales` is net of credit notes.

    Simple DSO, best-possible DSO and days delinquent take the sales and days of this and the two months before
    (`quarter_sales`, `quarter_days`; fewer at the start of the data), so that one month's rhythm does not rule.
    """

    currency: str
    month_end: date
    days: int
    opening: Decimal
    sales: Decimal
    collected: Decimal
    closing: Decimal
    not_due: Decimal
    quarter_sales: Decimal
    quarter_days: int
    dso_countback: CountedBack | None
    weights: Weights

    @property
    def days_to_pay(self) -> Decimal | None:
        """Return the days from invoice to cash of what was paid in the month, weighted by amount."""
        return weighted_days(self.weights.paid_days, self.weights.paid)

    @property
    def days_late(self) -> Decimal | None:
        """Return the days from due date to cash of what was paid in the month; below zero when paid early."""
        return weighted_days(self.weights.late_days, self.weights.paid)

    @property
    def open_days(self) -> Decimal | None:
        """Return the age of what is open of invoices at the month's end, from the invoice date, by amount."""
        return weighted_days(self.weights.open_days, self.weights.open)

    @property
    def overdue(self) -> Decimal:
        """Return what is past due, credits and unapplied cash past their own date taken off."""
        return self.closing - self.not_due

    @property
    def dso(self) -> Decimal | None:
        """Return simple DSO."""
        return sales_outstanding_days(self.closing, self.quarter_sales, self.quarter_days)

    @property
    def best_possible_dso(self) -> Decimal | None:
        """Return the DSO there would be if nothing were overdue."""
        return best_possible_days(self.not_due, self.quarter_sales, self.quarter_days)

    @property
    def days_delinquent(self) -> Decimal | None:
        """Return average days delinquent."""
        return days_delinquent(self.closing, self.not_due, self.quarter_sales, self.quarter_days)

    @property
    def effectiveness(self) -> Decimal | None:
        """Return the collection effectiveness index of the month, in percent."""
        return collection_effectiveness(self.opening, self.sales, self.closing, self.not_due)

    @property
    def is_at_least(self) -> bool | None:
        """Whether the countback used up the history; None where there is no countback."""
        return self.dso_countback.is_at_least if self.dso_countback else None

    def speed(self) -> dict[str, Decimal | None]:
        """Return how fast debts turn into cash, exact, by the names that answers give it."""
        return {
            "dso": self.dso,
            "dso_countback": self.dso_countback.days if self.dso_countback else None,
            "bpdso": self.best_possible_dso,
            "days_delinquent": self.days_delinquent,
            "cei": self.effectiveness,
            "days_to_pay": self.days_to_pay,
            "days_late": self.days_late,
            "open_days": self.open_days,
        }


def months(connection: DuckDBPyConnection, currency: str) -> list[ReceivableMonth]:
    """Return the closed months of a currency, the oldest first, from `marts.receivable_totals`."""
    rows = connection.execute(
        "select month_end, month_days, opening_amount, sales_amount, collected_amount, closing_amount, "
        "not_due_amount from marts.receivable_totals where currency = ? order by month_end",
        [currency],
    ).fetchall()
    weights = {
        row[0]: Weights(*row[1:]) for row in connection.execute(_WEIGHTS, {"currency": currency}).fetchall()
    }
    history: list[tuple[Decimal, int]] = []
    found = []
    for month_end, days, opening, sales, collected, closing, not_due in rows:
        history.insert(0, (sales, days))
        found.append(
            ReceivableMonth(
                currency=currency,
                month_end=month_end,
                days=days,
                opening=opening,
                sales=sales,
                collected=collected,
                closing=closing,
                not_due=not_due,
                quarter_sales=sum((amount for amount, _ in history[:3]), Decimal(0)),
                quarter_days=sum(length for _, length in history[:3]),
                dso_countback=counted_back_days(closing, history),
                weights=weights[month_end],
            )
        )
    return found
