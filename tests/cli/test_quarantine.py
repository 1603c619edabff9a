"""`salesdesk quarantine` after a run that was refused: its rows, until a good run follows."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from pipelines import warehouse
from pipelines.warehouse import Home, journal
from tests.cli.conftest import Salesdesk


@pytest.fixture
def refused(two_months: Path, tmp_path: Path) -> Home:
    """HOME whose first and only run, b, was refused over a row of its own."""
    home = Home(tmp_path)
    home.prepare()
    draft = home.snapshots / "refused.duckdb"
    shutil.copyfile(two_months / "warehouse.duckdb", draft)
    with warehouse.connect(draft) as connection:
        connection.execute(
            "insert into ops.quarantine (file_name, source_row, kind, column_name, found, status) "
            "values ('orders.csv', 4, 'orders', 'amount', 'twelve', 'open')"
        )
    journal.append(home, {"run_id": "b", "started_at": "2026-03-01T00:00:00", "status": "refused"})
    return home


@pytest.mark.parametrize("later", ["", "stopped", "failed"])
def test_quarantine_after_a_refused_run_lists_its_rows(
    salesdesk: Salesdesk, refused: Home, later: str
) -> None:
    if later:
        journal.append(refused, {"run_id": "c", "started_at": "2026-03-02T00:00:00", "status": later})
    told = salesdesk("quarantine", "--home", refused.root, "--format", "json")
    assert [(row["file_name"], row["source_row"], row["found"]) for row in told.rows] == [
        ("orders.csv", 4, "twelve")
    ]
    assert "of run b, which was refused" in told.err


def test_quarantine_after_a_good_run_lists_what_is_published(
    salesdesk: Salesdesk, refused: Home, two_months: Path
) -> None:
    (refused.snapshots / "warehouse-c.duckdb").symlink_to((two_months / "warehouse.duckdb").resolve())
    refused.published.symlink_to("snapshots/warehouse-c.duckdb")
    journal.append(refused, {"run_id": "c", "started_at": "2026-03-02T00:00:00", "status": "published"})
    told = salesdesk("quarantine", "--home", refused.root, "--format", "json")
    assert (told.rows, "refused" in told.err) == ([], False)
