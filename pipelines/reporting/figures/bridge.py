"""Booked, invoiced, collected: a waterfall whose every step has a reason."""

from __future__ import annotations

from decimal import Decimal

from pipelines.reporting import palette, words
from pipelines.reporting.chart import Chart, Columns, Connectors, Labels, Panel
from pipelines.reporting.numbers import TableUnit
from pipelines.reporting.review import BridgeStep

SIZES = {"screen": (752, 360), "phone": (332, 330), "print": (463, 250)}
COLOURS = {
    "total": palette.ACTUAL,
    "addition": palette.ADDITION,
    "timing": palette.TIMING,
    "lost": palette.ADVERSE,
}


def order_to_cash(steps: tuple[BridgeStep, ...], unit: TableUnit, lang: str) -> Chart:
    """Draw the steps in their order; a total stands on zero, every other step hangs at the level before it."""
    steps = _worth_drawing(steps, unit)
    bases, levels, level = [], [], Decimal(0)
    for step in steps:
        base = Decimal(0) if step.kind == "total" else level
        level = base + step.amount
        bases.append(base / Decimal(unit.divisor.of(lang)))
        levels.append(level / Decimal(unit.divisor.of(lang)))
    values = tuple(unit.scaled(step.amount, lang) for step in steps)
    names = tuple(words.text(f"bridge.{step.key}").of(lang) for step in steps)
    texts = tuple(unit.short(step.amount, signed=step.kind != "total").of(lang) for step in steps)
    heights = tuple(max(base, top) for base, top in zip(bases, levels, strict=True))
    totals = tuple(index for index, step in enumerate(steps) if step.kind == "total")
    hover = tuple(
        words.text("chart.hover_step", name=name.replace("\n", ""), value=text, unit=unit.label).of(lang)
        for name, text in zip(names, texts, strict=True)
    )
    marks = (
        Connectors(tuple(levels)),
        Columns(values, tuple(_colour(step) for step in steps), tuple(bases), hover=hover),
        Labels(heights, texts, "above", palette.INK, totals),
    )
    panel = Panel(marks, title=unit.label.of(lang))
    return Chart("bridge", names, (panel,), sizes=SIZES, sideways=frozenset({"phone", "print"}))


def _colour(step: BridgeStep) -> str:
    """Return the step's colour: money that came earlier and is only used up now adds nothing, it is timing."""
    is_used_up = step.kind == "addition" and step.amount < 0
    return COLOURS["timing" if is_used_up else step.kind]


def _worth_drawing(steps: tuple[BridgeStep, ...], unit: TableUnit) -> tuple[BridgeStep, ...]:
    """Leave out steps that are nothing in the chart's unit; the table behind it has them."""
    least = Decimal(1).scaleb(-unit.places[0]) * Decimal(unit.divisor.zh) / 2
    return tuple(step for step in steps if step.kind == "total" or abs(step.amount) >= least)
