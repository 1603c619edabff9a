"""Sparklines, drawn as static SVG."""

from __future__ import annotations

from html import escape

from pipelines.reporting import palette
from pipelines.reporting.svg_text import number


def spark(values: tuple[float | None, ...]) -> str:
    """Return a sparkline in a 168 × 34 box; empty below two values."""
    known = [value for value in values if value is not None]
    if len(known) < 2:
        return ""
    low, high = min(known), max(known)
    step = 160 / (len(values) - 1)
    points = [
        (3 + index * step, 30 - (value - low) / (high - low) * 25 if high > low else 17.5)
        for index, value in enumerate(values)
        if value is not None
    ]
    line = "L".join(f"{number(x)} {number(y)}" for x, y in points)
    first, last = points[0], points[-1]
    ends = (
        f'<circle cx="{number(first[0])}" cy="{number(first[1])}" r="2.2" fill="#fff" stroke="{palette.MUTED}" '
        f'stroke-width="1.3"/><circle cx="{number(last[0])}" cy="{number(last[1])}" r="2.8" fill="{palette.ACTUAL}"/>'
    )
    return (
        f'<svg class="spark" viewBox="0 0 168 34" preserveAspectRatio="none" aria-hidden="true" focusable="false">'
        f'<path d="M{escape(line)}L{number(last[0])} 34L{number(first[0])} 34Z" fill="{palette.ACTUAL}" opacity=".09"/>'
        f'<path d="M{escape(line)}" fill="none" stroke="{palette.ACTUAL}" stroke-width="1.7" stroke-linejoin="round" '
        f'vector-effect="non-scaling-stroke"/>{ends}</svg>'
    )
