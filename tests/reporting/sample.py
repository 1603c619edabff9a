"""A hand-made review of an invented company, for tests of pages: every section has something to show."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from pipelines.reporting.facts import Badge, RunFacts
from pipelines.reporting.review import (
    AgingMonth,
    AgingRow,
    BridgeStep,
    Cohort,
    CollectionMonth,
    CustomerGroup,
    Definition,
    DueRow,
    ForecastWeek,
    FunnelStage,
    IssueKind,
    LossRow,
    MetricLine,
    OrderValuePoint,
    OverdueCustomer,
    Point,
    QuarantineReason,
    QuarantineRow,
    QuietCustomer,
    Receivables,
    Restatement,
    ReviewData,
    RollForward,
    SegmentRow,
    SourceRow,
    StandingOut,
)
from pipelines.reporting.ties import tie_outs
from pipelines.reporting.words import Text
from tests.reporting import sample_tables as tables
from tests.reporting.sample_certainty import some_guesses, some_holds_and_accounts, some_ledger
from tests.reporting.sample_years import years_of

MONTHS = tuple(date(2025 + (9 + n) // 12, (9 + n) % 12 + 1, 1) for n in range(13))  # 2025-10 … 2026-10
LAST = date(2026, 10, 31)
D, WAN = Decimal, Decimal(10_000)


def rows(text: str) -> list[list[str]]:
    return [line.split() for line in text.strip().splitlines()]


def wan(texts: Sequence[str]) -> tuple[Decimal, ...]:
    return tuple(Decimal(text) * WAN for text in texts)


def a_run(**changes: Any) -> RunFacts:
    facts: dict[str, Any] = {
        "run_id": "20261102-0730",
        "as_of": LAST,
        "base_currency": "CNY",
        "company": "华东精工机电（示例）",
        "period_start": date(2026, 10, 1),
        "period_end": LAST,
        "badge": Badge("notes", 142, 138, 3, 1, 35_916, 37, D("0.0010"), D("172000")),
        "version": "0.1.0",
        "fingerprint": "4f1c9ae27c2b91e0",
    }
    return RunFacts(**(facts | changes))


def points(values: Sequence[Decimal | None], years_back: int = 0) -> tuple[Point, ...]:
    months = MONTHS[len(MONTHS) - len(values) :]
    return tuple(
        Point(month.replace(year=month.year - years_back), value)
        for month, value in zip(months, values, strict=True)
    )


def a_line(
    name: str, unit: str, better: str, values: Sequence[str], prior: Sequence[str] = (), **more: Any
) -> MetricLine:
    """A metric of full amounts, oldest month first, ending in October 2026."""
    history, before = points([D(value) for value in values]), points([D(value) for value in prior], 1)
    return MetricLine(name, unit, better, history, before, years_of(history, before), **more)


def a_rate(name: str, pairs: str, prior: str) -> MetricLine:
    """A rate from parts such as 480/1340."""

    def read(text: str, back: int) -> tuple[Point, ...]:
        parts = [[D(number) for number in pair.split("/")] for pair in text.split()]
        plain = points([part / whole for part, whole in parts], back)
        return tuple(
            Point(p.period_start, p.value, part, whole) for p, (part, whole) in zip(plain, parts, strict=True)
        )

    parts = read(pairs, 0), read(prior, 1)
    return MetricLine(name, "rate", "up", *parts, years_of(*parts))


def some_metrics() -> dict[str, MetricLine]:
    prior = {name: [str(value) for value in wan(values)] for name, *values in rows(tables.PRIOR)}
    lines = {
        name: a_line(name, unit, better, [str(value) for value in wan(values)], prior.get(name, ()))
        for name, unit, better, *values in rows(tables.METRICS)
    }
    revenue = lines["revenue"]
    lines["revenue"] = MetricLine(**(vars(revenue) | {"plan": wan(tables.PLAN.split())}))
    shares = tables.SHARES.split()
    return lines | {
        "orders": a_line("orders", "count", "up", ["500", "517"], ["429", "429"]),
        "buying_customers": a_line("buying_customers", "count", "up", ["270", "284"], ["240", "251"]),
        "order_value": a_line("order_value", "money", "up", ["47900", "41588.01"], ["46500", "45312.35"]),
        "customer_spend": a_line("customer_spend", "money", "up", ["93400", "75707"], ["80900", "77446"]),
        "conversion": a_rate("conversion", "480/1340 518/1410", "440/1290 470/1382"),
        "retention": a_rate("retention", "373/420 367/417", "330/372 340/385"),
        "overdue_share": a_line("overdue_share", "rate", "down", shares, shares),
    }


def some_definitions() -> tuple[Definition, ...]:
    formula = Text("数量 × 单价 − 折扣 − 退货，不含税", "quantity × price − discounts − returns, net of tax")
    out = Text("草稿、已取消的订单与隔离行", "drafts, cancelled orders and quarantined rows")
    return tuple(
        Definition(name, Text(zh, en.replace("-", " ")), formula, out, "sales", "1")
        for name, zh, en in rows(tables.LABELS)
    )


def some_overdue() -> tuple[OverdueCustomer, ...]:
    found = []
    for index, (name, rep, terms, oldest, step) in enumerate(rows(tables.DEBTORS)):
        late = D(1_000_000 - 80_000 * index)
        parts = (D(350_000), late * D("0.55"), D(0), late * D("0.2"), late * D("0.15"), D(0), late * D("0.1"))
        customer = OverdueCustomer(
            f"C{index:04}", name, rep, "CNY", int(terms), parts, int(oldest), step, owner=rep
        )
        found.append(customer)
    return tuple(found)


def some_receivables() -> Receivables:
    reps = tuple(AgingRow(name, name, "CNY", wan(amounts)) for name, *amounts in rows(tables.REPS))
    overdue = some_overdue()
    customers = [AgingRow(row.customer_id, row.customer_name, "CNY", row.amounts) for row in overdue]
    known = [sum(column, D(0)) for column in zip(*(row.amounts for row in customers), strict=True)]
    total = [sum(column, D(0)) for column in zip(*(row.amounts for row in reps), strict=True)]
    rest = tuple(whole - part for whole, part in zip(total, known, strict=True))
    customers.append(AgingRow("C9999", "其余客户", "CNY", rest))
    return Receivables(LAST, reps, tuple(customers), overdue)


LABELS = {
    "revenue": Text("销售额", "Net revenue"),
    "collected": Text("回款", "Cash collected"),
    "customer_spend": Text("客单价（每客户）", "Spend per customer"),
    "order_value": Text("笔单价", "Value per order"),
    "conversion": Text("转化率", "Conversion"),
    "retention": Text("客户留存率", "Retention"),
    "overdue_share": Text("逾期占比", "Overdue share"),
    "returned_amount": Text("退货额", "Returns"),
}


def a_review(**changes: Any) -> ReviewData:
    """The whole review; `changes` replace its parts."""
    data = ReviewData(**({"labels": LABELS} | _sales() | _receivables() | _quality() | changes))
    return data if "tie_outs" in changes else ReviewData(**(vars(data) | {"tie_outs": tie_outs(data)}))


def _sales() -> dict[str, Any]:
    sizes = [int(size) for size in tables.COHORT_SIZES.split()]
    return {
        "metrics": some_metrics(),
        "definitions": some_definitions(),
        "segments": tuple(
            SegmentRow("region", name, D(now) * WAN, D(before) * WAN)
            for name, now, before in rows(tables.SEGMENTS)
        ),
        "bridge": tuple(BridgeStep(key, D(amount) * WAN, kind) for key, amount, kind in rows(tables.BRIDGE)),
        "funnel": tuple(
            FunnelStage(key, D(now), D(before), D(days) or None)
            for key, now, before, days in rows(tables.FUNNEL)
        ),
        "funnel_month": date(2026, 7, 1),
        "order_values": tuple(
            OrderValuePoint(
                month, D(values[0]) * WAN, D(values[1]) * WAN, 429 + 7 * index, D(values[2]) * WAN
            )
            for index, (month, values) in enumerate(zip(MONTHS, rows(tables.ORDER_VALUES), strict=True))
        ),
        "cohorts": tuple(
            Cohort(month, size, tuple(size * (6 - k % 3) // 10 for k in range(12 - index)))
            for index, (month, size) in enumerate(zip(MONTHS, sizes, strict=False))
        ),
        "quarter_cohorts": (Cohort(date(2026, 1, 1), 40, (20, 10, None)),),
        "customer_groups": tuple(
            CustomerGroup(kind, name, 10, D(100) * WAN, D("0.4") if kind == "top" else None)
            for kind in ("top", "abc", "channel", "product_category")
            for name in ("10", "A")
        ),
        "standing_out": (StandingOut("revenue", "money", "rising", MONTHS[-1], D(12) * WAN),),
        "quiet_customers": tuple(
            QuietCustomer(f"Q{index}", name, D(amount) * WAN, int(since), D(usual))
            for index, (name, amount, since, usual) in enumerate(rows(tables.QUIET))
        ),
    }


def _due(text: str) -> tuple[DueRow, ...]:
    return tuple(DueRow(key, int(items), D(amount) * WAN) for key, items, amount in rows(text))


def some_speed() -> tuple[CollectionMonth, ...]:
    """Thirteen month ends, the first one without enough months to count back."""
    return tuple(
        CollectionMonth(
            date.fromisoformat(day), D(60 + n), D(58 + n), n == 0, D(44), D(16 + n), D("78.5") if n else None
        )
        for n, (day, *_) in enumerate(rows(tables.AGING))
    )


def _receivables() -> dict[str, Any]:
    steps = (("invoiced", D(21_642_000)), ("credited", D(-141_000)), ("collected", D(-24_847_000)))
    return {
        "due_windows": _due(tables.DUE),
        "uninvoiced": _due(tables.UNINVOICED),
        "aging_months": tuple(
            AgingMonth(date.fromisoformat(day), wan(amounts)) for day, *amounts in rows(tables.AGING)
        ),
        "closing": some_receivables(),
        "current": some_receivables(),
        # 5,418.7 + 2,164.2 - 14.1 - 2,484.7 = 5,084.1
        "collection_months": some_speed(),
        "losses": (
            LossRow(0, D(37_606_000), D("0.01"), D(376_060)),
            LossRow(1, D(8_173_000), D("0.05"), D(408_650)),
            LossRow(6, D(5_062_000), D(1), D(5_062_000)),
        ),
        **some_guesses(),
        **some_ledger(LAST),
        **some_holds_and_accounts(),
        "forecast": (
            ForecastWeek(1, date(2026, 11, 7), D(4_180_000)),
            ForecastWeek(2, date(2026, 11, 14), D(1_020_000)),
            ForecastWeek(5, date(2026, 12, 5), D(7_000_000)),
            ForecastWeek(14, None, D(9_300_000)),
            ForecastWeek(15, None, D(500_000), has_habit=False),
        ),
        "forecast_errors": (D("0.12"), D("-0.08"), D("0.04")),
        "issues": (
            IssueKind("invoice", "delivered_not_invoiced", 12, 70, D(820_000)),
            IssueKind("invoice", "possible_duplicate", 1, 3, D(-5_000)),
            IssueKind("contract", "running_out", 2, -9, None),
        ),
        "roll_forward": RollForward(date(2026, 9, 30), LAST, D(54_187_000), steps, D(50_841_000)),
    }


def _source(kind: str, *told: str) -> SourceRow:
    files, read, loaded, refused, superseded, skipped = (int(text) for text in told[:6])
    loaded_at = datetime(2026, 11, 2, 6, 10, tzinfo=UTC)
    day = date.fromisoformat(told[6])
    is_late = kind == "leads"
    return SourceRow(kind, files, read, loaded, refused, superseded, skipped, loaded_at, day, is_late=is_late)


def _quality() -> dict[str, Any]:
    return {
        "sources": tuple(_source(*row) for row in rows(tables.SOURCES)),
        "quarantine": tuple(
            QuarantineReason(
                code, Text(zh, en.replace("-", " ")), kind, int(count), D(amount) * WAN, severity
            )
            for code, zh, en, kind, count, amount, severity in rows(tables.REFUSED)
        ),
        "quarantine_rows": (a_refused_row(),),
        "restatements": (Restatement("revenue", date(2026, 9, 1), D(27_045_000), D(27_078_000), "late.csv"),),
        "missing_kinds": ("deliveries", "reviews"),
    }


def a_refused_row(**changes: Any) -> QuarantineRow:
    told: dict[str, Any] = {
        "file_name": "orders.csv",
        "source_part": "",
        "source_row": 17,
        "kind": "orders",
        "document_key": "SO-17",
        "column_name": "amount",
        "found": "abc",
        "expected": Text("数字", "a number"),
        "reason": Text("不是数字", "not a number"),
        "amount": None,
        "currency": "CNY",
    }
    return QuarantineRow(**(told | changes))
