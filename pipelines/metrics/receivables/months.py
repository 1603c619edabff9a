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
)

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection


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


def months(connection: DuckDBPyConnection, currency: str) -> list[ReceivableMonth]:
    """Return the closed months of a currency, the oldest first, from `marts.receivable_totals`."""
    rows = connection.execute(
        "select month_end, month_days, opening_amount, sales_amount, collected_amount, closing_amount, "
        "not_due_amount from marts.receivable_totals where currency = ? order by month_end",
        [currency],
    ).fetchall()
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
            )
        )
    return found
