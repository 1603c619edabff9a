"""Metrics as frames: figures with their definitions, and the rows behind a figure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from datetime import date
from typing import TYPE_CHECKING, Any

from pipelines import metrics
from pipelines.analysis.frames import day, from_arrow

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection
    from pandas import DataFrame

Filter = Mapping[str, str | Iterable[str]]


def query(
    connection: DuckDBPyConnection,
    names: str | Sequence[str],
    *,
    grain: str = "month",
    by: str | Sequence[str] = (),
    start: date | str | None = None,
    end: date | str | None = None,
    where: Filter | None = None,
    as_of: date | str | None = None,
) -> DataFrame:
    """Return metrics by period and slice, one row each: `metrics.query` as a frame.

    Columns: metric, period_start, one a slice, numerator, denominator (decimal(38, 4)), value (decimal(38, 6)),
    is_complete. Money is in the base currency, a rate a share of 1. `.attrs` tells `definitions` (label,
    words and what is left out in zh and en, unit), `as_of`, `base_currency`, `is_complete` (of all rows) and
    the `question` itself. Raises MetricError, with the nearest names, as `metrics.query` does.
    """
    question = question_of(names, grain=grain, by=by, start=start, end=end, where=where, as_of=as_of)
    rows = metrics.query(connection, **question)
    built = metrics.settings_of_build(connection)
    told = {
        "kind": "metric",
        "definitions": {name: _definition(name) for name in question["names"]},
        "as_of": question["as_of"] or built["as_of"],
        "base_currency": built["base_currency"],
        "is_complete": all(row.is_complete for row in rows),
        "question": question,
    }
    return from_arrow(_arrow(rows, question["by"]), told)


def question_of(
    names: str | Sequence[str],
    *,
    grain: str = "month",
    by: str | Sequence[str] = (),
    start: date | str | None = None,
    end: date | str | None = None,
    where: Filter | None = None,
    as_of: date | str | None = None,
) -> dict[str, Any]:
    """Return the arguments of `metrics.query`. Raises UsageError for text that is no date."""
    return {
        "names": (names,) if isinstance(names, str) else tuple(names),
        "grain": grain,
        "by": (by,) if isinstance(by, str) else tuple(by),
        "start": day(start, "start"),
        "end": day(end, "end"),
        "where": {
            key: (value,) if isinstance(value, str) else tuple(value) for key, value in (where or {}).items()
        },
        "as_of": day(as_of, "as_of"),
    }


def _arrow(rows: Sequence[metrics.MetricRow], slices: Sequence[str]) -> Any:
    import pyarrow as pa

    columns: list[tuple[str, Any, list[Any]]] = [
        ("metric", pa.string(), [row.metric for row in rows]),
        ("period_start", pa.date32(), [row.period_start for row in rows]),
        *((name, pa.string(), [row.segments[name] for row in rows]) for name in slices),
        ("numerator", pa.decimal128(38, 4), [row.numerator for row in rows]),
        ("denominator", pa.decimal128(38, 4), [row.denominator for row in rows]),
        ("value", pa.decimal128(38, 6), [row.value for row in rows]),
        ("is_complete", pa.bool_(), [row.is_complete for row in rows]),
    ]
    return pa.table({name: pa.array(values, kind) for name, kind, values in columns})


def _definition(name: str) -> dict[str, Any]:
    metric = metrics.find(name)
    return {
        "label": dict(metric.label),
        "words": dict(metric.words),
        "leaves_out": dict(metric.leaves_out),
        "unit": metric.unit,
        "version": metric.version,
        "additive_over": sorted(metric.additive_over),
    }


def catalog() -> DataFrame:
    """Return one row a declared metric: name, label and words in zh and en, unit, slices, owner."""
    import pyarrow as pa

    rows = [
        {
            "name": metric.name,
            "label_zh": metric.label["zh"],
            "label_en": metric.label["en"],
            "words_zh": metric.words["zh"],
            "words_en": metric.words["en"],
            "unit": metric.unit,
            "slices": ", ".join(metric.dimensions),
            "owner": metric.owner,
        }
        for metric in metrics.catalog().values()
    ]
    return from_arrow(pa.Table.from_pylist(rows), {"kind": "catalog"})


def trace(
    connection: DuckDBPyConnection,
    name: str,
    *,
    at: date | str,
    grain: str = "month",
    where: Filter | None = None,
) -> DataFrame:
    """Return the rows behind a metric in the period that holds the day `at`: side, table, amount, file, part, row.

    Raises MetricError as `metrics.trace` does.
    """
    import pyarrow as pa

    moment = day(at, "at")
    if moment is None:
        message = "trace needs a day"
        raise TypeError(message)
    rows = [asdict(row) for row in metrics.trace(connection, name, at=moment, grain=grain, where=where)]
    schema = pa.schema(
        [
            ("side", pa.string()),
            ("table", pa.string()),
            ("amount", pa.decimal128(38, 4)),
            ("file_name", pa.string()),
            ("source_part", pa.string()),
            ("source_row", pa.int64()),
        ]
    )
    return from_arrow(pa.Table.from_pylist(rows, schema), {"kind": "trace", "metric": name, "at": moment})
