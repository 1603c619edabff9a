"""A funnel drawn as bars from the left, with the step rate between two bars."""

from __future__ import annotations

from pipelines.reporting import palette
from pipelines.reporting.chart import Funnel
from pipelines.reporting.svg_text import element, label, number, shortened, width_of

_NAME_ROOM = 0.3  # the names take at most this part of the width


def draw_funnel(chart: Funnel, width: int, height: int) -> str:
    """Return the inside of the funnel's SVG."""
    if not chart.stages:
        return ""
    names = max(width_of(stage.name, 12) for stage in chart.stages)
    left = min(names, width * _NAME_ROOM) + 10
    room = width - left - max(width_of(stage.label, 12) for stage in chart.stages) - 18
    most = max(max(float(stage.value), float(stage.prior or 0)) for stage in chart.stages)
    scale = room / most if most > 0 else 0.0
    row = (height - 8) / len(chart.stages)
    bar = min(row * 0.46, 32.0)
    parts: list[str] = []
    for index, stage in enumerate(chart.stages):
        top = 4 + index * row + (row - bar) / 2
        length = max(float(stage.value) * scale, 0.0)
        if stage.prior is not None:
            prior = max(float(stage.prior) * scale, 0.0)
            parts.append(_bar(left, top - bar * 0.24, prior, bar * 0.6, palette.PRIOR))
        parts.append(_bar(left, top, length, bar, palette.ACTUAL))
        name = shortened(stage.name, 12, left - 10)
        parts.append(label(left - 10, top + bar / 2 + 4, name, anchor="end", size=12, colour=palette.INK))
        parts.append(
            label(
                left + length + 10,
                top + bar / 2 + 4,
                stage.label,
                anchor="start",
                size=12,
                is_strong=True,
                colour=palette.INK,
            )
        )
        if stage.step:
            y = top - (row - bar) / 2 + 1
            text = f"↓ {stage.step}"
            parts.append(label(left + 12, y, text, anchor="start", is_strong=True))
            x = left + 12 + width_of(text, 11) + 12
            parts.append(label(x, y, stage.step_change, anchor="start", colour=stage.step_colour))
    return "".join(parts)


def _bar(x: float, y: float, width: float, height: float, colour: str) -> str:
    return element("rect", x=number(x), y=number(y), width=number(width), height=number(height), fill=colour)
