"""Why revenue changed: one row a driver, whose effects add up to the change."""

from __future__ import annotations

from decimal import Decimal

from pipelines.reporting import numbers, palette, words
from pipelines.reporting.drivers import Driver
from pipelines.reporting.facts import RunFacts
from pipelines.reporting.numbers import TableUnit
from pipelines.reporting.table import Bar, Cell, Column, Table, percent_of, words_cell


def drivers_table(
    found: tuple[Driver, ...], unit: TableUnit, run: RunFacts, before: Decimal | None, after: Decimal | None
) -> Table:
    """Return the drivers with their value before and after and their effect, and the change they add up to."""
    most = max((abs(driver.effect) for driver in found), default=Decimal(0))
    rows = []
    for driver in found:
        verdict = palette.verdict((driver.effect > 0) - (driver.effect < 0), "up", is_red_up=run.cn_red_up)
        places = {"buying_customers": 0, "orders_per_customer": 2}.get(driver.name)
        pair = [
            numbers.money(value, run.base_currency)
            if places is None
            else words.same(numbers.grouped(value, places))
            for value in (driver.before, driver.after)
        ]
        rows.append(
            (
                words_cell(words.text(f"driver.{driver.name}")),
                Cell(words.text("table.from_to", old=pair[0], new=pair[1]), "q"),
                Cell(
                    unit.of(driver.effect, signed=True),
                    f"bar {verdict}",
                    bar=Bar(percent_of(driver.effect, most), verdict),
                ),
            )
        )
    total = sum((driver.effect for driver in found), Decimal(0))
    both = words.text("table.from_to", old=unit.of(before), new=unit.of(after))
    foot = (words_cell(words.text("table.total")), Cell(both), Cell(unit.of(total, signed=True)))
    columns = (
        Column(words.text("table.driver"), "l"),
        Column(words.text("table.py_to_ac")),
        Column(words.text("table.effect")),
    )
    return Table(words.text("card.why.drivers"), columns, tuple(rows), (foot,), css="tight drv")
