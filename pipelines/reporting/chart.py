"""Charts as plain data: what is drawn where, before anyone decides whether as SVG or with plotly.

All numbers are already scaled to the unit said on the page, all labels already written: no drawer formats anything.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from pipelines.reporting import palette

Values = tuple[Decimal | None, ...]
_FEWEST_SLOTS = 6


@dataclass(frozen=True)
class Columns:
    """Upright bars, one a slot; `bases` lifts them off zero (stacks, waterfalls)."""

    values: Values
    colours: tuple[str, ...]
    bases: tuple[Decimal, ...] = ()
    width: float = 0.62
    shift: float = 0.0  # in slots, to show one series behind another
    name: str = ""
    hover: tuple[str, ...] = ()
    hatched: tuple[bool, ...] = ()  # forecast or incomplete


@dataclass(frozen=True)
class Line:
    """A line through the slots; it breaks at a missing value. `end` is written beside its last point."""

    values: Values
    colour: str
    weight: float = 2.0
    is_dashed: bool = False
    end: tuple[str, ...] = ()
    name: str = ""
    hover: tuple[str, ...] = ()
    end_shift: int = 0  # pixels downward, so that the ends of two lines do not cover each other


@dataclass(frozen=True)
class Lollipops:
    """A stick and a dot from zero to each value."""

    values: Values
    colours: tuple[str, ...]
    labels: tuple[str, ...]
    name: str = ""


@dataclass(frozen=True)
class Ticks:
    """A short level stroke at each value: a plan."""

    values: Values
    colour: str = palette.INK
    width: float = 0.8
    name: str = ""


@dataclass(frozen=True)
class Connectors:
    """Thin level strokes from each slot to the next, at the level given (waterfalls)."""

    levels: Values


@dataclass(frozen=True)
class Labels:
    """Words at a height in each slot: above it, below it, or at the foot of the panel."""

    heights: Values
    texts: tuple[str, ...]
    place: str = "above"  # above, below, foot
    colour: str = palette.TEXT
    strong: tuple[int, ...] = ()


Mark = Columns | Line | Lollipops | Ticks | Connectors | Labels


@dataclass(frozen=True)
class Panel:
    """One plot area over the shared slots. `share` is its part of the chart's height."""

    marks: tuple[Mark, ...]
    share: float = 1.0
    title: str = ""
    from_zero: bool = True
    grid: tuple[tuple[Decimal, str], ...] = ()
    headroom: float = 0.14  # of the span, for labels above and below

    def span(self) -> tuple[float, float]:
        """Return the lowest and highest value to show, with room for labels; never an empty span."""
        low, high = _extent(self.marks)
        if self.from_zero:
            low, high = min(low, 0.0), max(high, 0.0)
        for level, _ in self.grid:
            low, high = min(low, float(level)), max(high, float(level))
        if high == low:
            low, high = low - 1.0, high + 1.0
        room = (high - low) * self.headroom
        has_labels = any(isinstance(mark, (Labels, Lollipops)) for mark in self.marks)
        top = room if has_labels or not self.from_zero else room / 3
        return (low - room if low < 0 or not self.from_zero else low), high + top


@dataclass(frozen=True)
class Chart:
    """Slots along the bottom, panels above each other. `slots` may hold line breaks, `groups` stand below some."""

    key: str
    slots: tuple[str, ...]
    panels: tuple[Panel, ...]
    groups: Mapping[int, str] = field(default_factory=dict)
    end_room: int = 0  # pixels kept free at the right for labels of lines
    sizes: Mapping[str, tuple[int, int]] = field(default_factory=dict)
    sideways: frozenset[str] = frozenset()  # sizes too narrow for its slots, in which they become rows

    @property
    def spare_slots(self) -> float:
        """Slots left empty at each side, so that the columns of a first month are no wider than a year's half."""
        return max(_FEWEST_SLOTS - len(self.slots), 0) / 2


@dataclass(frozen=True)
class Stage:
    """One bar of a funnel: its count, the same a year ago, and the words on the step that leads to it."""

    name: str
    value: Decimal
    prior: Decimal | None
    label: str
    step: str = ""
    step_change: str = ""
    step_colour: str = palette.TEXT


@dataclass(frozen=True)
class Funnel:
    """Bars from the left, one a stage, top to bottom."""

    key: str
    stages: tuple[Stage, ...]
    sizes: Mapping[str, tuple[int, int]] = field(default_factory=dict)


AnyChart = Chart | Funnel


def _extent(marks: Iterable[Mark]) -> tuple[float, float]:
    levels: list[float] = []
    for mark in marks:
        if isinstance(mark, Columns):
            bases = mark.bases or (Decimal(0),) * len(mark.values)
            for base, value in zip(bases, mark.values, strict=True):
                if value is not None:
                    levels += [float(base), float(base + value)]
        elif isinstance(mark, (Line, Lollipops, Ticks)):
            levels += [float(value) for value in mark.values if value is not None]
        elif isinstance(mark, Labels) and mark.place != "foot":
            levels += [float(value) for value in mark.heights if value is not None]
    return (min(levels), max(levels)) if levels else (0.0, 0.0)


def round_grid(low: Decimal, high: Decimal, steps: int = 3) -> tuple[Decimal, ...]:
    """Return round levels between `low` and `high`, about `steps` of them, for grid lines."""
    if high <= low:
        return ()
    rough = (high - low) / steps
    power = Decimal(10) ** rough.adjusted()
    step = next(power * k for k in (1, 2, 5, 10) if power * k >= rough)
    level = (low / step).to_integral_value(rounding="ROUND_CEILING") * step
    levels = []
    while level <= high:
        levels.append(level)
        level += step
    return tuple(levels)
