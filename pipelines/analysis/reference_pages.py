"""The reference: every published table and column, and every metric, as pages from their own declarations."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipelines import metrics
from pipelines.analysis.frames import records, table
from pipelines.reporting import notebook_page
from pipelines.reporting.notebook_page import Cell

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

Row = Mapping[str, Any]
_COLUMNS = """
select
    columns.schema_name || '.' || columns.table_name as table_name,
    coalesce(tables.comment, views.comment, '') as table_comment,
    columns.column_name,
    columns.data_type,
    coalesce(columns.comment, '') as column_comment
from duckdb_columns() as columns
-- one row a table or view, so neither join fans out
left join duckdb_tables() as tables
    on columns.schema_name = tables.schema_name and columns.table_name = tables.table_name
left join duckdb_views() as views
    on columns.schema_name = views.schema_name and columns.table_name = views.view_name
where list_contains(['staging', 'marts', 'metrics', 'ops'], columns.schema_name)
order by columns.schema_name, columns.table_name, columns.column_index
"""


def write(connection: DuckDBPyConnection, folder: Path) -> list[Path]:
    """Write `tables.html` and `metrics.html` into the folder and return their paths.

    Tables: each one's header (what one row is, what is left out), columns, types. Metrics: label, words, what is
    left out, unit, slices, owner, version, in zh and en.
    """
    folder.mkdir(parents=True, exist_ok=True)
    pages = {
        "tables": ("01_数据字典 · data dictionary", tables_in_words(records(table(connection, _COLUMNS)))),
        "metrics": ("02_指标口径 · metrics", metrics_in_words(metrics.catalog())),
    }
    written = []
    for name, (title, words) in pages.items():
        target = folder / f"{name}.html"
        target.write_text(notebook_page.html(title, {}, [Cell(words=words)]), encoding="utf-8", newline="\n")
        written.append(target)
    return written


def tables_in_words(rows: Sequence[Row]) -> str:
    """Return the data dictionary as Markdown, one section a table; rows come sorted by table."""
    parts = ["# 数据字典 · Data dictionary"]
    for (name, comment), columns in groupby(rows, lambda row: (row["table_name"], row["table_comment"])):
        lines = [
            f"| `{row['column_name']}` | {row['data_type']} | {_cell(row['column_comment'])} |"
            for row in columns
        ]
        parts += [f"## `{name}`", comment, "\n".join(["| column | type | |", "|---|---|---|", *lines])]
    return "\n\n".join(part for part in parts if part)


def metrics_in_words(known: Mapping[str, metrics.Metric]) -> str:
    """Return the metric catalog as Markdown, one section a metric."""
    parts = ["# 指标口径 · Metrics"]
    for name, metric in known.items():
        parts += [
            f"## {metric.label['zh']} · {metric.label['en']} `{name}`",
            "\n".join(
                [
                    f"- {metric.words['zh']}",
                    f"- {metric.words['en']}",
                    f"- 不含 {metric.leaves_out['zh']} · leaves out: {metric.leaves_out['en']}",
                    f"- unit {metric.unit}; owner {metric.owner}; version {metric.version}",
                    f"- slices: {', '.join(metric.dimensions) or 'none'}",
                    f"- adds up over {' and '.join(sorted(metric.additive_over)) or 'nothing'}",
                ]
            ),
        ]
    return "\n\n".join(parts)


def _cell(text: str) -> str:
    return " ".join(text.replace("|", "\\|").split())
