"""Bind a feed to a file: its headers spelt as they stand there, columns without a header left out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from pipelines.errors import MappingError, did_you_mean
from pipelines.exports import expressions
from pipelines.exports.declarations import kinds, normalise
from pipelines.exports.mapping import Feed, Rule


def bind(feed: Feed, header: Sequence[str]) -> Feed:
    """Return the feed as it applies to a file with this header.

    Raises MappingError when what the kind cannot do without is not in the file.
    """
    spelt: dict[str, str] = {}
    for name in header:
        spelt.setdefault(normalise(name), name)
    columns = {
        name: bound
        for name, rule in feed.columns.items()
        if (bound := _bind(rule, header, spelt)) is not None
    }
    kind = kinds()[feed.kind]
    missing = [name for name in kind.required if name not in columns and name not in feed.optional]
    if kind.one_of and not any(set(group) <= set(columns) for group in kind.one_of):
        missing.append(" or ".join(" + ".join(group) for group in kind.one_of))
    if missing:
        asked = [
            header
            for name in missing
            for part in _names(name)
            for header in headers_asked(feed.columns.get(part))
        ]
        raise _absent(feed.kind, ", ".join(missing), asked, header)
    named = (*feed.first_per, *feed.fill_by)
    absent = [name for name in named if normalise(name) not in spelt]
    absent += _unknown_in(feed.where, header) if feed.where else []
    if absent:
        raise _absent(feed.kind, "a rule", absent, header)
    return replace(
        feed,
        columns=columns,
        first_per=tuple(spelt[normalise(name)] for name in feed.first_per),
        fill_by=tuple(spelt[normalise(name)] for name in feed.fill_by),
        # A column that this file does not have is a column that needs no filling.
        fill_columns=tuple(spelt[normalise(name)] for name in feed.fill_columns if normalise(name) in spelt),
    )


def _names(missing: str) -> list[str]:
    return missing.replace(" + ", " or ").split(" or ")


def _bind(rule: Rule, header: Sequence[str], spelt: dict[str, str]) -> Rule | None:
    if rule.headers:
        found = next((spelt[normalise(name)] for name in rule.headers if normalise(name) in spelt), None)
        return None if found is None else replace(rule, headers=(found,))
    if rule.join:
        if any(normalise(name) not in spelt for name in rule.join):
            return None
        return replace(rule, join=tuple(spelt[normalise(name)] for name in rule.join))
    if rule.lookup:
        by = spelt.get(normalise(rule.lookup.by))
        return None if by is None else replace(rule, lookup=replace(rule.lookup, by=by))
    if rule.expression:
        return None if _unknown_in(rule.expression, header) else rule
    return rule


def _unknown_in(expression: str, header: Sequence[str]) -> list[str]:
    known = {name.lower() for name in header}
    return [name for name in expressions.headers_of(expression, "mapping") if name.lower() not in known]


def headers_by_column(feed: Feed) -> dict[str, tuple[str, ...]]:
    """Return, for each of our columns that a feed fills, the headers it is filled from."""
    return {ours: headers_asked(rule) for ours, rule in feed.columns.items()}


def headers_asked(rule: Rule | None) -> tuple[str, ...]:
    """Return the headers from which a rule fills its column."""
    if rule is None:
        return ()
    if rule.lookup:
        return (rule.lookup.by,)
    if rule.expression:
        return expressions.headers_of(rule.expression, "mapping")
    return rule.headers or rule.join


def _absent(kind: str, what: str, asked: Sequence[str], header: Sequence[str]) -> MappingError:
    return MappingError(
        f"A mapping names headers that the file lacks, and {kind} cannot do without {what}",
        found=", ".join(header[:15]),
        expected=", ".join(dict.fromkeys(asked)),
        hint=did_you_mean(asked[0], header) if asked else "",
        next_step="mend the mapping, or narrow what it matches",
    )
