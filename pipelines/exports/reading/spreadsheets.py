"""Open XLSX, XLS and ODS through calamine: every sheet, each cell as the text it stands for."""

from __future__ import annotations

import datetime as dt
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from pipelines.errors import UnreadableExport
from pipelines.exports.reading import sheet_bounds
from pipelines.exports.reading.normalising import Normaliser
from pipelines.exports.reading.records import Record
from pipelines.exports.reading.writing import prepare

if TYPE_CHECKING:
    from pathlib import Path

    from pipelines.exports.reading.tables import TextTable
    from pipelines.exports.reading.workspace import Workspace

_DIGITS = 15


def open_spreadsheet(path: Path, where: str, workspace: Workspace) -> list[TextTable]:
    """Return one table per sheet that has a header and rows, hidden ones too, in the workbook's order.

    Raises UnreadableExport when the file is damaged, locked by a password, beyond bounds, or no sheet has a table.
    """
    import python_calamine

    sheet_bounds.check(path, where)
    prepare()
    with _guarded(where), _quiet():
        workbook = python_calamine.CalamineWorkbook.from_path(str(path))
    tables: list[TextTable] = []
    refusals: list[UnreadableExport] = []
    shown = {
        one.name
        for one in workbook.sheets_metadata
        if one.visible == python_calamine.SheetVisibleEnum.Visible
    }
    for name in workbook.sheet_names:
        sheet_where = f"{where}, sheet {name}"
        with _guarded(sheet_where), _quiet():
            sheet = workbook.get_sheet_by_name(name)
        if sheet.start is None:
            continue
        try:
            table = Normaliser(workspace, sheet_where).table(_rows(sheet, sheet_where), name, "spreadsheet")
            tables.append(replace(table, is_hidden=name not in shown))
        except UnreadableExport as error:
            refusals.append(error)
    if not tables:
        raise refusals[0] if refusals else _no_table(where, workbook.sheet_names)
    return tables


@contextmanager
def _guarded(where: str) -> Iterator[None]:
    """Run calls into calamine; whatever it dies of is a damaged file.

    A panic of the Rust library arrives as a BaseException that no narrower class names.
    """
    import python_calamine

    try:
        yield
    except python_calamine.PasswordError as error:
        raise UnreadableExport(
            "The spreadsheet is locked by a password.",
            where=where,
            found="an encrypted workbook",
            expected="an open workbook",
            next_step="Open it, save it without a password, and load it again.",
        ) from error
    except (python_calamine.CalamineError, OSError, ValueError, OverflowError) as error:
        raise _damaged(where, str(error)) from error
    except BaseException as error:
        if type(error).__name__ != "PanicException":
            raise
        raise _damaged(where, "the reader gave up") from error


@contextmanager
def _quiet() -> Iterator[None]:
    """Keep a panic's backtrace, which Rust writes to the process's error stream itself, from the user."""
    sys.stderr.flush()
    kept = os.dup(2)
    nowhere = os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(nowhere, 2)
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)
        os.close(nowhere)


def _damaged(where: str, found: str) -> UnreadableExport:
    return UnreadableExport(
        "The spreadsheet is damaged or cut off.",
        where=where,
        found=found[:200],
        expected="a workbook that opens in a spreadsheet program",
        next_step="Open it, save it as XLSX, and load it again; or export it again.",
    )


def _no_table(where: str, names: list[str]) -> UnreadableExport:
    return UnreadableExport(
        "No sheet holds anything.",
        where=where,
        found=f"empty sheets: {', '.join(names)[:150]}",
        expected="a header row and rows below it",
        next_step="Export it again; the program that wrote it gave nothing.",
    )


def _rows(sheet: Any, where: str) -> Iterator[Record]:
    """Yield a sheet's rows from its first, blank ones too."""
    with _guarded(where):
        for number, row in enumerate(sheet.iter_rows(), 1):
            yield Record(number, number, [value if type(value) is str else cell_text(value) for value in row])


def cell_text(value: object) -> str:
    """Return the text of a spreadsheet's value: numbers to 15 digits, dates as ISO, TRUE and FALSE."""
    if type(value) is float:
        return _float_text(value)
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, (int, float)):
        return number_text(value)
    return _time_text(value)


def number_text(value: float) -> str:
    """Return a number as a spreadsheet shows it: 15 significant digits, no .0, exponents only beyond 15 digits.

    A spreadsheet keeps no more than 15 digits, so longer numbers are left in exponent form: they are seen as spoilt.
    """
    if isinstance(value, int):
        return str(value)
    if value.is_integer() and abs(value) < 10**_DIGITS:
        return str(int(value))
    text = f"{value:.{_DIGITS}g}"
    if "e" in text and abs(value) < 1:
        return f"{value:.20f}".rstrip("0")
    return text.upper() if "e" in text else text


# Quantities, prices and rates come again and again.
_float_text = lru_cache(maxsize=1 << 16)(number_text)


@lru_cache(maxsize=1 << 14)
def _time_text(value: object) -> str:
    if isinstance(value, dt.datetime):
        rounded = value + dt.timedelta(microseconds=500_000)
        moment = rounded.replace(microsecond=0)
        return moment.date().isoformat() if moment.time() == dt.time() else moment.isoformat(sep=" ")
    if isinstance(value, dt.date):
        return value.isoformat()
    if isinstance(value, dt.time):
        return value.replace(microsecond=0).isoformat()
    if isinstance(value, dt.timedelta):
        return str(value)
    return str(value)
