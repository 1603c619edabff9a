"""The metrics as declared, one YAML file each in `sql/metrics/`: read, checked, resolved to aggregates."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING, Any

from pipelines import resources
from pipelines.errors import MetricError, did_you_mean
from pipelines.metrics.definition import (
    BETTER,
    GRAINS,
    KNOWN_EARLIER,
    LANGUAGES,
    LEVELS,
    MATURITIES,
    UNITS,
    Metric,
    Term,
)

if TYPE_CHECKING:
    from pathlib import Path

_CHOICES = {
    "unit": UNITS,
    "better": BETTER,
    "additive_over": LEVELS,
    "grains": tuple(GRAINS),
    "matures_after": MATURITIES,
    "known_earlier": KNOWN_EARLIER,
}
_WORDS = ("label", "words", "leaves_out")
_REQUIRED = {"name", "unit", "numerator", "additive_over", "better", "owner", "version", *_WORDS}
_TERM_KEYS = {"base", "date", "value", "where", "times", "dimensions", "metric", "empty_is"}
_KNOWN = _REQUIRED | {
    "base",
    "date",
    "where",
    "denominator",
    "dimensions",
    "matures_after",
    "empty_is",
    "changes",
    "grains",
    "snapshot",
    "sample",
    "known_earlier",
}


def catalog() -> dict[str, Metric]:
    """Return every declared metric by name, in name order.

    Raises MetricError for a declaration that cannot be used.
    """
    return dict(_load(resources.path("sql") / "metrics"))


def find(name: str) -> Metric:
    """Return one metric. Raises MetricError, with the nearest names, when none is called so."""
    known = _load(resources.path("sql") / "metrics")
    if name not in known:
        raise MetricError("Unknown metric", found=name, hint=did_you_mean(name, known))
    return known[name]


@cache
def _load(folder: Path) -> dict[str, Metric]:
    import yaml

    # The parser in C where there is one: thirty files in a few milliseconds, as every command reads them.
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    declared: dict[str, dict[str, Any]] = {}
    for path in sorted(folder.glob("*.yaml")):
        try:
            document = yaml.load(path.read_text(encoding="utf-8"), Loader=loader)  # noqa: S506 - a safe loader
        except yaml.YAMLError as error:
            raise MetricError(
                "A metric's declaration is not readable YAML",
                where=f"sql/metrics/{path.name}",
                found=str(error),
            ) from error
        declared[path.stem] = _checked(document, path)
    return {name: _resolve(name, declared, ()) for name in declared}


def read(folder: Path) -> dict[str, Metric]:
    """Return the metrics declared in another folder, to look at or to compare with the shipped ones."""
    return dict(_load(folder))


def _checked(document: Any, path: Path) -> dict[str, Any]:
    """Refuse a declaration that misses something, says something unknown, or says it in one language only."""
    where = f"sql/metrics/{path.name}"
    if not isinstance(document, dict):
        raise MetricError(
            "A metric's declaration must be a mapping", where=where, found=type(document).__name__
        )
    _require_keys(document, where)
    if document["name"] != path.stem:
        raise MetricError(
            "A metric is named as its file", where=where, found=document["name"], expected=path.stem
        )
    for key in _WORDS:
        if set(document[key]) != set(LANGUAGES):
            raise MetricError(f"{key} must be said in zh and en", where=where, found=", ".join(document[key]))
    for key, choices in _CHOICES.items():
        said = document.get(key, [])
        for value in said if isinstance(said, list) else [said]:
            _require_choice(key, value, choices, where)
    return document


def _require_keys(document: Mapping[str, Any], where: str) -> None:
    unknown = sorted(str(key) for key in document if key not in _KNOWN)
    if unknown:
        raise MetricError(
            "Unknown key in a metric's declaration",
            where=where,
            found=unknown[0],
            hint=did_you_mean(unknown[0], _KNOWN),
        )
    missing = sorted(_REQUIRED - set(document))
    if missing:
        raise MetricError("A metric's declaration misses keys", where=where, expected=", ".join(missing))


def _require_choice(key: str, value: str, choices: tuple[str, ...], where: str) -> None:
    if value not in choices:
        raise MetricError(
            f"{key} of a metric cannot be that",
            where=where,
            found=str(value),
            expected=" or ".join(choices),
            hint=did_you_mean(str(value), choices),
        )


def _resolve(name: str, declared: Mapping[str, dict[str, Any]], path: tuple[str, ...]) -> Metric:
    if name in path:
        raise MetricError("Metrics are made of each other in a cycle", found=" -> ".join((*path, name)))
    document = declared[name]
    inner = (*path, name)
    return Metric(
        name=name,
        label=document["label"],
        words=document["words"],
        leaves_out=document["leaves_out"],
        unit=document["unit"],
        numerator=_terms(document, "numerator", declared, inner),
        denominator=_terms(document, "denominator", declared, inner),
        additive_over=frozenset(document["additive_over"]),
        better=document["better"],
        owner=document["owner"],
        version=int(document["version"]),
        matures_after=document.get("matures_after", ""),
        grains=tuple(document.get("grains", GRAINS)),
        changes=tuple(document.get("changes", ())),
        counted=_terms(document, "sample", declared, inner),
        known_earlier=document.get("known_earlier", ""),
    )


def _terms(
    document: Mapping[str, Any], key: str, declared: Mapping[str, dict[str, Any]], path: tuple[str, ...]
) -> tuple[Term, ...]:
    """Read one side: an SQL aggregate of the metric's own base, or a list of terms, some other metrics."""
    said = document.get(key)
    if said is None:
        return ()
    parts = said if isinstance(said, list) else [{"value": said}]
    terms: list[Term] = []
    for part in parts:
        where = f"sql/metrics/{path[-1]}.yaml, {key}"
        unknown = set(part) - _TERM_KEYS
        if unknown:
            raise MetricError(
                "Unknown key in a term",
                where=where,
                found=min(unknown),
                hint=did_you_mean(min(unknown), _TERM_KEYS),
            )
        terms += (
            _other_metric(part, declared, path, where)
            if "metric" in part
            else [_own_term(document, part, where)]
        )
    return tuple(terms)


def _own_term(document: Mapping[str, Any], part: Mapping[str, Any], where: str) -> Term:
    merged = {**document, **part}
    for needed in ("base", "date", "dimensions"):
        if needed not in merged:
            raise MetricError("A term misses a key", where=where, expected=needed)
    conditions = [f"({text})" for text in (document.get("where"), part.get("where")) if text]
    return Term(
        base=merged["base"],
        date=merged["date"],
        value=str(merged["value"]),
        where=" and ".join(conditions),
        times=int(part.get("times", 1)),
        dimensions=merged["dimensions"],
        empty_is_zero=merged.get("empty_is", "zero") == "zero",
        is_snapshot=bool(merged.get("snapshot", False)),
    )


def _other_metric(
    part: Mapping[str, Any], declared: Mapping[str, dict[str, Any]], path: tuple[str, ...], where: str
) -> list[Term]:
    name = part["metric"]
    if name not in declared:
        raise MetricError(
            "A term names an unknown metric", where=where, found=name, hint=did_you_mean(name, declared)
        )
    metric = _resolve(name, declared, path)
    if metric.is_ratio:
        raise MetricError("A ratio cannot be part of another metric", where=where, found=name)
    extra = f"({part['where']})" if part.get("where") else ""
    return [
        replace(
            term,
            where=" and ".join(text for text in (term.where, extra) if text),
            times=term.times * int(part.get("times", 1)),
        )
        for term in metric.numerator
    ]
