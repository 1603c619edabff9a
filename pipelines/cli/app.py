"""The commands, by subject: doing (run and its parts), asking (figures), looking (state and settings)."""

from __future__ import annotations

from typing import Annotated

import typer

from pipelines.cli import (
    analysing,
    asking,
    collecting,
    contracting,
    controlling,
    doing,
    looking,
    operating,
    owing,
    sending,
    studying,
    tracing,
)

app = typer.Typer(
    name="salesdesk",
    help="From the sales back office's exports to figures people trust. 把销售内勤的导出文件变成可信的数字。",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)


def _version(wanted: bool) -> None:
    if wanted:
        from pipelines import __version__

        print(f"salesdesk {__version__}")
        raise typer.Exit


@app.callback()
def about(
    *,
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    """Offer the options that belong to no command."""


doing.register(app)
asking.register(app)
owing.register(app)
collecting.register(app)
controlling.register(app)
contracting.register(app)
tracing.register(app)
studying.register(app)
looking.register(app)
analysing.register(app)
operating.register(app)
sending.register(app)
