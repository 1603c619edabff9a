"""What a changed definition would change in figures already published."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

from pipelines.metrics.catalog import catalog
from pipelines.metrics.query import query, settings_of_build

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection


@dataclass(frozen=True)
class DefinitionChange:
    """One metric that is declared otherwise than when it was published: new, gone, reworded or recomputed.

    A recomputed metric has one row for each month whose figure would change, old and new side by side.
    """

    metric: str
    kind: str
    period_start: date | None
    old_value: Decimal | None
    new_value: Decimal | None


def changed_definitions(connection: DuckDBPyConnection) -> list[DefinitionChange]:
    """Compare the declarations with those the published figures were made by, and say by how much figures move.

    The new figures come from the published marts: nothing is written. A model that changed is not seen here.
    """
    published = {
        name: (fingerprint, version)
        for name, fingerprint, version in connection.execute(
            "select metric, fingerprint, version from metrics.definitions"
        ).fetchall()
    }
    declared = catalog()
    changes = [
        DefinitionChange(name, "gone", None, None, None) for name in published.keys() - declared.keys()
    ]
    changes += [
        DefinitionChange(name, "new", None, None, None) for name in declared.keys() - published.keys()
    ]
    for name in published.keys() & declared.keys():
        fingerprint, version = published[name]
        if declared[name].fingerprint != fingerprint:
            changes += _moved(connection, name)
        elif declared[name].version != version:
            changes.append(DefinitionChange(name, "reworded", None, None, None))
    return sorted(changes, key=lambda each: (each.metric, each.period_start or date.min))


def _moved(connection: DuckDBPyConnection, name: str) -> list[DefinitionChange]:
    """Return the months whose figure would change; one row without a month when none would."""
    old = dict(
        connection.execute(
            "select period_start, value from metrics.metric_values where metric = $name and segment_count = 0",
            {"name": name},
        ).fetchall()
    )
    if settings_of_build(connection)["first_date"] is None:
        return [DefinitionChange(name, "recomputed", None, None, None)]
    new = {row.period_start: row.value for row in query(connection, name, grain="month")}
    moved = [
        DefinitionChange(name, "recomputed", period, old.get(period), new.get(period))
        for period in sorted(old.keys() | new.keys())
        if old.get(period) != new.get(period)
    ]
    return moved or [DefinitionChange(name, "recomputed", None, None, None)]
