"""What is true about demo exports: figures reckoned from the events themselves, not from the exports."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipelines import resources

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

Figures = list[dict[str, Any]]


@dataclass(frozen=True)
class DemoLedger:
    """The true figures of demo exports.

    `rows` counts the rows of each export. `tables` holds the figures under the names of `sql/demo/ledger`, each a list
    of rows whose amounts are exact decimals; each file's header says what its rows are.
    """

    begin: date
    end: date
    orders: int
    seed: int
    conversion_window_days: int
    rows: dict[str, int]
    tables: dict[str, Figures]

    def write(self, path: Path) -> None:
        """Write the ledger as JSON; amounts and dates become text, so that no reader makes floats of them."""
        document = {
            "begin": self.begin,
            "as_of": self.end,
            "orders": self.orders,
            "seed": self.seed,
            "base_currency": "CNY",
            "conversion_window_days": self.conversion_window_days,
            "rows": self.rows,
            **self.tables,
        }
        path.write_text(
            json.dumps(document, default=_as_text, ensure_ascii=False, indent=1) + "\n", encoding="utf-8"
        )


def read_ledger(
    connection: DuckDBPyConnection, parameters: dict[str, Any], *, seed: int, rows: dict[str, int]
) -> DemoLedger:
    """Reckon every table of `sql/demo/ledger` from the events in schema `demo`."""
    folder = resources.path("sql") / "demo" / "ledger"
    return DemoLedger(
        begin=parameters["begin_date"],
        end=parameters["end_date"],
        orders=parameters["order_count"],
        seed=seed,
        conversion_window_days=parameters["conversion_window_days"],
        rows=rows,
        tables={path.stem: _figures(connection, path, parameters) for path in sorted(folder.glob("*.sql"))},
    )


def _figures(connection: DuckDBPyConnection, path: Path, parameters: dict[str, Any]) -> Figures:
    sql = path.read_text(encoding="utf-8")
    named = connection.extract_statements(sql)[0].named_parameters
    result = connection.execute(sql, {name: parameters[name] for name in named})
    columns = [column[0] for column in result.description]
    return [dict(zip(columns, row, strict=True)) for row in result.fetchall()]


def _as_text(value: object) -> str:
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, date):
        return value.isoformat()
    message = f"a ledger holds no {type(value).__name__}"
    raise TypeError(message)
