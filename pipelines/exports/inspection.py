"""Show how an export would be understood, and why; draft a mapping for one that is not."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from pipelines.errors import SalesdeskError, UnreadableExport, UsageError
from pipelines.exports import evidence, reading, recognise, tax_words, twin, twin_accounts, twin_sql, units
from pipelines.exports.declarations import Kind, kinds
from pipelines.exports.mapping import Feed, Mapping, Rule
from pipelines.exports.reader import known_mappings
from pipelines.settings import Settings

if TYPE_CHECKING:
    from pipelines.exports.reading import TextTable


@dataclass(frozen=True)
class Understood:
    """How one table of an export is understood: the lines that say so, or the refusal."""

    table: TextTable
    lines: tuple[str, ...]
    refusal: SalesdeskError | None


@dataclass(frozen=True)
class Inspection:
    """How an export is understood, table by table; its text is what `salesdesk inspect` prints."""

    path: Path
    tables: tuple[Understood, ...]
    draft: Path | None = None

    def __str__(self) -> str:
        """Lay it out for reading."""
        lines = [str(self.path)]
        for one in self.tables:
            lines += ["", *_described(one.table), *(f"  {line}" for line in one.lines)]
            if one.refusal is not None:
                lines += [f"  {line}" for line in str(one.refusal).splitlines()]
        if self.draft is not None:
            lines += ["", f"mapping drafted in {self.draft}: fill it in and put it into mappings/"]
        return "\n".join(lines)


def inspect(path: Path, home: Path, *, write_mapping: Path | None = None) -> Inspection:
    """Return how an export would be read; nothing is landed.

    `write_mapping` names a file for a mapping's draft. Raises UnreadableExport when there is nothing to look at, and
    UsageError when the draft would overwrite a file.
    """
    if not path.is_file():
        raise UnreadableExport(
            "There is no such export",
            where=str(path),
            found="a folder" if path.is_dir() else "no file of that name",
            expected="an export file, or several",
        )
    if write_mapping is not None and write_mapping.exists():
        raise UsageError(
            "The mapping's draft would overwrite a file",
            where=str(write_mapping),
            next_step="name another file",
        )
    known = known_mappings(home)
    with tempfile.TemporaryDirectory(prefix="salesdesk-") as folder:
        tables = reading.open_tables(path, Path(folder), path.name)
        understood = _with_hidden(_understood(table.proved(), path.name, known) for table in tables)
    if write_mapping is not None and understood:
        chosen = next((one for one in understood if one.refusal is not None), understood[0])
        write_mapping.parent.mkdir(parents=True, exist_ok=True)
        write_mapping.write_text(draft(chosen.table, path.name), encoding="utf-8")
    return Inspection(path, understood, write_mapping)


def _with_hidden(found: Iterable[Understood]) -> tuple[Understood, ...]:
    """Say of hidden sheets whether they would be read: only where no other is an export."""
    tables = tuple(found)
    are_left_out = any(one.refusal is None and not one.table.is_hidden for one in tables)
    return tuple(
        one
        if not one.table.is_hidden
        else replace(one, lines=(twin_accounts.HIDDEN.en,), refusal=None)
        if are_left_out
        else replace(one, lines=(twin_accounts.HIDDEN_AND_READ.en, *one.lines))
        for one in tables
    )


def _described(table: TextTable) -> list[str]:
    rows = "" if table.rows_read is None else f", {table.rows_read:,} rows"
    skipped = f" ({table.rows_skipped:,} skipped)" if table.rows_skipped else ""
    place = f"header in row {table.first_row - 1}" if table.first_row > 1 else "no header row"
    lines = [f"{table.part or 'the file'}: {table.encoding}, {place}{rows}{skipped}"]
    reasons: dict[str, list[int]] = {}
    for row, reason in table.skipped:
        reasons.setdefault(reason, []).append(row)
    for reason, numbers in reasons.items():
        lines.append(
            f"  skipped as {reason}: row {', '.join(map(str, numbers[:5]))}{' …' if len(numbers) > 5 else ''}"
        )
    return [*lines, *(f"  note: {note.en}" for note in table.notes)]


def _understood(table: TextTable, file_name: str, known: Sequence[Mapping]) -> Understood:
    try:
        found = recognise.recognise_table(table, file_name, known)
        lines: list[str] = []
        for feed in found.feeds:
            lines += _feed_lines(table, feed, found.mapping)
        lines += [f"note: {note.en}" for note in found.notes]
        used = {header for feed in found.feeds for header in twin_sql.headers_used(feed)}
    except SalesdeskError as refusal:
        return Understood(table, (), refusal)
    if found.mapping is not None and found.mapping.leaves_out.en:
        lines.append(f"leaves out: {found.mapping.leaves_out.en}")
    unused = [header for header in table.header if header not in used]
    if unused:
        lines.append(f"not used: {', '.join(unused[:40])}{' …' if len(unused) > 40 else ''}")
    return Understood(table, tuple(lines), None)


def _feed_lines(table: TextTable, feed: Feed, mapping: Mapping | None) -> list[str]:
    kind = kinds()[feed.kind]
    why = f"by mapping {mapping.source} ({mapping.path})" if mapping else "by its own header"
    lines = [f"{kind.name} ({kind.label.en}, {kind.label.zh}), {why}; {kind.grain.en}"]
    lines += [f"  {ours:<24} {_source(rule)}{_example(table, rule)}" for ours, rule in feed.columns.items()]
    if feed.where:
        lines.append(f"  only rows where {feed.where}")
    with twin.connect(Settings()) as connection:
        decided = evidence.decide(connection, table, feed, kind, mapping, Settings())
    return lines + [f"  {note.en}" for note in decided.notes]


def _source(rule: Rule) -> str:
    if rule.headers:
        return f"← {rule.headers[0]}{f' × {rule.scale:,}' if rule.scale else ''}"
    if rule.constant is not None:
        return f"= {rule.constant}"
    if rule.join:
        return f"← {rule.separator.join(rule.join) if rule.separator else ' + '.join(rule.join)}"
    if rule.lookup:
        return f"← {rule.lookup.kind}.{' or '.join(rule.lookup.take)}, found by {rule.lookup.by}"
    return f"= {rule.expression}"


def _example(table: TextTable, rule: Rule) -> str:
    if not rule.headers:
        return ""
    position = table.header.index(rule.headers[0])
    shown = next((row[position] for row in table.sample if row[position].strip()), "")
    return f"   e.g. {shown[:40]}" if shown else ""


def draft(table: TextTable, file_name: str) -> str:
    """Return a mapping to fill in: what was recognised, and for each missing column the headers left to choose from."""
    nearest = recognise.candidates(table.header)[0]
    # Where nothing is known orders are the likeliest; the draft names the other kinds.
    kind = nearest.kind if nearest.columns else kinds()["orders"]
    stem = re.sub(r"[^a-z0-9]+", "_", Path(file_name).stem.lower()).strip("_")
    source = stem if re.match(r"[a-z]", stem) else f"export_{stem}".rstrip("_")
    used = {table.header[position] for position in nearest.columns.values()}
    unused = [header for header in table.header if header not in used]
    columns = _filled(kind, {ours: table.header[position] for ours, position in nearest.columns.items()})
    missing = [f"      # {ours}: ?   ({_need(kind, ours)})" for ours in kind.names if ours not in columns]
    lines = [
        f"# Drafted from {file_name}. Uncomment and fill in the columns the file has; delete the rest.",
        f"# Headers not used yet: {', '.join(unused) or 'none'}",
        f"# Other kinds: {', '.join(kinds())}",
        f"source: {source}",
        f"label: {{zh: {_yaml(source)}, en: {_yaml(source)}}}",
        "match:",
        f"  headers: [{', '.join(_yaml(header) for header in table.header)}]",
        "# date_order: dmy   # or mdy, when dates look like 03/04/2026",
        "feeds:",
        f"  - kind: {kind.name}",
        "    columns:",
        *(f"      {ours}: {rule}" for ours, rule in columns.items()),
        *missing,
    ]
    return "\n".join(lines) + "\n"


def _filled(kind: Kind, headers: dict[str, str]) -> dict[str, str]:
    """Return how a draft fills our columns, with the unit and the currency that headers tell in brackets."""
    columns: dict[str, str] = {}
    for ours in kind.names:
        if ours in headers:
            scale, currency = units.unit_of(headers[ours], kind.column(ours))
            header = _yaml(headers[ours])
            columns[ours] = header if scale == 1 else f"{{from: {header}, scale: {scale}}}"
            if currency and "currency" in kind.names and "currency" not in headers:
                columns["currency"] = f"{{constant: {currency}}}"
    taxed = tax_words.rule(kind, {ours: Rule(headers=(name,)) for ours, name in headers.items()})
    return columns | ({"price_includes_tax": "{constant: true}"} if taxed else {})


def _need(kind: Kind, ours: str) -> str:
    label = kind.column(ours).label
    if ours in kind.required:
        return f"required: {label.en}, {label.zh}"
    if any(ours in group for group in kind.one_of):
        return f"needed: {' or '.join(' + '.join(group) for group in kind.one_of)}"
    return f"{label.en}, {label.zh}"


def _yaml(text: str) -> str:
    return (
        '"' + text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("\t", "\\t") + '"'
    )
