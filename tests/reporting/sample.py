"""A hand-made review of an invented company, for tests of pages: every section has something to show."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

from pipelines.reporting.facts import Badge, RunFacts
from pipelines.reporting.review import (
    AgingMonth,
    AgingRow,
    BridgeStep,
    Cohort,
    Definition,
    DueRow,
    FunnelStage,
    MetricLine,
    OrderValuePoint,
    OverdueCustomer,
    Point,
    QuarantineReason,
    QuietCustomer,
    Receivables,
    Restatement,
    ReviewData,
    RollForward,
    SegmentRow,
    SourceRow,
    TieOut,
)
from pipelines.reporting.words import Text

MONTHS = tuple(date(2025 + (9 + n) // 12, (9 + n) % 12 + 1, 1) for n in range(13))  # 2025-10 … 2026-10
D = Decimal


def a_run(**changes: object) -> RunFacts:
    facts = {
        "run_id": "20261102-0730",
        "as_of": date(2026, 10, 31),
        "base_currency": "CNY",
        "company": "华东精工机电（示例）",
        "period_start": date(2026, 10, 1),
        "period_end": date(2026, 10, 31),
        "badge": Badge("notes", 142, 138, 3, 1, 39_846, 37, D("0.0009"), D("0.008")),
        "version": "0.1.0",
        "fingerprint": "4f1c9ae27c2b91e0",
    }
    return RunFacts(**(facts | changes))  # type: ignore[arg-type]  # keywords come from tests


def line(
    name: str, unit: str, better: str, values: list[str], prior: list[str] | None = None, **more: object
) -> MetricLine:
    history = tuple(
        Point(month, D(value)) for month, value in zip(MONTHS[-len(values) :], values, strict=True)
    )
    before: tuple[Point | None, ...] = ()
    if prior:
        before = tuple(
            Point(month.replace(year=month.year - 1), D(value))
            for month, value in zip(MONTHS[-len(values) :], prior, strict=True)
        )
    return MetricLine(name, unit, better, history, before, **more)  # type: ignore[arg-type]  # keywords come from tests


def rate_line(
    name: str, better: str, pairs: list[tuple[int, int]], prior: list[tuple[int, int]]
) -> MetricLine:
    def points(source: list[tuple[int, int]], back: int) -> tuple[Point, ...]:
        return tuple(
            Point(month.replace(year=month.year - back), D(part) / D(whole), D(part), D(whole))
            for month, (part, whole) in zip(MONTHS[-len(source) :], source, strict=True)
        )

    return MetricLine(name, "rate", better, points(pairs, 0), points(prior, 1))


def some_metrics() -> dict[str, MetricLine]:
    revenue = (
        "19439000 22014000 22384000 18103000 14846000 16850000 "
        "19429000 22434000 24491000 24169000 22284000 27078000 21501000"
    )
    before = (
        "15445000 18179000 19408000 17244000 11422000 17370000 "
        "17850000 19300000 19910000 19480000 20830000 20670000 19439000"
    )
    cash = (
        "20970000 18600000 21500000 21100000 19900000 20700000 "
        "17900000 19300000 20100000 22500000 23700000 20434000 24847000"
    )
    cash_before = (
        "17000000 16000000 17500000 17100000 16900000 16700000 "
        "15900000 17300000 18100000 19500000 19700000 18434000 20970000"
    )
    invoiced = (
        "19439000 22014000 22384000 18103000 14846000 16850000 "
        "19429000 22434000 24491000 24169000 22284000 27078000 21642000"
    )
    plan = tuple(
        D(v)
        for v in (
            "17300000 20400000 21700000 19300000 13900000 19200000 "
            "19300000 20500000 21500000 21000000 25100000 24000000 21799000"
        ).split()
    )
    share = "0.256 0.187 0.212 0.261 0.265 0.243 0.212 0.198 0.202 0.226 0.244 0.205 0.260"
    return {
        "revenue": line("revenue", "money", "up", revenue.split(), before.split(), plan=plan),
        "collected": line("collected", "money", "up", cash.split(), cash_before.split()),
        "invoiced": line("invoiced", "money", "up", invoiced.split()),
        "orders": line("orders", "count", "up", ["500", "517"], ["429", "429"]),
        "buying_customers": line("buying_customers", "count", "up", ["270", "284"], ["240", "251"]),
        "order_value": line("order_value", "money", "up", ["47900", "41588"], ["46500", "45312.35"]),
        "customer_spend": line("customer_spend", "money", "up", ["93400", "75707"], ["80900", "77446"]),
        "conversion": rate_line("conversion", "up", [(480, 1340), (518, 1410)], [(440, 1290), (470, 1382)]),
        "retention": rate_line("retention", "up", [(373, 420), (367, 417)], [(330, 372), (340, 385)]),
        "overdue_share": line("overdue_share", "rate", "down", share.split(), share.split()),
        "overdue": line("overdue", "money", "down", ["11108000", "13235000"], ["9000000", "9925000"]),
        "returned_amount": line(
            "returned_amount", "money", "down", ["250000", "610000"], ["300000", "310000"]
        ),
    }


def some_definitions() -> tuple[Definition, ...]:
    names = (
        "revenue",
        "collected",
        "customer_spend",
        "order_value",
        "conversion",
        "retention",
        "overdue_share",
    )
    label = {
        "revenue": Text("销售额", "Net revenue"),
        "collected": Text("回款", "Cash collected"),
        "customer_spend": Text("客单价", "Spend per customer"),
        "order_value": Text("笔单价", "Order value"),
        "conversion": Text("转化率", "Conversion"),
        "retention": Text("客户留存率", "Retention"),
        "overdue_share": Text("逾期率", "Overdue share"),
    }
    words = Text("数量 × 单价 − 折扣 − 退货，不含税", "quantity × price − discounts − returns, net of tax")
    out = Text(
        "剔除草稿、已取消的订单与隔离行。", "Leaves out drafts, cancelled orders and quarantined rows."
    )
    return tuple(Definition(name, label[name], words, out, "sales-ops", "1") for name in names)


def some_aging() -> tuple[tuple[AgingMonth, ...], tuple[AgingRow, ...]]:
    shapes = [
        [D(n) for n in row.split()]
        for row in (
            "2890.9 569.1 126.2 122.5 84.8 50.0 40.0",
            "3565.7 414.8 166.0 40.5 100.4 48.5 50.0",
            "3517.7 560.1 126.2 122.5 84.8 27.0 25.7",
            "3070.5 669.1 156.2 122.5 84.8 27.0 25.0",
            "2738.6 569.1 166.2 122.5 84.8 20.0 25.0",
            "2535.2 449.1 126.2 102.5 84.8 26.0 25.2",
            "2945.6 469.1 126.2 52.5 84.8 35.0 25.0",
            "3337.0 469.1 126.2 92.5 74.8 35.0 26.0",
            "3747.1 569.1 126.2 102.5 84.8 25.0 40.0",
            "3808.9 669.1 126.2 122.5 84.8 60.0 50.0",
            "3594.0 769.1 126.2 92.5 94.8 45.0 33.0",
            "4307.9 529.2 166.2 142.5 114.8 78.4 80.0",
            "3760.6 817.3 122.3 133.6 90.0 80.3 80.0",
        )
    ]
    ends = [
        date(2025, 10, 31),
        date(2025, 11, 30),
        date(2025, 12, 31),
        date(2026, 1, 31),
        date(2026, 2, 28),
        date(2026, 3, 31),
        date(2026, 4, 30),
        date(2026, 5, 31),
        date(2026, 6, 30),
        date(2026, 7, 31),
        date(2026, 8, 31),
        date(2026, 9, 30),
        date(2026, 10, 31),
    ]
    months = tuple(
        AgingMonth(end, tuple(n * 10000 for n in row)) for end, row in zip(ends, shapes, strict=True)
    )
    reps = (
        ("李雪梅", "651.4 159.8 17.5 44.9 12.1 15.7 14.0"),
        ("王志强", "989.5 152.7 37.7 35.9 12.0 13.4 10.0"),
        ("赵鹏飞", "601.0 136.7 19.9 36.1 27.6 18.0 20.0"),
        ("周建国", "421.2 135.3 3.5 8.9 23.5 15.9 16.0"),
        ("陈嘉怡", "634.5 149.9 29.5 2.3 5.7 7.3 7.3"),
        ("孙婷", "463.0 82.9 14.2 5.5 9.1 10.0 12.7"),
    )
    rows = tuple(
        AgingRow(name, name, "CNY", tuple(D(n) * 10000 for n in text.split())) for name, text in reps
    )
    return months, rows


def some_overdue() -> tuple[OverdueCustomer, ...]:
    names = (
        "常州晟业模具有限公司",
        "湘潭腾跃机电有限公司",
        "青岛金桥重工有限公司",
        "常州海川机械有限公司",
        "襄阳远景模具有限公司",
        "天津同辉液压有限公司",
        "青岛华锐精密有限公司",
        "宁波海川机械有限公司",
        "芜湖铭扬智能装备有限公司",
        "合肥瑞丰机械有限公司",
        "苏州工业园区精密制造（集团）股份有限公司",
        "Northern Tools Ltd",
    )
    steps = (
        "legal",
        "legal",
        "visit",
        "legal",
        "phone",
        "visit",
        "email",
        "phone",
        "visit",
        "email",
        "email",
        "phone",
    )
    rows = []
    for index, (name, step) in enumerate(zip(names, steps, strict=True)):
        late = D(1_001_949 - 80_000 * index)
        amounts = (
            D(350_000),
            late * D("0.55"),
            D(0),
            late * D("0.2"),
            late * D("0.15"),
            D(0),
            late * D("0.1"),
        )
        rows.append(
            OverdueCustomer(
                f"C{index:04}",
                name,
                ("周建国", "李雪梅", "王志强")[index % 3],
                "CNY",
                (30, 45, 60)[index % 3],
                amounts,
                515 - 40 * index,
                step,
                owner="周建国",
            )
        )
    return tuple(rows)


def a_review(**changes: object) -> ReviewData:
    months, reps = some_aging()
    cohorts = tuple(
        Cohort(month, size, tuple(int(size * (6 - k % 3) / 10) for k in range(12 - index)))
        for index, (month, size) in enumerate(
            zip(MONTHS[:-1], (14, 12, 16, 18, 12, 15, 20, 22, 21, 26, 16, 15), strict=True)
        )
    )
    order_values = tuple(
        OrderValuePoint(month, D(mean) * 1000, D(median) * 1000, 429 + 7 * index, D(prior) * 1000)
        for index, (month, mean, median, prior) in enumerate(
            zip(
                MONTHS,
                "47.9 42.9 51.3 41.0 46.8 41.7 41.1 47.9 46.8 42.1 45.1 47.9 46.5".split(),
                "33.1 31.1 34.7 29.0 32.3 31.7 29.6 33.4 32.4 29.5 30.4 33.5 31.5".split(),
                "43.5 44.2 45.2 44.1 39.7 44.5 42.0 45.3 45.8 42.5 46.9 45.9 47.9".split(),
                strict=True,
            )
        )
    )
    given: dict[str, object] = {
        "metrics": some_metrics(),
        "definitions": some_definitions(),
        "segments": tuple(
            SegmentRow("region", name, D(now) * 10000, D(before) * 10000)
            for name, now, before in (
                ("华东", "816.1", "716.9"),
                ("华南", "500.5", "389.9"),
                ("华北", "456.4", "422.8"),
                ("西南", "245.3", "204.8"),
                ("华中", "131.8", "209.5"),
            )
        ),
        "bridge": tuple(
            BridgeStep(key, D(amount) * 10000, kind)
            for key, amount, kind in (
                ("booked", "2477.8", "total"),
                ("returned", "-69.9", "lost"),
                ("not_yet_invoiced", "-1029.5", "timing"),
                ("over_invoiced", "785.8", "addition"),
                ("under_invoiced", "-14.1", "timing"),
                ("invoiced", "2150.1", "total"),
                ("open", "-2075.4", "timing"),
                ("earlier_collected", "2410.0", "addition"),
                ("collected", "2484.7", "total"),
            )
        ),
        "due_windows": tuple(
            DueRow(key, items, D(amount) * 10000)
            for key, items, amount in (
                ("within_7", 115, "418.0"),
                ("within_15", 137, "636.2"),
                ("within_30", 306, "1313.4"),
                ("within_60", 337, "1232.0"),
                ("over_60", 43, "161.0"),
            )
        ),
        "uninvoiced": tuple(
            DueRow(key, items, D(amount) * 10000)
            for key, items, amount in (
                ("within_7", 148, "603.2"),
                ("within_15", 67, "386.3"),
                ("within_30", 13, "39.9"),
                ("over_30", 0, "0"),
            )
        ),
        "funnel": (
            FunnelStage("leads", D(2448), D(2267)),
            FunnelStage("contacted", D(1789), D(1616), D(3)),
            FunnelStage("quoted", D(1410), D(1260), D(9)),
            FunnelStage("ordered", D(518), D(429), D(14)),
        ),
        "funnel_month": date(2026, 7, 1),
        "order_values": order_values,
        "cohorts": cohorts,
        "quiet_customers": tuple(
            QuietCustomer(f"Q{index}", name, D(amount) * 10000, days, D(usual))
            for index, (name, amount, days, usual) in enumerate(
                (
                    ("武汉金桥液压", "268.9", 139, "5"),
                    ("潍坊巨能重工", "150.4", 130, "9"),
                    ("珠海力源轴承", "147.9", 64, "12"),
                    ("绍兴恒达机电", "142.5", 93, "20"),
                    ("天津正昊五金", "140.9", 246, "4"),
                    ("潍坊金桥设备", "121.5", 69, "12"),
                    ("宁波信达重工", "110.8", 103, "10"),
                    ("A", "99", 103, "10"),
                    ("B", "88", 101, "11"),
                )
            )
        ),
        "aging_months": months,
        "closing": Receivables(date(2026, 10, 31), reps, reps, some_overdue()),
        "current": Receivables(date(2026, 10, 31), reps, reps, some_overdue()),
        "roll_forward": RollForward(
            date(2026, 9, 30),
            date(2026, 10, 31),
            D(54190000),
            (
                ("invoiced", D(21642000)),
                ("credited", D(-141000)),
                ("collected", D(-24850000)),
                ("written_off", D(0)),
            ),
            D(50841000),
        ),
        "tie_outs": (
            TieOut("aging_equals_open", D(0)),
            TieOut("reps_equal_aging", D(0)),
            TieOut("segments_equal_revenue", D(0)),
        ),
        "sources": (
            SourceRow(
                "orders",
                2,
                15206,
                15180,
                17,
                9,
                0,
                datetime(2026, 11, 2, 6, 10, tzinfo=UTC),
                date(2026, 10, 31),
            ),
            SourceRow(
                "invoices",
                1,
                17318,
                17309,
                9,
                0,
                0,
                datetime(2026, 11, 2, 6, 12, tzinfo=UTC),
                date(2026, 10, 31),
            ),
            SourceRow(
                "leads",
                1,
                3392,
                3381,
                11,
                0,
                0,
                datetime(2026, 10, 31, 18, 0, tzinfo=UTC),
                date(2026, 10, 20),
                is_late=True,
            ),
        ),
        "quarantine": (
            QuarantineReason(
                "duplicate_key", Text("发票号重复", "Duplicate invoice number"), "invoices", 11, D(98000)
            ),
            QuarantineReason(
                "missing_key", Text("客户编码缺失", "Customer code missing"), "orders", 9, D(41000), "warning"
            ),
            QuarantineReason(
                "after_as_of",
                Text("回款晚于截止日", "Payment after the as-of date"),
                "payments",
                17,
                D(33000),
                "warning",
            ),
        ),
        "restatements": (Restatement("revenue", date(2026, 9, 1), D(27045000), D(27078000), "late.csv"),),
        "missing_kinds": ("deliveries", "reviews"),
    }
    return ReviewData(**(given | changes))  # type: ignore[arg-type]  # keywords come from tests
