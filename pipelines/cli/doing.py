"""Commands that do: the main job, its parts, and the demo."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pipelines.cli import words
from pipelines.cli.options import AsOf, Engine, Form, Home, KnownAt, Lang, settings
from pipelines.cli.output import Format, write
from pipelines.errors import SalesdeskError, UsageError

if TYPE_CHECKING:
    from pipelines.settings import Settings


Exports = Annotated[list[Path], typer.Argument(metavar="EXPORTS…", help="Export files, or folders of them.")]
Direct = Annotated[bool, typer.Option("--direct", help="Run the same steps without Prefect.")]
_PLANNED = ["subject", "name", "change", "changed", "period_start", "old", "new"]

Full = Annotated[bool, typer.Option("--full", help="Build everything anew, also what has not changed.")]


def register(app: typer.Typer) -> None:
    """Add these commands to the app."""
    for command in (run, demo, ingest, validate, build, report):
        app.command()(command)


def run(
    exports: Exports,
    *,
    as_of: AsOf = None,
    known_at: KnownAt = None,
    lang: Lang = None,
    home: Home = None,
    direct: Direct = False,
    full: Full = False,
    engine: Engine = None,
) -> None:
    """Ingest exports, validate, build, reconcile, publish and report."""
    chosen = settings(as_of=as_of, known_at=known_at, lang=lang, home=home, engine=engine)
    main_job(chosen, tuple(exports), direct=direct, full=full)


def demo(
    *,
    orders: Annotated[int, typer.Option(min=1, help="How many orders.")] = 20_000,
    seed: Annotated[int, typer.Option(help="The same seed gives the same exports.")] = 7,
    mess: Annotated[bool, typer.Option("--mess", help="Add known faults, and say which.")] = False,
    lang: Lang = None,
    home: Home = None,
    direct: Direct = False,
) -> None:
    """Write seeded demo exports and run the main job on them."""
    from pipelines import demo as generator
    from pipelines.warehouse import Home as Place

    chosen = settings(lang=lang, home=home)
    folder = chosen.home / "exports"
    Place(chosen.home).prepare()
    _refuse_another_home(chosen.home, orders=orders, seed=seed, mess=mess)
    truth = generator.write_exports(folder, orders=orders, seed=seed, mess=mess)
    print(f"demo exports of {orders:,} orders (seed {seed}) are in {folder}", file=sys.stderr)
    if mess:
        print(f"their faults are listed in {chosen.home / 'truth' / 'faults.json'}", file=sys.stderr)
    main_job(replace(chosen, as_of=truth.end), (folder,), direct=direct)


def _refuse_another_home(home: Path, **asked: int) -> None:
    """Keep the demo out of a HOME that holds anything else: landed documents would mix with it for good."""
    from pipelines import exports

    if not exports.landed_files(home):
        return
    ledger, faults = home / "truth" / "ledger.json", home / "truth" / "faults.json"
    former = json.loads(ledger.read_text(encoding="utf-8")) if ledger.is_file() else {}
    held = {"orders": former.get("orders"), "seed": former.get("seed"), "mess": faults.is_file()}
    if held != asked:
        raise UsageError(
            "This HOME holds other exports than this demo's",
            where=str(home),
            found=f"a demo of {held['orders']:,} orders, seed {held['seed']}"
            if former
            else "exports of your own",
            next_step="choose an empty folder with --home",
        )


def ingest(exports: Exports, *, home: Home = None) -> None:
    """Land exports and read them into typed twins; nothing is built."""
    main_job(settings(home=home), tuple(exports), direct=True, full=True, until="read")


def validate(*, as_of: AsOf = None, known_at: KnownAt = None, home: Home = None) -> None:
    """Build and check what is landed, up to the gates; nothing is published."""
    main_job(settings(as_of=as_of, known_at=known_at, home=home), (), direct=True, full=True, until="judge")


def build(
    *,
    as_of: AsOf = None,
    known_at: KnownAt = None,
    lang: Lang = None,
    home: Home = None,
    full: Full = False,
    plan: Annotated[
        bool, typer.Option("--plan", help="Publish nothing: list the models and metrics that would change.")
    ] = False,
    form: Form = Format.table,
) -> None:
    """Build, check and publish what is already landed; with --plan, say what that would change and by how much."""
    chosen = settings(as_of=as_of, known_at=known_at, lang=lang, home=home)
    if plan:
        _plan(chosen, form)
    else:
        main_job(chosen, (), direct=True, full=full)


def _plan(chosen: Settings, form: Format) -> None:
    """Write the models and metrics that a build would change; all else goes to stderr."""
    from pipelines.cli.progress import watcher
    from pipelines.flows import entry
    from pipelines.job import STEPS
    from pipelines.job.plan import plan

    with watcher(len(STEPS), chosen.lang) as shown:
        found = plan(entry.request(chosen, (), "", full=True), shown)
    write([words.fields(each) for each in found], _PLANNED, form)
    moved = sum(each.subject == "metric" and each.changed > 0 for each in found)
    print(f"{len(found)} models and metrics would change, {moved} metrics in their figures", file=sys.stderr)


def report(*, lang: Lang = None, home: Home = None) -> None:
    """Make the pages and workbooks again from the published file."""
    from pipelines.job import pages
    from pipelines.warehouse import Home as Place
    from pipelines.warehouse import read

    chosen = settings(lang=lang, home=home)
    with read(chosen.home, memory_limit=chosen.memory_limit) as connection:
        made = pages.make(connection, Place(chosen.home), chosen)
    print(f"{len(made)} pages and workbooks", file=sys.stderr)
    print((chosen.home / "reports" / "latest" / "index.html").absolute())


def main_job(
    chosen: Settings, exports: tuple[Path, ...], *, direct: bool, full: bool = False, until: str = ""
) -> None:
    """Run the main job and tell how it ended; stdout gets the path of the report alone."""
    from pipelines import job
    from pipelines.cli.progress import watcher
    from pipelines.flows import entry

    request = entry.request(chosen, exports, until, full=full)
    with watcher(len(job.STEPS), chosen.lang) as shown, _alarm(chosen):
        if direct:
            outcome = job.run_direct(request, shown)
        else:
            from pipelines import flows

            outcome = flows.run_main_job(request, shown)
    told = {
        "published": f"published as of {outcome.as_of} in {outcome.seconds:.1f} s",
        "unchanged": f"nothing has changed since the last publication (as of {outcome.as_of}); it stands",
        "stopped": f"done up to the step asked for in {outcome.seconds:.1f} s; nothing was published",
    }
    print(told[outcome.status], file=sys.stderr)
    if outcome.status != "stopped":
        print((chosen.home / "reports" / "latest" / "index.html").absolute())


@contextmanager
def _alarm(chosen: Settings) -> Iterator[None]:
    """Tell of a run that fails where nobody looks on, as under cron: its stderr is no terminal then."""
    try:
        yield
    except (SalesdeskError, OSError) as error:
        if not sys.stderr.isatty():
            from pipelines.flows import entry
            from pipelines.job import alarm

            alarm.run_failed(chosen, error, entry.moment())
        raise
