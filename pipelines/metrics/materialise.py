"""Write the published metric tables: every metric by month, in total and by each single slice."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

from pipelines.metrics.catalog import catalog
from pipelines.metrics.composition import Composed, compose
from pipelines.metrics.definition import LANGUAGES, Metric
from pipelines.metrics.question import Question
from pipelines.warehouse import insert

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

    Make = Callable[[DuckDBPyConnection, str, str, Mapping[str, Any]], int]

_VALUES = "metrics.metric_values"
_SETTINGS = (
    "as_of",
    "base_currency",
    "time_zone",
    "conversion_window_days",
    "lapsed_days",
    "fiscal_start",
    "month_close_day",
)
# Slices with few values. Customers and products are asked for with `query`: their months would outgrow the
# facts.
SLICES = ("region", "sales_rep", "channel", "product_category", "currency")


def materialise(
    connection: DuckDBPyConnection, parameters: Mapping[str, Any], make_table: Make | None = None
) -> int:
    """Fill `metrics.metric_values`, `metrics.definitions`, `metrics.build_settings` and one view per metric.

    One row of metric_values is one metric in one month: in total (segment_count 0, all slice columns null)
    or of one value of one slice, from its first month with facts on (see `Question`). Return the number of values.
    Where another engine adds up, `make_table` runs one statement of it all.
    """
    connection.execute("create schema if not exists metrics")
    metrics = tuple(metric for metric in catalog().values() if "month" in metric.grains)
    first = _first_day(connection, metrics)
    _write_settings(connection, parameters, first)
    _write_definitions(connection)
    question = Question(
        metrics=metrics,
        grain="month",
        slices=((), *((name,) for name in SLICES)),
        start=first or parameters["as_of"],
        end=parameters["as_of"],
        as_of=parameters["as_of"],
        is_each_apart=True,
        maturity_days={"conversion_window": parameters["conversion_window_days"]},
    )
    composed = compose(question)
    if make_table is None:
        made = _make_apart(connection, composed)
    else:
        made = make_table(connection, _VALUES, _values(composed.whole()), composed.parameters)
    _write_views(connection, metrics)
    return made


def _make_apart(connection: DuckDBPyConnection, composed: Composed) -> int:
    """Make the table from each fact by itself: what one holds while it adds up is given back before the next."""
    for name, sql in composed.facts.items():
        _execute(connection, f"create or replace temp table {name} as {sql}", composed.parameters)
    made = f"create or replace table {_VALUES} as {_values(composed.over_tables())}"
    row = _execute(connection, made, composed.parameters).fetchone()
    for name in composed.facts:
        connection.execute(f"drop table temp.{name}")
    return int(row[0]) if row else 0


def _values(figures: str) -> str:
    """Return the SELECT of the table's rows from the SQL of all figures."""
    columns = ", ".join(f"s_{name} as {name}" for name in SLICES)
    return (
        f"select metric, 'month' as grain, period_start, (slice_no > 0)::integer as segment_count, {columns}, "
        "numerator, denominator, value, is_complete, is_small_sample, reason "
        f"from ({figures}) order by metric, slice_no, period_start, {', '.join(SLICES)}"
    )


def _execute(connection: DuckDBPyConnection, sql: str, parameters: Mapping[str, Any]) -> DuckDBPyConnection:
    """Run a statement with those of the parameters that it names."""
    named = set(re.findall(r"\$(\w+)", sql))
    return connection.execute(sql, {name: value for name, value in parameters.items() if name in named})


def _first_day(connection: DuckDBPyConnection, metrics: Sequence[Metric]) -> date | None:
    """Return the first day that any metric by day has a fact on; None when there is none at all."""
    by_day = [metric for metric in metrics if "day" in metric.grains]
    days = sorted({(term.base, term.date) for metric in by_day for term in metric.terms})
    selects = " union all ".join(f"select min({day}) as first_day from {base}" for base, day in days)
    row = connection.execute(f"select min(first_day) from ({selects})").fetchone()
    return row[0] if row else None


def _write_settings(
    connection: DuckDBPyConnection, parameters: Mapping[str, Any], first: date | None
) -> None:
    """Keep what the figures depend on beside them, for every later question."""
    columns = ", ".join(f"${name} as {name}" for name in _SETTINGS)
    connection.execute(
        f"create or replace table metrics.build_settings as select {columns}, $first::date as first_date",
        {**{name: parameters[name] for name in _SETTINGS}, "first": first},
    )


def _write_views(connection: DuckDBPyConnection, metrics: Sequence[Metric]) -> None:
    columns = ", ".join(
        [
            "grain",
            "period_start",
            "segment_count",
            *SLICES,
            "numerator",
            "denominator",
            "value",
            "is_complete",
            "is_small_sample",
            "reason",
        ]
    )
    statements = [
        f'create or replace view metrics."{metric.name}" as '
        f"select {columns} from metrics.metric_values where metric = '{metric.name}'"
        for metric in metrics
    ]
    # one call: views one by one take ten times as long
    connection.execute("; ".join(statements))


def _write_definitions(connection: DuckDBPyConnection) -> None:
    """Publish what each metric means beside its values, with a fingerprint of how it is computed."""
    connection.execute(
        "create or replace table metrics.definitions (metric varchar, label_zh varchar, label_en varchar, "
        "words_zh varchar, words_en varchar, leaves_out_zh varchar, leaves_out_en varchar, unit varchar, "
        "is_additive_over_time boolean, is_additive_over_segments boolean, better varchar, owner varchar, "
        "version integer, fingerprint varchar)"
    )
    rows = [
        [
            metric.name,
            *(words[lang] for words in (metric.label, metric.words, metric.leaves_out) for lang in LANGUAGES),
            metric.unit,
            "time" in metric.additive_over,
            "segments" in metric.additive_over,
            metric.better,
            metric.owner,
            metric.version,
            metric.fingerprint,
        ]
        for metric in catalog().values()
    ]
    insert(connection, "metrics.definitions", rows)
