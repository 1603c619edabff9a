"""Continuation lines: rows that leave a document's number, date and customer blank because the row above tells them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from pipelines.exports.declarations import kinds
from pipelines.exports.sql_text import name

if TYPE_CHECKING:
    from pipelines.exports.mapping import Feed
    from pipelines.exports.reading import TextTable


def continued(feed: Feed, table: TextTable) -> Feed:
    """Return the feed of a header in our own names, its documents' cells filled down where rows are seen to continue.

    A row continues the document above when it names something (goods, or the invoice paid) and a value, and leaves
    blank all that a document must say. One that leaves only its number blank does not: it lacks it. One that names
    nothing does not either: it may be a total. Mappings say for themselves what they fill.
    """
    kind = kinds()[feed.kind]
    own = {ours: rule.headers[0] for ours, rule in feed.columns.items() if rule.headers}
    said = [own[ours] for ours in kind.required if ours in own and ours not in kind.line]
    named = [own[ours] for ours in kind.line if ours in own and kind.column(ours).sql_type == "varchar"]
    valued = [
        own[ours]
        for group in kind.one_of or [kind.required]
        for ours in group
        if ours in kind.line and ours in own
    ]
    document = own.get(kind.document[0], "")
    if len(said) < 2 or not named or not valued or not document or set(said) & {*named, *valued}:
        return feed
    place = {header: position for position, header in enumerate(table.header)}

    def holds(row: tuple[str, ...], headers: list[str]) -> list[bool]:
        return [bool(row[place[header]].strip()) for header in headers]

    is_seen = any(
        not any(holds(row, said)) and any(holds(row, named)) and any(holds(row, valued))
        for row in table.sample[1:]
    )
    if not is_seen or not all(holds(table.sample[0], said)):
        return feed
    blank = [f"{name(header)} is null" for header in said]
    condition = f"{' and '.join(blank)} and {_any(named)} and {_any(valued)}"
    filled = [header for ours, header in own.items() if ours not in kind.line]
    return replace(feed, fill_by=(document,), fill_columns=tuple(dict.fromkeys(filled)), continues=condition)


def _any(headers: list[str]) -> str:
    return f"coalesce({', '.join(map(name, headers))}) is not null"
