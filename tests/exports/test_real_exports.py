"""Public data as others saved it: the independent figures are reached through the shipped mappings."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

from pipelines import exports
from pipelines.settings import Settings
from tests.exports.desk import Desk


def test_olist_payments_reach_the_independent_total(desk: Desk, shared: Path) -> None:
    desk.land(shared / "data" / "olist_sample_10k")
    exports.read(desk.home, Settings(home=desk.home))

    totals = desk.rows(
        "select sum(amount), count(distinct reference), count(customer_id), count(*) from raw.payments"
    )

    ((paid, orders, with_customer, rows),) = totals
    assert paid == Decimal("1620649.6300")
    assert round(paid / orders, 6) == Decimal("162.064963")
    assert with_customer == rows == 10_415
    # 43 customers have several customer_ids: orders name the customer, not its aliases
    assert desk.rows("select count(distinct customer_id) from raw.order_headers") == [(9957,)]


def test_online_retail_reaches_the_independent_total(desk: Desk, shared: Path) -> None:
    desk.land(shared / "data" / "online_retail_I_2010_2011" / "online_retail_I.parquet")
    readings = exports.read(desk.home, Settings(home=desk.home))

    ordered, returned = (reading.amount_read or Decimal(0) for reading in readings)
    assert ordered - returned == Decimal("9747747.934")
    # exact duplicates are real lines, and rows without a customer keep their revenue
    assert [reading.rows_clean for reading in readings] == [541_909 - 9_288, 9_288]
