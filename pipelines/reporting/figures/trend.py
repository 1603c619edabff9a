"""A metric against last year: columns over lighter columns, the change as lollipops above, the plan as ticks."""

from __future__ import annotations

from decimal import Decimal

from pipelines.reporting import numbers, palette, periods, phrases, words
from pipelines.reporting.chart import Chart, Columns, Labels, Lollipops, Panel, Ticks
from pipelines.reporting.numbers import TableUnit
from pipelines.reporting.review import MetricLine

SIZES = {"screen": (752, 400), "phone": (332, 300), "print": (703, 215)}
_CAP = Decimal(100)  # a stick longer than 100 % would flatten all others; its label still says the figure


def trend(line: MetricLine, unit: TableUnit, lang: str, *, is_red_up: bool = False) -> Chart:
    """Draw a money metric's months, oldest first, in `unit`; months not complete are hatched."""
    months = tuple(point.period_start for point in line.history)
    actual = tuple(unit.scaled(point.value, lang) for point in line.history)
    prior = _aligned_prior(line, unit, lang)
    names = tuple(periods.month(when).of(lang) for when in months)
    digits = [unit.short(point.value).of(lang) for point in line.history]
    has_prior = any(value is not None for value in prior)
    marks: list[Columns | Ticks | Labels] = []
    if has_prior:
        marks.append(
            Columns(
                prior,
                (palette.PRIOR,) * len(prior),
                width=0.62,
                shift=-0.13,
                name=words.text("legend.prior").of(lang),
                hover=_hover(names, line, lang, unit, is_prior=True),
            )
        )
    marks.append(
        Columns(
            actual,
            (palette.ACTUAL,) * len(actual),
            width=0.62,
            shift=0.03 if has_prior else 0.0,
            name=words.text("legend.actual").of(lang),
            hover=_hover(names, line, lang, unit),
            hatched=tuple(not point.is_complete for point in line.history),
        )
    )
    if any(value is not None for value in line.plan):
        plan = tuple(unit.scaled(value, lang) for value in line.plan)
        marks.append(Ticks(plan, name=words.text("legend.plan").of(lang)))
    marks += _value_labels(line, actual, prior, tuple(digits))
    panels = [Panel(tuple(marks), share=0.68, title=unit.label.of(lang))]
    if has_prior:
        panels.insert(0, _change_panel(line, lang, is_red_up=is_red_up))
    return Chart(
        line.name, periods.month_labels(months, lang), tuple(panels), periods.year_groups(months), sizes=SIZES
    )


def _value_labels(
    line: MetricLine,
    actual: tuple[Decimal | None, ...],
    prior: tuple[Decimal | None, ...],
    digits: tuple[str, ...],
) -> list[Labels]:
    """Write values in the foot of tall columns, clear of plan and prior year; above short, hatched and negative ones.

    On top of a tall prior year beside it a small value would read as that year's.
    """
    most = max((abs(value) for value in (*actual, *prior) if value is not None), default=Decimal(0))
    inside = tuple(
        value if value is not None and point.is_complete and most and value >= most / 5 else None
        for value, point in zip(actual, line.history, strict=True)
    )
    outside = tuple(
        None if value is None or kept is not None else max(value, Decimal(0))
        for value, kept in zip(actual, inside, strict=True)
    )
    last = len(actual) - 1
    return [
        Labels(inside, digits, "foot", palette.WHITE, (last,)),
        Labels(outside, digits, "above", palette.INK, (last,)),
    ]


def _aligned_prior(line: MetricLine, unit: TableUnit, lang: str) -> tuple[Decimal | None, ...]:
    points = line.prior or (None,) * len(line.history)
    return tuple(None if point is None else unit.scaled(point.value, lang) for point in points)


def _change_panel(line: MetricLine, lang: str, *, is_red_up: bool) -> Panel:
    values: list[Decimal | None] = []
    colours: list[str] = []
    labels: list[str] = []
    for yearly in line.years:
        change = phrases.year_change(line, yearly)
        size = None if change.ratio is None else change.ratio * 100
        values.append(None if size is None else max(min(size, _CAP), -_CAP))
        verdict = palette.verdict(change.direction, line.better, is_red_up=is_red_up)
        colours.append(palette.of_verdict(verdict))
        too_big = size is not None and abs(size) > 999
        labels.append(
            "" if size is None else change.text.of(lang) if too_big else numbers.grouped(size, 0, signed=True)
        )
    title = words.text("chart.change_percent").of(lang)
    return Panel((Lollipops(tuple(values), tuple(colours), tuple(labels), title),), share=0.32, title=title)


def _hover(
    names: tuple[str, ...], line: MetricLine, lang: str, unit: TableUnit, *, is_prior: bool = False
) -> tuple[str, ...]:
    result = []
    for index, name in enumerate(names):
        before = line.prior[index] if index < len(line.prior) else None
        value = (before.value if before else None) if is_prior else line.history[index].value
        key = "chart.hover_prior" if is_prior else "chart.hover_actual"
        result.append(words.text(key, month=name, value=unit.of(value), unit=unit.label).of(lang))
    return tuple(result)
