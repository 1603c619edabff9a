"""Commands that look: the state of HOME, settings, how a file was understood, what is in quarantine."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from pipelines.cli.options import Form, Home, settings
from pipelines.cli.output import Format, write
from pipelines.settings import resolve


def register(app: typer.Typer) -> None:
    """Add these commands to the app."""
    for command in (inspect, quarantine, status, config):
        app.command()(command)


def inspect(
    files: Annotated[list[Path], typer.Argument(metavar="FILE…", help="Export files to look at.")],
    *,
    write_mapping: Annotated[Path | None, typer.Option(help="Save a mapping stub to fill in.")] = None,
    home: Home = None,
) -> None:
    """Show how export files are understood, and why; nothing is landed."""
    from pipelines import exports

    chosen = settings(home=home)
    for file in files:
        print(exports.inspect(file, chosen.home, write_mapping=write_mapping))


def quarantine(
    *,
    export: Annotated[
        Path | None, typer.Option(metavar="FILE.xlsx", help="Write a workbook for the clerk.")
    ] = None,
    home: Home = None,
    form: Form = Format.table,
) -> None:
    """List the rows that are not trusted, with file, row, column, value and reason.

    After a run that was refused they are those of that run, until a good one follows.
    """
    from pipelines.warehouse import Home as Place
    from pipelines.warehouse import state

    columns = [
        "file_name",
        "source_part",
        "source_row",
        "kind",
        "column_name",
        "found",
        "expected",
        "reason_code",
        "amount",
    ]
    chosen = settings(home=home)
    connection, refused = state.read_judged(Place(chosen.home))
    if refused:
        print(f"of run {refused}, which was refused; what was published stands", file=sys.stderr)
    with connection:
        if export is not None:
            from pipelines.job import pages

            pages.quarantine_workbook(connection, export, chosen)
            print(export)
            return
        cursor = connection.execute(
            f"select {', '.join(columns)} from ops.quarantine where status = 'open' "
            "order by file_no, source_row, column_name"
        )
        rows = [dict(zip(columns, row, strict=True)) for row in cursor.fetchall()]
    write(rows, columns, form)
    print(f"{len(rows):,} open entries", file=sys.stderr)


def status(*, home: Home = None, form: Form = Format.table) -> None:
    """Tell what is published, how old it is, what was refused, which source is late, and the last runs.

    `--format json` gives one object: published (null before the first publication), last_refusal (null when
    the last run was good), sources, runs.
    """
    from pipelines.cli import condition
    from pipelines.warehouse import Home as Place

    told = condition.of(Place(settings(home=home).home))
    if form is Format.json:
        print(condition.as_json(told))
        return
    if form is Format.table:
        for line in condition.in_words(told):
            print(line, file=sys.stderr)
    write(told["runs"], condition.RUN_COLUMNS, form)


def config(*, home: Home = None, form: Form = Format.table) -> None:
    """Print each setting and where its value came from."""
    _, sourced = resolve({"home": home})
    rows = [{"name": each.name, "value": _readable(each.value), "source": each.source} for each in sourced]
    write(rows, ["name", "value", "source"], form)


def _readable(value: object) -> str:
    if value is None:
        return ""
    return ",".join(str(part) for part in value) if isinstance(value, tuple) else str(value)
