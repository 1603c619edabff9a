"""The pages and workbooks of a publication."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from pipelines import __version__
from pipelines.errors import NothingPublished, UsageError

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

    from pipelines.settings import Settings
    from pipelines.warehouse import Home


def make(connection: DuckDBPyConnection, home: Home, settings: Settings) -> tuple[Path, ...]:
    """Make every page and workbook of the publication that is open, and return their paths.

    They are in `reports/<run_id>/`; `reports/latest` leads to them once all are written.
    """
    from pipelines import reporting
    from pipelines.job import review_data

    row = connection.execute(
        "select run_id, as_of, base_currency, fingerprint from ops.runs "
        "where status = 'published' order by started_at desc limit 1"
    ).fetchone()
    if row is None:
        raise NothingPublished("The published file holds no run of its own", where=str(home.published))
    run_id, as_of, base_currency, fingerprint = row
    facts = reporting.RunFacts(
        run_id=run_id,
        as_of=as_of,
        base_currency=base_currency,
        company=settings.company,
        period_start=as_of.replace(day=1),
        period_end=as_of,
        lang=settings.lang,
        version=__version__,
        fingerprint=fingerprint,
    )
    data, known = review_data.read(connection, facts, settings)
    statements = review_data.statements(connection, known, settings)
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
