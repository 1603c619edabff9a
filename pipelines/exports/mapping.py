"""Mappings: which foreign header is which of our columns, told as data and checked before use."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

from pipelines.errors import MappingError, did_you_mean
from pipelines.exports import expressions
from pipelines.exports.declarations import Kind, Words, kinds, word_table, yaml_documents

_PACKAGE = Path(__file__).resolve().parent
SHIPPED = _PACKAGE / "mappings"


@dataclass(frozen=True)
class Lookup:
    """A value that stands in another kind: the row whose document key is header `by` gives the first of `take`."""

    kind: str
    by: str
    take: tuple[str, ...]


@dataclass(frozen=True)
class Rule:
    """How one of our columns is filled from a row of the file."""

    headers: tuple[str, ...] = ()
    constant: str | None = None
    expression: str = ""
    join: tuple[str, ...] = ()
    separator: str = ""
    scale: Decimal | None = None
    sign: int = 1
    width: int = 0
    date_order: str = ""
    decimal_comma: bool | None = None
    lookup: Lookup | None = None
    discount: str = ""


@dataclass(frozen=True)
class Feed:
    """One kind that a file feeds. `continues`: the condition of rows that are filled down, all without one."""

    kind: str
    columns: dict[str, Rule]
    is_snapshot: bool = False
    drops_duplicates: bool = False
    optional: tuple[str, ...] = ()
    where: str = ""
    first_per: tuple[str, ...] = ()
    fill_by: tuple[str, ...] = ()
    fill_columns: tuple[str, ...] = ()
    continues: str = ""
    document: tuple[str, ...] = ()
    words: dict[str, dict[str, str]] | None = None

    @property
    def lookup_key(self) -> str:
        """The header whose value is looked up in another kind, if any."""
        return next((rule.lookup.by for rule in self.columns.values() if rule.lookup), "")

    @property
    def lookup_kind(self) -> str:
        """The kind in which values are looked up, if any."""
        return next((rule.lookup.kind for rule in self.columns.values() if rule.lookup), "")


@dataclass(frozen=True)
class Mapping:
    """How a source's export is read. `origin`, the file's stem: sources of one share customer numbers.

    `headers` must all stand in the file, of each one spelling.
    """

    source: str
    origin: str
    path: str
    label: Words
    leaves_out: Words
    headers: tuple[tuple[str, ...], ...]
    feeds: tuple[Feed, ...]
    absent: tuple[str, ...] = ()
    file: str = ""
    part: str = ""
    date_order: str = ""
    decimal_comma: bool | None = None
    time_zone: str = ""
    null_words: tuple[str, ...] = ()
    digest: str = ""


def mappings(*folders: Path) -> tuple[Mapping, ...]:
    """Return the mappings in force: the shipped ones, replaced by those of the same source in `folders`, last wins.

    Raises MappingError for one that cannot be used.
    """
    found: dict[str, Mapping] = {}
    for folder in (SHIPPED, *folders):
        for path in sorted(folder.glob("*.yaml")):
            for mapping in _load(path, path.stat().st_mtime_ns):
                found[mapping.source] = mapping
    return tuple(found[source] for source in sorted(found))


@cache
def _load(path: Path, _modified: int) -> tuple[Mapping, ...]:
    """Read one file, again when its time is another. The shipped ones are checked by a test: checking takes long."""
    return tuple(read(path, is_sound=path.parent == SHIPPED))


def read(path: Path, *, is_sound: bool = False) -> Iterator[Mapping]:
    """Yield the mappings of one file, checked unless known to be sound.

    Raises MappingError for unreadable YAML, an unknown key, kind, column or an expression that does too much.
    """
    import yaml

    try:
        documents = yaml_documents(path)
    except (yaml.YAMLError, UnicodeDecodeError, OSError) as error:
        raise _refused(path, str(error), "a YAML file in UTF-8") from error
    for number, told in enumerate(documents, start=1):
        where = str(path) if len(documents) == 1 else f"{path}, mapping {number}"
        if not is_sound:
            _check_schema(told, where)
        mapping = _mapping(told, path, where)
        if not is_sound:
            _check_expressions(mapping, where)
        yield mapping


def _check_expressions(mapping: Mapping, where: str) -> None:
    """Refuse SQL that does more than compute from the row."""
    for feed in mapping.feeds:
        if feed.where:
            expressions.headers_of(feed.where, where)
        for name, rule in feed.columns.items():
            if rule.expression:
                expressions.headers_of(rule.expression, f"{where}, {feed.kind}.{name}")


def _check_schema(told: Any, where: str) -> None:
    from jsonschema.exceptions import best_match

    error = best_match(_validator().iter_errors(told))
    if error is None:
        return
    place = " > ".join(str(step) for step in error.absolute_path)
    hint = ""
    if error.validator == "additionalProperties" and isinstance(error.instance, dict):
        known = error.schema.get("properties", {})
        unknown = [key for key in error.instance if key not in known]
        hint = did_you_mean(str(unknown[0]), known) if unknown else ""
    found = f"{place}: {error.message}" if place else error.message
    raise _refused(where, found, "see mappings/README.md", hint)


@cache
def _validator() -> Any:
    import yaml
    from jsonschema import Draft202012Validator

    return Draft202012Validator(
        yaml.safe_load((_PACKAGE / "mapping_schema.yaml").read_text(encoding="utf-8"))
    )


def _mapping(told: dict[str, Any], path: Path, where: str) -> Mapping:
    match = told["match"]
    return Mapping(
        source=told["source"],
        origin=path.stem,
        path=str(path),
        label=Words(**told["label"]),
        leaves_out=Words(**told.get("leaves_out", {"zh": "", "en": ""})),
        headers=tuple((one,) if isinstance(one, str) else tuple(one) for one in match["headers"]),
        absent=tuple(match.get("absent", ())),
        file=match.get("file", ""),
        part=match.get("part", ""),
        date_order=told.get("date_order", ""),
        decimal_comma=told.get("decimal_comma"),
        time_zone=_time_zone(told.get("time_zone", ""), where),
        null_words=tuple(told.get("null_words", ())),
        feeds=tuple(_feed(feed, where) for feed in told["feeds"]),
        digest=hashlib.sha256(repr(told).encode()).hexdigest(),
    )


def _feed(told: dict[str, Any], where: str) -> Feed:
    kind = _known_kind(told["kind"], where)
    fill = told.get("fill_down", {})
    feed = Feed(
        kind=kind.name,
        columns={name: _rule(name, rule, kind, where) for name, rule in told["columns"].items()},
        is_snapshot=told.get("mode") == "snapshot",
        drops_duplicates=told.get("duplicates") == "drop",
        optional=tuple(told.get("optional", ())) + (("customer_id",) if told.get("anonymous") else ()),
        where=told.get("where", ""),
        first_per=tuple(told.get("first_per", ())),
        fill_by=tuple(fill.get("by", ())),
        fill_columns=tuple(fill.get("columns", ())),
        document=tuple(told.get("document", ())),
        words={column: word_table(words) for column, words in told.get("words", {}).items()},
    )
    for name in (*feed.optional, *feed.document, *(feed.words or {})):
        _require_column(name, kind, where)
    _check_complete(feed, kind, where)
    return feed


def _check_complete(feed: Feed, kind: Kind, where: str) -> None:
    """Refuse a feed that could never give a whole row."""
    missing = [name for name in kind.required if name not in feed.columns and name not in feed.optional]
    if missing:
        found = f"{kind.name} without {', '.join(missing)}"
        raise _refused(where, found, "every required column", "or list it as optional")
    if kind.one_of and not any(set(group) <= set(feed.columns) for group in kind.one_of):
        groups = " or ".join(" + ".join(group) for group in kind.one_of)
        raise _refused(where, f"{kind.name} without {groups}", "one of these, whole")
    lookups = {(rule.lookup.kind, rule.lookup.by) for rule in feed.columns.values() if rule.lookup}
    if len(lookups) > 1:
        found = f"{len(lookups)} different lookups in one feed"
        raise _refused(where, found, "one kind and one header for all lookups")


def _rule(name: str, told: str | dict[str, Any], kind: Kind, where: str) -> Rule:
    _require_column(name, kind, where)
    if isinstance(told, str):
        return Rule(headers=(told,))
    sources = [key for key in ("from", "constant", "expression", "join", "lookup") if key in told]
    if len(sources) != 1:
        found = f"{name}: {', '.join(sources) or 'no source'}"
        raise _refused(where, found, "one of from, constant, expression, join, lookup")
    given = told.get("from", ())
    return Rule(
        headers=(given,) if isinstance(given, str) else tuple(given),
        constant=_text(told["constant"]) if "constant" in told else None,
        expression=told.get("expression", ""),
        join=tuple(told.get("join", ())),
        separator=told.get("separator", ""),
        scale=Decimal(str(told["scale"])) if "scale" in told else None,
        sign=told.get("sign", 1),
        width=told.get("width", 0),
        date_order=told.get("date_order", ""),
        decimal_comma=told.get("decimal_comma"),
        lookup=_lookup(told["lookup"], where) if "lookup" in told else None,
        discount=told.get("discount", ""),
    )


def _lookup(told: dict[str, Any], where: str) -> Lookup:
    other = _known_kind(told["kind"], where)
    for name in told["take"]:
        _require_column(name, other, where)
    return Lookup(other.name, told["by"], tuple(told["take"]))


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _time_zone(name: str, where: str) -> str:
    from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

    try:
        return ZoneInfo(name).key if name else ""
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise _refused(where, f"time_zone: {name}", "an IANA time zone such as Asia/Shanghai") from error


def _known_kind(name: str, where: str) -> Kind:
    if name not in kinds():
        raise _refused(where, f"the kind {name}", "a kind of export", did_you_mean(name, kinds()))
    return kinds()[name]


def _require_column(name: str, kind: Kind, where: str) -> None:
    if name not in kind.names:
        hint = did_you_mean(name, kind.names)
        raise _refused(where, f"{kind.name}.{name}", f"a column of {kind.name}", hint)


def _refused(where: Path | str, found: str, expected: str, hint: str = "") -> MappingError:
    return MappingError(
        "A mapping cannot be used as written",
        where=str(where),
        found=found,
        expected=expected,
        hint=hint,
        next_step="mend the mapping, or take it away",
    )
