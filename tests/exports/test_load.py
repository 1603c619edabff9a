"""From files to current rows: documents replaced whole, snapshots, both clocks, exact accounts."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

from pipelines import resources
from tests.exports.desk import FIRST_LOAD, Desk

HEADER = "order_id,order_date,customer_id,quantity,unit_price,line_no\n"
MARCH = HEADER + "A1,2026-03-01,C1,2,10.50,1\nA1,2026-03-01,C1,1,5.00,2\nA2,2026-03-02,C2,3,7.00,1\n"
LINES = "select order_id, line_no, quantity * unit_price from raw.orders order by all"
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


def test_load_of_a_canonical_export_types_every_column(desk: Desk) -> None:
    desk.give(("orders.csv", MARCH))

    rows = desk.rows(
        "select file_no, source_row, order_id, order_date, quantity, unit_price from raw.orders order by 2"
    )

    assert rows[0] == (1, 2, "A1", date(2026, 3, 1), Decimal("2.0000"), Decimal("10.500000"))
    assert [row[1] for row in rows] == [2, 3, 4]


def test_load_of_the_same_bytes_twice_changes_nothing(desk: Desk) -> None:
    desk.give(("orders.csv", MARCH))
    first = desk.rows(LINES)
    desk.give(("orders again.csv", MARCH))

    assert desk.rows(LINES) == first
    assert len(desk.rows(ACCOUNTS)) == 1


def test_load_of_a_later_file_replaces_its_documents_whole(desk: Desk) -> None:
    desk.give(("march.csv", MARCH))
    desk.give(("mended.csv", HEADER + "A1,2026-03-01,C1,4,10.50,1\n"))

    # A1's second line was deleted at the source: it goes, A2 stays
    assert desk.rows(LINES) == [("A1", 1, Decimal("42.0000000000")), ("A2", 1, Decimal("21.0000000000"))]
    assert desk.rows(ACCOUNTS) == [("march.csv", 3, 1, 0, 2, 0), ("mended.csv", 1, 1, 0, 0, 0)]


def test_load_as_known_earlier_gives_what_was_known_then(desk: Desk) -> None:
    desk.give(("march.csv", MARCH))
    then = desk.rows(LINES)
    desk.give(("mended.csv", HEADER + "A1,2026-03-01,C1,4,10.50,1\n"))

    assert desk.rows(LINES, known_at=FIRST_LOAD + timedelta(hours=1)) == then
    accounts = desk.rows("select file_name, is_current, rows_skipped from ops.files", FIRST_LOAD)
    assert accounts == [("march.csv", True, 0), ("mended.csv", False, 1)]


def test_load_order_of_arguments_makes_no_difference(desk: Desk) -> None:
    day2 = desk.write("day2.csv", HEADER + "A1,2026-03-02,C1,1,1.00,1\n")
    day10 = desk.write("day10.csv", HEADER + "A1,2026-03-10,C1,1,10.00,1\n")

    landed = desk.land(day10, day2)

    assert [file.name for file in landed] == ["day2.csv", "day10.csv"]


def test_load_of_overlapping_files_of_one_load_takes_the_later_name(desk: Desk) -> None:
    overlapping = (
        ("day10.csv", HEADER + "A1,2026-03-10,C1,1,10.00,1\n"),
        (
            "day2.csv",
            HEADER + "A1,2026-03-02,C1,1,1.00,1\n",
        ),
    )
    desk.give(*overlapping)

    assert desk.rows(LINES) == [("A1", 1, Decimal("10.0000000000"))]


def test_load_of_headers_and_lines_replaces_an_orders_file(desk: Desk) -> None:
    desk.give(("orders.csv", MARCH))
    desk.give(
        ("headers.csv", "order_id,order_date,customer_id,status\nA1,2026-03-01,C1,shipped\n"),
        ("lines.csv", "order_id,line_no,product_id,quantity,unit_price\nA1,1,P1,1,99\n"),
    )

    assert desk.rows("select order_id from raw.orders") == [("A2",)]
    assert desk.rows("select order_id, status from raw.order_headers") == [("A1", "shipped")]
    assert desk.rows("select order_id, unit_price from raw.order_lines") == [("A1", Decimal("99.000000"))]


SNAPSHOT = """
source: open_orders
label: {zh: 未结订单, en: open orders}
match: {headers: [SO, Day, Client, Value]}
feeds:
  - kind: orders
    mode: snapshot
    columns: {order_id: SO, order_date: Day, customer_id: Client, amount: Value}
"""


def test_load_of_a_snapshot_withdraws_documents_it_lacks(desk: Desk) -> None:
    desk.mapping("open_orders.yaml", SNAPSHOT)
    desk.give(("monday.csv", "SO,Day,Client,Value\nS1,2026-03-01,C1,5\nS2,2026-03-01,C1,6\n"))
    desk.give(("tuesday.csv", "SO,Day,Client,Value\nS2,2026-03-01,C1,7\n"))

    assert desk.rows("select order_id, amount from raw.orders") == [("S2", Decimal("7.0000"))]
    assert desk.rows(ACCOUNTS) == [("monday.csv", 2, 0, 0, 2, 0), ("tuesday.csv", 1, 1, 0, 0, 0)]


def test_load_without_a_kind_gives_an_empty_relation(desk: Desk) -> None:
    desk.give(("orders.csv", MARCH))

    assert desk.rows("select count(*) from raw.payments") == [(0,)]


def test_load_of_faulty_rows_puts_them_into_quarantine_with_what_was_found(desk: Desk) -> None:
    desk.give(
        (
            "orders.csv",
            HEADER + "A1,2026-02-30,C1,2,10.50,1\nA2,2026-03-02,C2,x,7.00,1\n,2026-03-02,C2,1,7.00,1\n",
        )
    )

    rows = desk.rows(
        "select source_row, column_name, found, reason_code, document_key, status from ops.quarantine order by all"
    )

    assert rows == [
        (2, "order_date", "2026-02-30", "not_a_date", "A1", "open"),
        (3, "quantity", "x", "not_a_number", "A2", "open"),
        (4, "order_id", None, "missing_required", None, "open"),
    ]
    assert desk.rows(ACCOUNTS) == [("orders.csv", 3, 0, 3, 0, 0)]
    assert desk.rows("select cells from ops.quarantined_rows where source_row = 3") == [
        (["A2", "2026-03-02", "C2", "x", "7.00", "1"],)
    ]


def test_load_of_a_mended_export_closes_what_was_wrong(desk: Desk) -> None:
    desk.give(("orders.csv", HEADER + "A1,2026-02-30,C1,2,10.50,1\nA2,2026-03-02,,1,7.00,1\n"))
    desk.give(("mended.csv", HEADER + "A1,2026-02-28,C1,2,10.50,1\n"))

    assert desk.rows("select document_key, status, closed_by_file from ops.quarantine order by all") == [
        ("A1", "closed", "mended.csv"),
        ("A2", "open", None),
    ]
    # what is mended is superseded: neither the gates nor the tie-out still count it
    assert desk.rows(ACCOUNTS) == [("orders.csv", 2, 0, 1, 1, 0), ("mended.csv", 1, 1, 0, 0, 0)]
    assert desk.rows("select amount_quarantined from ops.files order by file_no") == [(7,), (None,)]
    tie_out = resources.path("sql") / "checks" / "tie_out_quarantine.sql"
    assert desk.rows(tie_out.read_text(encoding="utf-8")) == []


def test_load_of_a_fault_without_document_is_closed_by_a_file_of_the_same_name(desk: Desk) -> None:
    desk.give(("orders.csv", HEADER + ",2026-03-02,C2,1,7.00,1\n"))
    desk.give(("orders.csv", HEADER + "A7,2026-03-02,C2,1,7.00,1\n"))

    assert desk.rows("select status, closed_by_file from ops.quarantine") == [("closed", "orders.csv")]
    assert desk.rows(ACCOUNTS) == [("orders.csv", 1, 0, 0, 1, 0), ("orders.csv", 1, 1, 0, 0, 0)]


def test_load_amount_in_quarantine_counts_a_row_of_two_faults_once(desk: Desk) -> None:
    desk.give(("orders.csv", HEADER + "A1,never,,2,10.50,1\nA2,2026-03-02,C2,1,7.00,1\n"))

    assert desk.rows("select sum(amount), count(*) from ops.quarantine") == [(Decimal("21.0000"), 2)]
    assert desk.rows("select amount_read, amount_quarantined from ops.files") == [
        (Decimal("28.0000"), Decimal("21.0000"))
    ]


PAYMENTS = """
source: shop_payments
label: {zh: 店铺收款, en: shop payments}
match: {headers: [Order, Paid]}
feeds:
  - kind: payments
    columns:
      payment_id: Order
      payment_date: {lookup: {kind: order_headers, by: Order, take: [confirmed_date, order_date]}}
      customer_id: {lookup: {kind: order_headers, by: Order, take: [customer_id]}}
      amount: Paid
"""


def test_load_with_a_lookup_takes_date_and_customer_from_the_other_export(desk: Desk) -> None:
    desk.mapping("shop_payments.yaml", PAYMENTS)
    desk.give(
        (
            "headers.csv",
            "order_id,order_date,customer_id,confirmed_date\nA1,2026-03-01,C1,2026-03-02\nA2,2026-03-03,C2,\n",
        ),
        ("paid.csv", "Order,Paid\nA1,10\nA2,20\nA9,30\n"),
    )

    assert desk.rows("select payment_id, payment_date, customer_id from raw.payments order by all") == [
        ("A1", date(2026, 3, 2), "C1"),
        ("A2", date(2026, 3, 3), "C2"),
    ]
    assert desk.rows("select document_key, reason_code, amount from ops.quarantine") == [
        ("A9", "lookup_failed", Decimal("30.0000"))
    ]
    assert desk.rows(ACCOUNTS)[1] == ("paid.csv", 3, 2, 1, 0, 0)


def test_load_with_aliases_names_one_customer_by_one_number(desk: Desk) -> None:
    desk.give(
        ("aliases.csv", "alias_id,customer_id\nOLD1,C1\n"),
        ("orders.csv", HEADER + "A1,2026-03-01,OLD1,1,1.00,1\nA2,2026-03-01,C2,1,1.00,1\n"),
    )

    assert desk.rows("select order_id, customer_id from raw.orders order by all") == [
        ("A1", "C1"),
        ("A2", "C2"),
    ]
