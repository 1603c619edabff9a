"""Recognise what an export is from its header: a mapping's signature first, else the kinds' own names."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from fnmatch import fnmatch
from typing import TYPE_CHECKING

from pipelines.errors import AmbiguousExport, MappingError, UnreadableExport, did_you_mean
from pipelines.exports import tax_words
from pipelines.exports.binding import bind
from pipelines.exports.continuation import continued
from pipelines.exports.declarations import Column, Kind, Words, kinds, normalise
from pipelines.exports.mapping import Feed, Mapping, Rule
from pipelines.exports.units import told

if TYPE_CHECKING:
    from pipelines.exports.reading import TextTable


@dataclass(frozen=True)
class Recognition:
    """What a table was understood to be. `mapping` is None when its header speaks our names; `notes`: what it lacks."""

    feeds: tuple[Feed, ...]
    mapping: Mapping | None = None
    notes: tuple[Words, ...] = ()

    @property
    def source(self) -> str:
        """The mapping's name, or nothing for the kinds' own names."""
        return self.mapping.source if self.mapping else ""

    @property
    def origin(self) -> str:
        """Where it comes from: files of one origin share customer numbers; nothing for our own names."""
        return self.mapping.origin if self.mapping else ""


@dataclass(frozen=True)
class Candidate:
    """A kind that a header may be: our column → position of the header, and what is missing to be it."""

    kind: Kind
    columns: dict[str, int]
    missing: tuple[str, ...] = ()
    rivals: dict[str, tuple[int, ...]] = field(default_factory=dict)

    @property
    def fits(self) -> bool:
        """Whether all that the kind needs is there."""
        return not self.missing


def recognise_table(table: TextTable, file_name: str, known: Sequence[Mapping]) -> Recognition:
    """Return what a table is, by its header; under our own names its first rows tell whether lines continue documents.

    Headers and cells tell the unit and the currency of its amounts then. Raises as `recognise` does, and as `told`.
    """
    found = recognise(table.header, file_name, table.part, known)
    if found.mapping is not None:
        return found
    feeds = tuple(told(continued(feed, table), table) for feed in found.feeds)
    return replace(found, feeds=feeds, notes=(*found.notes, *tax_words.notes(feeds)))


def recognise(header: Sequence[str], file_name: str, part: str, known: Sequence[Mapping]) -> Recognition:
    """Return what a table with this header is.

    Raises AmbiguousExport when it fits several kinds or mappings equally, or is our own list of rows in quarantine;
    UnreadableExport when it fits none.
    """
    where = f"{file_name}, {part}" if part else file_name
    mapping = _matching(header, file_name, part, known, where)
    if _is_returned(header) and (mapping is None or mapping.feeds):
        raise _returned(where)
    if mapping is not None:
        return _bound(mapping, header, where)
    fitting = [candidate for candidate in candidates(header) if candidate.fits]
    names = {candidate.kind.name for candidate in fitting}
    fitting = [candidate for candidate in fitting if names.isdisjoint(candidate.kind.yields_to)]
    if not fitting:
        raise _unknown(header, where)
    best = max(len(candidate.columns) for candidate in fitting)
    first = [candidate for candidate in fitting if len(candidate.columns) == best]
    if len(first) > 1:
        raise _several("kinds", [candidate.kind.name for candidate in first], header, where)
    return Recognition((_feed(first[0], header),), notes=_rivals(first[0], header))


def _rivals(candidate: Candidate, header: Sequence[str]) -> tuple[Words, ...]:
    """Say which headers mean the same as one that a row cannot be without, and are not read."""
    needed = {*candidate.kind.required, *(ours for group in candidate.kind.one_of for ours in group)}
    return tuple(
        Words(f"{taken}：与 {others} 同义，只读前者", f"{taken}: {others} may mean the same and is not read")
        for ours, positions in candidate.rivals.items()
        if ours in needed and (free := [at for at in positions if at not in candidate.columns.values()])
        for taken, others in [(header[candidate.columns[ours]], ", ".join(header[at] for at in free))]
    )


def _bound(mapping: Mapping, header: Sequence[str], where: str) -> Recognition:
    """Return the mapping's feeds as they apply to this header.

    What a file feeds beside its first kind is left out, and told, when the file lacks the headers for it. Raises
    MappingError when it lacks those of the first.
    """
    feeds: list[Feed] = []
    notes: list[Words] = []
    for feed in mapping.feeds:
        try:
            feeds.append(bind(feed, header))
        except MappingError as error:
            if not feeds:
                error.where = f"{where}, by mapping {mapping.source}"
                raise
            notes.append(
                Words(
                    f"未从中取{kinds()[feed.kind].label.zh}：文件没有 {error.expected}",
                    f"{feed.kind} are not taken from it: the file lacks {error.expected}",
                )
            )
    return Recognition(tuple(feeds), mapping, tuple(notes))


def candidates(header: Sequence[str]) -> list[Candidate]:
    """Return every kind with what of it stands in the header, best first."""
    positions = _positions(header)
    found = [_candidate(kind, header, positions) for kind in kinds().values()]
    return sorted(found, key=lambda one: (one.fits, len(one.columns) - len(one.missing)), reverse=True)


def spellings(header: str) -> tuple[str, ...]:
    """Return a header as compared: whole, and without what stands in brackets (units, currencies) or says tax is in."""
    taxed = tax_words.without_mark(header)
    if taxed:
        return tuple(dict.fromkeys((normalise(header), taxed))) if header.isascii() else (taxed,)
    bare = header
    for opening, closing in ("()", "（）", "[]", "【】"):
        if opening in bare and closing in bare[bare.index(opening) :]:
            start = bare.index(opening)
            bare = bare[:start] + bare[bare.index(closing, start) + 1 :]
    return tuple(dict.fromkeys(text for text in (normalise(header), normalise(bare)) if text))


def _positions(header: Sequence[str]) -> dict[str, int]:
    found: dict[str, int] = {}
    for turn in (0, 1):  # whole spellings claim a name before shortened ones do
        for position, name in enumerate(header):
            spelt = spellings(name)
            if len(spelt) > turn:
                found.setdefault(spelt[turn], position)
    return found


def _candidate(kind: Kind, header: Sequence[str], positions: dict[str, int]) -> Candidate:
    columns: dict[str, int] = {}
    rivals: dict[str, tuple[int, ...]] = {}
    for column in kind.columns:
        known = [*column.headers, *tax_words.names(kind, column)]
        hits = list(dict.fromkeys(positions[name] for name in known if name in positions))
        if hits:
            columns[column.name] = hits[0]
            rivals[column.name] = tuple(hits[1:])
    wanted = {*kind.required, *(name for group in kind.one_of for name in group)}
    for column in kind.columns:
        if column.name in wanted and column.name not in columns:
            position = _weak(column, positions, columns, kind)
            if position is not None:
                columns[column.name] = position
    return Candidate(kind, columns, _missing(kind, columns, header), rivals)


def _weak(column: Column, positions: dict[str, int], columns: dict[str, int], kind: Kind) -> int | None:
    """Return the header of a weak name that no required column has claimed."""
    claimed = {columns[name] for name in kind.required if name in columns}
    return next(
        (positions[name] for name in column.weak if name in positions and positions[name] not in claimed),
        None,
    )


def _missing(kind: Kind, columns: dict[str, int], header: Sequence[str]) -> tuple[str, ...]:
    missing = [name for name in kind.required if name not in columns]
    if kind.one_of and not any(set(group) <= set(columns) for group in kind.one_of):
        missing.append(" or ".join(" + ".join(group) for group in kind.one_of))
    if kind.needs and not set(kind.needs) & set(columns):
        missing.append(" or ".join(kind.needs))
    named = [name for name in header if name.strip()]
    if not missing and kind.is_mostly_known and 2 * len(set(columns.values())) < len(named):
        missing.append("at least half of the headers")
    used = set(columns.values())
    beside = [
        name
        for position, name in enumerate(header)
        if position not in used and any(word in normalise(name) for word in kind.not_beside)
    ]
    if beside and not missing:
        missing.append(f"a meaning for {', '.join(beside[:3])}")
    return tuple(missing)


def _feed(candidate: Candidate, header: Sequence[str]) -> Feed:
    order = [name for name in candidate.kind.names if name in candidate.columns]
    return Feed(
        kind=candidate.kind.name,
        columns={name: Rule(headers=(header[candidate.columns[name]],)) for name in order},
    )


def _matching(
    header: Sequence[str], file_name: str, part: str, known: Sequence[Mapping], where: str
) -> Mapping | None:
    present = {normalise(name) for name in header}
    found = [
        mapping
        for mapping in known
        if all(any(normalise(name) in present for name in names) for names in mapping.headers)
        and not any(normalise(name) in present for name in mapping.absent)
        and (not mapping.file or fnmatch(file_name.casefold(), mapping.file.casefold()))
        and (not mapping.part or fnmatch(part.casefold(), mapping.part.casefold()))
    ]
    if not found:
        return None
    ranks = [(len(mapping.headers), bool(mapping.file) + bool(mapping.part)) for mapping in found]
    best = [mapping for mapping, rank in zip(found, ranks, strict=True) if rank == max(ranks)]
    if len(best) > 1:
        raise _several("mappings", [mapping.source for mapping in best], header, where)
    return best[0]


def _several(what: str, names: Sequence[str], header: Sequence[str], where: str) -> AmbiguousExport:
    return AmbiguousExport(
        f"The export fits several {what} equally well",
        where=where,
        found=f"{', '.join(sorted(names))} (header: {_shown(header)})",
        expected="a header that fits one",
        next_step="salesdesk inspect FILE --write-mapping writes a mapping to decide it",
    )


def _is_returned(header: Sequence[str]) -> bool:
    """Whether this is a sheet of the workbook that gives rows in quarantine back: row number first, reasons last."""
    spelt = [normalise(name) for name in header if name]
    return len(spelt) > 3 and spelt[0] in ("行号", "row") and spelt[-2:] == ["原因", "reason"]


def _returned(where: str) -> AmbiguousExport:
    return AmbiguousExport(
        "This is the list of rows in quarantine, not an export",
        where=where,
        found="single rows: a document replaced by them would lose its other lines",
        expected="the export itself, corrected, with every line of its documents",
        next_step="correct these rows in the program they come from, or in the exported file, and load that",
    )


def _unknown(header: Sequence[str], where: str) -> UnreadableExport:
    nearest = [one for one in candidates(header) if one.columns][:3]
    near = "; ".join(f"{one.kind.name} (lacks {', '.join(one.missing)})" for one in nearest if one.missing)
    near_kinds = [nearest[0].kind] if nearest else list(kinds().values())
    names = list(dict.fromkeys(column.name for kind in near_kinds for column in kind.columns))
    hints = [
        f"{name}: {did_you_mean(normalise(name), names)}" for name in header[:30] if _is_near(name, names)
    ]
    return UnreadableExport(
        "The export's header fits no kind of export",
        where=where,
        found=_shown(header),
        expected=f"nearest: {near}" if near else f"one of: {', '.join(kinds())}",
        hint="; ".join(hints[:3]),
        next_step="salesdesk inspect FILE --write-mapping writes a mapping to fill in",
    )


def _is_near(name: str, known: Sequence[str]) -> bool:
    from difflib import get_close_matches

    spelt = normalise(name)
    compared = {normalise(other) for other in known}
    return (
        bool(spelt) and spelt not in compared and bool(get_close_matches(spelt, compared, n=1, cutoff=0.75))
    )


def _shown(header: Sequence[str]) -> str:
    shown = ", ".join(name for name in header[:15])
    return f"{shown}, … {len(header)} columns" if len(header) > 15 else shown
