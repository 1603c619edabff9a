"""The house's SQL layout holds everywhere, and each of its rules can be broken."""

from __future__ import annotations

import pytest

from tests.architecture.sql_layout import PROJECT, folder_problems, layout_problems

GOOD = """\
-- One row is one order.
with
totals as (
    select order_id, sum(net_amount) as net_amount
    from staging.stg_orders
    group by order_id
)

select
    orders.order_id,
    coalesce(totals.net_amount, 0)::decimal(18, 4) as net_amount,
    orders.quantity // 2 as pairs,
    'Asia/上海 GROUP BY 1' as "Place",
    [1, 2] as bounds
from staging.stg_orders as orders
left join totals using (order_id)
where orders.order_date <= $as_of
order by order_id
"""


def test_sql_of_the_project_keeps_the_layout() -> None:
    assert folder_problems(PROJECT) == []


def test_layout_of_a_good_sample_passes() -> None:
    assert layout_problems(GOOD) == []


@pytest.mark.parametrize(
    ("good", "bad", "expected"),
    [
        ("left join", "LEFT join", "16: write left, not LEFT"),
        ("orders.order_id,", "orders.Order_id,", "10: write order_id, not Order_id"),
        ("left join", "join", "16: say which join: inner, left, semi …"),
        ("left join", "left outer join", "16: left join says it all"),
        ("order by order_id", "order by 1", "18: order by names, not numbers"),
        ("group by order_id", "group by 1", "6: group by names, not numbers"),
        ("    group by", "   group by", "6: indent by 4"),
        ("    group by", "\tgroup by", "6: no tabs, no blanks at the end"),
        ("select\n", "select \n", "9: no tabs, no blanks at the end"),
        (
            "0)::decimal(18, 4) as net_amount,\n",
            "0) as net_amount\n    , 1 as one,\n",
            "12: a comma ends the item before it",
        ),
        ("as bounds", "as b", "14: the alias b is not a word"),
        (
            "    orders.order_id,\n    coalesce",
            "    orders.order_id, coalesce",
            "10: one select item a line",
        ),
        ("as orders\n", f"as orders -- {'x' * 120}\n", "15: 157 characters, at most 130"),
        ("order by order_id\n", "order by order_id", "18: end the file with a line end"),
    ],
)
def test_layout_of_a_bad_sample_is_told(good: str, bad: str, expected: str) -> None:
    assert GOOD.count(good) == 1
    assert layout_problems(GOOD.replace(good, bad)) == [expected]
