"""A metric's figure is computed from its declaration alone: nobody else adds up the tables that metrics are made of."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from pipelines import metrics
from tests.architecture.source import PROJECT, write

# Tables that declared metrics aggregate, and what an aggregate of them looks like in SQL.
BASES = {term.base for metric in metrics.catalog().values() for term in metric.read}
_AGGREGATE = re.compile(r"\b(sum|avg|mean|median|quantile\w*)\s*\(|\bcount\s*\(\s*distinct\b", re.IGNORECASE)
_TABLE = re.compile(r"\bmarts\.\w+")
# What a frame is added up with; a notebook asks for the metric at the level it wants instead.
_FRAME = re.compile(r"\.(groupby|pivot_table|agg|aggregate|resample|mean|median|sum|cumsum|quantile)\(")
# Rooms that read figures; metrics, marts, checks, suites and the demo's own ledger are where they are made or proven.
ROOMS = ("analysis", "cli", "flows", "job", "reporting")
# SQL that adds up documents and is no metric: what each one is.
ALLOWED = {
    "reports/queries/earlier_collected.sql": "splits a step of the bridge in two",
    "reports/queries/roll_forward.sql": "steps of one month's account, tied to both balances",
    "reports/queries/statement_lines.sql": "the lines of one customer's statement",
    "reports/queries/uninvoiced.sql": "orders waiting for an invoice, by age",
}


def _texts(root: Path) -> list[tuple[str, str]]:
    """Return the SQL and code outside the rooms that make figures, by file."""
    found = [(path, path.read_text(encoding="utf-8")) for path in sorted((root / "reports").rglob("*.sql"))]
    for room in ROOMS:
        found += [
            (path, path.read_text(encoding="utf-8"))
            for path in sorted((root / "pipelines" / room).rglob("*.py"))
        ]
    for path in sorted((root / "notebooks").glob("*.ipynb")):
        cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
        found.append(
            (path, "\n".join("".join(cell["source"]) for cell in cells if cell["cell_type"] == "code"))
        )
    return [(path.relative_to(root).as_posix(), text) for path, text in found]


def second_definitions(root: Path) -> list[str]:
    """Return every file that aggregates a metric's table, or a frame, by itself."""
    found = []
    for name, text in _texts(root):
        if name in ALLOWED:
            continue
        if name.endswith(".py"):
            statements = re.findall(r'"""(?:.|\n)*?"""|(?:f?"[^"\n]*"\s*)+', text)
        else:
            statements = [re.sub(r"--[^\n]*", "", text)]
        found += [
            f"{name}: adds up {', '.join(sorted(BASES & set(_TABLE.findall(each))))}; declare a metric, or a mart"
            for each in statements
            if _AGGREGATE.search(each) and BASES & set(_TABLE.findall(each))
        ]
        if name.endswith(".ipynb") and _FRAME.search(text):
            found.append(f"{name}: adds up a frame; ask for the metric at that level")
    return found


def test_figures_of_the_project_have_one_definition() -> None:
    assert second_definitions(PROJECT) == []


def test_what_is_allowed_to_add_up_is_there() -> None:
    assert [name for name in ALLOWED if not (PROJECT / name).is_file()] == []


@pytest.mark.parametrize(
    ("name", "text", "is_told"),
    [
        ("reports/queries/total.sql", "select sum(base_net_amount) from marts.fct_order_lines", True),
        ("reports/queries/total.sql", "select count(distinct customer_id) from marts.fct_orders", True),
        (
            "reports/queries/rows.sql",
            "select order_id from marts.fct_orders -- sum() is said here alone",
            False,
        ),
        ("reports/queries/other.sql", "select sum(amount) from marts.fct_revenue_bridge", False),
        (
            "pipelines/job/x.py",
            'query = (\n    "select avg(score) "\n    "from marts.fct_reviews"\n)\n',
            True,
        ),
        ("pipelines/job/x.py", "total = sum(row.amount for row in rows)  # of marts.fct_orders\n", False),
        (
            "notebooks/1.ipynb",
            json.dumps({"cells": [{"cell_type": "code", "source": ["frame.groupby('a')"]}]}),
            True,
        ),
        (
            "notebooks/1.ipynb",
            json.dumps({"cells": [{"cell_type": "code", "source": ["frame.head()"]}]}),
            False,
        ),
    ],
)
def test_second_definition_is_told(tmp_path: Path, name: str, text: str, *, is_told: bool) -> None:
    write(tmp_path, name, text)
    assert bool(second_definitions(tmp_path)) is is_told
