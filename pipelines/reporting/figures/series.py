"""Any metrics over periods or slices: a panel each; columns for one series that adds up, lines for the rest."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING

from pipelines.reporting import numbers, palette, words
from pipelines.reporting.chart import Chart, Columns, Labels, Line, Panel, Values, round_grid

if TYPE_CHECKING:
    from plotly.graph_objects import Figure as Figure  # noqa: PLC0414 - for rooms that may not import plotly

COLOURS = (
    palette.ACTUAL,
    palette.ADVERSE,
    palette.ADDITION,
    palette.TIMING,
    palette.FAVOURABLE,
    palette.PRIOR,
)
_PANEL_HEIGHT = 190
_END_CHARACTERS = 16  # of a series' name beside its line


@dataclass(frozen=True)
class Series:
    """One line or one set of columns: a value a slot; `is_complete` tells which periods are over."""

    name: str
    values: Values
    is_complete: tuple[bool, ...] = ()


@dataclass(frozen=True)
class Plot:
    """One metric's panel: its label, its unit (money, count, rate, days, score) and its series."""

    title: str
    unit: str
    series: tuple[Series, ...]
    has_columns: bool = False
    colours: tuple[str, ...] = field(default=COLOURS)


def series(
    plots: tuple[Plot, ...],
    slots: tuple[str, ...],
    currency: str,
    lang: str,
    groups: Mapping[int, str] | None = None,
) -> Chart:
    """Draw the plots above each other over the same slots; what is not complete is hatched or dashed."""
    has_lines = any(not plot.has_columns and len(plot.series) > 1 for plot in plots)
    height = _PANEL_HEIGHT * len(plots) + 60
    return Chart(
        "series",
        slots,
        tuple(_panel(plot, slots, currency, lang) for plot in plots),
        groups or {},
        end_room=110 if has_lines else 64,
        sizes={"screen": (752, height), "phone": (332, height), "print": (463, height)},
    )


def _panel(plot: Plot, slots: tuple[str, ...], currency: str, lang: str) -> Panel:
    scaled, places, unit = _scale(plot, currency, lang)
    title = f"{plot.title} · {unit}" if unit else plot.title
    if plot.has_columns:
        (only,) = plot.series
        (values,) = scaled
        texts = tuple("" if value is None else numbers.grouped(value, places) for value in values)
        heights = tuple(None if value is None else max(value, Decimal(0)) for value in values)
        colours = plot.colours if len(plot.colours) == len(values) else (plot.colours[0],) * len(values)
        columns = Columns(
            values,
            colours,
            name=only.name,
            hover=_hover(slots, only.name, texts),
            hatched=tuple(not complete for complete in only.is_complete),
        )
        return Panel((columns, Labels(heights, texts, "above", palette.INK, (len(values) - 1,))), title=title)
    lines = tuple(
        line
        for place, (one, values) in enumerate(zip(plot.series, scaled, strict=True))
        for line in _lines(
            one, values, slots, places, plot.colours[place % len(plot.colours)], is_alone=len(scaled) == 1
        )
    )
    return Panel(lines, title=title, from_zero=False, grid=_grid(scaled, places))


def _lines(
    one: Series, values: Values, slots: tuple[str, ...], places: int, colour: str, *, is_alone: bool
) -> tuple[Line, ...]:
    """Return the line through what is complete and, dashed from its end on, what is known so far."""
    complete = one.is_complete or (True,) * len(values)
    firm = tuple(value if is_whole else None for value, is_whole in zip(values, complete, strict=True))
    texts = tuple("" if value is None else numbers.grouped(value, places) for value in values)
    hover = _hover(slots, one.name, texts)
    last = max((index for index, value in enumerate(firm) if value is not None), default=-1)
    end = (texts[last] if is_alone else one.name[:_END_CHARACTERS],) if last >= 0 else ()
    drawn = Line(firm, colour, end=end, name=one.name, hover=hover)
    if all(complete):
        return (drawn,)
    so_far = tuple(
        value if index == last or not complete[index] else None for index, value in enumerate(values)
    )
    return drawn, Line(so_far, colour, 1.4, is_dashed=True, name=one.name, hover=hover)


def _hover(slots: tuple[str, ...], name: str, texts: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(
        " ".join(part for part in (slot.replace("\n", " "), name, text) if part)
        for slot, text in zip(slots, texts, strict=True)
    )


def _grid(scaled: tuple[Values, ...], places: int) -> tuple[tuple[Decimal, str], ...]:
    known = [value for values in scaled for value in values if value is not None]
    if not known:
        return ()
    levels = round_grid(min(known), max(known))
    return tuple((level, numbers.grouped(level, _places_of(level, places))) for level in levels)


def _places_of(level: Decimal, most: int) -> int:
    return next((n for n in range(most) if level == numbers.rounded(level, n)), most)


def _scale(plot: Plot, currency: str, lang: str) -> tuple[tuple[Values, ...], int, str]:
    """Return the values in the unit they are drawn in, their decimals, and the unit's words."""
    everything = [value for one in plot.series for value in one.values]
    if plot.unit == "money":
        unit = numbers.table_unit(everything, currency)
        places = unit.places[0] if lang == "zh" else unit.places[1]
        return (
            tuple(tuple(unit.scaled(value, lang) for value in one.values) for one in plot.series),
            places,
            unit.label.of(lang),
        )
    if plot.unit == "rate":
        shares = tuple(
            tuple(None if value is None else value * 100 for value in one.values) for one in plot.series
        )
        return shares, 1, "%"
    as_they_are = tuple(one.values for one in plot.series)
    if plot.unit == "count":
        return as_they_are, 0, ""
    return as_they_are, 1, words.text("unit.days_label").of(lang) if plot.unit == "days" else ""
