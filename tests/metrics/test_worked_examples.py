"""Examples known from the field's tools, worked by hand: whoever knows those finds the same answers here."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest

from pipelines import metrics
from tests import support
from tests.metrics import sales

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection


def _built(
    connection: DuckDBPyConnection, orders: list[dict[str, Any]], leads: list[dict[str, Any]], as_of: date
) -> None:
    support.empty_raw(connection)
    support.insert(connection, "raw.orders", orders)
    support.insert(connection, "raw.leads", leads)
    sales.finish(connection, as_of=as_of)


def test_three_visits_and_two_buys_are_two_conversions_of_the_nearest_earlier_leads(
    connection: DuckDBPyConnection,
) -> None:
    """MetricFlow's example: visits on the 1st, 5th and 9th, buys on the 6th and 10th, a window of a week.

    The buy of the 6th belongs to the visit of the 5th and that of the 10th to the 9th: joined without credit, the 6th
    would count for two visits and the 10th for two. The visit of the 1st leads to nothing. Of the two credited leads
    the first alone brought a new customer: the second is of a customer who buys already, and no conversion.
    """
    leads = [
        {"lead_id": f"V{day}", "created_date": date(2026, 1, day), "customer_id": "A"} for day in (1, 5, 9)
    ]
    orders = [sales.order(day, date(2026, 1, day), "A", "10") for day in (6, 10)]
    support.empty_raw(connection)
    support.insert(connection, "raw.orders", orders)
    support.insert(connection, "raw.leads", leads)
    sales.finish(connection, as_of=date(2026, 3, 31), conversion_window_days=7)
    credited = connection.execute(
        "select lead_id, converted_order_id, credited_order_count from marts.fct_leads where is_credited order by all"
    ).fetchall()
    assert credited == [("V5", "O6", 1), ("V9", "O10", 1)]
    rows = metrics.query(
        connection, ["lead_order_rate", "conversion", "existing_customer_leads"], grain="all"
    )
    found: list[Any] = [(row.numerator, row.denominator) for row in rows]
    assert found == [(2, 3), (1, 3), (1, None)]


def test_pooled_retention_leaves_out_the_cohorts_that_have_not_come_so_far(
    connection: DuckDBPyConnection,
) -> None:
    """Amplitude's example: of two cohorts of ten and one of two, those that have reached a month make its rate.

    Month 1: 5 of 10 and 0 of 2 come back, 5 / 12; not the average of 50 % and 0 %. Month 2: the first cohort
    alone, 4 of 10: the second's month 2, April, has begun and is not over. The eldest customer is older than the data.
    """
    orders = [sales.order(1, date(2025, 12, 1), "elder", "10")]

    def buys(customers: range, cohort: str, day: date) -> None:
        orders.extend(sales.order(len(orders) + 1, day, f"{cohort}{number}", "10") for number in customers)

    buys(range(10), "january", date(2026, 1, 10))
    buys(range(5), "january", date(2026, 2, 10))
    buys(range(4), "january", date(2026, 3, 10))
    buys(range(2), "february", date(2026, 2, 20))
    _built(connection, orders, [], date(2026, 4, 15))
    curve = connection.execute(
        "select month_no, cohort_count, cohort_size, retained_count, retention_rate from marts.fct_retention_curve "
        "order by month_no"
    ).fetchall()
    assert curve == [
        (0, 2, 12, 12, Decimal(1)),
        (1, 2, 12, 5, Decimal("0.416667")),
        (2, 1, 10, 4, Decimal("0.4")),
    ]


def test_repeat_rates_by_day_and_by_order_tell_two_orders_of_one_day_apart(
    connection: DuckDBPyConnection,
) -> None:
    """CDNOW's question: orders of one day are one purchase. A twice on one day, B on two days, C and D once each."""
    first, later = date(2026, 1, 5), date(2026, 1, 20)
    orders = [
        sales.order(1, first, "A", "10"),
        sales.order(2, first, "A", "10"),
        sales.order(3, first, "B", "10"),
        sales.order(4, later, "B", "10"),
        sales.order(5, first, "C", "10"),
        sales.order(6, later, "D", "10"),
    ]
    _built(connection, orders, [], date(2026, 1, 31))
    rows = metrics.query(
        connection, ["repeat_rate", "repeat_rate_by_day", "days_between_orders"], grain="all"
    )
    found: list[Any] = [(row.numerator, row.denominator, row.value) for row in rows]
    assert found == [
        (2, 4, Decimal("0.5")),
        (1, 4, Decimal("0.25")),
        (15, 1, Decimal(15)),
    ]


def test_customer_flows_as_metrics_balance_every_month(connection: DuckDBPyConnection) -> None:
    """A buys in January and comes back in August, after more than 90 days; B buys once in February."""
    orders = [
        sales.order(1, date(2026, 1, 5), "A", "10"),
        sales.order(2, date(2026, 2, 5), "B", "10"),
        sales.order(3, date(2026, 8, 5), "A", "10"),
    ]
    support.empty_raw(connection)
    support.insert(connection, "raw.orders", orders)
    sales.finish(connection, as_of=date(2026, 8, 31), lapsed_days=90)
    names = ["new_customers", "reactivated_customers", "lapsed_customers", "customers_at_end"]
    found: dict[str, list[Decimal | None]] = {name: [] for name in names}
    for row in metrics.query(connection, names):
        found[row.metric].append(row.value)
    assert found["new_customers"] == [1, 1, 0, 0, 0, 0, 0, 0]
    assert found["reactivated_customers"] == [0, 0, 0, 0, 0, 0, 0, 1]
    assert found["lapsed_customers"] == [0, 0, 0, 1, 1, 0, 0, 0]
    assert found["customers_at_end"] == [1, 2, 2, 1, 0, 0, 0, 1]


@pytest.mark.parametrize(
    ("orders", "revenue", "order_value", "reason"),
    [
        ([sales.order(1, date(2026, 1, 5), "A", "10", status="cancelled")], 0, None, "no_denominator"),
        ([sales.order(1, date(2026, 1, 5), "A", "0")], 0, None, "no_denominator"),
        ([sales.order(1, date(2026, 1, 5), "A", "-10")], -10, None, "no_denominator"),
        ([sales.order(1, date(2026, 1, 5), "A", "10")], 10, Decimal(10), ""),
    ],
    ids=["all cancelled", "no value", "negative", "one customer"],
)
def test_thin_data_gives_what_is_known_and_says_why_the_rest_is_not(
    connection: DuckDBPyConnection,
    orders: list[dict[str, Any]],
    revenue: int,
    order_value: Decimal | None,
    reason: str,
) -> None:
    _built(connection, orders, [], date(2026, 1, 31))
    rows = {row.metric: row for row in metrics.query(connection, ["revenue", "order_value"])}
    assert rows["revenue"].value == revenue
    assert (rows["order_value"].value, rows["order_value"].reason) == (order_value, reason)
    (compared,) = metrics.compare(connection, "revenue")
    assert (compared.to_previous.growth, compared.to_previous.reason) == (None, "no_base")


def test_published_slices_stop_two_years_after_their_last_facts(connection: DuckDBPyConnection) -> None:
    """One order dated thirty years ago adds its month and two years of zeros, not thirty years of them.

    The total also knows February 1996, for which January's customer is one who might have come back.
    """
    orders = [
        sales.order(1, date(1996, 1, 5), "A", "10", "West"),
        sales.order(2, date(2026, 1, 5), "A", "10", "East"),
    ]
    _built(connection, orders, [], date(2026, 2, 28))
    months = connection.execute(
        "select coalesce(region, 'total'), min(period_start), max(period_start), count(*) from metrics.revenue "
        "where segment_count = 0 or region is not null group by all order by 1"
    ).fetchall()
    assert months == [
        ("East", date(2026, 1, 1), date(2026, 2, 1), 2),
        ("West", date(1996, 1, 1), date(1998, 1, 1), 25),
        ("total", date(1996, 1, 1), date(2026, 2, 1), 28),
    ]


def _load_paid_invoices(connection: DuckDBPyConnection) -> None:
    support.empty_raw(connection)
    one = {"customer_id": "A", "gross_amount": 100, "invoice_date": date(2026, 1, 1)}
    dollars = {"currency": "USD", "gross_amount": 10}
    support.insert(
        connection,
        "raw.invoices",
        [
            {**one, "invoice_id": "1", "due_date": date(2026, 1, 31)},
            {**one, "invoice_id": "2", "invoice_date": date(2026, 1, 10), "due_date": date(2026, 2, 28)},
            {**one, **dollars, "invoice_id": "3", "due_date": date(2026, 1, 29)},
        ],
    )
    support.insert(
        connection, "raw.fx_rates", [{"currency": "USD", "rate_date": date(2026, 1, 1), "rate": 7}]
    )
    paid = [
        ("P1", date(2026, 3, 15), 50, "2", "CNY", "payment"),
        ("P2", date(2026, 3, 1), 10, "3", "USD", "payment"),
        ("P3", date(2026, 4, 2), 100, "1", "CNY", "payment"),
        ("P4", date(2026, 4, 2), -100, "1", "CNY", "payment"),
    ]
    columns = ("payment_id", "payment_date", "amount", "invoice_id", "currency", "kind")
    support.insert(
        connection,
        "raw.payments",
        [{"customer_id": "A", **dict(zip(columns, row, strict=True))} for row in paid],
    )


def test_days_to_pay_and_late_weigh_each_day_by_the_money_applied_on_it(
    connection: DuckDBPyConnection,
) -> None:
    """Two invoices of 100 CNY, of 1 and 10 January, due 31 January and 28 February, and one of 10 USD at 7.

    In March 50 of the second comes 64 days from its date, 15 days late; 10 USD come 59 days from 1 January, 31 late: 70
    in base currency. In April 100 of the first comes and goes back the same day, and nothing is left to weigh.
    """
    _load_paid_invoices(connection)
    sales.finish(connection, as_of=date(2026, 4, 30))
    names = ["days_to_pay", "days_late"]
    march, april = date(2026, 3, 1), date(2026, 4, 1)
    rows = metrics.query(connection, names, start=march, end=date(2026, 4, 30))
    found: dict[Any, Any] = {
        (row.metric, row.period_start): (row.numerator, row.denominator, row.value) for row in rows
    }
    # 50 x 64 + 70 x 59 = 7,330; 50 x 15 + 70 x 31 = 2,920; both over 120.
    assert found["days_to_pay", march] == (7330, 120, Decimal("61.083333"))
    assert found["days_late", march] == (2920, 120, Decimal("24.333333"))
    assert found["days_to_pay", april] == (0, 0, None)
    by_currency = metrics.query(connection, names[:1], by=["currency"], grain="all")
    days: dict[Any, Any] = {row.segments["currency"]: row.value for row in by_currency}
    assert days == {"CNY": 64, "USD": 59}
