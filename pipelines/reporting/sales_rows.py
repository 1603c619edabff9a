"""Plain rows about sales and customers, as the pages read them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from pipelines.reporting.words import Text


@dataclass(frozen=True)
class Point:
    """One metric in one period. A missing period of an additive metric is 0, of a ratio None."""

    period_start: date
    value: Decimal | None
    numerator: Decimal | None = None
    denominator: Decimal | None = None
    is_complete: bool = True


@dataclass(frozen=True)
class YearOnYear:
    """The 同比 of one month: `now` beside `before`, None where it is not known; or the `reason` why there is none.

    January and February are one, as the Spring Festival moves between them: `is_combined` says that both points are
    of the two months together. Reasons: waits_for_february (it is January), not_combined (known by single months).
    """

    now: Point
    before: Point | None = None
    is_combined: bool = False
    reason: str = ""


@dataclass(frozen=True)
class MetricLine:
    """One metric over the months, oldest first, the month under review last.

    `history` has 13 points or fewer, `prior` the same months one year earlier (None where there is no such month),
    for the eye alone: `years` holds what each month's 同比 compares, or nothing where there is none at all,
    `plan` the plan of each month or nothing. `state` is ok, noted (a rule on its data failed),
    preliminary, small_sample, unavailable or empty, `note` the one sentence why. `better` is up, down or none.
    """

    name: str
    unit: str
    better: str
    history: tuple[Point, ...]
    prior: tuple[Point | None, ...] = ()
    years: tuple[YearOnYear, ...] = ()
    plan: tuple[Decimal | None, ...] = ()
    state: str = "ok"
    note: Text | None = None


@dataclass(frozen=True)
class Definition:
    """A metric's own words, from its declaration."""

    name: str
    label: Text
    words: Text
    leaves_out: Text
    owner: str
    version: str


@dataclass(frozen=True)
class SegmentRow:
    """Net revenue of one segment (a region, a channel …), and last year's: of what revenue's 同比 compares."""

    dimension: str
    segment: str
    current: Decimal
    prior: Decimal | None


@dataclass(frozen=True)
class BridgeStep:
    """One step from booked to invoiced to collected. `kind` is total, addition, timing or lost."""

    key: str
    amount: Decimal
    kind: str


@dataclass(frozen=True)
class FunnelStage:
    """One stage of the leads of a cohort: how many reached it, and how many a year ago."""

    key: str
    current: Decimal
    prior: Decimal | None
    median_days: Decimal | None = None


@dataclass(frozen=True)
class OrderValuePoint:
    """Mean and median net amount of the orders of one month, in base currency."""

    month: date
    mean: Decimal | None
    median: Decimal | None
    orders: int
    prior_mean: Decimal | None = None


@dataclass(frozen=True)
class Cohort:
    """Customers by the month of their first order; `retained[k-1]` bought again in month k, None if not over yet."""

    month: date
    size: int
    retained: tuple[int | None, ...]
    is_left_censored: bool = False


@dataclass(frozen=True)
class QuietCustomer:
    """A regular customer that has not ordered for much longer than usual."""

    customer_id: str
    customer_name: str
    trailing_amount: Decimal
    days_since: int
    usual_days: Decimal


@dataclass(frozen=True)
class StandingOut:
    """One thing that stands out in the months of a metric; kinds and sizes are those of `metrics.notes`."""

    metric: str
    unit: str
    kind: str
    month: date
    size: Decimal


@dataclass(frozen=True)
class CustomerGroup:
    """Some customers by revenue of 12 months (the `top_count` largest, or a class), or by what they buy most of.

    `share` is theirs of all such revenue. `kind` is top, abc, channel or product_category.
    """

    kind: str
    name: str
    customers: int
    amount: Decimal
    share: Decimal | None = None


@dataclass(frozen=True)
class Amendment:
    """What was changed in confirmed orders of the month, and how often."""

    changed: str
    count: int


@dataclass(frozen=True)
class MetricTableRow:
    """One row of the metric workbook, as `salesdesk metric` gives it."""

    metric: str
    grain: str
    period_start: date
    segments: str
    numerator: Decimal | None
    denominator: Decimal | None
    value: Decimal | None
    is_complete: bool
