"""Expectation suites: one readable YAML file per table, refused by name when it cannot mean what it says."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cache
from typing import TYPE_CHECKING, Any, Literal

import yaml

from pipelines import resources
from pipelines.errors import SuiteError, did_you_mean
from pipelines.validation import vocabulary

if TYPE_CHECKING:
    from pathlib import Path

Severity = Literal["critical", "warning", "info"]
Then = Literal["quarantine", "flag", "stop"]

SEVERITIES: tuple[Severity, ...] = ("critical", "warning", "info")
_THENS: tuple[Then, ...] = ("quarantine", "flag", "stop")
_SUITE_KEYS = ("table", "kind", "key", "amount", "currency", "rules")
_RULE_KEYS = (
    "id",
    "expectation",
    "predicate",
    "query",
    "columns",
    "severity",
    "mostly",
    "then",
    "why",
    "metrics",
)
STAGES = ("staging", "marts", "metrics")
# The same loader in C where PyYAML was built with it: thirty suites in 30 ms instead of 300.
_SAFE_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(frozen=True)
class Rule:
    """One rule of a suite.

    `name` is unique in its suite and `id` in the project (`stg_orders.quantity_sign`). `columns` are what it looks at
    and what is shown of a failing row. `mostly` is the share of rows that must satisfy it for it to pass; `then`
    acts on each failing row all the same: quarantine takes it out, flag leaves it in, stop refuses publication.
    """

    id: str
    name: str
    expectation: str
    level: Literal["row", "table"]
    arguments: Mapping[str, Any]
    columns: tuple[str, ...]
    severity: Severity
    then: Then
    mostly: Decimal
    words_zh: str
    words_en: str
    metrics: tuple[str, ...] = ()

    @property
    def predicate(self) -> str | None:
        """The SQL predicate a good row satisfies, where the rule is written as one."""
        text = self.arguments.get("predicate")
        return str(text) if text is not None else None


@dataclass(frozen=True)
class Suite:
    """The rules of one table.

    `kind` is the kind of export its rows come from; `key` names the columns that identify a row to a
    reader; `amount` is the SQL expression of the money at stake in a row and `currency` its currency, both empty where
    the table carries no money.
    """

    table: str
    path: Path
    kind: str
    key: tuple[str, ...]
    amount: str
    currency: str
    rules: tuple[Rule, ...] = field(default=())

    @property
    def stem(self) -> str:
        """The table's name without its schema: the file stem."""
        return self.table.split(".")[1]

    @property
    def stage(self) -> str:
        """The table's schema: staging, marts or metrics."""
        return self.table.split(".")[0]


def load_stage(stage: str, folder: Path | None = None) -> list[Suite]:
    """Read every suite of the stage in name order; `folder` defaults to the project's own.

    Raises SuiteError for a stage that does not exist, and for any suite of the folder that cannot be used.
    """
    if stage not in STAGES:
        raise SuiteError("There is no such stage", found=stage, hint=did_you_mean(stage, STAGES))
    paths = sorted((folder or resources.path("expectations")).glob("*.yaml"))
    return [suite for suite in map(load, paths) if suite.stage == stage]


def load(path: Path) -> Suite:
    """Read one suite.

    Raises SuiteError, naming file, rule and what was found, for: unreadable YAML, unknown keys and expectation types
    (with the nearest known), an empty suite, none that counts rows, a rule id used twice, missing words.
    """
    return _load(path, _text(path))


@cache  # each is asked for at three stages, and its YAML takes longer to read than a small table to judge
def _load(path: Path, text: str) -> Suite:
    declared = _read(path, text)
    where = str(path)
    _refuse_unknown(declared, _SUITE_KEYS, where)
    table = str(declared.get("table", ""))
    if table not in {f"{stage}.{path.stem}" for stage in STAGES}:
        raise SuiteError(
            "A suite must name the table of its file name",
            where=where,
            found=f"table: {table}",
            expected=f"one of {', '.join(f'{stage}.{path.stem}' for stage in STAGES)}",
        )
    rules = tuple(_rule(each, table, where) for each in declared.get("rules") or ())
    _refuse_hollow(rules, where)
    return Suite(
        table=table,
        path=path,
        kind=str(declared.get("kind") or path.stem.removeprefix("stg_")),
        key=tuple(declared.get("key") or ()),
        amount=str(declared.get("amount") or ""),
        currency=str(declared.get("currency") or ""),
        rules=rules,
    )


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise SuiteError("A suite cannot be read", where=str(path), found=str(error)) from error


def _read(path: Path, text: str) -> Mapping[str, Any]:
    try:
        declared = yaml.load(text, Loader=_SAFE_LOADER)  # noqa: S506  # safe, both of them
    except yaml.YAMLError as error:
        raise SuiteError("A suite cannot be read", where=str(path), found=str(error)) from error
    if isinstance(declared, dict):
        return declared
    raise SuiteError("A suite is empty or not a mapping", where=str(path), expected="table, key and rules")


def _refuse_unknown(declared: Mapping[str, Any], known: tuple[str, ...], where: str) -> None:
    for key in declared:
        if key not in known:
            raise SuiteError(
                "Unknown key in a suite", where=where, found=str(key), hint=did_you_mean(str(key), known)
            )


def _refuse_hollow(rules: tuple[Rule, ...], where: str) -> None:
    """Refuse what would pass by checking nothing: column rules hold on an empty table, an empty suite on any."""
    if not rules:
        raise SuiteError(
            "A suite without rules checks nothing", where=where, next_step="add rules or delete the file"
        )
    if not any(rule.expectation in vocabulary.ROW_COUNTS for rule in rules):
        raise SuiteError(
            "A suite must have a rule that counts rows",
            where=where,
            expected=" or ".join(sorted(vocabulary.ROW_COUNTS)),
            next_step="add one: every other rule passes on an empty table",
        )
    seen: set[str] = set()
    for rule in rules:
        if rule.name in seen:
            raise SuiteError("A rule id is used twice in a suite", where=where, found=rule.name)
        seen.add(rule.name)


def _rule(declared: Any, table: str, where: str) -> Rule:
    if not isinstance(declared, dict) or not isinstance(declared.get("id"), str):
        raise SuiteError("A rule must be a mapping with an id", where=where, found=str(declared))
    name = declared["id"]
    where = f"{where}, rule {name}"
    expectation, form = _form(declared, where)
    _refuse_unknown(declared, (*_RULE_KEYS, *form.arguments), where)
    arguments = _arguments(declared, form, where)
    why = declared.get("why")
    if not isinstance(why, dict) or not why.get("zh") or not why.get("en"):
        raise SuiteError(
            "A rule must say why, in both languages", where=where, expected="why: {zh: …, en: …}"
        )
    severity = _one_of(declared, "severity", SEVERITIES, where)
    then = _one_of(declared, "then", _THENS, where)
    _refuse_contradiction(form.level, severity, then, table, where)
    return Rule(
        id=f"{table.split('.')[1]}.{name}",
        name=name,
        expectation=expectation,
        level=form.level,
        arguments=arguments,
        columns=_columns(declared, form, where),
        severity=severity,
        then=then,
        mostly=_mostly(declared, form, where),
        words_zh=str(why["zh"]),
        words_en=str(why["en"]),
        metrics=tuple(declared.get("metrics") or ()),
    )


def _form(declared: Mapping[str, Any], where: str) -> tuple[str, vocabulary.Form]:
    ways = [way for way in ("expectation", "predicate", "query") if way in declared]
    if len(ways) != 1:
        raise SuiteError(
            "A rule is written in exactly one way",
            where=where,
            found=" and ".join(ways) or "none",
            expected="one of expectation, predicate, query",
        )
    if ways == ["predicate"]:
        return vocabulary.ROWS_SATISFY, vocabulary.Form("row", columns=("columns",))
    if ways == ["query"]:
        return vocabulary.NO_SUCH_ROWS, vocabulary.Form("table", columns=())
    expectation = str(declared["expectation"])
    if expectation not in vocabulary.FORMS:
        raise SuiteError(
            "Unknown expectation",
            where=where,
            found=expectation,
            hint=did_you_mean(expectation, vocabulary.FORMS),
        )
    return expectation, vocabulary.FORMS[expectation]


def _arguments(declared: Mapping[str, Any], form: vocabulary.Form, where: str) -> dict[str, Any]:
    if "predicate" in declared:
        return {"predicate": str(declared["predicate"]).strip()}
    if "query" in declared:
        if "{batch}" not in str(declared["query"]):
            raise SuiteError(
                "A query must read its own table as {batch}", where=where, found=str(declared["query"])
            )
        return {"unexpected_rows_query": str(declared["query"]).strip()}
    missing = [name for name in form.required if name not in declared]
    if missing:
        raise SuiteError("A rule lacks an argument", where=where, found=f"no {', '.join(missing)}")
    return {name: declared[name] for name in form.arguments if name in declared}


def _columns(declared: Mapping[str, Any], form: vocabulary.Form, where: str) -> tuple[str, ...]:
    named: list[str] = []
    for argument in form.columns:
        value = declared.get(argument)
        named.extend([value] if isinstance(value, str) else value or [])
    if form.level == "row" and not named:
        raise SuiteError(
            "A predicate must name the columns it looks at", where=where, expected="columns: [a, b]"
        )
    return tuple(named)


def _one_of(declared: Mapping[str, Any], key: str, choices: tuple[Any, ...], where: str) -> Any:
    value = declared.get(key)
    if value not in choices:
        raise SuiteError(
            f"A rule must say its {key}", where=where, found=str(value), expected=" | ".join(choices)
        )
    return value


def _mostly(declared: Mapping[str, Any], form: vocabulary.Form, where: str) -> Decimal:
    value = declared.get("mostly", 1)
    if form.level != "row" and value != 1:
        raise SuiteError("Only a rule on rows can say mostly", where=where, found=str(value))
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not 0 < value <= 1:
        raise SuiteError("mostly is a share", where=where, found=str(value), expected="above 0, at most 1")
    return Decimal(str(value))


def _refuse_contradiction(level: str, severity: str, then: str, table: str, where: str) -> None:
    if then == "stop" and severity != "critical":
        raise SuiteError(
            "A rule that stops a run is critical", where=where, found=f"then: stop, severity: {severity}"
        )
    if severity == "critical" and then == "flag":
        raise SuiteError("A critical rule can't only flag", where=where, expected="then: stop or quarantine")
    if then == "quarantine" and (level != "row" or not table.startswith("staging.")):
        raise SuiteError("Only a rule on staged rows can quarantine", where=where, found="then: quarantine")
