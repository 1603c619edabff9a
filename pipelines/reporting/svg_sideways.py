"""A waterfall drawn as rows, for pages too narrow for its columns."""

from __future__ import annotations

from decimal import Decimal

from pipelines.reporting import palette
from pipelines.reporting.chart import Chart, Columns, Labels
from pipelines.reporting.svg_text import element, label, number, shortened, width_of


def draw_sideways(chart: Chart, width: int, height: int) -> str:
    """Return the inside of the SVG: one row a slot, its name at the left, its value at the right of its bar."""
    marks = chart.panels[0].marks
    columns = next(mark for mark in marks if isinstance(mark, Columns))
    labels = next(mark for mark in marks if isinstance(mark, Labels))
    names = [_on_one_line(slot) for slot in chart.slots]
    left = min(max((width_of(name, 11) for name in names), default=0.0), width * 0.36) + 8
    room = max((width_of(text, 11) for text in labels.texts), default=0.0) + 10
    bases = columns.bases or (Decimal(0),) * len(columns.values)
    ends = [
        (float(base), float(base) + float(value or 0))
        for base, value in zip(bases, columns.values, strict=True)
    ]
    low = min(0.0, *(min(pair) for pair in ends)) if ends else 0.0
    high = max(0.0, *(max(pair) for pair in ends)) if ends else 0.0
    scale = (width - left - room) / (high - low) if high > low else 0.0
    row = (height - 4) / max(len(names), 1)
    parts = [_axis(left - low * scale, height)]
    for index, (name, (start, end)) in enumerate(zip(names, ends, strict=True)):
        y = 2 + index * row
        x = left + (min(start, end) - low) * scale
        long = max(abs(end - start) * scale, 0.6)
        middle = y + row / 2 + 4
        is_strong = index in labels.strong
        parts.append(
            label(left - 6, middle, shortened(name, 11, left - 6), anchor="end", is_strong=is_strong)
        )
        parts.append(
            element(
                "path",
                d=f"M{number(x)} {number(y + row * 0.2)}h{number(long)}v{number(row * 0.6)}h-{number(long)}z",
                fill=columns.colours[index],
            )
        )
        text = labels.texts[index]
        parts.append(
            label(x + long + 4, middle, text, colour=palette.INK, anchor="start", is_strong=is_strong)
        )
    return "".join(parts)


def _on_one_line(slot: str) -> str:
    """Return a broken name in one line: English words keep a space where the line broke, Chinese needs none."""
    return slot.replace("-\n", "").replace("\n", " " if slot.isascii() else "")


def _axis(x: float, height: int) -> str:
    return element("path", d=f"M{number(x)} 0V{height}", stroke=palette.ACTUAL)
