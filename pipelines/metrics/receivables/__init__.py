"""How fast receivables turn into cash: days sales outstanding, effectiveness of collection, expected loss."""

from pipelines.metrics.receivables.losses import (
    MONTH_WIDE,
    BucketLoss,
    RollRate,
    expected_losses,
    loss_rates,
    own_losses,
    roll_rates,
)
from pipelines.metrics.receivables.months import ReceivableMonth, months
from pipelines.metrics.receivables.ratios import (
    CountedBack,
    best_possible_days,
    collection_effectiveness,
    counted_back_days,
    days_delinquent,
    sales_outstanding_days,
    weighted_days,
)

__all__ = [
    "MONTH_WIDE",
    "BucketLoss",
    "CountedBack",
    "ReceivableMonth",
    "RollRate",
    "best_possible_days",
    "collection_effectiveness",
    "counted_back_days",
    "days_delinquent",
    "expected_losses",
    "loss_rates",
    "months",
    "own_losses",
    "roll_rates",
    "sales_outstanding_days",
    "weighted_days",
]
