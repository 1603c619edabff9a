"""Pages made into files: interactive, lite and e-mail editions of one content, each one file that asks for nothing."""

from __future__ import annotations

import base64
import hashlib
import json
from functools import cache
from typing import TYPE_CHECKING, Any

from pipelines import resources
from pipelines.reporting import cells, interactive, numbers, palette, periods, phrases, statements, svg, words
from pipelines.reporting.cards import cohorts
from pipelines.reporting.facts import Badge, RunFacts
from pipelines.reporting.pages.page import Page
from pipelines.reporting.statements import Statement
from pipelines.reporting.table import Drawing
from pipelines.reporting.words import Text

if TYPE_CHECKING:
    from jinja2 import Environment
    from markupsafe import Markup

ROLES = ("screen", "phone", "print")


def page(content: Page, run: RunFacts, *, is_interactive: bool, has_sorting: bool = False) -> str:
    """Return a page as HTML. The interactive edition carries plotly and its charts, the lite one no script at all.

    With `has_sorting` a lite page gets the small script that sorts its tables.
    """
    scripts = _scripts(content, has_charts=is_interactive) if is_interactive or has_sorting else ()
    return (
        environment()
        .get_template("page.html.j2")
        .render(
            page=content,
            run=run,
            css=style(content.running if content.running.zh else content.title),
            csp=policy(scripts),
            scripts=scripts,
            figures=_figures(content) if is_interactive else "",
            is_interactive=is_interactive,
        )
    )


def statement(one: Statement, run: RunFacts) -> str:
    """Return a customer statement as HTML, without any script."""
    title = statements.statement_title(one)
    template = environment().get_template("statement.html.j2")
    return template.render(
        statement=one,
        title=title,
        meta=statements.statement_meta(one),
        accounts=list(statements.account_pages(one, run.company)),
        as_of=periods.day(run.as_of),
        run=run,
        css=style(title),
        csp=policy(()),
    )


@cache
def environment() -> Environment:
    """Return the templates' environment: everything is escaped, an unknown name is an error."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    made = Environment(
        loader=FileSystemLoader(resources.path("reports") / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        auto_reload=False,
    )
    made.globals.update(
        w=words.text,
        t=cells.both_languages,
        cells=cells.row,
        draw=draw,
        safe_svg=safe_svg,
        owner_name=phrases.owner_name,
        languages=words.LANGUAGES,
        badge_checks=badge_checks,
        badge_rows=badge_rows,
    )
    made.filters["tag"] = _language_tag
    return made


def _language_tag(lang: str) -> str:
    return {"zh": "zh-CN", "en": "en"}[lang]


def draw(drawing: Drawing, lang: str) -> Markup:
    """Return a chart as SVG in every size a page needs, for one language."""
    from markupsafe import Markup

    chart = drawing.charts[lang]
    # the drawer escapes every word it writes
    return Markup("".join(svg.draw(chart, role) for role in ROLES if role in chart.sizes))  # noqa: S704


def safe_svg(drawn: str) -> Markup:
    """Return a sparkline as markup: it holds numbers only."""
    from markupsafe import Markup

    return Markup(drawn)  # noqa: S704


def badge_checks(badge: Badge) -> Text:
    """Return the badge's line on checks."""
    if not badge.checks:
        return words.text("badge.no_checks")
    return words.text(
        "badge.checks", checks=badge.checks, passed=badge.passed, warned=badge.warned, failed=badge.failed
    )


def badge_rows(badge: Badge, currency: str) -> Text:
    """Return the badge's line on quarantined rows, with the money at stake where it is known."""
    if not badge.rows_quarantined:
        return words.text("badge.no_rows")
    rows, share = numbers.count(badge.rows_quarantined), numbers.rate(badge.quarantined_share, 2)
    if not badge.amount:
        return words.text("badge.rows", rows=rows, share=share)
    return words.text(
        "badge.rows_amount", rows=rows, share=share, amount=numbers.money(badge.amount, currency)
    )


def read(folder: str, name: str) -> str:
    """Return the text of a report source."""
    return (resources.path("reports") / folder / name).read_text(encoding="utf-8")


def style(running: Text) -> Markup:
    """Return the style sheet of a page; `running` stands at the foot of its printed sheets."""
    from markupsafe import Markup

    # our own files; the foot is quoted as a CSS string
    return Markup(_sheet() + _running_foot(running))  # noqa: S704


@cache
def _sheet() -> str:
    names = ("page.css", "tables.css", "print.css")
    return "".join(_compact(read("style", name)) for name in names) + cohorts.shade_rules()


def _compact(sheet: str) -> str:
    return "".join(line.strip() for line in sheet.splitlines() if not line.strip().startswith("/*"))


def _running_foot(text: Text) -> str:
    rules = "font:8pt sans-serif;color:" + palette.MUTED
    return (
        f"@page{{@bottom-left{{content:{css_string(text.zh)};{rules}}}}}"
        f"@page en{{@bottom-left{{content:{css_string(text.en)};{rules}}}}}"
    )


def css_string(text: str) -> str:
    """Return text as a CSS string that can neither end early nor close the style element."""
    escaped = "".join(
        character if character.isalnum() or character in " .,-·" else f"\\{ord(character):x} "
        for character in text
    )
    return f'"{escaped}"'


def _scripts(content: Page, *, has_charts: bool) -> tuple[Markup, ...]:
    from markupsafe import Markup

    is_drawn = has_charts and any(card.drawing for section in content.sections for card in section.cards)
    names = [("vendor", _bundle_name())] if is_drawn else []
    return tuple(Markup(read(folder, name)) for folder, name in [*names, ("script", "page.js")])  # noqa: S704


@cache
def _bundle_name() -> str:
    import yaml

    return str(yaml.safe_load(read("vendor", "versions.yaml"))["plotly_basic"]["file"])


def policy(scripts: tuple[str, ...]) -> str:
    """Return the content security policy: nothing may be loaded, and only these very scripts may run."""
    hashes = " ".join(
        f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'" for text in scripts
    )
    script_source = f"script-src {hashes}; " if hashes else ""
    return (
        f"default-src 'none'; {script_source}style-src 'unsafe-inline'; img-src data:; "
        "base-uri 'none'; form-action 'none'"
    )


def _figures(content: Page) -> Markup:
    """Return all charts of a page as JSON that can't close its own script element."""
    from markupsafe import Markup

    charts: dict[str, Any] = {
        card.drawing.key: {lang: interactive.as_plain(card.drawing.charts[lang]) for lang in words.LANGUAGES}
        for section in content.sections
        for card in section.cards
        if card.drawing
    }
    told = {"template": interactive.theme(), "config": interactive.CONFIG, "charts": charts}
    text = json.dumps(told, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return Markup(text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026"))  # noqa: S704
