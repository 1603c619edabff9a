"""Golden cases of the SQL models, readable without Python.

`tests/sql/<stem>/<case>/` is one case of the model `sql/staging/<stem>.sql` or `sql/marts/<stem>.sql`:

- `raw.<kind>.csv`: rows of a raw table; columns not named are null, an empty cell is null, `file_no` is 1 and
  `source_row` counts from 2 unless given. Kinds without a file are empty.
- `ops.<table>.csv`: rows of the run's own tables.
- `params.yaml`: build parameters that differ from `tests.support.PARAMETERS`.
- `query.sql`: what to look at, when it is not the whole model.
- `why.md`: the arithmetic, where the rows do not speak for themselves.
- `expected.csv`: the rows expected, in any order; only its columns are compared. Values are worked by hand.
"""

from __future__ import annotations

import csv
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from tests import support

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

_HERE = Path(__file__).parent
CASES = sorted(path.parent for path in _HERE.glob("*/*/expected.csv"))


def _rows(path: Path) -> list[dict[str, Any]]:
    with path.open(encoding="utf-8", newline="") as lines:
        return [
            {name: value or None for name, value in row.items()} for row in csv.DictReader(lines, strict=True)
        ]


def parameters(case: Path) -> dict[str, Any]:
    """Return the build parameters that a case changes."""
    path = case / "params.yaml"
    return dict(yaml.safe_load(path.read_text(encoding="utf-8"))) if path.is_file() else {}


def _question(connection: DuckDBPyConnection, case: Path) -> str:
    query = case / "query.sql"
    if query.is_file():
        return query.read_text(encoding="utf-8").strip().rstrip(";")
    stem = case.parent.name
    relation = connection.execute(
        "select schema_name || '.' || table_name from duckdb_tables() where table_name = ?", [stem]
    ).fetchone()
    assert relation, f"no model is called {stem}"
    return f"select * from {relation[0]}"


def _found_and_expected(connection: DuckDBPyConnection, case: Path) -> tuple[list[Any], list[Any]]:
    """Compare as values of the model's own types, so that 5 and 5.0000 are one."""
    expected = _rows(case / "expected.csv")
    question = _question(connection, case)
    types = {name: kind for name, kind, *_ in connection.execute(f"describe {question}").fetchall()}
    with (case / "expected.csv").open(encoding="utf-8", newline="") as lines:
        columns = next(csv.reader(lines))
    assert set(columns) <= set(types), f"not columns of the model: {sorted(set(columns) - set(types))}"
    listed = ", ".join(f'"{column}"' for column in columns)
    found = connection.execute(f"select {listed} from ({question})").fetchall()
    casts = ", ".join(f'cast(? as {types[column]}) as "{column}"' for column in columns)
    wanted = [
        connection.execute(f"select {casts}", [row[column] for column in columns]).fetchone()
        for row in expected
    ]
    return sorted(found, key=repr), sorted(wanted, key=repr)


def build(connection: DuckDBPyConnection, case: Path) -> None:
    """Load what a case has and build its model with all it needs."""
    support.empty_raw(connection)
    for path in sorted([*case.glob("raw.*.csv"), *case.glob("ops.*.csv")]):
        support.insert(connection, path.stem, _rows(path))
    support.build(connection, [case.parent.name], **parameters(case))


@pytest.mark.parametrize("case", [pytest.param(case, id=f"{case.parent.name}/{case.name}") for case in CASES])
def test_model_case_as_worked_by_hand_gives_expected_rows(connection: DuckDBPyConnection, case: Path) -> None:
    build(connection, case)
    found, expected = _found_and_expected(connection, case)
    assert found == expected
