"""Weeks of daily drops, new, late, corrected, duplicate and broken, end with the figures of one run over everything."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from pipelines import job, warehouse
from pipelines.job import drop
from pipelines.metrics import aging
from pipelines.settings import Settings
from pipelines.warehouse import Home
from tests.operations.home import TABLES, Quiet

# Six days meet every kind of day; the whole month on request: DROP_DAYS=30 make test.
DAYS = int(os.environ.get("DROP_DAYS", "6"))
_ORDERS = (
    "order_id,order_date,customer_id,line_no,product_id,quantity,unit_price,tax_rate,status,sales_rep,region"
)
_PAYMENTS = "payment_id,payment_date,customer_id,amount,invoice_id,method"
_BROKEN = b"PK\x03\x04 an upload that broke off"


@dataclass
class Office:
    """Who drops the files: what is in the folder, what comes a day late, and what every order comes to in the end."""

    folder: Path
    late: list[tuple[str, str]] = field(default_factory=list)
    revenue: dict[str, Decimal] = field(default_factory=dict)
    broken: int = 0

    def drop(self, day: int) -> None:
        """Put the files of one March day into the folder."""
        for name, text in self.late:
            self._write(name, text)
        self.late.clear()
        orders = self._orders(day, price=10 + day)
        if day % 6 == 2:
            self.late.append((f"orders_{day:02}.csv", orders))
        else:
            self._write(f"orders_{day:02}.csv", orders)
        self._write(f"payments_{day:02}.csv", f"{_PAYMENTS}\nQ{day},2026-03-{day:02},C2,{day}.50,,transfer\n")
        if day % 6 == 4:  # yesterday's file once more, under another name
            shutil.copy(
                self.folder / f"orders_{day - 1:02}.csv", self.folder / f"copy of orders_{day - 1:02}.csv"
            )
        if day % 6 == 5:  # the orders of the day before yesterday with another price
            self._write(f"orders_{day:02}_corrected.csv", self._orders(day - 2, price=99))
        if day % 6 == 0:
            (self.folder / f"orders_{day:02}.xlsx").write_bytes(_BROKEN + bytes([day]))
            self.broken += 1
        (self.folder / f"invoices_{day:02}.csv.part").write_text("half", encoding="utf-8")

    def _orders(self, day: int, price: int) -> str:
        lines = [_ORDERS]
        for number, quantity in ((1, 2), (2, day)):
            order = f"M{day}-{number}"
            lines.append(
                f"{order},2026-03-{day:02},C{number},1,P-1,{quantity},{price}.05,0.13,completed,Li,East"
            )
            self.revenue[order] = Decimal(f"{price}.05") * quantity
        return "\n".join(lines) + "\n"

    def _write(self, name: str, text: str) -> None:
        (self.folder / name).write_text(text, encoding="utf-8")


def _main_job(home: Path, exports: list[Path], day: int, part: int, until: str = "") -> job.Outcome:
    request = job.Request(
        settings=Settings(home=home, as_of=date(2026, 3, day)),
        exports=tuple(exports),
        run_id=f"202603{day:02}T0530{part:02}-aaaaaa",
        started_at=datetime(2026, 3, day, 21, 30, part, tzinfo=UTC),
        today=date(2026, 3, day),
        until=until,
    )
    return job.run_direct(request, Quiet())


def _days(home: Home, office: Office) -> Iterator[int]:
    """Take in each day's drop as the watcher does, and give the number of files set aside."""
    for day in range(1, DAYS + 1):
        office.drop(day)
        seen = drop.look(office.folder)
        reader = drop.reader(home)
        new = drop.unknown(home, drop.complete(seen, drop.look(office.folder)), reader)
        parts = iter(range(60))

        def run(exports: Any, until: str, day: int = day, parts: Iterator[int] = parts) -> job.Outcome:
            return _main_job(home.root, list(exports), day, next(parts), until)

        outcome, refused = drop.take_in(home, new, run, reader, datetime(2026, 3, day, 21, 30, tzinfo=UTC))
        assert outcome is not None
        assert outcome.status == "published"
        assert not drop.unknown(home, list(seen.files), reader)
        yield len(refused)


def _figures(home: Path) -> dict[str, list[tuple[Any, ...]]]:
    with warehouse.read(home) as connection:
        values = connection.execute("select * from metrics.metric_values order by all").fetchall()
        orders = connection.execute(
            "select order_id, base_net_amount from marts.fct_orders order by order_id"
        ).fetchall()
        aged = aging.rows(connection, date(2026, 3, DAYS), "due", (30,), "customer")
    return {"values": values, "orders": orders, "owed": [tuple(vars(row).values()) for row in aged]}


@pytest.mark.slow
def test_daily_drops_end_with_the_figures_of_one_run_over_everything(tmp_path: Path) -> None:
    folder = tmp_path / "drop"
    folder.mkdir()
    for table in TABLES:
        shutil.copy(table, folder)
    office, home = Office(folder), Home(tmp_path / "daily")
    home.prepare()
    assert sum(_days(home, office)) == office.broken
    good = [path for path in folder.iterdir() if path.suffix == ".csv"]
    assert _main_job(tmp_path / "at_once", good, DAYS, 1).status == "published"
    daily, at_once = _figures(home.root), _figures(tmp_path / "at_once")
    assert daily == at_once
    # what is late on the last day has not come; everything else has, corrected where it was
    late = {line.split(",")[0] for _, text in office.late for line in text.splitlines()[1:]}
    expected = {order: amount for order, amount in office.revenue.items() if order not in late}
    assert {order: amount for order, amount in daily["orders"] if order.startswith("M")} == expected
