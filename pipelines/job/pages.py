"""The pages and workbooks of a publication."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from pipelines import __version__
from pipelines.errors import NothingPublished

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
