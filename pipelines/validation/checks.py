"""Reconciliations: identities written as SQL that must give no rows."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from pipelines import resources
from pipelines.errors import ModelError, ReconciliationFailed, did_you_mean
from pipelines.warehouse.side_by_side import Piece, side_by_side

if TYPE_CHECKING:
    from pathlib import Path

    from duckdb import DuckDBPyConnection

_SAMPLE = 5
_SEVERITY = re.compile(r"^-- severity: (critical|warning)$", re.MULTILINE)


@dataclass(frozen=True)
class Reconciliation:
    """One identity and whether it holds: the number of rows that break it and the first of them."""

    check_name: str
    identity: str
    severity: str
    difference_count: int
    sample: tuple[dict[str, str | None], ...]

    @property
    def passed(self) -> bool:
        """Whether no row breaks it."""
        return self.difference_count == 0


def run_checks(
    connection: DuckDBPyConnection,
    parameters: Mapping[str, Any],
    run_id: str,
    *,
    folder: Path | None = None,
    at_once: int = 1,
) -> list[Reconciliation]:
    """Run every check and write its verdict to `ops.reconciliations`.

    A check is one SELECT in `sql/checks/`; its opening comment says the identity, and `-- severity: warning` lets it
    be reported without stopping a run. Raises ReconciliationFailed naming each critical check that gives a row, with
    the first of its rows, and ModelError for a check that DuckDB refuses. Several run at once only where no transaction
    is open.
    """
    checks = sorted((folder or resources.path("sql") / "checks").glob("*.sql"))
    pieces = [
        Piece(path.stem, frozenset(), partial(_run, path=path, parameters=parameters)) for path in checks
    ]
    done = side_by_side(connection, pieces, at_once)
    if done:
        connection.executemany(
            "insert into ops.reconciliations (run_id, check_name, severity, difference_count, sample, passed) "
            "values (?, ?, ?, ?, ?, ?)",
            [
                (
                    run_id,
                    each.check_name,
                    each.severity,
                    each.difference_count,
                    _as_json(each.sample),
                    each.passed,
                )
                for each in done
            ],
        )
    off = [each for each in done if not each.passed and each.severity == "critical"]
    if off:
        raise ReconciliationFailed(
            "A reconciliation is off: nothing was published, the former publication stands",
            where=", ".join(each.check_name for each in off),
            found="\n            ".join(_words(each) for each in off),
            expected="no row: every identity holds to 0.00",
        )
    return done


def _run(connection: DuckDBPyConnection, path: Path, parameters: Mapping[str, Any]) -> Reconciliation:
    import duckdb

    sql = path.read_text(encoding="utf-8")
    try:
        statements = connection.extract_statements(sql)
        named = statements[0].named_parameters if len(statements) == 1 else set()
        if len(statements) != 1 or statements[0].type != duckdb.StatementType.SELECT:
            raise ModelError(
                "A check must be one SELECT", where=str(path), found=f"{len(statements)} statements"
            )
        _require_parameters(path, named, parameters)
        text = statements[0].query.strip().rstrip(";")
        cursor = connection.execute(
            f"select *, count(*) over () as difference_count from (\n{text}\n) as difference_rows limit {_SAMPLE}",
            {name: parameters[name] for name in named},
        )
        columns = [column[0] for column in cursor.description or ()]
        rows = cursor.fetchall()
    except duckdb.OutOfMemoryException:
        raise
    except duckdb.Error as error:
        raise ModelError("DuckDB refused a check", where=str(path), found=str(error)) from error
    severity = _SEVERITY.search(sql)
    return Reconciliation(
        check_name=path.stem,
        identity=_identity(sql),
        severity=severity[1] if severity else "critical",
        difference_count=int(rows[0][-1]) if rows else 0,
        sample=tuple(
            {
                name: None if value is None else str(value)
                for name, value in zip(columns[:-1], row[:-1], strict=True)
            }
            for row in rows
        ),
    )


def _require_parameters(path: Path, named: set[str], parameters: Mapping[str, Any]) -> None:
    unknown = sorted(set(named) - set(parameters))
    if unknown:
        raise ModelError(
            "A check binds a parameter that no setting gives",
            where=str(path),
            found=", ".join(f"${name}" for name in unknown),
            hint=did_you_mean(unknown[0], parameters),
        )


def _identity(sql: str) -> str:
    """Return the opening comment as one line."""
    words = []
    for line in sql.splitlines():
        if not line.startswith("--"):
            break
        if not _SEVERITY.match(line):
            words.append(line.removeprefix("--").strip())
    return " ".join(words)


def _as_json(sample: tuple[dict[str, str | None], ...]) -> str:
    return json.dumps(sample, ensure_ascii=False)


def _words(check: Reconciliation) -> str:
    first = "; ".join(", ".join(f"{name}={value}" for name, value in row.items()) for row in check.sample[:3])
    return f"{check.check_name}: {check.difference_count:,} rows break “{check.identity}”: {first}"
