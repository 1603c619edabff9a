"""Rows that leave a document's number, date and customer blank: its lines, unless they say otherwise."""

from __future__ import annotations

from decimal import Decimal

from tests.exports.desk import Desk

# Row 3 continues A1; row 4 names no goods (a subtotal without a label); row 6 lacks its number but is dated.
ORDERS = (
    "订单编号,订单日期,客户名称,商品名称,数量,单价,金额,业务员\n"
    "A1,2026-03-05,甲公司,轴承,2,10,20,王\n"
    ",,,密封圈,1,5,5,\n"
    ",,,,3,,25,\n"
    "A2,2026-03-06,乙公司,马达,1,100,100,李\n"
    ",2026-03-07,丙公司,螺栓,4,1,4,李\n"
)
COLUMNS = "source_row, order_id, order_date::varchar, customer_id, product_name, quantity, sales_rep"


def test_load_of_continuation_lines_gives_them_their_documents_cells(desk: Desk) -> None:
    (reading,) = desk.give(("orders.csv", ORDERS))

    assert desk.rows(f"select {COLUMNS} from raw.orders order by source_row") == [
        (2, "A1", "2026-03-05", "甲公司", "轴承", 2, "王"),
        (3, "A1", "2026-03-05", "甲公司", "密封圈", 1, "王"),
        (5, "A2", "2026-03-06", "乙公司", "马达", 1, "李"),
    ]
    assert any("continue the document above" in note.en for note in reading.notes)


def test_load_never_continues_a_row_that_names_nothing_or_is_dated_itself(desk: Desk) -> None:
    desk.give(("orders.csv", ORDERS))

    assert desk.rows("select source_row, column_name, reason_code from ops.quarantine order by all") == [
        (4, "customer_id", "missing_required"),
        (4, "order_date", "missing_required"),
        (4, "order_id", "missing_required"),
        (6, "order_id", "missing_required"),
    ]


def test_load_of_payments_of_several_invoices_continues_the_payment(desk: Desk) -> None:
    desk.give(
        (
            "收款.csv",
            "收款单号,收款日期,客户名称,发票号码,收款金额\nR1,2026-03-05,甲,I1,10.50\n,,,I2,3\nR2,2026-03-06,乙,,7\n",
        )
    )
    assert desk.rows(
        "select payment_id, customer_id, invoice_id, amount from raw.payments order by source_row"
    ) == [
        ("R1", "甲", "I1", Decimal("10.5")),
        ("R1", "甲", "I2", Decimal(3)),
        ("R2", "乙", None, Decimal(7)),
    ]


def test_load_without_a_first_document_leaves_its_lines_in_quarantine(desk: Desk) -> None:
    header, _, *rest = ORDERS.splitlines(keepends=True)
    desk.give(("orders.csv", header + "".join(rest)))

    assert desk.rows("select source_row from raw.orders order by all") == [(4,)]
