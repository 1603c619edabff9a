"""Everything the pages show, as plain rows: who fills this in decides the figures, the pages only word and draw them.

Amounts are Decimal in the currency named beside them, or in the run's base currency; rates are shares of 1.
A tuple that is empty means that the exports hold nothing of the kind, and the page says so.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from pipelines.reporting.quality_rows import (
    CheckRow,
    CheckRun,
    PastRun,
    QuarantineReason,
    QuarantineRow,
    Restatement,
    SourceRow,
)
from pipelines.reporting.receivable_rows import (
    AgingMonth,
    AgingRow,
    CollectionMonth,
    DeskItem,
    DueRow,
    ForecastWeek,
    GuessedCustomer,
    GuessedRow,
    Hold,
    IssueKind,
    LedgerDifference,
    LedgerTotal,
    LossRow,
    OverdueCustomer,
    Receivables,
    Reconciled,
    RollForward,
    RollRow,
    TieOut,
)
from pipelines.reporting.sales_rows import (
    Amendment,
    BridgeStep,
    Cohort,
    CustomerGroup,
    Definition,
    FunnelStage,
    MetricLine,
    MetricTableRow,
    OrderValuePoint,
    Point,
    QuietCustomer,
    SegmentRow,
    StandingOut,
    YearOnYear,
)
from pipelines.reporting.words import Text

__all__ = [
    "AgingMonth",
    "AgingRow",
    "Amendment",
    "BridgeStep",
    "CheckRow",
    "CheckRun",
    "Cohort",
    "CollectionMonth",
    "CustomerGroup",
    "Definition",
    "DeskItem",
    "DueRow",
    "ForecastWeek",
    "FunnelStage",
    "GuessedCustomer",
    "GuessedRow",
    "Hold",
    "IssueKind",
    "LedgerDifference",
    "LedgerTotal",
    "LossRow",
    "MetricLine",
    "MetricTableRow",
    "OrderValuePoint",
    "OverdueCustomer",
    "PastRun",
    "Point",
    "QuarantineReason",
    "QuarantineRow",
    "QuietCustomer",
    "Receivables",
    "Reconciled",
    "Restatement",
    "ReviewData",
    "RollForward",
    "RollRow",
    "SegmentRow",
    "SourceRow",
    "StandingOut",
    "TieOut",
    "YearOnYear",
]


@dataclass(frozen=True)
class ReviewData:
    """All rows behind the pages of one run.

    `labels` names every declared metric. `closing` is what was open at the end of the month under review, `current`
    what is open on the as-of date. `is_loss_policy`: losses are at the rates of a table, not the own roll rates;
    without rates there are none, and `rolls` stand in their place. `guessed_amount` is what was applied by guess;
    `ledger_differences` are those of the last day given; `reconciled` are the accounts of the month under review.
    `forecast_errors` are the shares by which four-week forecasts of earlier month ends missed, the oldest first.
    """

    metrics: Mapping[str, MetricLine] = field(default_factory=dict)
    labels: Mapping[str, Text] = field(default_factory=dict)
    definitions: tuple[Definition, ...] = ()
    segments: tuple[SegmentRow, ...] = ()
    bridge: tuple[BridgeStep, ...] = ()
    due_windows: tuple[DueRow, ...] = ()
    uninvoiced: tuple[DueRow, ...] = ()
    funnel: tuple[FunnelStage, ...] = ()
    funnel_month: date | None = None
    order_values: tuple[OrderValuePoint, ...] = ()
    cohorts: tuple[Cohort, ...] = ()
    quarter_cohorts: tuple[Cohort, ...] = ()
    quiet_customers: tuple[QuietCustomer, ...] = ()
    customer_groups: tuple[CustomerGroup, ...] = ()
    standing_out: tuple[StandingOut, ...] = ()
    amendments: tuple[Amendment, ...] = ()
    bounds: tuple[int, ...] = (30, 60, 90, 180, 365)
    aging_months: tuple[AgingMonth, ...] = ()
    closing: Receivables | None = None
    current: Receivables | None = None
    roll_forward: RollForward | None = None
    collection_months: tuple[CollectionMonth, ...] = ()
    losses: tuple[LossRow, ...] = ()
    is_loss_policy: bool = False
    rolls: tuple[RollRow, ...] = ()
    holds: tuple[Hold, ...] = ()
    reconciled: tuple[Reconciled, ...] = ()
    guessed: tuple[GuessedRow, ...] = ()
    guessed_amount: Decimal = Decimal(0)
    guessed_customers: tuple[GuessedCustomer, ...] = ()
    ledger_totals: tuple[LedgerTotal, ...] = ()
    ledger_differences: tuple[LedgerDifference, ...] = ()
    forecast: tuple[ForecastWeek, ...] = ()
    forecast_errors: tuple[Decimal, ...] = ()
    tie_outs: tuple[TieOut, ...] = ()
    sources: tuple[SourceRow, ...] = ()
    quarantine: tuple[QuarantineReason, ...] = ()
    quarantine_rows: tuple[QuarantineRow, ...] = ()
    checks: tuple[CheckRow, ...] = ()
    check_runs: tuple[CheckRun, ...] = ()
    restatements: tuple[Restatement, ...] = ()
    desk: tuple[DeskItem, ...] = ()
    issues: tuple[IssueKind, ...] = ()
    metric_rows: tuple[MetricTableRow, ...] = ()
    missing_kinds: tuple[str, ...] = ()
    runs: tuple[PastRun, ...] = ()
