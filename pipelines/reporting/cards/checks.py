"""What was checked: the rules that failed and the figures they touch, every table's rules, and the runs before."""

from __future__ import annotations

from pipelines.reporting import numbers, periods, phrases, words
from pipelines.reporting.facts import RunFacts
from pipelines.reporting.review import CheckRow, ReviewData
from pipelines.reporting.table import Block, Card, Cell, Column, Table, count_cell, words_cell
from pipelines.reporting.words import EMPTY, Text

_STATUS = {"critical": "fa", "warning": "wa", "info": "ok"}
_MOST = 100


def failed(data: ReviewData, run: RunFacts) -> Card:
    """Return every check that failed: words, rows, money, the figures it touches, its failures in earlier runs."""
    rows = [row for row in data.checks if not row.success]
    passed = len(data.checks) - len(rows)
    title = words.text("card.checks.title", len(rows), failed=len(rows), passed=passed)
    if not data.checks:
        return Card("checks", 12, words.text("card.checks.title_plain"), empty=words.text("empty.checks"))
    if not rows:
        return Card("checks", 12, title, empty=words.text("empty.failed_checks"))
    rows.sort(key=lambda row: (_order(row), row.table_name, row.rule_id))
    body = tuple(_cells(data, row, run) for row in rows[:_MOST])
    table = _table("rule", "rule table level checked failed amount touches earlier", body, "tight rules")
    return Card("checks", 12, title, words.text("card.checks.sub"), blocks=(Block(table),))


def _order(row: CheckRow) -> int:
    return list(_STATUS).index(row.severity) if row.severity in _STATUS else len(_STATUS)


def _cells(data: ReviewData, row: CheckRow, run: RunFacts) -> tuple[Cell, ...]:
    touches = words.joined([phrases.label_of(data, name) for name in row.metrics], "list.and")
    earlier = words.joined([numbers.count(count) for count in row.history], "list.dot")
    return (
        words_cell(row.words if row.words != EMPTY else row.rule_id, "l wrap", row.rule_id),
        words_cell(row.table_name),
        Cell(words.text(f"severity.{row.severity}"), "l", status=_STATUS.get(row.severity, "wa")),
        count_cell(row.checked),
        count_cell(row.failed),
        Cell(numbers.full_money(row.amount, row.currency or run.base_currency), sort=str(row.amount or "")),
        words_cell(touches, "l wrap"),
        words_cell(earlier),
    )


def by_table(data: ReviewData) -> Card:
    """Return how the rules of each table went."""
    tables: dict[str, list[CheckRow]] = {}
    for row in data.checks:
        tables.setdefault(row.table_name, []).append(row)
    if not tables:
        return Card("tables", 6, words.text("card.tables.title_plain"), empty=words.text("empty.checks"))
    body = tuple(_table_cells(name, rows) for name, rows in sorted(tables.items()))
    faulty = sum(any(not row.success for row in rows) for rows in tables.values())
    title = words.text("card.tables.title", faulty, n=len(tables), faulty=faulty)
    table = _table("table", "table checked rules passed warned failed_rules", body)
    return Card("tables", 6, title, words.text("card.tables.sub"), blocks=(Block(table),))


def _table_cells(name: str, rows: list[CheckRow]) -> tuple[Cell, ...]:
    grave = sum(not row.success and row.severity == "critical" for row in rows)
    warned = sum(not row.success and row.severity != "critical" for row in rows)
    return (
        words_cell(name, "l wrap"),
        count_cell(max(row.checked for row in rows)),
        count_cell(len(rows)),
        count_cell(len(rows) - grave - warned),
        count_cell(warned),
        count_cell(grave),
    )


def trend(data: ReviewData) -> Card:
    """Return how the checks went in this run and the ones before, the latest first."""
    if not data.check_runs:
        return Card("trend", 6, words.text("card.trend.title_plain"), empty=words.text("empty.checks"))
    body = tuple(
        (
            words_cell(row.run_id, "l wrap"),
            Cell(periods.day(row.as_of), "l", row.as_of.isoformat() if row.as_of else ""),
            words_cell(_outcome(row.status)),
            count_cell(row.checks),
            count_cell(row.warned),
            count_cell(row.failed),
            count_cell(row.rows_quarantined),
        )
        for row in data.check_runs
    )
    title = words.text("card.trend.title", len(body), n=len(body))
    table = _table("run", "run as_of outcome rules warned failed_rules rows_quarantined", body)
    return Card("trend", 6, title, words.text("card.trend.sub"), blocks=(Block(table),))


def _outcome(status: str) -> Text:
    return words.text(f"run.{status}") if words.has(f"run.{status}") else words.same(status)


def _table(caption: str, headings: str, body: tuple[tuple[Cell, ...], ...], css: str = "tight") -> Table:
    at_left = {"rule", "table", "level", "touches", "earlier", "run", "as_of", "outcome"}
    columns = tuple(
        Column(words.text(f"table.{key}"), "l" if key in at_left else "") for key in headings.split()
    )
    return Table(words.text(f"table.{caption}"), columns, body, css=css, is_sortable=True)
