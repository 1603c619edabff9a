"""Archives, JSON, SQLite, Parquet, and files that are not what their name says."""

from __future__ import annotations

import gzip
import io
import json
import sqlite3
import zipfile
from pathlib import Path

import pytest

from pipelines import warehouse
from pipelines.errors import UnreadableExport
from tests.exports.reading.opened import open_bytes, open_one, refusal

TEXT = "order,date,amount\nA,2024-01-01,1\nB,2024-01-02,2\n"
ROWS = [("A", "2024-01-01", "1"), ("B", "2024-01-02", "2")]


def zipped(**members: bytes | str) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return target.getvalue()


def test_open_gzip_is_read_as_the_file_in_it(tmp_path: Path) -> None:
    opened = open_one(tmp_path, gzip.compress(TEXT.encode()), "orders.csv.gz")
    assert opened.rows == ROWS
    assert opened.table.part == ""


def test_open_truncated_gzip_is_refused(tmp_path: Path) -> None:
    assert "cut off" in refusal(tmp_path, gzip.compress(TEXT.encode() * 50)[:-20], "orders.csv.gz").what


def test_open_zip_gives_one_table_a_member_in_order_of_name(tmp_path: Path) -> None:
    data = zipped(**{"b.csv": TEXT, "a/orders.tsv": TEXT.replace(",", "\t"), "__MACOSX/._b.csv": "x"})
    opened = open_bytes(tmp_path, data, "orders.zip")
    assert [one.table.part for one in opened] == ["a/orders.tsv", "b.csv"]
    assert [one.rows for one in opened] == [ROWS, ROWS]


@pytest.mark.parametrize(
    ("name", "data", "where"),
    [
        ("orders.csv.gz", gzip.compress(b"\n\n\n", mtime=0), "orders.csv.gz"),
        ("orders.json.gz", gzip.compress(b'[{"a": 1', mtime=0), "orders.json.gz"),
        ("all.zip", zipped(**{"a.csv.gz": gzip.compress(b"\n\n\n")}), "all.zip, a.csv.gz"),
    ],
    ids=["csv.gz", "json.gz", "zip"],
)
def test_open_unreadable_file_in_a_gzip_is_refused_by_the_name_that_was_given(
    tmp_path: Path, name: str, data: bytes, where: str
) -> None:
    assert refusal(tmp_path, data, name).where.startswith(where)


def test_open_gzip_in_a_zip_is_unpacked(tmp_path: Path) -> None:
    opened = open_one(tmp_path, zipped(**{"a.csv.gz": gzip.compress(TEXT.encode())}), "orders.zip")
    assert opened.rows == ROWS


def test_open_chinese_member_name_without_the_flag_is_read_as_gbk(tmp_path: Path) -> None:
    data = zipped(**{"XXXX.csv": TEXT}).replace(b"XXXX", "订单".encode("gbk"))
    assert open_one(tmp_path, data, "orders.zip").table.part == "订单.csv"


@pytest.mark.parametrize("name", ["../orders.csv", "/etc/orders.csv", "a/../../orders.csv", "C:\\orders.csv"])
def test_open_zip_with_a_path_outside_is_refused(tmp_path: Path, name: str) -> None:
    assert "path" in refusal(tmp_path, zipped(**{name: TEXT}), "orders.zip").what


@pytest.mark.parametrize("target", ["/etc/passwd", "../../orders.csv"])
def test_open_zip_with_a_link_is_refused(tmp_path: Path, target: str) -> None:
    link = zipfile.ZipInfo("orders.csv")
    link.create_system, link.external_attr = 3, 0o120777 << 16
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as archive:
        archive.writestr("a.csv", TEXT)
        archive.writestr(link, target)

    error = refusal(tmp_path, data.getvalue(), "orders.zip")

    assert ("link" in error.what, error.found) == (True, "orders.csv")


def test_open_zip_in_a_gzip_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UnreadableExport, match="archive lies inside an archive"):
        open_bytes(tmp_path, gzip.compress(zipped(**{"a.csv": TEXT})), "orders.zip.gz")


def test_open_zip_in_a_zip_is_refused(tmp_path: Path) -> None:
    assert "inside" in refusal(tmp_path, zipped(**{"a.zip": zipped(**{"a.csv": TEXT})}), "orders.zip").what


def test_open_zip_bomb_is_refused(tmp_path: Path) -> None:
    data = zipped(**{"a.csv": b"a,b\n" + b"0" * (200 << 20)})
    assert len(data) < 1 << 20
    assert "unpack" in refusal(tmp_path, data, "orders.zip").what


def test_open_gzip_bomb_is_refused(tmp_path: Path) -> None:
    assert "unpack" in refusal(tmp_path, gzip.compress(b"a,b\n" + b"0" * (200 << 20)), "orders.csv.gz").what


def test_open_zip_of_too_many_members_is_refused(tmp_path: Path) -> None:
    data = zipped(**{f"{number}.csv": "" for number in range(5_001)})
    assert "members" in refusal(tmp_path, data, "orders.zip").what


def test_open_empty_zip_is_refused(tmp_path: Path) -> None:
    assert "empty" in refusal(tmp_path, zipped(), "orders.zip").what


@pytest.mark.parametrize("form", ["array", "lines"])
def test_open_json_keeps_digits_and_joins_keys(tmp_path: Path, form: str) -> None:
    items = [
        '{"order": "A", "amount": 1.10}',
        '{"order": "B", "amount": 123456789012345678901, "note": "甲"}',
    ]
    text = f"[{', '.join(items)}]" if form == "array" else "\n".join(items)
    opened = open_one(tmp_path, text, "orders.json")
    assert opened.table.header == ("order", "amount", "note")
    assert opened.rows == [("A", "1.10", None), ("B", "123456789012345678901", "甲")]


def test_open_json_larger_than_a_piece_is_read_whole(tmp_path: Path) -> None:
    items = [{"order": f"A{number}", "note": "甲" * 50} for number in range(20_000)]
    opened = open_one(tmp_path, json.dumps(items), "orders.json")
    assert len(opened.rows) == 20_000
    assert opened.source_rows[-1] == 20_000


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ('[{"a": 1}, {"a": ', "item 2"),
        ('[{"a": [{"b": 1}], "c": [{"d": 1}]}]', "a and c of item 1"),
        ('[{"a": [[1]]}]', 'item 1: ["1"]'),
        ('{"a":' * 9 + "1" + "}" * 9, "of item 1"),
        ('{"a":[' * 9 + "1" + "]}" * 9, "of item 1"),
        ("[]", "empty"),
        ('{"a": 1} x', "item 2"),
    ],
)
def test_open_json_that_is_damaged_or_nested_is_refused(tmp_path: Path, text: str, found: str) -> None:
    assert found in refusal(tmp_path, text, "orders.json").found


_ORDER = '{"no": "A1", "total": 30.5, "buyer": {"id": "C1", "name": "甲"}, "tags": ["x", "y"], "lines": '
_LINES = '[{"sku": "P1", "qty": 2, "no": 1}, {"sku": "P2", "qty": 1, "no": 2}]}'
_LAID_OUT = [
    ("A1", "30.5", "C1", "甲", "x, y", "P1", "2", "1"),
    ("A1", None, "C1", "甲", "x, y", "P2", "1", "2"),
]


@pytest.mark.parametrize(
    ("text", "columns"),
    [
        (f"[{_ORDER}{_LINES}]", 8),
        (f"{_ORDER}{_LINES}", 8),
        (f'{{"code": 0, "data": {{"page": 1, "list": [{_ORDER}{_LINES}]}}}}', 10),
    ],
    ids=["orders with lines", "one order", "an answer that wraps them"],
)
def test_open_json_lays_lists_out_as_rows_and_repeats_no_amount(
    tmp_path: Path, text: str, columns: int
) -> None:
    opened = open_one(tmp_path, text, "orders.json")
    assert opened.table.header[-8:] == (
        "no", "total", "buyer_id", "buyer_name", "tags", "sku", "qty", "lines_no",
    )  # fmt: skip
    assert len(opened.table.header) == columns
    assert [row[-8:] for row in opened.rows] == _LAID_OUT
    assert opened.source_rows == [1, 2]


@pytest.mark.parametrize("length", [3 << 20, 100 << 20])
def test_open_json_with_an_endless_text_is_refused_in_bounded_memory(tmp_path: Path, length: int) -> None:
    error = refusal(tmp_path, b'{"order_id": "' + b"x" * length + b'"}\n', "orders.jsonl")

    assert "too long" in error.what
    assert len(error.found) < 200


def test_open_json_order_without_lines_stays_a_row(tmp_path: Path) -> None:
    opened = open_one(tmp_path, f"[{_ORDER}[]}}]", "orders.json")
    assert opened.rows == [("A1", "30.5", "C1", "甲", "x, y", None)]


def test_open_sqlite_gives_tables_with_rows(tmp_path: Path) -> None:
    path = tmp_path / "made.db"
    with sqlite3.connect(path) as database:
        database.execute("create table orders (id integer, amount real, made text, photo blob)")
        database.execute("insert into orders values (1, 2.50, '2024-01-01', x'00ff'), (2, 3.0, null, null)")
        database.execute("create table unused (id integer)")
    database.close()
    opened = open_one(tmp_path, path.read_bytes(), "orders.sqlite")
    assert opened.table.part == "orders"
    assert opened.rows == [("1", "2.5", "2024-01-01", "(binary, 2 bytes)"), ("2", "3", None, None)]


def test_open_truncated_sqlite_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "made.db"
    with sqlite3.connect(path) as database:
        database.execute("create table orders (id integer, note text)")
        database.executemany(
            "insert into orders values (?, ?)", [(number, "x" * 500) for number in range(200)]
        )
    database.close()
    refusal(tmp_path, path.read_bytes()[:9000], "orders.sqlite")


def parquet(folder: Path, select: str) -> bytes:
    path = folder / "made"
    with warehouse.connect() as connection:
        connection.execute(f"copy ({select}) to '{path}' (format parquet)")
    return path.read_bytes()


def test_open_parquet_gives_text_without_spoiling_codes(tmp_path: Path) -> None:
    select = (
        "select 17850.0::double as customer, '007' as code, date '2024-01-05' as day, "
        "timestamp '2024-01-05 08:26:00' as moment, 1.50::decimal(18, 2) as amount, true as paid"
    )
    opened = open_one(tmp_path, parquet(tmp_path, select), "orders.parquet")
    assert opened.rows == [("17850", "007", "2024-01-05", "2024-01-05 08:26:00", "1.50", "true")]


def test_open_nested_parquet_is_refused(tmp_path: Path) -> None:
    assert "nested" in refusal(tmp_path, parquet(tmp_path, "select [1, 2] as items"), "orders.parquet").what


def test_open_truncated_parquet_is_refused(tmp_path: Path) -> None:
    data = parquet(tmp_path, "select range as id from range(1000)")
    refusal(tmp_path, data[:-30], "orders.parquet")


@pytest.mark.parametrize(
    ("data", "name"),
    [
        (TEXT.encode(), "orders.xlsx"),
        (b"<html><table></table></html>", "orders.xls"),
        (b"%PDF-1.7 ...", "orders.csv"),
        (b"\x89PNG\r\n", "orders.png"),
        (b"<?xml version='1.0'?><a/>", "orders.csv"),
        (gzip.compress(TEXT.encode(), mtime=0), "orders.csv"),
    ],
)
def test_open_file_that_is_not_what_its_name_says_is_refused(tmp_path: Path, data: bytes, name: str) -> None:
    refusal(tmp_path, data, name)


def test_open_missing_file_is_refused(tmp_path: Path) -> None:
    from pipelines.errors import UnreadableExport
    from pipelines.exports.reading import open_tables

    with pytest.raises(UnreadableExport, match="cannot be opened"):
        open_tables(tmp_path / "none.csv", tmp_path)
