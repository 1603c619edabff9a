"""Receivables at each month end: stacked by age, with the overdue share in a panel of its own."""

from __future__ import annotations

from decimal import Decimal

from pipelines.reporting import buckets, numbers, palette, periods, words
from pipelines.reporting.chart import Chart, Columns, Labels, Line, Panel
from pipelines.reporting.numbers import TableUnit
from pipelines.reporting.receivable_rows import overdue_share
from pipelines.reporting.review import AgingMonth

SIZES = {"screen": (752, 350), "phone": (332, 300), "print": (463, 272)}


def aging_trend(
    months: tuple[AgingMonth, ...], bounds: tuple[int, ...], basis: str, unit: TableUnit, lang: str
) -> Chart:
    """Draw month ends, oldest first. Negative buckets (credits) hang below zero."""
    dates = tuple(month.month_end for month in months)
    labels = buckets.labels(bounds, basis)
    above = [Decimal(0)] * len(months)
    below = [Decimal(0)] * len(months)
    stacks = []
    for number, label in enumerate(labels):
        values = tuple(unit.scaled(month.amounts[number], lang) or Decimal(0) for month in months)
        bases = tuple(above[i] if value >= 0 else below[i] for i, value in enumerate(values))
        for i, value in enumerate(values):
            if value >= 0:
                above[i] += value
            else:
                below[i] += value
        colour = palette.aging(number, len(labels))
        hover = tuple(
            words.text(
                "chart.hover_step",
                name=f"{periods.day(month.month_end).of(lang)} {label.of(lang)}",
                value=unit.of(month.amounts[number]),
                unit=unit.label,
            ).of(lang)
            for month in months
        )
        stacks.append(Columns(values, (colour,) * len(values), bases, name=label.of(lang), hover=hover))
    totals = tuple(unit.short(month.total).of(lang) for month in months)
    balance = Panel(
        (*stacks, Labels(tuple(above), totals, "above", palette.INK, (len(months) - 1,))),
        share=0.7,
        title=words.text("chart.balance", unit=unit.label).of(lang),
    )
    return Chart(
        "aging",
        periods.month_labels(dates, lang),
        (_share_panel(months, lang), balance),
        periods.year_groups(dates),
        sizes=SIZES,
    )


def _share_panel(months: tuple[AgingMonth, ...], lang: str) -> Panel:
    shares = tuple(overdue_share(month) for month in months)
    percent = tuple(None if share is None else share * 100 for share in shares)
    texts = tuple("" if value is None else numbers.grouped(value, 1) for value in percent)
    last = len(percent) - 1
    known = [value for value in percent if value is not None]
    lows = {i for i, value in enumerate(percent) if known and value == min(known) and i != last}
    highs = {last} | {i for i, value in enumerate(percent) if known and value == max(known)} - lows
    above = tuple(value if index in highs else None for index, value in enumerate(percent))
    below = tuple(value if index in lows else None for index, value in enumerate(percent))
    title = words.text("chart.overdue_share").of(lang)
    line = Line(
        percent, palette.ADVERSE, 1.8, name=title, hover=tuple(f"{text}%" if text else "" for text in texts)
    )
    marks = (
        line,
        Labels(above, texts, "above", palette.ADVERSE, (last,)),
        Labels(below, texts, "below", palette.ADVERSE),
    )
    return Panel(marks, 0.32, title, from_zero=False, headroom=0.4)
