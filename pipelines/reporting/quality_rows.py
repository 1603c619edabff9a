"""Plain rows about data quality, as the pages read them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from pipelines.reporting.words import Text


@dataclass(frozen=True)
class SourceRow:
    """One kind of export: rows, amount, when it was last loaded and the last business date in it."""

    kind: str
    files: int
    rows_read: int
    rows_loaded: int
    rows_quarantined: int
    rows_superseded: int
    rows_skipped: int
    last_loaded_at: datetime | None
    last_date: date | None
    is_late: bool = False


@dataclass(frozen=True)
class QuarantineReason:
    """Quarantined rows with the same reason: how many, and the money in base currency they would have carried."""

    code: str
    reason: Text
    kind: str
    rows: int
    amount: Decimal
    severity: str = "critical"


@dataclass(frozen=True)
class CheckRow:
    """One rule of validation and how it went.

    `amount` is the money in the failing rows where these are of one `currency`; `metrics` are the figures it touches;
    `history` counts its failing rows in the runs before, the oldest first.
    """

    table_name: str
    rule_id: str
    severity: str
    success: bool
    checked: int
    failed: int
    words: Text
    amount: Decimal | None = None
    currency: str = ""
    metrics: tuple[str, ...] = ()
    history: tuple[int, ...] = ()


@dataclass(frozen=True)
class CheckRun:
    """How the checks of one run went; `warned` failed without stopping anything, `failed` forbade publishing."""

    run_id: str
    as_of: date | None
    status: str
    checks: int
    warned: int
    failed: int
    rows_quarantined: int | None


@dataclass(frozen=True)
class PastRun:
    """One run of the main job, published or not."""

    run_id: str
    as_of: date | None
    status: str
    rows_read: int | None
    rows_quarantined: int | None
    message: str


@dataclass(frozen=True)
class Restatement:
    """A published figure of a closed period that changed since it was last published."""

    metric: str
    period_start: date
    old_value: Decimal | None
    new_value: Decimal | None
    cause: str


@dataclass(frozen=True)
class QuarantineRow:
    """One quarantined source row, as it goes back to the clerk."""

    file_name: str
    source_part: str
    source_row: int
    kind: str
    document_key: str
    column_name: str
    found: str
    expected: Text
    reason: Text
    amount: Decimal | None
    currency: str
