"""What a build would change is told before it does; a changed definition shows old and new figures once."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from pipelines import job, warehouse
from pipelines.job.plan import Planned, plan
from pipelines.settings import Settings
from pipelines.warehouse import Home, publication

JANUARY = date(2026, 1, 1)


class _Silent:
    def started(self, step: job.Step) -> None:
        """Say nothing."""

    def finished(self, fact: object) -> None:
        """Say nothing."""


def _request(home: Path, number: int, *exports: Path, until: str = "") -> job.Request:
    return job.Request(
        settings=Settings(home=home, as_of=date(2026, 2, 28)),
        exports=exports,
        run_id=f"20260301T00000{number}-aaaaaa",
        started_at=datetime(2026, 3, 1, 0, 0, number, tzinfo=UTC),
        today=date(2026, 3, 1),
        full=True,
        until=until,
    )


def _asked(home: Path, sql: str) -> list[Any]:
    with warehouse.read(home) as connection:
        return connection.execute(sql).fetchall()


def _published_otherwise(home: Path) -> None:
    """Make the publication one that another definition of orders made, with a model less and a row less."""
    snapshot = publication.published(Home(home))
    assert snapshot is not None
    with warehouse.connect(snapshot) as connection:
        for sql in (
            "update metrics.definitions set fingerprint = 'former', version = 0 where metric = 'orders'",
            (
                "update metrics.metric_values set value = 9 "
                f"where metric = 'orders' and segment_count = 0 and period_start = date '{JANUARY}'"
            ),
            "drop table marts.customer_preferences",
            "delete from marts.fct_returns",
        ):
            connection.execute(sql)


def test_plan_tells_models_and_metrics_that_would_change_and_the_build_tells_it_once(home: Path) -> None:
    before = publication.published(Home(home))
    ((orders,),) = _asked(
        home,
        "select count(*) from marts.fct_orders where is_valid and has_value and order_date < date '2026-02-01'",
    )
    ((preferences,),) = _asked(home, "select count(*) from marts.customer_preferences")
    ((returned,),) = _asked(home, "select count(*) from marts.fct_returns")
    _published_otherwise(home)
    found = {(each.subject, each.name): each for each in plan(_request(home, 3), _Silent())}
    assert publication.published(Home(home)) == before
    assert found["metric", "orders"] == Planned(
        "metric", "orders", "definition", 1, JANUARY, Decimal(9), Decimal(orders)
    )
    assert found["model", "marts.customer_preferences"] == Planned(
        "model", "marts.customer_preferences", "new", 0, None, None, preferences
    )
    assert found["model", "marts.fct_returns"] == Planned(
        "model", "marts.fct_returns", "rows", returned, None, 0, returned
    )
    assert len(found) == 3
    job.run_direct(_request(home, 4), _Silent())
    told = _asked(
        home, "select run_id, metric, period_start, old_value, new_value, cause from ops.restatements"
    )
    assert told == [
        (_request(home, 4).run_id, "orders", JANUARY, 9, orders, "definition changed (version 0 to 1)")
    ]


def test_orders_exported_again_otherwise_are_amended(tmp_path: Path) -> None:
    """S1 by files that hold it whole; H1's lines come again, 8 for 10 and no P2, then its header; H2 came once."""
    home = tmp_path / "home"
    whole = "订单号,订单日期,客户编号,产品编号,数量,单价,订单状态,承诺交期\n"
    headers, lines = "订单号,订单日期,客户编号,订单状态,承诺交期\n", "订单号,产品编号,数量,单价\n"
    drops = [
        {
            "orders_1.csv": f"{whole}S1,2026-01-05,C1,P1,10,20,已确认,2026-01-20\nS2,2026-01-06,C1,P1,1,20,草稿,\n",
            "headers_1.csv": f"{headers}H1,2026-01-05,C1,已确认,2026-01-20\nH2,2026-01-06,C1,已确认,\n",
            "lines_1.csv": f"{lines}H1,P1,10,20\nH1,P2,1,5\nH2,P1,1,20\n",
        },
        {"lines_2.csv": f"{lines}H1,P1,8,20\n"},
        {
            "orders_2.csv": f"{whole}S1,2026-01-05,C1,P1,8,20,已发货,2026-01-25\nS2,2026-01-06,C1,P1,3,20,已确认,\n",
            "headers_2.csv": f"{headers}H1,2026-01-05,C1,已发货,2026-01-25\n",
        },
    ]
    for number, files in enumerate(drops, start=1):
        folder = tmp_path / str(number)
        folder.mkdir()
        for file_name, text in files.items():
            (folder / file_name).write_text(text, encoding="utf-8")
        job.run_direct(
            _request(home, number, folder, until="" if number == len(drops) else "read"), _Silent()
        )
    found = _asked(
        home,
        "select order_id, amendment_no, changed, old_value, new_value, file_name, source_row "
        "from marts.fct_order_amendments inner join ops.files using (file_no) order by order_id, amendment_no, changed",
    )
    assert found == [
        ("H1", 1, "line_removed", "P2", None, "lines_2.csv", 2),
        ("H1", 1, "quantity", "10.0000", "8.0000", "lines_2.csv", 2),
        ("H1", 2, "promised_date", "2026-01-20", "2026-01-25", "headers_2.csv", 2),
        ("S1", 1, "promised_date", "2026-01-20", "2026-01-25", "orders_2.csv", 2),
        ("S1", 1, "quantity", "10.0000", "8.0000", "orders_2.csv", 2),
    ]
    rates = _asked(
        home, "select numerator, denominator from metrics.amendment_rate where segment_count = 0 limit 1"
    )
    assert rates == [(2, 4)]
