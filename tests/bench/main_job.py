"""Time the whole main job beside jobs that only compute: `python -m tests.bench.main_job --lines 100000 1000000`.

Each program runs as a process of its own on the same demo exports. A baseline's time counts only when its seven results
equal those salesdesk published, to the cent. Nothing is asserted about time: read the ratios.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import shutil
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from tests.bench import daily_drop, main_job_table
from tests.bench.baselines import dbt_project, results
from tests.bench.processes import Cost, measured

LINES_PER_ORDER = 2.1
PARTS = ("bare", "DuckDB", "Polars", "pandas", "dbt", "unchanged", "drop", "full", "limited")


@dataclass(frozen=True)
class Measured:
    """What one program took at one size, and why it was left out when it was."""

    program: str
    lines: int
    cost: Cost | None
    steps: dict[str, float] = field(default_factory=dict)
    reason: str = ""


@dataclass(frozen=True)
class Place:
    """Where one size is measured: its exports, their as-of date, and a scratch folder."""

    lines: int
    exports: Path
    as_of: date
    scratch: Path

    @property
    def home(self) -> Path:
        """The HOME that salesdesk publishes in."""
        return self.scratch / "home"


def salesdesk(place: Place, name: str, *exports: Path, **options: str) -> Measured:
    """Run the main job in `place.home` and return its steps too."""
    flags = [
        part for key, value in options.items() if key != "memory" for part in (f"--{key}", value) if part
    ]
    environment = {"SALESDESK_MEMORY_LIMIT": options["memory"]} if "memory" in options else {}
    command = [
        sys.executable, "-m", "pipelines", "run", *map(str, exports), "--direct",
        "--home", str(place.home if "memory" not in options else place.scratch / "limited"), *flags,
    ]  # fmt: skip
    log = place.scratch / "log"
    cost = measured(command, log, environment)
    home = Path(command[command.index("--home") + 1])
    lines = [json.loads(line) for line in (home / "steps.jsonl").read_text(encoding="utf-8").splitlines()]
    steps = {line["step"]: line["seconds"] for line in lines if line["run_id"] == lines[-1]["run_id"]}
    return Measured(name, place.lines, cost, steps)


def baseline(place: Place, name: str, module: str) -> Measured:
    """Run a hand-written job; its time counts when its results are those published."""
    library = module.removesuffix("_script")
    if library != "read_csv" and importlib.util.find_spec(library) is None:
        return Measured(name, place.lines, None, reason=f"{library} is not installed here: make bench has it")
    out = place.scratch / "results.json"
    command = [
        sys.executable, "-m", f"tests.bench.baselines.{module}", str(place.exports), place.as_of.isoformat(), str(out),
    ]  # fmt: skip
    cost = measured(command, place.scratch / "log")
    if library == "read_csv":
        return Measured(name, place.lines, cost)
    off = results.differences(results.read(out), results.published(place.home))
    if off:
        return Measured(name, place.lines, None, reason=f"{len(off)} results differ: {off[0]}")
    return Measured(name, place.lines, cost)


def by_dbt(place: Place) -> Measured:
    """Build the same models with dbt; its time counts when every table is the published one, row by row."""
    name, folder = "dbt, the models alone", place.scratch / "dbt"
    if not dbt_project.command():
        return Measured(name, place.lines, None, reason=f"dbt is not found: {dbt_project.INSTALL}")
    models = dbt_project.prepare(place.exports, place.as_of, folder)
    cost = dbt_project.run(folder, place.scratch / "log")
    off = dbt_project.differences(folder, place.home, models)
    shutil.rmtree(folder)
    if off:
        return Measured(name, place.lines, None, reason=f"{len(off)} tables differ: {off[0]}")
    return Measured(name, place.lines, cost)


def one_size(place: Place, chosen: set[str], tell: Callable[[Measured], None]) -> None:
    """Measure every program on one size; salesdesk first, for the others are compared with what it published."""
    as_of = place.as_of.isoformat()
    tell(salesdesk(place, "salesdesk", place.exports, **{"as-of": as_of}))
    for name, module in (
        ("bare typed read_csv", "read_csv_script"),
        ("DuckDB by hand", "duckdb_script"),
        ("Polars by hand", "polars_script"),
        ("pandas by hand", "pandas_script"),
    ):
        if not chosen or name.split()[0] in chosen:
            tell(baseline(place, name, module))
    if not chosen or "dbt" in chosen:
        tell(by_dbt(place))
    if not chosen or "unchanged" in chosen:
        tell(salesdesk(place, "salesdesk, unchanged", place.exports, **{"as-of": as_of}))
    if not chosen or chosen & {"drop", "full"}:
        day = daily_drop.write(place.exports, place.scratch / "drop", place.as_of)
        later = {"as-of": day.isoformat()}
        tell(salesdesk(place, "salesdesk, one day more", place.scratch / "drop", **later))
    if not chosen or "full" in chosen:
        tell(salesdesk(place, "salesdesk, one day more, --full", place.scratch / "drop", **later, full=""))
    if not chosen or "limited" in chosen:
        tell(salesdesk(place, "salesdesk, memory_limit 2GB", place.exports, **{"as-of": as_of}, memory="2GB"))


def exports_of(lines: int, given: Path | None, scratch: Path) -> tuple[Path, date]:
    """Return demo exports of about so many order lines, and their as-of date."""
    if given is None:
        given = scratch / "exports"
        orders = round(lines / LINES_PER_ORDER)
        code = f"import pathlib, pipelines.demo as d; d.write_exports(pathlib.Path({str(given)!r}), orders={orders})"
        measured([sys.executable, "-c", code], scratch / "log")
    truth = json.loads((given.parent / "truth" / "ledger.json").read_text(encoding="utf-8"))
    return given, date.fromisoformat(truth["as_of"])


def _told(chosen: argparse.Namespace) -> str:
    """Return what was asked, without where it stands on this machine."""
    parts = ["--lines", *map(str, chosen.lines)]
    return " ".join([*parts, "--only", *chosen.only] if chosen.only else parts)


def main() -> None:
    """Measure each size, print as it goes, and write the table and the plot where asked."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--lines", type=int, nargs="+", default=[100_000], help="order lines, each a size")
    parser.add_argument("--exports", type=Path, nargs="*", default=[], help="ready demo exports, one a size")
    parser.add_argument("--only", nargs="*", default=[], choices=PARTS, help="leave the other parts out")
    parser.add_argument("--folder", type=Path, help="where to work; default: a temporary folder")
    parser.add_argument("--write", type=Path, help="folder to write main_job.md and main_job.svg to")
    chosen = parser.parse_args()
    taken: list[Measured] = []

    def tell(one: Measured) -> None:
        taken.append(one)
        sys.stdout.write(main_job_table.line(one) + "\n")
        sys.stdout.flush()

    for number, lines in enumerate(chosen.lines):
        with tempfile.TemporaryDirectory(dir=chosen.folder) as scratch:
            given = chosen.exports[number] if number < len(chosen.exports) else None
            exports, as_of = exports_of(lines, given, Path(scratch))
            one_size(Place(lines, exports, as_of, Path(scratch)), set(chosen.only), tell)
    if chosen.write:
        main_job_table.write(taken, chosen.write, _told(chosen))


if __name__ == "__main__":
    main()
