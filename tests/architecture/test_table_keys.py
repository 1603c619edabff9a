"""The file stem is a table's one key: its model, its suite and its cases share it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.architecture.source import PROJECT, write

SCHEMAS = ("staging", "marts", "metrics", "ops")
# Tables that Python fills because no one SELECT can: declared metrics, one row per period and slice.
FILLED = {"metric_values"}


def key_problems(root: Path) -> list[str]:
    """Return every suite and every folder of cases whose table does not exist, and every stem used twice."""
    models = [path for schema in SCHEMAS for path in sorted((root / "sql" / schema).glob("*.sql"))]
    stems = [path.stem for path in models]
    suites = sorted((root / "expectations").glob("*.yaml"))
    cases = [
        path
        for path in sorted((root / "tests" / "sql").glob("*"))
        if path.is_dir() and path.name[0] not in "._"
    ]
    return [
        *(f"{path.name}: two models of this name" for path in models if stems.count(path.stem) > 1),
        *(
            f"expectations/{path.name}: no such table"
            for path in suites
            if path.stem not in {*stems, *FILLED}
        ),
        *(
            f"tests/sql/{path.name}/: no such table"
            for path in cases
            if path.name not in {*stems, *FILLED, "__pycache__"}
        ),
    ]


def test_table_keys_of_the_project_are_one() -> None:
    assert key_problems(PROJECT) == []


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("expectations/stg_order.yaml", ["expectations/stg_order.yaml: no such table"]),
        ("tests/sql/stg_order/late/case.yaml", ["tests/sql/stg_order/: no such table"]),
        ("sql/marts/stg_orders.sql", ["stg_orders.sql: two models of this name"] * 2),
        ("expectations/stg_orders.yaml", []),
        ("tests/sql/stg_orders/late/case.yaml", []),
    ],
)
def test_table_key_without_its_table_is_told(tmp_path: Path, name: str, expected: list[str]) -> None:
    write(tmp_path, "sql/staging/stg_orders.sql", "")
    write(tmp_path, name, "")
    assert key_problems(tmp_path) == expected
