"""Options that several commands share, and the settings they make."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from pipelines.cli.output import Format
from pipelines.settings import Settings, load

Home = Annotated[
    Path | None, typer.Option("--home", help="Folder of landing, warehouse and reports (default: var).")
]
AsOf = Annotated[
    str | None, typer.Option("--as-of", metavar="DATE", help="Business date the figures are as of.")
]
KnownAt = Annotated[
    str | None, typer.Option("--known-at", metavar="TIME", help="Rebuild what was known then (UTC).")
]
Engine = Annotated[
    str | None, typer.Option("--engine", metavar="duckdb|spark", help="What builds the models.")
]
Lang = Annotated[str | None, typer.Option("--lang", metavar="zh|en", help="Language of pages and messages.")]
Start = Annotated[str | None, typer.Option("--from", metavar="DATE", help="First day.")]
End = Annotated[str | None, typer.Option("--to", metavar="DATE", help="Last day.")]
Form = Annotated[Format, typer.Option("--format", help="How rows are written to stdout.")]


def settings(**flags: Any) -> Settings:
    """Return the settings in force under these flags; a flag that was not given is None."""
    return load(flags)
