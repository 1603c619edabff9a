"""What two publications of the same exports hold differently, table by table, row by row."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from pipelines import warehouse

# What tells of the run itself and not of the data.
_OF_THE_RUN = {"run_id", "checked_at", "opened_at", "closed_at"}
_KEPT_BY_CHECKS = ("quarantine", "flagged_rows", "expectation_results", "reconciliations")


@dataclass
class Comparison:
    """How many tables were compared, and of those that differ how many rows stand on one side alone."""

    tables: int = 0
    different: dict[str, int] = field(default_factory=dict)


def compare(home: Path, other: Path) -> Comparison:
    """Compare every staging, mart and metric table of two HOMEs, and what the checks kept."""
    found = Comparison()
    with warehouse.read(home) as here:
        place = str((other / "warehouse.duckdb").resolve()).replace("'", "''")
        here.execute(f"attach '{place}' as other (read_only)")
        tables = here.execute(
            "select schema_name || '.\"' || table_name || '\"' from duckdb_tables() "
            "where database_name = current_database() "
            f"and (schema_name in ('staging', 'marts', 'metrics') or table_name in {_KEPT_BY_CHECKS}) order by all"
        ).fetchall()
        for (table,) in tables:
            # a share in floating point hangs on the order in which its factors are multiplied
            shown = ", ".join(
                f'round("{name}", 12)' if kind == "DOUBLE" else f'"{name}"'
                for name, kind, *_ in here.execute(f"describe {table}").fetchall()
                if name not in _OF_THE_RUN
            )
            one, another = f"select {shown} from {table}", f"select {shown} from other.{table}"
            row = here.execute(
                f"select count(*) from (({one} except all {another}) union all ({another} except all {one}))"
            ).fetchone()
            found.tables += 1
            if row != (0,):
                found.different[table.replace('"', "")] = row[0] if row else 0
    return found
