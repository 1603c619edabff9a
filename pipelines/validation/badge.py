"""The data badge: in one object, how far the figures beside it can be trusted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING, Literal

from pipelines.validation import gates

if TYPE_CHECKING:
    from datetime import date

    from duckdb import DuckDBPyConnection

State = Literal["good", "notes", "failed"]
MetricState = Literal["ok", "preliminary", "small_sample", "unavailable"]

_SMALL_SAMPLE = 30  # below it one order more or less moves a rate by several points


@dataclass(frozen=True)
class Badge:
    """The state of one run's data.

    `state` is good (every rule passed, nothing quarantined), notes (published, with failed rules or quarantined rows)
    or failed (a critical rule failed). Counts are of rules and rows; `amounts_quarantined` is per currency, never added
    across; `metrics` says of each metric whether it is ok, preliminary (its period is not complete, or a rule on its
    data failed), of a small sample, or unavailable (its export was not given).
    """

    run_id: str
    state: State
    rules: int
    failed_rules: int
    rows_read: int
    rows_quarantined: int
    amounts_quarantined: Mapping[str, Decimal] = field(default_factory=dict)
    latest_date: date | None = None
    metrics: Mapping[str, MetricState] = field(default_factory=dict)


def badge(
    connection: DuckDBPyConnection,
    run_id: str,
    *,
    samples: Mapping[str, int | None] | None = None,
    incomplete: Sequence[str] = (),
) -> Badge:
    """Return the badge of a run from `ops`, on a draft or on a published file.

    `samples` is the number of things behind each metric (None: nothing was exported for it), `incomplete` names the
    metrics whose shown period has not ended.
    """
    rules, failed, critical = _rules(connection, run_id)
    rows, _ = gates.shares(connection)
    doubtful = {*metrics_in_doubt(connection, run_id), *incomplete}
    amounts = connection.execute(
        "select coalesce(currency, ''), sum(amount)::decimal(18, 4) from ops.quarantine "
        "where status = 'open' and amount is not null group by all order by all"
    ).fetchall()
    state: State = "failed" if critical else "notes" if failed or rows.part else "good"
    return Badge(
        run_id=run_id,
        state=state,
        rules=rules,
        failed_rules=failed,
        rows_read=int(rows.whole),
        rows_quarantined=int(rows.part),
        amounts_quarantined=dict(amounts),
        latest_date=_latest(connection),
        metrics={
            name: _metric_state(size, preliminary=name in doubtful) for name, size in (samples or {}).items()
        },
    )


def metrics_in_doubt(connection: DuckDBPyConnection, run_id: str) -> list[str]:
    """Return the metrics that a failed rule names, in name order; rules that only inform put nothing in doubt."""
    found = connection.execute(
        "select distinct unnest(metrics) as metric from ops.expectation_results "
        "where run_id = $run_id and not success and severity <> 'info' order by metric",
        {"run_id": run_id},
    ).fetchall()
    return [metric for (metric,) in found]


def _rules(connection: DuckDBPyConnection, run_id: str) -> tuple[int, int, int]:
    row = connection.execute(
        "select count(*), count(*) filter (where not success), "
        "count(*) filter (where not success and severity = 'critical') "
        "from ops.expectation_results where run_id = $run_id",
        {"run_id": run_id},
    ).fetchone()
    return row or (0, 0, 0)


def _latest(connection: DuckDBPyConnection) -> date | None:
    """Return the as-of date of the newest run that is written down."""
    row = connection.execute("select as_of from ops.runs order by started_at desc limit 1").fetchone()
    return row[0] if row else None


def _metric_state(size: int | None, *, preliminary: bool) -> MetricState:
    if size is None:
        return "unavailable"
    if size < _SMALL_SAMPLE:
        return "small_sample"
    return "preliminary" if preliminary else "ok"
