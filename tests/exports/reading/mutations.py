"""Small exports of every form, and ways to damage them."""

from __future__ import annotations

import gzip
import io
import json
import random
import sqlite3
import zipfile
from pathlib import Path
from xml.sax.saxutils import escape

import xlsxwriter

from pipelines import warehouse

TEXT = "订单号,订单日期,客户编号,客户名称,数量,单价\n" + "".join(
    f'SO{number},2024-01-{number % 28 + 1:02d},C{number % 5},"甲, 乙 ""{number}""",{number % 7 + 1},{number * 1.5}\n'
    for number in range(40)
)
_TOKENS = [
    b'"', b'""', b",", b"\n", b"\r", b"\r\n", b"\0", b"\xff", b"'", b'="', b"\t", b";", b"\xef\xbb\xbf", b"\xff\xfe",
    "合计".encode(), b"1E+99", b"-", b"<", b"[", b"{", b"9" * 30, b'\\"', b" ", "，".encode("gb18030"),
]  # fmt: skip


_FORMS = {".csv", ".tsv", ".xlsx", ".xls", ".json"}
_SMALL = 25_000
_PAGE = ("<tr>", "<td>", "</td>", "</tr>")
_CELLS = ("<Row>", '<Cell><Data ss:Type="String">', "</Data></Cell>", "</Row>")
_SPACE = "urn:schemas-microsoft-com:office:spreadsheet"
_BOOK = f'<?xml version="1.0"?><Workbook xmlns="{_SPACE}" xmlns:ss="{_SPACE}"><Worksheet ss:Name="a"><Table>'


def _markup(row: str, cell: str, cell_end: str, row_end: str) -> str:
    rows = (escape(line).split(",") for line in TEXT.splitlines())
    return "".join(row + "".join(f"{cell}{text}{cell_end}" for text in cells) + row_end for cells in rows)


def small_exports(folder: Path) -> dict[str, bytes]:
    """Return one small export of every form that is read, by file name."""
    return {
        "plain.csv": TEXT.encode(),
        "marked.csv": ("应收明细\n导出时间：今天\n\n" + TEXT + "合计,,,,100,200\n").encode("utf-8-sig"),
        "chinese.csv": TEXT.encode("gb18030"),
        "wide.csv": TEXT.encode("utf-16"),
        "western.csv": TEXT.replace("订单号", "order")
        .replace("甲, 乙", "José, Müller")
        .encode("cp1252", "ignore"),
        "tabs.tsv": TEXT.replace(",", "\t").encode(),
        "array.json": json.dumps(
            [{"order": f"S{number}", "amount": number} for number in range(20)]
        ).encode(),
        "lines.jsonl": "\n".join(
            json.dumps({"order": f"S{number}", "客户": "甲"}) for number in range(20)
        ).encode(),
        "book.xlsx": _workbook(),
        "page.xls": f"<html><meta charset=utf-8><table>{_markup(*_PAGE)}</table></html>".encode(),
        "book.xls": f"{_BOOK}{_markup(*_CELLS)}</Table></Worksheet></Workbook>".encode(),
        "packed.csv.gz": gzip.compress(TEXT.encode()),
        "packed.zip": _archive(),
        "base.sqlite": _database(folder),
        "columns.parquet": _parquet(folder),
    }


def real_exports(folder: Path) -> dict[str, bytes]:
    """Return the small exports of programs in a folder and below it, by path; none where the folder is absent."""
    found = sorted(
        path for path in folder.rglob("*") if path.suffix in _FORMS and path.stat().st_size <= _SMALL
    )
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in found}


def mutated(data: bytes, chance: random.Random) -> bytes:
    """Return the bytes after one to thirty cuts, insertions, repeats and flips."""
    piece = bytearray(data)
    for _ in range(chance.choice([1, 1, 2, 3, 8, 30])):
        start = chance.randrange(len(piece) + 1)
        stop = min(len(piece), start + chance.choice([1, 2, 5, 50, 500]))
        match chance.randrange(6):
            case 0:
                piece[start:stop] = b""
            case 1:
                piece[start:start] = chance.choice(_TOKENS)
            case 2:
                piece[start:start] = piece[start:stop] * chance.choice([1, 2, 20])
            case 3:
                del piece[start:]
            case 4:
                piece[start:stop] = chance.randbytes(stop - start)
            case _:
                piece[start:stop] = chance.choice(_TOKENS) * (stop - start)
    return bytes(piece)


def _workbook() -> bytes:
    target = io.BytesIO()
    with xlsxwriter.Workbook(target, {"in_memory": True}) as book:
        sheet = book.add_worksheet("订单")
        for number, line in enumerate(TEXT.splitlines()):
            sheet.write_row(number, 0, [float(cell) if cell.isdigit() else cell for cell in line.split(",")])
        titled = book.add_worksheet("退货")
        titled.merge_range(0, 0, 0, 2, "退货明细")
        titled.write_row(1, 0, ["订单号", "退货日期", "数量"])
        titled.write_row(2, 0, ["SO1", "2024-02-01", 1])
    return target.getvalue()


def _archive() -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("orders.csv", TEXT)
        archive.writestr("more/book.xlsx", _workbook())
    return target.getvalue()


def _database(folder: Path) -> bytes:
    path = folder / "small.sqlite"
    with sqlite3.connect(path) as database:
        database.execute("create table orders (id, made, amount)")
        database.executemany(
            "insert into orders values (?, ?, ?)", [(f"S{n}", "2024", n * 1.1) for n in range(50)]
        )
    database.close()
    return path.read_bytes()


def _parquet(folder: Path) -> bytes:
    path = folder / "small.parquet"
    with warehouse.connect() as connection:
        connection.execute(
            f"copy (select 'S' || range as id, date '2024-01-01' as day, range * 1.5 as amount from range(50)) "
            f"to '{path}' (format parquet)"
        )
    return path.read_bytes()
