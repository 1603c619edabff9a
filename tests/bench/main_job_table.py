"""The main job's measurements as a table in Markdown and a plot in SVG."""

from __future__ import annotations

import math
import os
import platform
from collections.abc import Sequence
from html import escape
from importlib.metadata import version
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.bench.main_job import Measured

_BASE = "DuckDB by hand"
_FAIR = (
    "A baseline has a time only where its seven results equal the published ones to the cent; "
    "it neither validates, quarantines, traces, reconciles, ages, publishes nor reports."
)
_WIDTH, _HEIGHT, _MARGIN = 760, 420, 60
_COLOURS = ("#1f4e79", "#c0504d", "#4f8f4f", "#8064a2", "#b8860b", "#333333", "#4bacc6", "#d16ba5", "#7f7f7f")


def line(one: Measured) -> str:
    """Return one measurement as a line of text."""
    if one.cost is None:
        return f"{one.program:34}{one.lines:>12,}  left out: {one.reason}"
    cost = one.cost
    return f"{one.program:34}{one.lines:>12,}{cost.seconds:>9.2f} s{cost.cpu_seconds:>9.2f} cpu s{cost.peak:>7,} MB"


def write(taken: Sequence[Measured], folder: Path, command: str) -> None:
    """Write `main_job.md` and `main_job.svg` to the folder."""
    folder.mkdir(exist_ok=True)
    python = platform.python_version()
    machine = f"{os.cpu_count()} processors, {platform.system()}, Python {python}, DuckDB {version('duckdb')}"
    parts = [
        "# The main job beside jobs that only compute",
        f"`python -m tests.bench.main_job {command}`; {machine}. Whole processes.",
        f"Ratios are to {_BASE} in the same run. {_FAIR}",
        _table(taken),
        "## Growth",
        "Exponent of processor seconds over order lines, from one size to the next: 1 is proportional.",
        _growth(taken),
        "## Steps of the main job, seconds",
        _steps(taken),
        "![time over size](main_job.svg)",
    ]
    (folder / "main_job.md").write_text("\n\n".join(parts) + "\n", encoding="utf-8")
    (folder / "main_job.svg").write_text(_plot(taken), encoding="utf-8")


def _table(taken: Sequence[Measured]) -> str:
    rows = [
        "| program | order lines | s | ratio | CPU s | ratio | peak MB | lines/s |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for one in taken:
        base = next((b.cost for b in taken if b.program == _BASE and b.lines == one.lines), None)
        if one.cost is None:
            rows.append(f"| {one.program} | {one.lines:,} | left out: {one.reason} | | | | | |")
            continue
        wall = f"{one.cost.seconds / base.seconds:.2f}" if base else ""
        cpu = f"{one.cost.cpu_seconds / base.cpu_seconds:.2f}" if base else ""
        rows.append(
            f"| {one.program} | {one.lines:,} | {one.cost.seconds:.2f} | {wall} | {one.cost.cpu_seconds:.2f} | {cpu} "
            f"| {one.cost.peak:,} | {one.lines / one.cost.seconds:,.0f} |"
        )
    return "\n".join(rows)


def _growth(taken: Sequence[Measured]) -> str:
    rows = ["| program | from | to | exponent |", "|---|---|---|---|"]
    for program in dict.fromkeys(one.program for one in taken):
        sizes = [(one.lines, one.cost) for one in taken if one.program == program and one.cost]
        for (fewer, small), (more, large) in pairwise(sizes):
            exponent = math.log(large.cpu_seconds / small.cpu_seconds) / math.log(more / fewer)
            rows.append(f"| {program} | {fewer:,} | {more:,} | {exponent:.2f} |")
    return "\n".join(rows)


def _steps(taken: Sequence[Measured]) -> str:
    runs = [one for one in taken if one.steps]
    names = list(dict.fromkeys(name for one in runs for name in one.steps))
    rows = [f"| program | order lines | {' | '.join(names)} |", "|---|---|" + "---|" * len(names)]
    for one in runs:
        seconds = (f"{one.steps[name]:.2f}" if name in one.steps else "" for name in names)
        rows.append(f"| {one.program} | {one.lines:,} | {' | '.join(seconds)} |")
    return "\n".join(rows)


def _plot(taken: Sequence[Measured]) -> str:
    """Draw processor seconds over order lines, both logarithmic, a line for each program."""
    points = [
        (one.program, math.log10(one.lines), math.log10(max(one.cost.cpu_seconds, 0.01)))
        for one in taken
        if one.cost
    ]
    low_x, high_x = min(p[1] for p in points) - 0.1, max(p[1] for p in points) + 0.1
    low_y, high_y = math.floor(min(p[2] for p in points)), math.ceil(max(p[2] for p in points))
    right = _WIDTH - 220

    def place(x: float, y: float) -> tuple[float, float]:
        across = _MARGIN + (x - low_x) / (high_x - low_x) * (right - _MARGIN)
        return across, _HEIGHT - _MARGIN - (y - low_y) / max(high_y - low_y, 1) * (_HEIGHT - 2 * _MARGIN)

    drawn = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {_HEIGHT}">',
        "<style>text {font: 12px sans-serif}</style>",
        f'<rect width="{_WIDTH}" height="{_HEIGHT}" fill="white"/>',
        f'<text x="{_MARGIN}" y="24" font-size="15">Processor seconds over order lines</text>',
    ]
    for power in range(low_y, high_y + 1):
        _, y = place(low_x, power)
        drawn.append(
            f'<path d="M{_MARGIN} {y:.0f}H{right}" stroke="#ddd"/><text x="8" y="{y + 4:.0f}">{10.0**power:g} s</text>'
        )
    for size in dict.fromkeys(p[1] for p in points):
        x, _ = place(size, low_y)
        drawn.append(f'<text x="{x:.0f}" y="{_HEIGHT - 36}" text-anchor="middle">{10**size:,.0f}</text>')
    for number, program in enumerate(dict.fromkeys(p[0] for p in points)):
        colour = _COLOURS[number % len(_COLOURS)]
        places = [place(x, y) for name, x, y in points if name == program]
        path = "L".join(f"{x:.1f} {y:.1f}" for x, y in places)
        drawn.append(f'<path d="M{path}" fill="none" stroke="{colour}" stroke-width="2"/>')
        drawn += [f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3.5" fill="{colour}"/>' for x, y in places]
        key = _MARGIN + 18 * number
        drawn.append(f'<rect x="{right + 16}" y="{key - 9}" width="10" height="10" fill="{colour}"/>')
        drawn.append(f'<text x="{right + 32}" y="{key}">{escape(program)}</text>')
    return "\n".join([*drawn, "</svg>\n"])
