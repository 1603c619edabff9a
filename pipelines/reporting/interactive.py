"""Charts as plotly figures: the same chart, the same places and words as its static drawing, plus hovering."""

from __future__ import annotations

import json
from functools import cache
from typing import TYPE_CHECKING, Any

from pipelines import resources
from pipelines.reporting import palette, words
from pipelines.reporting.chart import AnyChart, Chart, Funnel, Panel, Stage
from pipelines.reporting.interactive_marks import add, plain_words, short
from pipelines.reporting.svg import areas

if TYPE_CHECKING:
    from plotly.graph_objects import Figure

CONFIG = {"displayModeBar": False, "showSendToCloud": False, "responsive": True, "displaylogo": False}


@cache
def theme() -> dict[str, Any]:
    """Return the plotly template of the house, from `reports/theme/plotly.json`."""
    text = (resources.path("reports") / "theme" / "plotly.json").read_text(encoding="utf-8")
    loaded: dict[str, Any] = json.loads(text)
    return loaded


def plotly_figure(chart: AnyChart) -> Figure:
    """Return the chart as a plotly figure, for notebooks."""
    from plotly.graph_objects import Figure

    plain = as_plain(chart)
    return Figure(data=plain["data"], layout={**plain["layout"], "template": theme()})


def nothing_to_draw(lang: str) -> Figure:
    """Return an empty figure that says so, for a question whose answer has no row."""
    from plotly.graph_objects import Figure

    note = words.text("notebook.nothing").of(lang)
    hidden = {"visible": False}
    figure = Figure(layout={"template": theme(), "height": 120, "xaxis": hidden, "yaxis": hidden})
    return figure.add_annotation(
        text=note, x=0, y=0.5, xref="paper", yref="paper", xanchor="left", showarrow=False
    )


def as_plain(chart: AnyChart) -> dict[str, Any]:
    """Return data and layout as plain lists and numbers, without the template, which a page holds once."""
    width, height = chart.sizes["screen"]
    if isinstance(chart, Funnel):
        return _funnel(chart, height)
    places = areas(chart, width, height)
    data: list[dict[str, Any]] = []
    layout: dict[str, Any] = {
        "height": height,
        "margin": {"l": int(places[0].left), "r": 2 + chart.end_room, "t": 0, "b": 0},
        "barmode": "overlay",
        "showlegend": False,
        "shapes": [],
        "annotations": [],
        "xaxis": _slot_axis(chart, places[-1].bottom / height),
    }
    for index, (panel, place) in enumerate(zip(chart.panels, places, strict=True)):
        axis = "y" if index == 0 else f"y{index + 1}"
        layout["yaxis" if index == 0 else f"yaxis{index + 1}"] = _value_axis(
            panel, 1 - place.bottom / height, 1 - place.top / height
        )
        if panel.title:
            layout["annotations"].append(_note(0, 1 - (place.top - 16) / height, panel.title))
        for mark in panel.marks:
            add(mark, axis, data, layout)
    return {"data": data, "layout": layout}


def _slot_axis(chart: Chart, bottom: float) -> dict[str, Any]:
    ticks = []
    for index, slot in enumerate(chart.slots):
        text = slot.replace("\n", "<br>")
        ticks.append(f"{text}<br><b>{chart.groups[index]}</b>" if index in chart.groups else text)
    count = len(chart.slots)
    return {
        "range": [-0.5 - chart.spare_slots, count - 0.5 + chart.spare_slots],
        "tickvals": list(range(count)),
        "ticktext": ticks,
        "anchor": "free",
        "position": max(0.0, 1 - bottom),
        "fixedrange": True,
    }


def _value_axis(panel: Panel, low: float, high: float) -> dict[str, Any]:
    axis: dict[str, Any] = {
        "domain": [round(low, 4), round(high, 4)],
        "range": [round(level, 6) for level in panel.span()],
        "zeroline": panel.from_zero,
        "fixedrange": True,
        "showticklabels": bool(panel.grid),
        "showgrid": bool(panel.grid),
    }
    if panel.grid:
        axis["tickvals"] = [short(level) for level, _ in panel.grid]
        axis["ticktext"] = [text for _, text in panel.grid]
    return axis


def _note(x: float, y: float, text: str) -> dict[str, Any]:
    return {
        "xref": "paper",
        "yref": "paper",
        "x": x,
        "y": round(y, 4),
        "xanchor": "left",
        "yanchor": "top",
        "text": plain_words(text),
        "showarrow": False,
        "font": {"color": palette.MUTED},
    }


def _funnel(chart: Funnel, height: int) -> dict[str, Any]:
    count = len(chart.stages)
    rows = list(range(count))
    layout = {
        "height": height,
        "barmode": "overlay",
        "showlegend": False,
        "annotations": [_step(row, stage) for row, stage in enumerate(chart.stages) if stage.step],
        "margin": {"l": 84, "r": 60, "t": 0, "b": 0},
        "xaxis": {"visible": False, "fixedrange": True},
        "yaxis": {
            "range": [count - 0.4, -0.6],
            "tickvals": rows,
            "ticktext": [plain_words(stage.name) for stage in chart.stages],
            "fixedrange": True,
            "zeroline": False,
            "showgrid": False,
        },
    }
    return {"data": _stage_bars(chart, rows), "layout": layout}


def _stage_bars(chart: Funnel, rows: list[int]) -> list[dict[str, Any]]:
    bar = {"type": "bar", "orientation": "h"}
    prior = {
        "y": [row - 0.18 for row in rows],
        "width": 0.34,
        "x": [None if stage.prior is None else short(stage.prior) for stage in chart.stages],
        "marker": {"color": palette.PRIOR},
        "hoverinfo": "x",
    }
    actual = {
        "y": rows,
        "width": 0.46,
        "x": [short(stage.value) for stage in chart.stages],
        "marker": {"color": palette.ACTUAL},
        "hoverinfo": "skip",
        "text": [f"<b>{stage.label}</b>" for stage in chart.stages],
        "textposition": "outside",
        "textfont": {"color": palette.INK, "size": 12},
        "cliponaxis": False,
    }
    return [bar | prior, bar | actual]


def _step(row: int, stage: Stage) -> dict[str, Any]:
    change = f"<span style='color:{stage.step_colour}'>{stage.step_change}</span>"
    return {
        "x": 0,
        "xref": "x",
        "y": row - 0.5,
        "yref": "y",
        "xanchor": "left",
        "xshift": 12,
        "showarrow": False,
        "text": f"<b>↓ {stage.step}</b>  {change}",
    }
