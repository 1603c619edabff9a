"""What a finished flow run shows in Prefect's UI; it comes last and can never fail a run."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from prefect.artifacts import create_markdown_artifact, create_table_artifact
from prefect.logging import get_run_logger

from pipelines import metrics, warehouse
from pipelines.warehouse import Home, state

if TYPE_CHECKING:
    from decimal import Decimal
    from pathlib import Path

    from duckdb import DuckDBPyConnection

    from pipelines.settings import Settings

# The figures a manager asks for first; money in the base currency.
_KEY_FIGURES = ["revenue", "orders", "order_value", "collected", "receivables", "overdue"]
_MONTHS = 6


def show(settings: Settings) -> None:
    """Show what is published: the verdicts, the key figures by month, and where the pages are.

    No customer and no document is named: artifacts are kept in Prefect's own database.
    """
    try:
        _create(settings)
    except Exception as error:  # noqa: BLE001 - the figures are published; a page about them must not undo that
        get_run_logger().warning("the artifacts could not be written: %s", type(error).__name__)


def _create(settings: Settings) -> None:
    current = state.published(Home(settings.home))
    if current is None:
        return
    with warehouse.read(settings.home) as connection:
        verdicts = _verdicts(connection, current.run_id)
        figures = _figures(connection)
    create_table_artifact(verdicts, key="validation", description=f"Rules of run {current.run_id}")
    about = f"As of {current.as_of}, amounts in {current.base_currency}, run `{current.run_id}`"
    create_markdown_artifact(figures, key="key-figures", description=about)
    page = settings.home / "reports" / current.run_id / "index.html"
    if page.is_file():
        create_markdown_artifact(_link(page.absolute()), key="report", description=about)


def _link(page: Path) -> str:
    """Return a link to a page, and its path: browsers open no file from a page of a server."""
    return f"[报告 · The report]({page.as_uri()})\n\n`{page}`"


def _verdicts(connection: DuckDBPyConnection, run_id: str) -> list[dict[str, Any]]:
    """Return one row a table: rules checked and failed, by severity; failed rules first."""
    rows = connection.execute(
        "select table_name, severity, count(*), count(*) filter (not success), coalesce(sum(failed_count), 0)::bigint "
        "from ops.expectation_results where run_id = $run_id group by all "
        "order by count(*) filter (not success) desc, table_name, severity",
        {"run_id": run_id},
    ).fetchall()
    names = ("table", "severity", "rules", "failed rules", "failed rows")
    return [dict(zip(names, row, strict=True)) for row in rows]


def _figures(connection: DuckDBPyConnection) -> str:
    """Return a Markdown table: one row a month, newest first, one column a metric."""
    rows = metrics.query(connection, _KEY_FIGURES, grain="month")
    values = {(row.period_start, row.metric): row.value for row in rows}
    months = sorted({row.period_start for row in rows}, reverse=True)[:_MONTHS]
    declared = [metrics.find(name) for name in _KEY_FIGURES]
    head = ["月份 Month", *(f"{each.label['zh']} {each.label['en']}" for each in declared)]
    lines = [head, ["---", *("---:" for _ in declared)]]
    for month in months:
        cells = [_cell(values.get((month, each.name)), each.unit) for each in declared]
        lines.append([f"{month:%Y-%m}", *cells])
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _cell(value: Decimal | None, unit: str) -> str:
    if value is None:
        return "–"
    return f"{value:,.0f}" if unit == "count" else f"{value:,.2f}"
