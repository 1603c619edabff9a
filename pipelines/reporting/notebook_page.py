"""A notebook that was run as one page: words, figures, tables, and the code folded away; it loads nothing."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from pipelines.reporting import interactive, render, words
from pipelines.reporting.words import Text


@dataclass(frozen=True)
class Output:
    """One thing a cell showed: a plotly figure as data, a table as pandas' own HTML, or text."""

    figure: Mapping[str, Any] | None = None
    table: str = ""
    text: str = ""


@dataclass(frozen=True)
class Cell:
    """One cell: its words as Markdown, or its code and what it showed."""

    words: str = ""
    code: str = ""
    outputs: tuple[Output, ...] = ()


def html(title: str, facts: Mapping[str, str], cells: Iterable[Cell]) -> str:
    """Return the page; `facts` stand below its title. Each figure is drawn by the one script that the page holds."""
    from markupsafe import Markup

    shown = [_shown(cell) for cell in cells]
    figures = [output.figure for cell, _ in shown for output in cell.outputs if output.figure is not None]
    sources = [("vendor", _bundle_name())] if figures else []
    # the project's own scripts, unchanged
    scripts = [Markup(render.read(*source)) for source in [*sources, ("script", "notebook.js")]]  # noqa: S704
    template = render.environment().get_template("notebook.html.j2")
    return template.render(
        title=title.partition("_")[2].replace("_", " ") or title,
        facts=facts,
        code_words=words.text("notebook.code"),
        cells=shown,
        figures=_as_json(figures),
        css=render.style(Text(title, title)),
        csp=render.policy(tuple(scripts)),
        scripts=scripts,
    )


def _shown(cell: Cell) -> tuple[Cell, str]:
    from markupsafe import Markup

    if not cell.words:
        return cell, ""
    from markdown_it import MarkdownIt

    # without raw HTML: Markdown's own markup is all that a notebook's words may bring
    written = MarkdownIt("commonmark", {"html": False}).enable("table").render(cell.words)
    return cell, Markup(written)  # noqa: S704


def _as_json(figures: list[Mapping[str, Any]]) -> str:
    from markupsafe import Markup

    told = {"config": interactive.CONFIG, "figures": figures}
    text = json.dumps(told, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    # JSON that cannot close its own script element
    return Markup(text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026"))  # noqa: S704


def _bundle_name() -> str:
    import yaml

    return str(yaml.safe_load(render.read("vendor", "versions.yaml"))["plotly_basic"]["file"])
