"""SQL over a text table as it stands: which rows a feed takes, blanks of continuation lines filled."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipelines.exports.mapping import Feed
from pipelines.exports.sql_text import literal, name

if TYPE_CHECKING:
    from pipelines.exports.reading import TextTable


def needs_order(table: TextTable, feed: Feed) -> bool:
    """Whether a feed looks at a row's neighbours, so that the rows' order must be known and restored."""
    return bool(
        feed.first_per
        or feed.fill_columns
        or feed.drops_duplicates
        or (table.misfits and not table.row_column)
    )


def passes_over(feed: Feed) -> bool:
    """Whether a feed takes only some of the rows."""
    return bool(feed.where or feed.first_per or feed.drops_duplicates)


def source(table: TextTable, feed: Feed) -> str:
    """Return the query of a file's rows: texts, `_source_row`, `_misfit`, `_skipped`; `_place` if needed."""
    headers = ", ".join(map(name, table.header))
    if not needs_order(table, feed):
        row = name(table.row_column) if table.row_column else "null::bigint"
        misfit = f"map_extract_value({_misfits(table)}, {row})" if table.misfits else "null::varchar"
        skipped = (
            f"case when ({feed.where}) is not true then 'not_this_kind' end"
            if feed.where
            else "null::varchar"
        )
        own = f"{row} as _source_row, {misfit} as _misfit, {skipped} as _skipped"
        return f"select {headers}, {own} from {table.relation}"
    place = name(table.row_column) if table.row_column else "row_number() over ()"
    first = "" if table.row_column else f" + {table.first_row - 1}"
    misfit = f"map_extract_value({_misfits(table)}, _place)" if table.misfits else "null::varchar"
    return f"""
        select *, {misfit} as _misfit, _place as _source_row, {_skipped(table, feed)} as _skipped
        from (
            select {_filled(table, feed)}, _place
            from (
                select {_anchored(table, feed)}, _place
                from (select {headers}, {place}{first} as _place from {table.relation})
            )
        )
    """


def _misfits(table: TextTable) -> str:
    entries = ", ".join(f"{row}: {literal(found)}" for row, found in table.misfits)
    return f"map {{{entries}}}"


def _anchored(table: TextTable, feed: Feed) -> str:
    """Carry a document's number down to continuation lines that leave it blank."""
    carried = set(feed.fill_by) & set(feed.fill_columns)
    return ", ".join(
        f"{_carried(header, feed.continues)} as {name(header)}" if header in carried else name(header)
        for header in table.header
    )


def _carried(header: str, continues: str) -> str:
    above = f"last_value({name(header)} ignore nulls) over (order by _place rows unbounded preceding)"
    return f"case when {name(header)} is not null or ({continues}) then {above} end" if continues else above


def _filled(table: TextTable, feed: Feed) -> str:
    """Give blank cells of continuation lines their document's first value; rows of no document have none to give."""
    by = ", ".join(map(name, feed.fill_by))
    window = f"partition by {by} order by _place rows between unbounded preceding and unbounded following"
    is_known = " and ".join(f"{name(header)} is not null" for header in feed.fill_by)
    return ", ".join(
        f"coalesce({name(header)}, case when {is_known} then first_value({name(header)} ignore nulls) "
        f"over ({window}) end) as {name(header)}"
        if header in feed.fill_columns and header not in feed.fill_by
        else name(header)
        for header in table.header
    )


def _skipped(table: TextTable, feed: Feed) -> str:
    where = f"({feed.where}) is true" if feed.where else "true"
    branches = [f"when not ({where}) then 'not_this_kind'"]
    again = {"repeated_document": feed.first_per, "duplicate": table.header if feed.drops_duplicates else ()}
    for reason, headers in again.items():
        if headers:
            window = f"partition by {where}, {', '.join(map(name, headers))} order by _place"
            branches.append(f"when row_number() over ({window}) > 1 then {literal(reason)}")
    return f"case {' '.join(branches)} end"
