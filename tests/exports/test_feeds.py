"""What a mapping makes of a file: nothing, one kind, or one kind twice."""

from __future__ import annotations

from pipelines.exports.declarations import Words
from tests.exports.desk import Desk

ACCOUNTS = """
    select
        file_name,
        rows_read,
        rows_loaded,
        rows_quarantined,
        rows_superseded,
        rows_skipped
    from ops.files
    order by file_no
"""


def test_load_of_a_known_file_that_holds_nothing_of_ours_skips_all_its_rows(desk: Desk) -> None:
    desk.mapping(
        "colours.yaml",
        "source: colours\nlabel: {zh: 颜色, en: colours}\nleaves_out: {zh: 参照表, en: A reference table}\n"
        "match: {headers: [dish, colour]}\nfeeds: []\n",
    )
    (reading,) = desk.give(("colours.csv", "dish,colour\nsoup,red\ntea,green\n"))

    assert (reading.source, reading.kind, reading.rows_read, reading.rows_skipped) == ("colours", "", 2, 2)
    assert reading.notes == (Words("已知，不取：参照表", "known, and left out: A reference table"),)
    assert desk.rows(ACCOUNTS) == [("colours.csv", 2, 0, 0, 0, 2)]


def test_load_of_one_file_that_feeds_a_kind_twice_keeps_both(desk: Desk) -> None:
    desk.mapping(
        "tips.yaml",
        """
source: tips
label: {zh: 小费, en: tips}
match: {headers: [Nr, Day, Client, Paid, Tip]}
feeds:
  - kind: payments
    fill_down: {by: [Nr], columns: [Nr, Client, Table]}
    columns: {payment_id: Nr, payment_date: Day, customer_id: Client, amount: Paid}
  - kind: payments
    where: "number(\\"Tip\\") > 0"
    columns:
      payment_id: {expression: "\\"Nr\\" || '-tip'"}
      payment_date: Day
      customer_id: Client
      amount: Tip
""",
    )
    text = "Nr,Day,Client,Paid,Tip\nP1,2026-03-01,C1,10,1\nP2,2026-03-02,C2,20,0\n"
    desk.give(("tips.csv", text))
    desk.give(("tips again.csv", text.replace("10,1", "10,2")))

    assert desk.rows("select payment_id, amount from raw.payments order by all") == [
        ("P1", 10),
        ("P1-tip", 2),
        ("P2", 20),
    ]
    assert desk.rows(ACCOUNTS) == [
        ("tips.csv", 2, 0, 0, 2, 0),
        ("tips.csv", 2, 0, 0, 1, 1),
        ("tips again.csv", 2, 2, 0, 0, 0),
        ("tips again.csv", 2, 1, 0, 0, 1),
    ]


def test_load_of_an_amount_too_large_once_scaled_quarantines_its_row(desk: Desk) -> None:
    desk.mapping(
        "wan.yaml",
        """
source: wan
label: {zh: 万元, en: in ten thousands}
match: {headers: [SO, Day, Client, Qty, Price, Less]}
feeds:
  - kind: orders
    columns:
      order_id: SO
      order_date: Day
      customer_id: Client
      quantity: Qty
      unit_price: Price
      discount_amount: {from: Less, scale: 10000}
""",
    )
    # 99,999,999,999 in ten thousands has one digit more than 18 digits with 4 decimals can hold.
    desk.give(
        (
            "wan.csv",
            "SO,Day,Client,Qty,Price,Less\nA1,2026-03-01,C1,1,5,99999999999\nA2,2026-03-01,C1,1,5,2\n",
        )
    )

    assert desk.rows("select order_id, discount_amount from raw.orders") == [("A2", 20_000)]
    assert desk.rows("select column_name, found, reason_code from ops.quarantine") == [
        ("discount_amount", "99999999999", "not_a_number")
    ]
