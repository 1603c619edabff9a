"""Demo exports taken as far as validated staging, or through every check; a file that was read is not read again."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipelines import demo, exports, metrics, resources, validation, warehouse
from pipelines.settings import Settings
from pipelines.validation import failures
from pipelines.warehouse import models
from tests import support

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

    from pipelines.validation import Judgement, RuleResult

AS_OF = date(2026, 10, 31)
RECEIVED = datetime(2027, 1, 1, 8, 0, tzinfo=UTC)
PARAMETERS = {**support.PARAMETERS, "as_of": AS_OF}


@dataclass(frozen=True)
class Staged:
    """Exports read, staged and validated: the draft, the verdicts on staging, and the faults that were put in."""

    connection: DuckDBPyConnection
    results: list[RuleResult]
    faults: list[dict[str, Any]]

    def failed(self) -> set[str]:
        """Return the rules of staging that failed."""
        return {result.rule_id for result in self.results if not result.success}

    def rows(self, table: str, columns: str) -> set[Any]:
        """Return columns of a table as a set of tuples, or of values where it is one column."""
        found = self.connection.execute(f"select {columns} from {table}").fetchall()
        return {row[0] if len(row) == 1 else row for row in found}

    def go_on(self) -> tuple[set[str], Judgement]:
        """Build and check marts and metrics, reconcile and judge; return the rules that failed and the judgement."""
        connection = self.connection
        models.build(
            connection, models.load_folder(resources.path("sql"), connection, ("marts",)), PARAMETERS
        )
        models.create_macros(connection, resources.path("sql") / "macros")
        metrics.materialise(connection, PARAMETERS)
        results = [
            result
            for stage in ("marts", "metrics")
            for result in validation.validate(connection, stage, "run", PARAMETERS)
        ]
        validation.run_checks(connection, PARAMETERS, "run")
        judgement = validation.judge(connection, [*self.results, *results], Settings())
        return {result.rule_id for result in results if not result.success}, judgement


@contextmanager
def staged(
    place: Path, *, mess: bool | Sequence[str], seed: int, orders: int, base: Path | None = None
) -> Iterator[Staged]:
    """Write demo exports below `place`, and take them as far as validated staging.

    `base` is the place of an earlier run: files that are the same there were read there.
    """
    folder = place / "exports"
    folder.mkdir(parents=True)
    demo.write_exports(folder, orders=orders, seed=seed, mess=mess, end=AS_OF)
    settings = Settings(home=place / "home", as_of=AS_OF)
    exports.land(settings.home, (folder,), RECEIVED)
    if base is not None:
        _take_over(base / "home" / "landing", settings.home / "landing")
    exports.read(settings.home, settings)
    with warehouse.connect() as connection:
        failures.create_tables(connection)
        exports.load(connection, settings.home, settings, "run")
        models.build(
            connection, models.load_folder(resources.path("sql"), connection, ("staging",)), PARAMETERS
        )
        results = validation.validate(connection, "staging", "run", PARAMETERS)
        truth = place / "truth" / "faults.json"
        faults = json.loads(truth.read_text(encoding="utf-8")) if mess else []
        yield Staged(connection, results, faults)


def _take_over(read_before: Path, landing: Path) -> None:
    """Give the files that were read before their readings and typed rows."""
    for receipt in landing.glob("*/*/receipt.json"):
        folder = read_before / receipt.parent.relative_to(landing)
        for path in folder.iterdir() if folder.is_dir() else ():
            if path.is_dir():
                shutil.copytree(path, receipt.parent / path.name, dirs_exist_ok=True)
            elif path.name == "reading.json":
                shutil.copyfile(path, receipt.parent / path.name)
