"""What is known about the run behind a page: whose figures, as of when, and how far they can be trusted."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal


@dataclass(frozen=True)
class Badge:
    """The verdict on the data, shown at the top of every page.

    `status` is good, notes or bad. Counts are of checks; `quarantined_share` is of rows read, as a share of 1;
    `amount` is the money in quarantine, in base currency.
    """

    status: str = "good"
    checks: int = 0
    passed: int = 0
    warned: int = 0
    failed: int = 0
    rows_read: int = 0
    rows_quarantined: int = 0
    quarantined_share: Decimal | None = None
    amount: Decimal | None = None


@dataclass(frozen=True)
class RunFacts:
    """The run behind the pages.

    `period_start` and `period_end` bound the month under review; `company` may be empty; `version` is the program's.
    """

    run_id: str
    as_of: date
    base_currency: str
    company: str
    period_start: date
    period_end: date
    lang: str = "zh"
    badge: Badge = Badge()
    version: str = ""
    fingerprint: str = ""
    cn_red_up: bool = False
    aging_basis: str = "due"
