"""The marks of a chart as plotly traces, shapes and annotations."""

from __future__ import annotations

from typing import Any

from pipelines.reporting import palette
from pipelines.reporting.chart import Columns, Connectors, Labels, Line, Lollipops, Mark, Ticks


def plain_words(text: str) -> str:
    """Return text that plotly shows as it is: it would read tags and entities otherwise."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def short(value: Any) -> float:
    """Return a number to draw by, in six digits: no screen shows a seventh, and a page holds a thousand of them."""
    told = float(f"{float(value):.6g}")
    return int(told) if told.is_integer() else told


def _numbers(values: tuple[Any, ...]) -> list[float | None]:
    return [None if value is None else short(value) for value in values]


def _hover(texts: tuple[str, ...]) -> dict[str, Any]:
    if not texts:
        return {"hoverinfo": "skip"}
    return {"hovertext": [plain_words(text) for text in texts], "hoverinfo": "text"}


def add(mark: Mark, axis: str, data: list[dict[str, Any]], layout: dict[str, Any]) -> None:
    """Append the traces, shapes and annotations of one mark, drawn on the value axis `axis`."""
    match mark:
        case Columns():
            data.append(_columns(mark, axis))
        case Line():
            data.append(_line(mark, axis))
            layout["annotations"] += _line_end(mark, axis)
        case Lollipops():
            data += _lollipops(mark, axis)
        case Ticks():
            half = mark.width / 2
            layout["shapes"] += [
                _stroke(axis, (i - half, i + half), short(value), mark.colour, 2)
                for i, value in enumerate(mark.values)
                if value is not None
            ]
        case Connectors():
            layout["shapes"] += [
                _stroke(axis, (i, i + 1), short(level), palette.PRIOR, 1)
                for i, level in enumerate(mark.levels[:-1])
                if level is not None
            ]
        case Labels():
            data.append(_labels(mark, axis))


def _columns(mark: Columns, axis: str) -> dict[str, Any]:
    trace: dict[str, Any] = {
        "type": "bar",
        "name": mark.name,
        "yaxis": axis,
        "width": mark.width,
        "x": [round(i + mark.shift, 3) for i in range(len(mark.values))],
        "y": _numbers(mark.values),
        "marker": {
            "color": list(mark.colours) if len(set(mark.colours)) > 1 else next(iter(mark.colours), "")
        },
        **_hover(mark.hover),
    }
    if any(mark.bases):
        trace["base"] = [short(base) for base in mark.bases]
    if any(mark.hatched):
        trace["marker"]["pattern"] = {"shape": ["/" if hatched else "" for hatched in mark.hatched]}
    return trace


def _line(mark: Line, axis: str) -> dict[str, Any]:
    return {
        "type": "scatter",
        "mode": "lines+markers",
        "name": mark.name,
        "yaxis": axis,
        "x": list(range(len(mark.values))),
        "y": _numbers(mark.values),
        "connectgaps": False,
        "line": {"color": mark.colour, "width": mark.weight, "dash": "dot" if mark.is_dashed else "solid"},
        "marker": {"size": 1 if mark.is_dashed else 4, "color": mark.colour},
        **_hover(mark.hover),
    }


def _line_end(mark: Line, axis: str) -> list[dict[str, Any]]:
    last = next((i for i in range(len(mark.values) - 1, -1, -1) if mark.values[i] is not None), None)
    if last is None or not mark.end:
        return []
    value = mark.values[last]
    words = [plain_words(text) for text in mark.end]
    return [
        {
            "xref": "x",
            "yref": axis,
            "x": last,
            "y": short(value or 0),
            "xanchor": "left",
            "xshift": 6,
            "yshift": -mark.end_shift,
            "text": "<br>".join([f"<b>{words[0]}</b>", *words[1:]]),
            "showarrow": False,
            "align": "left",
            "font": {"color": mark.colour},
        }
    ]


def _lollipops(mark: Lollipops, axis: str) -> list[dict[str, Any]]:
    slots = list(range(len(mark.values)))
    values = _numbers(mark.values)
    places = ["top center" if value is None or value >= 0 else "bottom center" for value in values]
    return [
        {
            "type": "bar",
            "x": slots,
            "y": values,
            "yaxis": axis,
            "width": 0.06,
            "hoverinfo": "skip",
            "marker": {"color": list(mark.colours)},
        },
        {
            "type": "scatter",
            "mode": "markers+text",
            "x": slots,
            "y": values,
            "yaxis": axis,
            "name": mark.name,
            "marker": {"size": 8, "color": list(mark.colours)},
            "text": list(mark.labels),
            "textposition": places,
            "textfont": {"color": list(mark.colours)},
            "hoverinfo": "skip",
            "cliponaxis": False,
        },
    ]


def _labels(mark: Labels, axis: str) -> dict[str, Any]:
    texts = [plain_words(text) for text in mark.texts]
    shown = [f"<b>{text}</b>" if i in mark.strong and text else text for i, text in enumerate(texts)]
    heights = [0.0 if mark.place == "foot" and h is not None else h for h in _numbers(mark.heights)]
    return {
        "type": "scatter",
        "mode": "text",
        "x": list(range(len(texts))),
        "y": heights,
        "yaxis": axis,
        "text": shown,
        "textposition": "bottom center" if mark.place == "below" else "top center",
        "textfont": {"color": mark.colour},
        "hoverinfo": "skip",
        "cliponaxis": False,
    }


def _stroke(axis: str, ends: tuple[float, float], level: float, colour: str, weight: int) -> dict[str, Any]:
    return {
        "type": "line",
        "xref": "x",
        "yref": axis,
        "x0": ends[0],
        "x1": ends[1],
        "y0": level,
        "y1": level,
        "line": {"color": colour, "width": weight},
    }
