"""What reading gives: text tables, nothing typed, every row accounted for."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from pipelines.errors import UnreadableExport

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from pipelines.exports.declarations import Words

SAMPLE_ROWS = 200
# Excel's own limit is 16,384; no ledger needs a tenth of it, and a million columns is an attack or a wrong delimiter.
MAX_COLUMNS = 5_000
ROW_COLUMN = "_source_row"
# Characters kept of the lines above a header.
_MOST_ABOVE = 10_000


@dataclass(frozen=True)
class TextTable:
    """One table of text as it stands in an export.

    `relation` is SQL whose columns are exactly `header`, all VARCHAR, in source order; when `row_column` is set it
    comes last in the relation and holds the 1-based source row, else row n of the relation is source row
    `first_row + n`. Rows are counted as a spreadsheet program counts them: a quoted line break does not start a row.
    `rows_read` = rows of the relation + `rows_skipped`; the header rows themselves are in neither. `skipped` names
    the first skipped rows with the reason (preamble, blank, repeated_header, total, instruction, footer).
    `misfits` names rows whose fields do not fit the header: their whole text stands in the first column and nothing
    in the others, so that they can never be mistaken for a good row.
    `above` are the lines above the header, which may tell the unit of the amounts. `is_hidden`: a sheet that nobody
    sees who opens the workbook.
    `closer_look` is there when a large file was not looked at whole: every row is plain if each fits the header and is
    a sound document; else call it for the same table, proved. `promised_rows` then gives the rows that its line ends
    promise, skipped ones too, or None where the bytes are not what their beginning says; it is counted meanwhile.
    """

    part: str
    header: tuple[str, ...]
    sample: tuple[tuple[str, ...], ...]
    relation: str
    first_row: int
    row_column: str | None
    rows_read: int | None
    rows_skipped: int
    skipped: tuple[tuple[int, str], ...]
    encoding: str
    notes: tuple[Words, ...]
    misfits: tuple[tuple[int, str], ...] = ()
    above: str = ""
    is_hidden: bool = False
    closer_look: Callable[[], TextTable] | None = field(default=None, compare=False, repr=False)
    promised_rows: Callable[[], int | None] | None = field(default=None, compare=False, repr=False)

    def proved(self) -> TextTable:
        """Return the table after a look at the whole file."""
        return self.closer_look() if self.closer_look else self


def lines_above(rows: Iterable[Sequence[str]]) -> str:
    """Return what stands above a table's header, a line a row."""
    return "\n".join(" ".join(cell for cell in row if cell) for row in rows)[:_MOST_ABOVE]


def bound_columns(count: int, where: str) -> None:
    """Refuse more columns than any export has. Raises UnreadableExport."""
    if count > MAX_COLUMNS:
        raise UnreadableExport(
            "The table has too many columns to be an export.",
            where=where,
            found=f"{count:,} columns",
            expected=f"at most {MAX_COLUMNS:,}",
            next_step="Check the delimiter, or export the columns that are needed.",
        )


def header_names(cells: Sequence[str], where: str) -> tuple[str, ...]:
    """Return distinct column names: blanks named by position, repeats numbered, as DuckDB compares them (any case).

    Raises UnreadableExport when there are more columns than any export has.
    """
    bound_columns(len(cells), where)
    names: list[str] = []
    taken: set[str] = {ROW_COLUMN}
    for position, cell in enumerate(cells, 1):
        base = re.sub(r"[\s\x00-\x1f\x7f]+", " ", cell.replace("\ufeff", "")).strip() or f"column_{position}"
        name, turn = base, 1
        while name.lower() in taken:
            turn += 1
            name = f"{base}_{turn}"
        taken.add(name.lower())
        names.append(name)
    return tuple(names)


def quoted_text(text: str) -> str:
    """Return `text` as an SQL string literal."""
    return "'" + text.replace("'", "''") + "'"


def quoted_name(name: str) -> str:
    """Return `name` as an SQL identifier."""
    return '"' + name.replace('"', '""') + '"'


def quoted_names(names: Iterable[str]) -> str:
    """Return `names` as SQL identifiers in a list."""
    return ", ".join(quoted_name(name) for name in names)
