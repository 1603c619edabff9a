"""What was planned for a period, of the company or of a slice, from rows that a plan file gives at several levels."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from pipelines.metrics.catalog import find

if TYPE_CHECKING:
    from datetime import date

    from duckdb import DuckDBPyConnection

# The slices a plan file may name, the one to add up first where both would do.
DIMENSIONS = ("region", "sales_rep")
Key = tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class _Row:
    names: Mapping[str, str]
    amount: Decimal


def planned(
    connection: DuckDBPyConnection,
    name: str,
    start: date,
    end: date,
    *,
    by: Sequence[str] = (),
    where: Mapping[str, Sequence[str]] | None = None,
) -> dict[Key, Decimal]:
    """Return what was planned in the base currency for each slice of the metric from `start` to `end`.

    Rows that name exactly the slices asked for are the plan; else those that name fewest besides are added up, by
    region rather than by sales rep: a company's plan and its regions' never count twice. A metric that does not add
    up has a plan only where one row gives it. Empty where nothing was planned so.
    """
    filters = dict(where or {})
    wanted = {*by, *filters}
    if not wanted <= set(DIMENSIONS):
        return {}
    is_additive = find(name).additive_over >= {"time", "segments"}
    rows = _level(_rows(connection, name, start, end), wanted, is_additive=is_additive)
    found: dict[Key, list[Decimal]] = {}
    for row in rows:
        if all(row.names[dimension] in values for dimension, values in filters.items()):
            found.setdefault(tuple((dimension, row.names[dimension]) for dimension in by), []).append(
                row.amount
            )
    return {
        key: sum(amounts, Decimal(0)) for key, amounts in found.items() if is_additive or len(amounts) == 1
    }


def _rows(connection: DuckDBPyConnection, name: str, start: date, end: date) -> list[_Row]:
    found: list[Any] = connection.execute(
        """
        select targets.region, targets.sales_rep, targets.amount::decimal(38, 6)
        from staging.stg_targets as targets
        cross join metrics.build_settings as settings
        where targets.metric = $metric and targets.currency = settings.base_currency
            and targets.period_start between $start and $end
        """,
        {"metric": name, "start": start, "end": end},
    ).fetchall()
    return [
        _Row({key: value for key, value in zip(DIMENSIONS, names, strict=True) if value}, amount)
        for *names, amount in found
    ]


def _level(rows: Sequence[_Row], wanted: set[str], *, is_additive: bool) -> list[_Row]:
    """Return the rows of the one level that tells of all the slices wanted and of fewest others."""
    levels = {tuple(row.names) for row in rows if wanted <= set(row.names)}
    if not is_additive:
        levels = {level for level in levels if set(level) == wanted}
    if not levels:
        return []
    chosen = min(levels, key=lambda level: (len(level), [DIMENSIONS.index(each) for each in level]))
    return [row for row in rows if tuple(row.names) == chosen]
