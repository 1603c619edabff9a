"""Find the header among preamble lines, and tell data rows from totals, blanks and repeated headers."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from pipelines.errors import UnreadableExport
from pipelines.exports.reading.cells import ends_as_total, is_data, is_number, is_total_label, may_be_total
from pipelines.exports.reading.tables import bound_columns
from pipelines.exports.reading.words import ENGLISH, SIMPLIFIED, TRADITIONAL

if TYPE_CHECKING:
    from collections.abc import Sequence

Cells = list[str]
# Alipay's statement has 25 lines above its header, ERP reports up to 30.
HEAD_ROWS = 120
_GENERIC = re.compile(r"^(column|col|field|unnamed|f|列|字段|var)[\s_:]*\d+$", re.IGNORECASE)
_ENGLISH = frozenset(ENGLISH)
_HAN = SIMPLIFIED + TRADITIONAL
_FORM_WORDS = frozenset({"必填", "选填", "非必填", "可选", "必选", "required", "optional", "mandatory"})
# Names that say nothing without the group they stand under, and what a group's title may end in.
_BARE = frozenset(
    "编码 名称 编号 代码 号码 代号 日期 时间 状态 类型 电话 地址 "
    "id no no. code name number date status type".split()
)
_ABOUT = re.compile(r"(信息|資訊|资料|明细|情况|部分|\s*(info|information|details?))$", re.IGNORECASE)
# A later row must look this much more like a header than the first full-width one to be taken instead of it.
_MARGIN = 0.4
_WORST, _HIGHEST = -99.0, 3.5
_MOST_DATA = 0.34

# Who made, checked and approved a printed table: 制表人：王五, Approved by:
_SIGNED = re.compile(
    r"\s*(制表|製表|制单|製單|填表|审核|審核|复核|覆核|审批|審批|批准|经办|經辦|打印|主管|会计|會計|出纳|出納|负责人|負責人|签字|簽字|"
    r"prepared|checked|approved|reviewed|printed|signed)[^:：]{0,12}[:：]",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Header:
    """A table's header: its cells, the index of its first and last row among the rows looked at."""

    cells: tuple[str, ...]
    first: int
    last: int

    @cached_property
    def folded(self) -> tuple[str, ...]:
        """Return the cells as they are compared with a row that may repeat them."""
        return tuple(cell.strip() for cell in self.cells)


def filled(cells: Sequence[str]) -> int:
    """Return how many cells hold something."""
    return sum(1 for cell in cells if cell and not cell.isspace())


def find_header(rows: Sequence[Cells], where: str) -> Header:
    """Return the header among the first rows of a table.

    The header is the first row as wide as the table that names things rather than holding values, unless a later row
    names them far more clearly. Raises UnreadableExport when no row does, or one is wider than any export.
    """
    looked_at = rows[:HEAD_ROWS]
    counts = [filled(row) for row in looked_at]
    bound_columns(max(counts, default=0), where)
    best, chosen = _WORST, -1
    for index, count in enumerate(counts):
        if not count:
            continue
        score = _score(looked_at, counts, index)
        if score > best + (_MARGIN if best > 0 else 0):
            best, chosen = score, index
        if best + _MARGIN >= _HIGHEST:
            break
    if chosen < 0 or _data_share(rows[chosen]) > _MOST_DATA:
        shown = " | ".join(rows[chosen][:6]) if chosen >= 0 else "no row of several names"
        raise UnreadableExport(
            "No header row was found.",
            where=where,
            found=shown[:200],
            expected=f"a row of column names among the first {HEAD_ROWS} rows",
            next_step="Export again with column names, or write them above the first row.",
        )
    return _joined(rows, chosen)


def _data_share(cells: Sequence[str]) -> float:
    held = [cell for cell in cells if cell.strip()]
    return sum(map(is_data, held)) / len(held) if held else 1.0


def _word_share(cells: Sequence[str]) -> float:
    held = [cell.strip() for cell in cells if cell.strip()]
    hits = 0
    for cell in held:
        if len(cell) > 40:
            continue
        parts = re.sub(r"([a-z])([A-Z])", r"\1 \2", cell).lower()
        if any(word in cell for word in _HAN) or not _ENGLISH.isdisjoint(re.split(r"[\s_*()/.\-]+", parts)):
            hits += 1
    return hits / len(held) if held else 0.0


def _score(rows: Sequence[Cells], counts: Sequence[int], index: int) -> float:
    """Return how much a row looks like the header, given the filled cells of every row; at most _HIGHEST."""
    cells, count, widest = rows[index], counts[index], max(counts)
    below = sorted(number for number in counts[index + 1 : index + 31] if number)
    typical = below[len(below) // 2] if below else count
    if count < min(2, widest) or count < 0.5 * typical:
        return _WORST
    held = [cell.strip() for cell in cells if cell.strip()]
    generic = sum(1 for cell in held if _GENERIC.match(cell)) / count
    long = sum(1 for cell in held if len(cell) > 60) / count
    repeats = 1 - len(set(held)) / count
    followed = any(
        _data_share(rows[under]) > 0 for under in range(index + 1, min(index + 6, len(rows))) if counts[under]
    )
    return (
        min(count / max(typical, 1), 1.0)
        + min(count / widest, 1.0)
        + _word_share(cells)
        + (0.5 if followed else 0.0)
        - 4 * _data_share(cells)
        - 2 * generic
        - long
        - repeats
    )


def _joined(rows: Sequence[Cells], chosen: int) -> Header:
    """Join a header of two rows (group titles over column names) into one."""
    for top in (chosen, chosen - 1):
        if top >= 0 and top + 1 < len(rows) and _are_two_rows(rows[top], rows[top + 1]):
            return Header(_two_row_names(rows[top], rows[top + 1]), top, top + 1)
    return Header(tuple(rows[chosen]), chosen, chosen)


def _are_two_rows(top: Cells, sub: Cells) -> bool:
    width = max(len(top), len(sub))
    upper = [cell.strip() for cell in top] + [""] * (width - len(top))
    lower = [cell.strip() for cell in sub] + [""] * (width - len(sub))
    last = max((index for index in range(width) if upper[index] or lower[index]), default=-1)
    span = range(last + 1)
    if last < 1 or filled(top) < 2 or not any(lower) or any(map(is_data, upper + lower)):
        return False
    if any(not upper[index] and not lower[index] for index in span):
        return False
    under_group = [index for index in span if not upper[index]]
    groups = {max((left for left in range(index) if upper[left]), default=-1) for index in under_group}
    named_alone = [index for index in span if upper[index] and index not in groups]
    return (
        bool(under_group)
        and -1 not in groups
        and all(lower[index] for index in groups)
        and all(not lower[index] for index in named_alone)
    )


def _two_row_names(top: Cells, sub: Cells) -> tuple[str, ...]:
    width = max(len(top), len(sub))
    upper = [cell.strip() for cell in top] + [""] * (width - len(top))
    lower = [cell.strip() for cell in sub] + [""] * (width - len(sub))
    names, group = [], ""
    for above, below in zip(upper, lower, strict=True):
        group = above or group
        unique = lower.count(below) == 1 and below not in upper
        joint = " " if group.isascii() else ""
        about = _ABOUT.sub("", group) or group
        is_told = unique and not (below.lower() in _BARE and about != below)
        names.append(group if not below else below if is_told else f"{about}{joint}{below}")
    return tuple(names)


class RowJudge:
    """Tell of each row below a header whether it is data, and if not, why."""

    def __init__(self, header: Header, sample: Sequence[Cells]) -> None:
        self._header = header
        width = len(header.cells)
        # Notes and titles of one text say nothing of what rows usually fill.
        full = [row for row in sample if filled(row) > 1]
        self._usual = [
            sum(1 for row in full if index < len(row) and row[index].strip()) > len(full) / 2
            for index in range(width)
        ]
        self._usual_count = sum(self._usual)

    def reason(self, cells: Sequence[str], *, is_first: bool = False) -> str | None:
        """Return why a row is no data (blank, repeated_header, total, instruction), or None for a data row."""
        first = cells[0].strip() if cells else ""
        label = first or next((cell for cell in cells if cell and not cell.isspace()), "").strip()
        if not label:
            return "blank"
        if first == self._header.folded[0] and self._repeats_header(cells):
            return "repeated_header"
        if is_first and all(cell.strip().lower() in _FORM_WORDS for cell in cells if cell.strip()):
            return "instruction"
        return "total" if may_be_total(label) and self._is_total(label, cells) else None

    def is_note(self, cells: Sequence[str]) -> bool:
        """Tell whether a row is a footer when nothing follows: one text at the left of a wider table, or signatures."""
        if len(cells) > 1 and cells[1].strip() and cells[0].strip() and not _SIGNED.match(cells[0]):
            return False  # as nearly every row
        if any(cell.strip() for cell in cells[1:]):
            return all(_SIGNED.match(cell) for cell in cells if cell.strip())
        if not cells or self._usual_count < 3:
            return False
        return bool(cells[0].strip()) and not is_number(cells[0])

    def _repeats_header(self, cells: Sequence[str]) -> bool:
        return tuple(cell.strip() for cell in cells[: len(self._header.folded)]) == self._header.folded

    def _is_total(self, label: str, cells: Sequence[str]) -> bool:
        alone = is_total_label(label)
        if not alone and not ends_as_total(label):
            return False
        held = [cell for cell in cells if cell.strip()]
        if not all(is_number(cell) for cell in held[1:]):
            return False
        missing = sum(
            1
            for index, usual in enumerate(self._usual)
            if usual and not (index < len(cells) and cells[index].strip())
        )
        # A group's total is told from a product named so by what it lacks: two columns that rows usually fill. A cell
        # that says total and nothing else needs no more than one blank beside it.
        return missing >= 2 or (alone and (len(held) < len(self._usual) or len(self._usual) <= 2))
