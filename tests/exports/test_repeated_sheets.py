"""A document that stands alike in two sheets of a workbook, or two members of an archive, counts once."""

from __future__ import annotations

import io
import zipfile

from tests.exports.desk import Desk

_HEADER = "order_id,order_date,customer_id,line_no,quantity,unit_price"
_A1 = "A1,2026-01-05,C,1,2,50\nA1,2026-01-05,C,2,1,7\n"
_A2 = "A2,2026-02-05,C,1,2,50\n"


def _archive(**members: str) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        for name, text in members.items():
            archive.writestr(f"{name}.csv", text)
    return target.getvalue()


def test_document_of_two_parts_counts_once_whatever_columns_one_has_more(desk: Desk) -> None:
    year = f"{_HEADER},notes\n" + "".join(f"{line},x\n" for line in (_A1 + _A2).splitlines())

    desk.give(("orders.zip", _archive(january=f"{_HEADER}\n{_A1}", year=year)))

    assert desk.rows("select order_id, line_no, quantity from raw.orders order by all") == [
        ("A1", 1, 2),
        ("A1", 2, 1),
        ("A2", 1, 2),
    ]
    told = desk.rows(
        "select source_part, rows_read, rows_loaded, rows_superseded from ops.files order by file_no"
    )
    assert sorted(told) == [("january.csv", 2, 2, 0), ("year.csv", 3, 1, 2)]


def test_document_whose_lines_stand_in_two_parts_keeps_them_all(desk: Desk) -> None:
    first, second = _A1.splitlines(keepends=True)

    desk.give(("orders.zip", _archive(a=f"{_HEADER}\n{first}", b=f"{_HEADER}\n{second}{_A2}{_A2}")))

    assert desk.rows("select order_id, count(*) from raw.orders group by 1 order by 1") == [
        ("A1", 2),
        ("A2", 2),
    ]


def test_document_whose_parts_tell_its_worth_in_different_columns_keeps_them_all(desk: Desk) -> None:
    header = "order_id,order_date,customer_id"

    desk.give(
        (
            "orders.zip",
            _archive(
                a=f"{header},amount\nA1,2026-01-05,C,9\n",
                b=f"{header},quantity,unit_price\nA1,2026-01-05,C,1,5\n",
            ),
        )
    )

    assert desk.rows("select count(*) from raw.orders") == [(2,)]


def test_order_of_two_parts_that_comes_again_has_lost_no_line(desk: Desk) -> None:
    desk.give(("orders.zip", _archive(january=f"{_HEADER}\n{_A1}", year=f"{_HEADER}\n{_A1}{_A2}")))
    desk.give(("orders.csv", f"{_HEADER}\n{_A1}"))

    assert desk.rows("select version, count(*) from raw.order_versions group by 1 order by 1") == [
        (1, 2),
        (2, 2),
    ]
    assert desk.rows("select order_id, count(*) from raw.orders group by 1 order by 1") == [
        ("A1", 2),
        ("A2", 1),
    ]


def test_invoice_of_two_parts_is_not_added_up(desk: Desk) -> None:
    header = "invoice_id,invoice_date,customer_id,gross_amount\n"
    row = "F1,2026-01-05,C,113\n"

    desk.give(("invoices.zip", _archive(a=header + row, b=f"{header}{row}F2,2026-01-06,C,5\n")))

    assert desk.rows("select invoice_id, gross_amount from raw.invoices order by 1") == [
        ("F1", 113),
        ("F2", 5),
    ]
