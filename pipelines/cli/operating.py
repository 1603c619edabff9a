"""Commands that operate a HOME: serve, watch, doctor, backup, restore."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pipelines.cli.options import Form, Home, settings
from pipelines.cli.output import Format, write
from pipelines.errors import SalesdeskError, WarehouseBusy

if TYPE_CHECKING:
    import threading

    from pipelines.job import Outcome, drop
    from pipelines.settings import Settings


def register(app: typer.Typer) -> None:
    """Add these commands to the app."""
    for command in (serve, watch, doctor, backup, restore):
        app.command()(command)


def serve(
    *,
    port: Annotated[int, typer.Option(min=1, max=65535, help="Port on loopback.")] = 4200,
    home: Home = None,
) -> None:
    """Start Prefect's server on loopback, the scheduled deployments and a worker, until Ctrl-C."""
    from pipelines.flows import serving

    with serving.stopped_by_signals() as stop:
        serving.serve(settings(home=home), port, _say, stop)


def watch(
    folder: Annotated[Path, typer.Argument(metavar="FOLDER", help="Folder that exports are dropped into.")],
    *,
    once: Annotated[
        bool, typer.Option("--once", help="Look, run when there is something new, and end.")
    ] = False,
    every: Annotated[float, typer.Option(min=0.1, help="Seconds between two looks.")] = 30,
    settle: Annotated[
        float, typer.Option(min=0, help="Seconds a file must not change to count as complete.")
    ] = 5,
    home: Home = None,
) -> None:
    """Run whenever complete new exports are in a folder; a file that cannot be used is set aside and told."""
    from pipelines.flows import serving

    chosen = settings(home=home)
    with serving.stopped_by_signals() as stop:
        while not stop.is_set():
            refused = _look(chosen, folder, settle, stop, is_once=once)
            if once:
                raise typer.Exit(2 if refused else 0)
            stop.wait(every)


def _look(
    chosen: Settings, folder: Path, settle: float, stop: threading.Event, *, is_once: bool
) -> list[drop.Refused]:
    """Take in what is complete and new; without --once an error is told and the next look goes on."""
    from pipelines import job
    from pipelines.cli.progress import watcher
    from pipelines.flows import entry
    from pipelines.job import alarm, drop
    from pipelines.warehouse import Home as Place

    def run(exports: Sequence[Path], until: str) -> Outcome:
        with watcher(len(job.STEPS), chosen.lang) as shown:
            return job.run_direct(entry.request(chosen, exports, until), shown)

    place = Place(chosen.home)
    try:
        place.prepare()
        first = drop.look(folder)
        stop.wait(settle)
        reader, then = drop.reader(place), drop.look(folder)
        _tell_refused(chosen, empty := drop.set_empty_aside(place, then, entry.moment()))
        new = drop.unknown(place, drop.complete(first, then), reader)
        if not new:
            return empty
        _say(f"{len(new)} new files in {folder}")
        outcome, refused = drop.take_in(place, new, run, reader, entry.moment())
    except WarehouseBusy:
        if is_once:
            raise
        _say("another run holds HOME; looking again later")
        return []
    except (SalesdeskError, OSError) as error:
        alarm.run_failed(chosen, error, entry.moment())
        if is_once:
            raise
        _say(f"salesdesk: {error}")
        return []
    if outcome is not None:
        _say(f"{outcome.status} as of {outcome.as_of}")
    _tell_refused(chosen, refused)
    return empty + refused


def _tell_refused(chosen: Settings, refused: Sequence[drop.Refused]) -> None:
    from pipelines.flows import entry
    from pipelines.job import alarm

    alarm.set_aside(chosen, refused, entry.moment())
    for one in refused:
        _say(f"set aside {one.path}\n{one.error}\n  copy:     {chosen.home / 'refused'}")


def doctor(
    *,
    quick: Annotated[bool, typer.Option("--quick", help="Do not hash the landing again.")] = False,
    mend: Annotated[bool, typer.Option("--mend", help="Remove what interrupted runs left behind.")] = False,
    home: Home = None,
    form: Form = Format.table,
) -> None:
    """Examine HOME: lock, versions, space, orphans, every landed byte; exit code 1 when something failed."""
    from pipelines.warehouse import Home as Place
    from pipelines.warehouse import doctor as examiner
    from pipelines.warehouse import retention

    chosen = settings(home=home)
    place = Place(chosen.home)
    if mend and place.root.is_dir():
        for path in retention.tidy(place, chosen.keep_snapshots, chosen.keep_days, datetime.now(UTC).date()):
            _say(f"removed {path}")
    findings = examiner.examine(place, is_quick=quick)
    rows = [
        {"check": one.check, "verdict": one.verdict, "found": one.found, "next": one.next_step}
        for one in findings
    ]
    write(rows, ["check", "verdict", "found", "next"], form)
    failed = sum(one.verdict == "failure" for one in findings)
    warned = sum(one.verdict == "warning" for one in findings)
    _say(f"{failed} failures, {warned} warnings")
    raise typer.Exit(1 if failed else 0)


def backup(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A new file, such as backup-2026-11-23.tar.")],
    *,
    home: Home = None,
) -> None:
    """Write all that cannot be made again to one file: landed bytes, history, settings."""
    from pipelines.warehouse import Home as Place
    from pipelines.warehouse import backup as keeper

    count = keeper.backup(Place(settings(home=home).home), file, datetime.now(UTC))
    _say(f"{count:,} files")
    print(file.absolute())


def restore(
    source: Annotated[
        str,
        typer.Argument(metavar="RUN_ID|FILE", help="A kept snapshot's run, or a file that `backup` wrote."),
    ],
    *,
    home: Home = None,
) -> None:
    """Publish an earlier snapshot again, or make an empty HOME from a backup."""
    from pipelines.warehouse import Home as Place
    from pipelines.warehouse import backup as keeper
    from pipelines.warehouse import restoring

    place = Place(settings(home=home).home)
    if Path(source).is_file():
        count = keeper.recover(place, Path(source))
        _say(f"{count:,} files, every hash agrees; `salesdesk build --full` makes twins and pages again")
    else:
        place.prepare()
        restoring.restore(place, source)
        _say(f"published run {source} again; the next run builds from all landed files as ever")
    print(place.published.absolute())


def _say(words: str) -> None:
    print(words, file=sys.stderr, flush=True)
