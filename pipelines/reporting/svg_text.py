"""Elements and words of an SVG drawing: escaped, with short numbers, and measured without a browser."""

from __future__ import annotations

import unicodedata
from html import escape

from pipelines.reporting import palette


def number(value: float) -> str:
    """Return a coordinate with one decimal at most."""
    text = f"{value:.1f}".removesuffix(".0")
    return "0" if text == "-0" else text


def element(name: str, **attributes: str | None) -> str:
    """Return an empty element; attributes that are None are left out, `_` in a name becomes `-`.

    A path without data draws nothing and returns nothing.
    """
    if name == "path" and not attributes.get("d"):
        return ""
    written = "".join(
        f' {key.replace("_", "-")}="{escape(value)}"'
        for key, value in attributes.items()
        if value is not None
    )
    return f"<{name}{written}/>"


def label(
    x: float,
    y: float,
    text: str,
    *,
    colour: str = palette.TEXT,
    anchor: str = "middle",
    is_strong: bool = False,
    size: float | None = None,
    halo: str = "",
) -> str:
    """Return a text element, with a rim in the colour `halo` where it may lie on a mark; empty text returns nothing."""
    if not text:
        return ""
    extra = ' font-weight="700"' if is_strong else ""
    extra += f' font-size="{number(size)}"' if size else ""
    extra += f' fill="{colour}"' if colour != palette.TEXT else ""
    extra += f' text-anchor="{anchor}"' if anchor != "middle" else ""
    extra += f' stroke="{halo}" stroke-width="3" stroke-linejoin="round" paint-order="stroke"' if halo else ""
    return f'<text x="{number(x)}" y="{number(y)}"{extra}>{escape(text)}</text>'


def width_of(text: str, size: float) -> float:
    """Estimate how many pixels a line of text takes: wide characters a full em, others a little over half."""
    ems = sum(1.0 if unicodedata.east_asian_width(character) in "WF" else 0.57 for character in text)
    return ems * size


def shortened(text: str, size: float, room: float) -> str:
    """Return the text cut so that it fits `room` pixels, with an ellipsis where it was cut."""
    if width_of(text, size) <= room:
        return text
    kept = text
    while kept and width_of(kept + "…", size) > room:
        kept = kept[:-1]
    return kept + "…"
