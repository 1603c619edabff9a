"""Draw a profile as flames hanging from the steps: `python -m tests.bench.flame SAMPLES flame.svg`.

SAMPLES come from a sampling profiler: `py-spy record -f raw -o SAMPLES -- python -m pipelines run EXPORTS --direct`. A
box is as wide as its share of the samples; what is under a two-hundredth is left out.
"""

from __future__ import annotations

import re
import sys
from dataclasses import dataclass, field
from html import escape
from pathlib import Path

_WIDTH, _ROW, _TOP = 1200, 18, 34
_LEAST = 1 / 200
_DEEPEST = 22
_LETTER = 6.2
_BEFORE_STEPS = re.compile(r"^.*?;Job\.take \([^;]*;")
_LINE = re.compile(r":\d+\)$")
_COLOURS = {"pipelines/job": "#e07b39", "pipelines": "#e8b04a", "great_expectations": "#7aa6c2"}


@dataclass
class Box:
    """One function called from the box above: its samples, and what it called."""

    samples: int = 0
    called: dict[str, Box] = field(default_factory=dict)


def gathered(lines: list[str]) -> Box:
    """Return the samples as one tree; frames before the step are cut, for they are the same in all."""
    root = Box()
    for line in lines:
        stack, count = line.rsplit(" ", 1)
        root.samples += int(count)
        box = root
        for frame in _BEFORE_STEPS.sub("", stack).split(";")[:_DEEPEST]:
            box = box.called.setdefault(_LINE.sub(")", frame), Box())
            box.samples += int(count)
    return root


def drawn(root: Box) -> str:
    """Return the tree as SVG."""
    boxes: list[str] = []
    depth = _draw(root, root.samples, 0.0, 0, boxes)
    height = _TOP + (depth + 1) * _ROW
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {height}">\n'
        "<style>text {font: 11px sans-serif} rect {stroke: white}</style>\n"
        f'<rect width="{_WIDTH}" height="{height}" fill="white"/>\n'
        f'<text x="4" y="20">{root.samples:,} samples of the main job, all threads</text>\n'
    )
    return head + "\n".join(boxes) + "\n</svg>\n"


def _draw(box: Box, total: int, left: float, depth: int, boxes: list[str]) -> int:
    """Draw what a box called, below it, and return the deepest row drawn."""
    deepest = depth
    for name, called in sorted(box.called.items(), key=lambda pair: -pair[1].samples):
        if called.samples < total * _LEAST:
            continue
        width, top = called.samples / total * _WIDTH, _TOP + depth * _ROW
        told = escape(f"{name}: {called.samples / total:.1%}")
        short = escape(name.split(" (")[0][: int(width / _LETTER)])
        boxes.append(
            f'<g><title>{told}</title><rect x="{left:.1f}" y="{top}" width="{width:.1f}" height="{_ROW}" '
            f'fill="{_colour(name)}"/><text x="{left + 2:.1f}" y="{top + 13}">{short}</text></g>'
        )
        deepest = max(deepest, _draw(called, total, left, depth + 1, boxes))
        left += width
    return deepest


def _colour(name: str) -> str:
    return next((colour for part, colour in _COLOURS.items() if part in name), "#cfcfcf")


def main() -> None:
    """Read the samples and write the picture."""
    samples, picture = map(Path, sys.argv[1:])
    picture.write_text(drawn(gathered(samples.read_text(encoding="utf-8").splitlines())), encoding="utf-8")


if __name__ == "__main__":
    main()
