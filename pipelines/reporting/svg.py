"""Charts drawn as static SVG, without a browser and without a script. The same chart gives the same bytes."""

from __future__ import annotations

from dataclasses import dataclass

from pipelines.reporting import palette
from pipelines.reporting.chart import (
    AnyChart,
    Chart,
    Columns,
    Connectors,
    Funnel,
    Labels,
    Line,
    Lollipops,
    Mark,
    Panel,
    Ticks,
)
from pipelines.reporting.svg_funnel import draw_funnel
from pipelines.reporting.svg_sideways import draw_sideways
from pipelines.reporting.svg_text import element, label, number, width_of

_EDGE = 2  # pixels free at the left and the right
_TITLE = 20  # pixels above a panel for its title
_LINE = 14  # pixels a line of slot labels takes


@dataclass(frozen=True)
class _Area:
    """Where a panel lies and how its values become pixels."""

    left: float
    right: float
    top: float
    bottom: float
    low: float
    high: float
    slots: int
    spare: float  # slots left empty at each side

    @property
    def slot(self) -> float:
        return (self.right - self.left) / max(self.slots + 2 * self.spare, 1)

    def x(self, index: float) -> float:
        return self.left + (index + 0.5 + self.spare) * self.slot

    def y(self, value: float) -> float:
        return self.bottom - (value - self.low) / (self.high - self.low) * (self.bottom - self.top)


def draw(chart: AnyChart, role: str) -> str:
    """Return the chart as an <svg> element in the size it has for `role` (screen, phone or print)."""
    width, height = chart.sizes[role]
    match chart:
        case Chart() if role in chart.sideways:
            body = draw_sideways(chart, width, height)
        case Chart():
            body = _draw_chart(chart, role, width, height)
        case Funnel():
            body = draw_funnel(chart, width, height)
    return (
        f'<svg class="v-{role}" viewBox="0 0 {width} {height}" width="{width}" height="{height}" '
        f'font-size="11" fill="{palette.TEXT}" text-anchor="middle" aria-hidden="true" focusable="false">{body}</svg>'
    )


def _draw_chart(chart: Chart, role: str, width: int, height: int) -> str:
    parts: list[str] = []
    pattern = f"h-{chart.key}-{role}"
    if any(isinstance(m, Columns) and any(m.hatched) for p in chart.panels for m in p.marks):
        parts.append(_hatch(pattern))
    for panel, area in zip(chart.panels, areas(chart, width, height), strict=True):
        parts.append(_draw_panel(panel, area, pattern))
    last = areas(chart, width, height)[-1]
    parts.append(_draw_slots(chart, last))
    return "".join(parts)


def areas(chart: Chart, width: int, height: int) -> list[_Area]:
    """Return where each panel lies in a chart of that size."""
    lines = max((text.count("\n") + 1 for text in chart.slots), default=1) + (1 if chart.groups else 0)
    grid_room = max((width_of(text, 11) for p in chart.panels for _, text in p.grid), default=0)
    left = _EDGE + (grid_room + 8 if grid_room else 0)
    right = width - _EDGE - chart.end_room
    usable = height - lines * _LINE - 8
    result, top = [], 0.0
    total = sum(panel.share for panel in chart.panels)
    for panel in chart.panels:
        bottom = top + usable * panel.share / total
        low, high = panel.span()
        inner = top + (_TITLE if panel.title else 4)
        place = _Area(left, right, inner, bottom - 2, low, high, len(chart.slots), chart.spare_slots)
        result.append(place)
        top = bottom
    return result


def _hatch(pattern: str) -> str:
    return (
        f'<defs><pattern id="{pattern}" width="5" height="5" patternUnits="userSpaceOnUse" '
        f'patternTransform="rotate(45)"><rect width="5" height="5" fill="{palette.ACTUAL}" opacity=".35"/>'
        f'<path d="M0 0V5" stroke="{palette.ACTUAL}" stroke-width="3"/></pattern></defs>'
    )


def _draw_panel(panel: Panel, area: _Area, pattern: str) -> str:
    parts = []
    if panel.title:
        parts.append(label(area.left, area.top - 8, panel.title, colour=palette.MUTED, anchor="start"))
    for level, text in panel.grid:
        y = area.y(float(level))
        parts.append(
            element("path", d=f"M{number(area.left)} {number(y)}H{number(area.right)}", stroke=palette.RULE)
        )
        parts.append(label(area.left - 6, y + 4, text, colour=palette.MUTED, anchor="end"))
    parts += [_draw_mark(mark, area, pattern) for mark in panel.marks]
    if panel.from_zero:
        y = area.y(0.0)
        parts.append(
            element("path", d=f"M{number(area.left)} {number(y)}H{number(area.right)}", stroke=palette.ACTUAL)
        )
    return "".join(parts)


def _draw_mark(mark: Mark, area: _Area, pattern: str) -> str:
    match mark:
        case Columns():
            return _draw_columns(mark, area, pattern)
        case Line():
            return _draw_line(mark, area)
        case Lollipops():
            return _draw_lollipops(mark, area)
        case Ticks():
            return _draw_ticks(mark, area)
        case Connectors():
            return _draw_connectors(mark, area)
        case Labels():
            return _draw_labels(mark, area)


def _draw_columns(mark: Columns, area: _Area, pattern: str) -> str:
    by_fill: dict[str, list[str]] = {}  # one path a colour keeps the file small
    wide = number(area.slot * mark.width)
    for index, value in enumerate(mark.values):
        if value is None or value == 0:
            continue
        base = float(mark.bases[index]) if mark.bases else 0.0
        edges = sorted((area.y(base), area.y(base + float(value))))
        fill = f"url(#{pattern})" if mark.hatched and mark.hatched[index] else mark.colours[index]
        left = number(area.x(index + mark.shift) - area.slot * mark.width / 2)
        tall = number(max(edges[1] - edges[0], 0.6))
        by_fill.setdefault(fill, []).append(f"M{left} {number(edges[0])}h{wide}v{tall}h-{wide}z")
    return "".join(element("path", d="".join(bars), fill=fill) for fill, bars in by_fill.items())


def _draw_line(mark: Line, area: _Area) -> str:
    path, pen, last = [], "M", None
    dots = []
    for index, value in enumerate(mark.values):
        if value is None:
            pen = "M"
            continue
        x, y = area.x(index), area.y(float(value))
        alone = pen == "M" and (index + 1 == len(mark.values) or mark.values[index + 1] is None)
        if alone:  # a single point between gaps would draw no line at all
            dots.append(element("circle", cx=number(x), cy=number(y), r="2", fill=mark.colour))
        path.append(f"{pen}{number(x)} {number(y)}")
        pen, last = "L", (x, y)
    parts = [
        element(
            "path",
            d="".join(path) or None,
            fill="none",
            stroke=mark.colour,
            stroke_width=str(mark.weight),
            stroke_linejoin="round",
            stroke_dasharray="3 3" if mark.is_dashed else None,
        ),
        *dots,
    ]
    if last is not None and mark.end:
        if not mark.is_dashed:
            parts.append(element("circle", cx=number(last[0]), cy=number(last[1]), r="3.5", fill=mark.colour))
        for row, text in enumerate(mark.end):
            parts.append(
                label(
                    last[0] + 8,
                    last[1] + 4 + row * 13 + mark.end_shift,
                    text,
                    colour=mark.colour,
                    anchor="start",
                    is_strong=row == 0,
                )
            )
    return "".join(parts)


def _draw_lollipops(mark: Lollipops, area: _Area) -> str:
    shown = _shown(mark.labels, area, set())
    drawn: dict[str, tuple[str, str]] = {}  # stems and heads of a colour; a stroke of no length is a dot
    parts = []
    for index, value in enumerate(mark.values):
        if value is None:
            continue
        x, y, colour = area.x(index), area.y(float(value)), mark.colours[index]
        stem, head = drawn.get(colour, ("", ""))
        stem += f"M{number(x)} {number(area.y(0.0))}V{number(y)}"
        drawn[colour] = (stem, f"{head}M{number(x)} {number(y)}h0")
        if index in shown:
            parts.append(label(x, y - 9 if value >= 0 else y + 16, mark.labels[index], colour=colour))
    for colour, (stem, head) in drawn.items():
        parts.append(element("path", d=stem, stroke=colour, stroke_width="3"))
        parts.append(element("path", d=head, stroke=colour, stroke_width="8", stroke_linecap="round"))
    return "".join(parts)


def _draw_ticks(mark: Ticks, area: _Area) -> str:
    half = area.slot * mark.width / 2
    strokes = [
        f"M{number(area.x(index) - half)} {number(area.y(float(value)))}h{number(2 * half)}"
        for index, value in enumerate(mark.values)
        if value is not None
    ]
    return element("path", d="".join(strokes) or None, stroke=mark.colour, stroke_width="2", fill="none")


def _draw_connectors(mark: Connectors, area: _Area) -> str:
    strokes = [
        f"M{number(area.x(index))} {number(area.y(float(level)))}H{number(area.x(index + 1))}"
        for index, level in enumerate(mark.levels[:-1])
        if level is not None
    ]
    return element("path", d="".join(strokes) or None, stroke=palette.PRIOR, fill="none")


def _draw_labels(mark: Labels, area: _Area) -> str:
    parts = []
    shown = _shown(mark.texts, area, set(mark.strong))
    widest = max((width_of(text, 11) for text in mark.texts), default=0.0)
    is_cramped = mark.place == "foot" and widest > area.slot * 0.62
    place, colour = ("above", palette.INK) if is_cramped else (mark.place, mark.colour)
    for index, height in enumerate(mark.heights):
        if height is None or index not in shown:
            continue
        y = {"above": area.y(float(height)) - 6, "below": area.y(float(height)) + 14, "foot": area.y(0.0) - 6}
        is_strong = index in mark.strong
        x = min(area.x(index), area.right + _EDGE - width_of(mark.texts[index], 12) / 2)
        halo = "" if place == "foot" else palette.WHITE
        parts.append(label(x, y[place], mark.texts[index], colour=colour, is_strong=is_strong, halo=halo))
    return "".join(parts)


def _shown(texts: tuple[str, ...], area: _Area, always: set[int]) -> set[int]:
    """Return the slots whose label fits: all of them, or every nth counted back from the last."""
    widest = max((width_of(text, 11) for text in texts if text), default=0.0)
    every = 1 + int(max(widest + 3, 1) // area.slot) if widest + 3 > area.slot else 1
    last = len(texts) - 1
    return {index for index in range(len(texts)) if (last - index) % every == 0} | always


def _draw_slots(chart: Chart, area: _Area) -> str:
    parts = []
    widest = max((width_of(line, 11) for text in chart.slots for line in text.split("\n")), default=0.0)
    every = max(1, -int(-(widest + 1) // area.slot)) if chart.slots else 1
    last = len(chart.slots) - 1
    lines = max((text.count("\n") + 1 for text in chart.slots), default=1)
    for index, text in enumerate(chart.slots):
        if (last - index) % every == 0:
            for row, line in enumerate(text.split("\n")):
                parts.append(label(area.x(index), area.bottom + 16 + row * _LINE, line))
    for index, text in sorted(chart.groups.items()):
        parts.append(label(area.x(index), area.bottom + 16 + lines * _LINE, text, is_strong=True))
    return "".join(parts)
