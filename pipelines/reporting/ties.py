"""Figures that two ways lead to, compared."""

from __future__ import annotations

from decimal import Decimal

from pipelines.reporting.review import ReviewData, TieOut


def tie_outs(data: ReviewData) -> tuple[TieOut, ...]:
    """Compare figures that two ways lead to; each difference is 0 or the page says so in red."""
    ties = []
    if data.closing is not None and data.closing.by_customer:
        by_customer = sum((row.total for row in data.closing.by_customer), Decimal(0))
        by_rep = sum((row.total for row in data.closing.by_rep), Decimal(0))
        ties.append(TieOut("reps_equal_aging", by_rep - by_customer))
    if data.roll_forward is not None and data.aging_months:
        aged = sum(data.aging_months[-1].amounts, Decimal(0))
        ties.append(TieOut("aging_equals_open", aged - data.roll_forward.closing))
    line = data.metrics.get("revenue")
    if data.segments and line is not None:
        total = sum((row.current for row in data.segments), Decimal(0))
        told = line.years[-1].now if line.years else line.history[-1]
        ties.append(TieOut("segments_equal_revenue", total - (told.value or Decimal(0))))
    if data.bridge:
        steps = sum((step.amount for step in data.bridge if step.kind != "total"), Decimal(0))
        ends = {step.key: step.amount for step in data.bridge}
        ties.append(TieOut("bridge_closes", ends["booked"] + steps - ends["collected"]))
    return tuple(ties)
