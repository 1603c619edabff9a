"""The data badge: in one object, how far the figures beside it can be trusted."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING, Literal

from pipelines.validation import gates

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

State = Literal["good", "notes", "bad"]


@dataclass(frozen=True)
class Badge:
    """The state of one run's data.

    `state` is good (every check passed, nothing quarantined), notes (published, with failed checks or quarantined rows,
    or with nothing checked) or bad (a critical check failed). Checks are rules and reconciliations; `warned` counts
    failed ones that stop nothing, `failed` the critical ones. `quarantined_amounts` is the money in quarantine per
    currency, never added across; an amount without a currency stands under the empty one. `doubtful_metrics` are those
    that a failed rule names.
    """

    run_id: str
    state: State
    checks: int
    warned: int
    failed: int
    rows_read: int
    rows_quarantined: int
    quarantined_amounts: Mapping[str, Decimal] = field(default_factory=dict)
    doubtful_metrics: tuple[str, ...] = ()

    @property
    def passed(self) -> int:
        """How many checks passed."""
        return self.checks - self.warned - self.failed

    @property
    def quarantined_share(self) -> Decimal | None:
        """The quarantined share of the rows read, as a share of 1; none where no row was read."""
        return Decimal(self.rows_quarantined) / Decimal(self.rows_read) if self.rows_read else None


def badge(connection: DuckDBPyConnection, run_id: str) -> Badge:
    """Return the badge of a run from `ops`, on a draft or on a published file."""
    checks, warned, failed = _checks(connection, run_id)
    rows, _ = gates.shares(connection)
    amounts = connection.execute(
        "select coalesce(currency, ''), sum(abs(amount))::decimal(18, 4) from ops.quarantine "
        "where status = 'open' and amount is not null group by all order by all"
    ).fetchall()
    is_noted = warned or rows.part or not checks
    return Badge(
        run_id=run_id,
        state="bad" if failed else "notes" if is_noted else "good",
        checks=checks,
        warned=warned,
        failed=failed,
        rows_read=int(rows.whole),
        rows_quarantined=int(rows.part),
        quarantined_amounts=dict(amounts),
        doubtful_metrics=_doubtful_metrics(connection, run_id),
    )


def _checks(connection: DuckDBPyConnection, run_id: str) -> tuple[int, int, int]:
    """Return how many checks were made, how many failed without stopping anything, and how many forbid publishing."""
    row = connection.execute(
        """
        with checks as (
            select
                success,
                severity = 'critical' or coalesce(is_broken, false) as is_critical
            from ops.expectation_results
            where run_id = $run_id
            union all
            select
                passed,
                coalesce(severity, 'critical') = 'critical'
            from ops.reconciliations
            where run_id = $run_id
        )

        select
            count(*),
            count(*) filter (where not success and not is_critical),
            count(*) filter (where not success and is_critical)
        from checks
        """,
        {"run_id": run_id},
    ).fetchone()
    return row or (0, 0, 0)


def _doubtful_metrics(connection: DuckDBPyConnection, run_id: str) -> tuple[str, ...]:
    """Return the metrics that a failed rule names, in name order; rules that only inform put nothing in doubt."""
    found = connection.execute(
        "select distinct unnest(metrics) as metric from ops.expectation_results "
        "where run_id = $run_id and not success and severity <> 'info' order by metric",
        {"run_id": run_id},
    ).fetchall()
    return tuple(metric for (metric,) in found)
