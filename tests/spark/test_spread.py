"""A model that Spark only spreads holds, made part by part, what it holds made at once: no row looks at another key."""

from __future__ import annotations

from datetime import timedelta

from pipelines import resources, warehouse
from pipelines.spark import spread
from tests.metrics.receivables import accounts
from tests.metrics.receivables.ledger import Invoice, Payment
from tests.metrics.receivables.test_rounds import MUTUAL

DAY = [accounts.FIRST + timedelta(days=number) for number in range(6)]
# Cash that fills what is oldest, one payment of an invoice's amount, and money that goes back.
REFUNDED = (
    [
        Invoice("I0", DAY[0], DAY[0], 100),
        Invoice("I1", DAY[1], DAY[1], 70),
        Invoice("I2", DAY[1], DAY[1], 70),
    ],
    [
        Payment("P0", 1, DAY[2], 130, "I0"),
        Payment("P1", 1, DAY[2], 70),
        Payment("P2", 1, DAY[3], -20, None, "refund"),
        Payment("P3", 1, DAY[4], 50),
    ],
)


def test_rounds_of_accounts_made_in_parts_are_those_made_at_once() -> None:
    (relation, key), *more = spread.KEYS.items()
    assert not more
    sql = (resources.path("sql") / "marts" / "application_rounds.sql").read_text(encoding="utf-8")
    read = ("marts.application_events", "marts.application_first_guesses")
    with warehouse.connect() as connection:
        accounts.build(connection, {"A": MUTUAL, "B": REFUNDED, "C": MUTUAL, "D": REFUNDED})
        whole = connection.execute(f"from {relation} order by all").fetchall()
        parts = [
            {
                name: connection.execute(f"from {name} where {key} % 3 = {part}").to_arrow_table()
                for name in read
            }
            for part in range(3)
        ]
    made = [spread.made(sql, part) for part in parts]
    assert all(table.num_rows for table in made)
    rows = [tuple(row.values()) for table in made for row in table.to_pylist()]
    assert sorted(map(repr, rows)) == sorted(map(repr, whole))
    assert any("back_no" in repr(row) for row in rows)
