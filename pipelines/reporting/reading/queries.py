"""The queries behind the pages: one SELECT a file in `reports/queries`, with named parameters."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import TYPE_CHECKING, Any

from pipelines import resources

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

_COMMENT = re.compile(r"--[^\n]*")
_PARAMETER = re.compile(r"\$(\w+)")


@dataclass(frozen=True)
class Period:
    """The month under review, the day of the run, how receivables are aged, and whose: of everyone when empty."""

    start: date
    end: date
    as_of: date
    base_currency: str
    aging_basis: str
    aging_bounds: tuple[int, ...]
    sales_reps: tuple[str, ...] = ()

    def parameters(self, **more: Any) -> dict[str, Any]:
        """Return everything a query may name."""
        lists = {"aging_bounds": list(self.aging_bounds), "sales_reps": list(self.sales_reps)}
        told = {**vars(self), **lists}
        return told | more


@cache
def _query(name: str) -> tuple[str, frozenset[str]]:
    text = (resources.path("reports") / "queries" / f"{name}.sql").read_text(encoding="utf-8")
    return text, frozenset(_PARAMETER.findall(_COMMENT.sub("", text)))


def ask(connection: DuckDBPyConnection, name: str, parameters: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the rows of a query by column name; parameters it does not name are left out."""
    text, named = _query(name)
    found = connection.execute(text, {key: parameters[key] for key in sorted(named)})
    names = [column[0] for column in found.description or ()]
    return [dict(zip(names, row, strict=True)) for row in found.fetchall()]
