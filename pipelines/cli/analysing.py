"""Commands for analysts: a notebook as a page, tables as Parquet, the reference of tables and metrics."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from pipelines.cli.options import Home, settings
from pipelines.errors import UsageError


def register(app: typer.Typer) -> None:
    """Add these commands to the app."""
    for command in (notebook, export, reference):
        app.command()(command)


def notebook(
    name: Annotated[str, typer.Argument(metavar="NOTEBOOK", help="Its number, name or path, such as 03.")],
    *,
    param: Annotated[
        list[str] | None, typer.Option(metavar="NAME=VALUE", help="A parameter, such as as_of=2026-09-30.")
    ] = None,
    run_id: Annotated[
        str | None, typer.Option(metavar="RUN", help="Use this kept snapshot, not the newest.")
    ] = None,
    home: Home = None,
) -> None:
    """Run a notebook on the published file and make a page of it that opens with no network."""
    from pipelines.analysis import notebooks

    chosen = settings(home=home)
    print(notebooks.publish(name, chosen.home, _named(param or []), run_id, lang=chosen.lang))


def export(
    folder: Annotated[Path, typer.Argument(metavar="FOLDER", help="Where the Parquet files go.")],
    *,
    tables: Annotated[
        str, typer.Option(help="Tables such as fct_orders,metrics.metric_values; all marts by default.")
    ] = "",
    run_id: Annotated[
        str | None, typer.Option(metavar="RUN", help="Use this kept snapshot, not the newest.")
    ] = None,
    home: Home = None,
) -> None:
    """Write published tables as Parquet, which pandas, Polars and Excel read."""
    from pipelines.analysis import parquet, read

    wanted = [part.strip() for part in tables.split(",") if part.strip()]
    with read(settings(home=home).home, run_id) as connection:
        for name, rows, path in parquet.export(connection, folder, wanted):
            print(path)
            print(f"{name}: {rows:,} rows", file=sys.stderr)


def reference(*, home: Home = None) -> None:
    """Write the data dictionary and the metric catalog as pages, from the published file's own declarations."""
    from pipelines.analysis import read, reference_pages

    chosen = settings(home=home).home
    with read(chosen) as connection:
        for path in reference_pages.write(connection, chosen / "reports" / "reference"):
            print(path)


def _named(texts: list[str]) -> dict[str, str]:
    found = {}
    for text in texts:
        name, separator, value = text.partition("=")
        if not separator or not name.strip():
            raise UsageError("--param needs NAME=VALUE", found=text, expected="such as as_of=2026-09-30")
        found[name.strip()] = value.strip()
    return found
