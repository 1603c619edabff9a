"""Days of sales outstanding, and the part of them that is not overdue."""

from __future__ import annotations

from decimal import Decimal

from pipelines.reporting import numbers, palette, periods, words
from pipelines.reporting.chart import Chart, Line, Panel, round_grid
from pipelines.reporting.review import CollectionMonth

SIZES = {"screen": (740, 250), "phone": (332, 210), "print": (460, 180)}


def days_outstanding(months: tuple[CollectionMonth, ...], lang: str) -> Chart:
    """Draw DSO and the best possible DSO by month end, in days from zero; between them lies what is overdue."""
    slots = tuple(month.month_end for month in months)
    lines, known = [], [Decimal(0)]
    for key, colour in (("dso", palette.ACTUAL), ("best_possible", palette.ADDITION)):
        values = tuple(getattr(month, key) for month in months)
        known += [value for value in values if value is not None]
        name = words.text(f"speed.{key}").of(lang)
        last = values[-1]
        end = () if last is None else (numbers.grouped(last, 0), name)
        hover = tuple(
            f"{periods.month(when).of(lang)} {name} {numbers.days(value, 1).of(lang)}"
            for when, value in zip(slots, values, strict=True)
        )
        lines.append(Line(values, colour, end=end, name=name, hover=hover))
    grid = tuple((level, numbers.grouped(level, 0)) for level in round_grid(min(known), max(known)))
    panel = Panel(tuple(lines), title=words.text("speed.axis").of(lang), grid=grid)
    return Chart("speed", periods.month_labels(slots, lang), (panel,), periods.year_groups(slots), 84, SIZES)
