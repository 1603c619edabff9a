"""What single cells look like: wrapped codes, numbers, dates, labels of totals."""

from __future__ import annotations

import re
from collections.abc import Sequence

_WRAPPED = re.compile(r'^="(.*)"$', re.DOTALL)
# An apostrophe before a code keeps a spreadsheet from spoiling it; before a lower-case letter it belongs to a name
# ('s-Hertogenbosch), and a second one closes a quotation.
_APOSTROPHE = re.compile(r"^'([0-9A-Z+=][^']*)$", re.DOTALL)
_DATA = re.compile(
    r"^[\s\d.,:/\\()+\-*%¥￥$€£年月日时分秒元TZ~]*\d[\s\d.,:/\\()+\-*%¥￥$€£年月日时分秒元TZ~]*$"
)
_NUMBER = re.compile(r"^[(\-+]?\s*[¥￥$€£]?\s*[\-+]?[\d,.' ]*\d[\d,.' ]*\s*[%元)]?-?$")
_WORD_DATA = re.compile(r"^(yes|no|true|false|null|none|nan|n/a|是|否|[^@\s]+@[^@\s]+)$", re.IGNORECASE)
_TOTAL_ALONE = re.compile(
    r"^\W*(本页|本頁|本月|本年|本期|人民币|应收|應收|全部|列)?\s*([合小总總累共]\s*[计計]|[总總]\s*合\s*[计計])\W*$"
    r"|^\W*(grand[\s-]*|sub[\s-]*)?totals?\W*$",
    re.IGNORECASE,
)
_TOTAL_ENDING = re.compile(r"[合小总總][计計][\s:：]*$|\b(sub|grand)?\s*total[\s:：]*$", re.IGNORECASE)


def cleaned(cell: str) -> str:
    """Return a cell without the blanks around it and without a spreadsheet's text guard (="…" or a leading ')."""
    text = cell.strip()
    if text[:1] == "=":
        found = _WRAPPED.match(text)
        return found.group(1).replace('""', '"').strip() if found else text
    if text[:1] == "'":
        found = _APOSTROPHE.match(text)
        return found.group(1) if found else text
    return text


def cleaned_row(cells: Sequence[str]) -> list[str]:
    """Return a row's cells cleaned; rows without a guarded cell, nearly all, are only stripped."""
    row = [cell.strip() for cell in cells]
    joined = "\0".join(row)
    if joined.count("\0") >= len(row) > 0:
        # No text holds this character for a reason, and SQL ends at it.
        row = [cell.replace("\0", "").strip() for cell in row]
    if "\0=" in joined or "\0'" in joined or joined[:1] in ("=", "'"):
        return [cleaned(cell) for cell in row]
    return row


def is_data(cell: str) -> bool:
    """Tell whether a cell is a value (number, date, yes/no, address) rather than a column's name."""
    text = cell.strip()
    return bool(text) and len(text) < 80 and bool(_DATA.match(text) or _WORD_DATA.match(text))


def is_number(cell: str) -> bool:
    """Tell whether a cell is a number, with or without currency sign, separators or percent sign."""
    text = cell.strip()
    return len(text) < 40 and bool(_NUMBER.match(text))


def may_be_total(cell: str) -> bool:
    """Tell quickly whether a cell could be a total's label at all."""
    return ("计" in cell or "計" in cell or "otal" in cell or "OTAL" in cell) and len(cell) < 80


def is_total_label(cell: str) -> bool:
    """Tell whether a cell says total and nothing else (合计, 本页小计, Grand total)."""
    return len(cell) < 40 and bool(_TOTAL_ALONE.match(cell.strip()))


def ends_as_total(cell: str) -> bool:
    """Tell whether a cell names a group and ends in total (华东 小计, East total)."""
    return len(cell) < 80 and bool(_TOTAL_ENDING.search(cell))
