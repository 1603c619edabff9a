"""The pages and workbooks of a publication."""

from __future__ import annotations

import contextlib
import threading
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from pipelines import __version__
from pipelines.errors import NothingPublished, UsageError

if TYPE_CHECKING:
    from collections.abc import Callable

    from duckdb import DuckDBPyConnection

    from pipelines.reporting import ReviewData, RunFacts
    from pipelines.settings import Settings
    from pipelines.warehouse import Home


@dataclass
class Edition:
    """The publication that is open, its rows read once for all pages and for whoever is sent some."""

    connection: DuckDBPyConnection
    settings: Settings

    @cached_property
    def facts(self) -> RunFacts:
        """The run behind the publication. Raises NothingPublished for a file without one."""
        from pipelines.reporting import RunFacts

        row = self.connection.execute(
            "select run_id, as_of, base_currency, fingerprint from ops.runs "
            "where status = 'published' order by started_at desc limit 1"
        ).fetchone()
        if row is None:
            raise NothingPublished(
                "The published file holds no run of its own", where=str(self.settings.home)
            )
        run_id, as_of, base_currency, fingerprint = row
        return RunFacts(
            run_id=run_id,
            as_of=as_of,
            base_currency=base_currency,
            company=self.settings.company,
            period_start=as_of.replace(day=1),
            period_end=as_of,
            lang=self.settings.lang,
            version=__version__,
            fingerprint=fingerprint,
            cn_red_up=self.settings.cn_red_up,
        )

    @cached_property
    def whole(self) -> tuple[ReviewData, RunFacts]:
        """All rows behind the pages, and the run's facts with the month under review and the badge."""
        from pipelines.job import review_data

        return review_data.read(self.connection, self.facts, self.settings)


def prepare() -> None:
    """Make ready what pages are made and sent with, beside models: building them leaves Python with nothing to do."""
    _beside(_make_ready)


def _make_ready() -> None:
    from pipelines.job import deliveries  # noqa: F401  # imported with what it sends
    from pipelines.reporting import publication

    publication.make_ready()


def _beside(work: Callable[[], None]) -> None:
    """Do some work ahead in a thread of its own. Whoever needs it done does it again where it failed, and is told."""

    def quietly() -> None:
        with contextlib.suppress(Exception):
            work()

    threading.Thread(target=quietly, name="prepare-pages").start()


def make(connection: DuckDBPyConnection, home: Home, settings: Settings) -> tuple[Path, ...]:
    """Make every page and workbook of the publication that is open, and return their paths.

    They are in `reports/<run_id>/`; `reports/latest` leads to them once all are written.
    """
    return publish(Edition(connection, settings), home)


def publish(edition: Edition, home: Home) -> tuple[Path, ...]:
    """Make every page and workbook of an edition, and return their paths."""
    from pipelines import reporting
    from pipelines.job import review_data
    from pipelines.reporting import publication

    # While DuckDB looks for the rows; it is done at once where a run has done so before.
    _beside(publication.make_ready)
    data, known = edition.whole
    statements = review_data.statements(edition.connection, known, edition.settings)
    return tuple(reporting.publish(data, home.reports, known, statements))


def quarantine_workbook(connection: DuckDBPyConnection, path: Path, settings: Settings) -> None:
    """Write the workbook that gives every row in quarantine back to the clerk, as the source wrote it.

    Raises UsageError when the file is no .xlsx or cannot be written.
    """
    from pipelines.job import refused_rows
    from pipelines.reporting import returned_rows

    if path.suffix.lower() != ".xlsx":
        raise UsageError(
            "Rows in quarantine are exported as a workbook",
            found=path.name,
            expected="a file name that ends in .xlsx",
            next_step=f"salesdesk quarantine --export {path.stem or 'quarantine'}.xlsx",
        )
    returned_rows.write(refused_rows.read(connection, settings.home), path, settings.lang)
