"""The value of an order: mean and median, labelled at the line's end, last year's mean dashed."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from pipelines.reporting import numbers, palette, periods, words
from pipelines.reporting.chart import Chart, Line, Panel, round_grid
from pipelines.reporting.numbers import TableUnit
from pipelines.reporting.review import OrderValuePoint

_APART = 14  # half of the two lines that stand at an end
SIZES = {"screen": (550, 280), "phone": (332, 230), "print": (342, 190)}


def order_value(points: tuple[OrderValuePoint, ...], unit: TableUnit, lang: str) -> Chart:
    """Draw mean and median by month in `unit`; the axis does not start at zero, and the card says so."""
    months = tuple(point.month for point in points)
    mean = tuple(unit.scaled(point.mean, lang) for point in points)
    median = tuple(unit.scaled(point.median, lang) for point in points)
    prior = tuple(unit.scaled(point.prior_mean, lang) for point in points)
    known = [value for value in (*mean, *median, *prior) if value is not None]
    levels = round_grid(min(known), max(known)) if known else ()
    places = next((n for n in (0, 1) if all(level == numbers.rounded(level, n) for level in levels)), 2)
    grid = tuple((level, numbers.grouped(level, places)) for level in levels)
    lines = []
    if any(value is not None for value in prior):
        lines.append(
            Line(prior, palette.PRIOR, 1.4, is_dashed=True, name=words.text("legend.prior").of(lang))
        )
    for values, key, colour in ((mean, "mean", palette.ACTUAL), (median, "median", palette.ADDITION)):
        name = words.text(f"order_value.{key}").of(lang)
        last = next((value for value in reversed(values) if value is not None), None)
        end = () if last is None else (numbers.grouped(last, max(places, unit_places(unit, lang))), name)
        hover = tuple(
            words.text(
                "chart.hover_step",
                name=f"{periods.month(when).of(lang)} {name}",
                value=_value(value, unit, lang),
                unit=unit.label,
            ).of(lang)
            for when, value in zip(months, values, strict=True)
        )
        lines.append(Line(values, colour, end=end, name=name, hover=hover))
    panel = Panel(_apart(lines, known), title=unit.label.of(lang), from_zero=False, grid=grid)
    return Chart(
        "order-value", periods.month_labels(months, lang), (panel,), periods.year_groups(months), 64, SIZES
    )


def _apart(lines: list[Line], known: list[Decimal]) -> tuple[Line, ...]:
    """Move the words at the ends of mean and median away from each other where they would cover each other."""
    mean, median = lines[-2:]
    ends = [line.values[-1] for line in (mean, median)]
    reach = max(known, default=Decimal(0)) - min(known, default=Decimal(0))
    if ends[0] is None or ends[1] is None or abs(ends[0] - ends[1]) > reach / 6:
        return tuple(lines)
    shift = _APART if ends[0] >= ends[1] else -_APART
    return (*lines[:-2], replace(mean, end_shift=-shift), replace(median, end_shift=shift))


def unit_places(unit: TableUnit, lang: str) -> int:
    """Return how many decimals the unit is shown with in `lang`."""
    return unit.places[0] if lang == "zh" else unit.places[1]


def _value(value: Decimal | None, unit: TableUnit, lang: str) -> str:
    return numbers.NONE.of(lang) if value is None else numbers.grouped(value, unit_places(unit, lang))
