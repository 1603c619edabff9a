"""Large files are read before they are looked at whole, small ones side by side: it makes no difference."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from pipelines.errors import UnreadableExport
from pipelines.exports import reader
from pipelines.exports.reading import delimited, encodings
from tests.exports.desk import Desk

HEADER = "订单编号,下单日期,客户编码,数量,单价,备注\n"
ROWS = "A1,2026-03-01,C1,2,10.50,好\nA2,2026-03-02,C2,1,7,\n"
MEMBERS = "客户编号,客户名称,电话\nC1,甲公司,1\nC2,乙公司,2\n"
EVERYTHING = """
    select kind, rows_read, rows_loaded, rows_quarantined, rows_skipped, header_row
    from ops.files
    union all by name
    select source_row as rows_read, order_id || order_date::varchar || quantity::varchar as kind
    from raw.orders
    union all by name
    select source_row as rows_read, coalesce(customer_id, '') || coalesce(customer_name, '') as kind
    from raw.customers
    union all by name
    select source_row as rows_read, reason_code as kind
    from ops.quarantine
    order by all
"""


def _told(desk: Desk, text: str) -> list[Any]:
    (reading,) = desk.give(("orders.csv", text))
    return [reading.header, reading.first_row, *desk.rows(EVERYTHING)]


@pytest.mark.parametrize(
    "text",
    [
        HEADER + ROWS,
        "三月\n\n" + HEADER + ROWS,
        HEADER + ROWS + ROWS.replace("A", "B")[:-1],
        HEADER + ROWS + "合计,,,3,17.50,\n" + ROWS.replace("A", "B") * 3,
        HEADER + ROWS + HEADER + ROWS.replace("A", "B") * 3,
        HEADER + ROWS + ",,,,,\n" + ROWS.replace("A", "B") * 3,
        HEADER + ROWS + "\n\n" + ROWS.replace("A", "B") * 3,
        HEADER + ROWS + 'A3,2026-03-03,C3,1,5,"two\nlines"\n' + ROWS.replace("A", "B") * 3,
        HEADER + ROWS + 'A3,2026-03-03,C3,1,5,"two\n\nlines"\n' + ROWS.replace("A", "B") * 3,
        HEADER + ROWS + "A3,2026-03-03,C3,1,5,x,y\n" + ROWS.replace("A", "B") * 3,
        HEADER + ROWS + 'A3,2026-03-03,C3,1,5,"x\n' + ROWS.replace("A", "B") * 3,
        HEADER + ROWS + "A3,2026-02-30,C3,x,5,y\n" + ROWS.replace("A", "B") * 3,
        HEADER + ROWS + "A3,2026-03-03,C3,'007,5,y\n" + ROWS.replace("A", "B") * 3,
        HEADER + ROWS + "制表人：张三\n",
        "\ufeff" + HEADER + ROWS,
        MEMBERS + "合计,,\n" + MEMBERS.replace("C", "D") + "E1,丙,3\n",
    ],
    ids=[
        "clean", "preamble", "open end", "total", "header again", "blank row", "blank lines", "line break",
        "blank line in quotes", "too wide", "stray quote", "faults", "guarded code", "footer", "byte order mark",
        "few columns needed",
    ],
)  # fmt: skip
def test_read_of_a_large_file_gives_what_a_closer_look_gives(
    desk: Desk, tmp_path: Any, monkeypatch: pytest.MonkeyPatch, text: str
) -> None:
    closely = _told(desk, text)
    monkeypatch.setattr(delimited, "_LARGE", 0)
    assert _told(Desk(tmp_path / "large"), text) == closely


def test_read_of_a_large_clean_file_looks_once(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(delimited, "_LARGE", 0)
    monkeypatch.setattr(delimited, "_proved", None)  # would fail when called
    assert _told(desk, HEADER + ROWS)[2][1] == 2


def test_read_of_a_large_file_cut_off_is_refused(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(delimited, "_LARGE", 0)
    with pytest.raises(UnreadableExport, match="cut off"):
        desk.give(("orders.csv", HEADER + ROWS + 'A9,2026-03-02,C1,1,"P-1'))


@pytest.mark.parametrize(
    ("late", "refused"),
    [("名".encode("gb18030"), "damaged"), (b"\0", "NUL"), ("é".encode("cp1252"), "damaged")],
)
def test_read_of_a_large_file_that_is_not_what_it_begins_as_is_refused(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, late: bytes, refused: str
) -> None:
    monkeypatch.setattr(delimited, "_LARGE", 0)
    monkeypatch.setattr(encodings, "_HEAD", 1 << 10)
    data = (HEADER + ROWS * 200).encode() + b"A3,2026-03-03,C3,1,5," + late + b"\n"
    with pytest.raises(UnreadableExport, match=refused):
        desk.give(("orders.csv", data))


def test_read_of_a_large_file_in_another_encoding_gives_its_texts(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(delimited, "_LARGE", 0)
    desk.give(("orders.csv", (HEADER + ROWS).encode("gb18030")))
    assert desk.rows("select count(*) from raw.orders") == [(2,)]


def _days(desk: Desk) -> list[Any]:
    days = [
        (
            f"orders-{day}.csv",
            f"{HEADER}A{day},2026-03-0{day},C1,{day},1.5,{'一' * day}\nB{day},bad,C2,1,1,\n",
        )
        for day in range(1, 8)
    ]
    readings = desk.give(*days, ("客户.csv", MEMBERS))
    return [[(one.kind, one.rows_clean, one.rows_quarantined) for one in readings], *desk.rows(EVERYTHING)]


def test_small_files_read_side_by_side_give_what_they_give_one_after_another(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    side_by_side = _days(Desk(tmp_path / "side_by_side"))
    monkeypatch.setattr(reader, "_SMALL", 0)

    one_by_one = _days(Desk(tmp_path / "one_by_one"))

    assert side_by_side[0] == [("orders", 1, 1)] * 7 + [("customers", 2, 0)]
    assert side_by_side == one_by_one


def test_all_that_cannot_be_used_is_told_in_the_order_of_the_files(desk: Desk) -> None:
    spoilt = [(f"{name}.csv", f"一,二\n三,{name}\n") for name in ("c", "a", "b")]

    with pytest.raises(UnreadableExport) as told:
        desk.give(*spoilt, ("orders.csv", HEADER + ROWS))

    places = [told.value.found.index(f"{name}.csv") for name in "abc"]
    assert told.value.what.startswith("3 exports cannot be used")
    assert places == sorted(places)
    assert not list((desk.home / "landing").glob("*/*/bytes"))
