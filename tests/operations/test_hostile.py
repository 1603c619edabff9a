"""Headers, sheets, files, archive members and values that would be SQL or shell elsewhere are only names here."""

from __future__ import annotations

import zipfile
from datetime import date
from decimal import Decimal
from pathlib import Path

import xlsxwriter

from pipelines import warehouse
from tests.operations.home import TABLES, run

_EVIL = "'); drop table raw.orders; --"
_HEADER = [
    "order_id",
    "order_date",
    "customer_id",
    "quantity",
    "unit_price",
    "tax_rate",
    'x"; drop schema raw; --',
]


def _csv(path: Path, order: str, extra: str) -> Path:
    row = [order, "2026-02-03", "C1", "1", "10.00", "0.13", extra]
    lines = [",".join('"' + cell.replace('"', '""') + '"' for cell in cells) for cells in (_HEADER, row)]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def _workbook(path: Path) -> Path:
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet("o'); drop table x; --")
        sheet.write_row(0, 0, _HEADER)
        sheet.write_row(1, 0, ["H2", "2026-02-03", "C1", 1, 10, 0.13, _EVIL])
    return path


def _archive(path: Path, folder: Path) -> Path:
    inner = _csv(folder / "inner.csv", "H3", _EVIL)
    with zipfile.ZipFile(path, "w") as archive:
        archive.write(inner, f"orders{_EVIL}.csv")
    inner.unlink()
    return path


def test_hostile_names_headers_sheets_and_members_are_data(tmp_path: Path) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    hostile = [
        _csv(folder / f"orders{_EVIL}.csv", f"H1{_EVIL}", _EVIL),
        _workbook(folder / "orders $(touch escaped) %s {x}.xlsx"),
        _archive(folder / "orders`touch escaped`.zip", folder),
    ]
    home = tmp_path / "home"
    assert run(home, *TABLES, *hostile, as_of=date(2026, 2, 28)).status == "published"
    with warehouse.read(home) as connection:
        found = connection.execute(
            "select order_id, base_net_amount from marts.fct_orders where order_id like 'H%' order by order_id"
        ).fetchall()
        files = connection.execute(
            "select file_name from ops.files where file_name like '%drop table%' order by source_part"
        ).fetchall()
    assert found == [(f"H1{_EVIL}", Decimal(10)), ("H2", Decimal(10)), ("H3", Decimal(10))]
    assert files == [(hostile[0].name,)]
    assert not [
        path for path in (Path.cwd() / "escaped", tmp_path / "escaped", home / "escaped") if path.exists()
    ]
