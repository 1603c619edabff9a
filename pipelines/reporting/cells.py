"""Cells of a table as HTML, in Python: a page has thousands, and as macros of a template they took half its time."""

from __future__ import annotations

import re
from collections.abc import Sequence

from markupsafe import Markup, escape

from pipelines.reporting.table import Bar, Cell
from pipelines.reporting.words import Text

_VERDICTS = ("fav", "adv", "neu")
_SPECIAL = re.compile("[&<>\"']")  # what escaping changes


def both_languages(text: Text) -> Markup:
    """Return a text with each language marked as such, or once where both read the same."""
    return Markup(_text(text))  # noqa: S704  # every word is escaped


def row(cells: Sequence[Cell], head: int, *, has_sort: bool) -> Markup:
    """Return the cells of a row, the one in place `head` as the row's heading."""
    made = [
        _cell(cell, "th" if place == head else "td", has_sort=has_sort) for place, cell in enumerate(cells)
    ]
    return Markup("".join(made))  # noqa: S704  # every word is escaped


def _cell(cell: Cell, tag: str, *, has_sort: bool) -> str:
    attributes = ' scope="row"' if tag == "th" else ""
    if cell.css:
        attributes += f' class="{_escaped(cell.css)}"'
    if cell.span > 1:
        attributes += f' colspan="{cell.span}"'
    if has_sort and cell.sort:
        attributes += f' data-v="{_escaped(cell.sort)}"'
    drawn = f"{_bar(cell.bar)}{_mix(cell)}" if cell.bar or cell.mix else ""
    small = f"<small>{_text(cell.small)}</small>" if cell.small.zh else ""
    return f"<{tag}{attributes}>{drawn}{_words(cell)}{small}</{tag}>"


def _escaped(text: str) -> str:
    return str(escape(text)) if _SPECIAL.search(text) else text


def _text(text: Text) -> str:
    zh, en = text.zh, text.en
    if zh == en:
        return _escaped(zh)
    return f'<span lang="zh-CN">{_escaped(zh)}</span><span lang="en">{_escaped(en)}</span>'


def _words(cell: Cell) -> str:
    told = _text(cell.text)
    if cell.bar:
        return f'<span class="bn">{told}</span>'
    if cell.status:
        return f'<span class="st {_escaped(cell.status)}">{told}</span>'
    return f'<a href="{_escaped(cell.link)}">{told}</a>' if cell.link else told


def _bar(bar: Bar | None) -> str:
    if bar is None or not bar.percent:
        return ""
    wide = " w" if bar.is_wide else ""
    is_verdict = bar.colour in _VERDICTS
    named = f' class="{bar.colour}"' if is_verdict else ""
    drawn = "" if is_verdict else f";background:{escape(bar.colour)}"
    return f'<span class="vb{wide}"><i{named} style="width:{bar.percent}%{drawn}"></i></span>'


def _mix(cell: Cell) -> str:
    if not cell.mix:
        return ""
    parts = [f'<i style="width:{percent}%;background:{escape(colour)}"></i>' for percent, colour in cell.mix]
    return f'<span class="mix" aria-hidden="true">{"".join(parts)}</span>'
