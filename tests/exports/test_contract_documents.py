"""The papers behind contracts: found, compared, and never read outside of the folder of exports."""

from __future__ import annotations

import hashlib
import os
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from pipelines.exports import contract_documents, examine_documents
from tests import support

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

SIGNED = b"%PDF signed"
SHA256 = hashlib.sha256(SIGNED).hexdigest()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder of exports with papers in it, and a secret beside it."""
    (tmp_path / "secret.txt").write_bytes(SIGNED)
    exports = tmp_path / "exports"
    (exports / "papers").mkdir(parents=True)
    (exports / "papers" / "k1.pdf").write_bytes(SIGNED)
    (exports / "papers" / "合同 2.pdf").write_bytes(b"another")
    (exports / "leak.pdf").symlink_to(tmp_path / "secret.txt")
    os.mkfifo(exports / "pipe.pdf")
    return exports.resolve()


@pytest.mark.parametrize(
    ("path", "sha256", "state"),
    [
        ("papers/k1.pdf", SHA256, "intact"),
        ("papers/k1.pdf", SHA256.upper() + " ", "intact"),
        (r"papers\k1.pdf", SHA256, "intact"),
        ("./papers/k1.pdf", None, "present"),
        ("papers/合同 2.pdf", SHA256, "changed"),
        ("papers/k3.pdf", SHA256, "missing"),
        ("papers/k1.pdf/more", SHA256, "missing"),
        ("../secret.txt", SHA256, "outside"),
        ("papers/../../secret.txt", SHA256, "outside"),
        ("leak.pdf", SHA256, "outside"),
        ("/etc/hostname", None, "outside"),
        (r"C:\papers\k1.pdf", SHA256, "outside"),
        ("pipe.pdf", SHA256, "unreadable"),
        ("papers", SHA256, "unreadable"),
        ("papers/\0.pdf", SHA256, "unreadable"),
        ("x" * 5000, SHA256, "unreadable"),
    ],
)
def test_document_is_what_is_found_in_the_folder(
    folder: Path, path: str, sha256: str | None, state: str
) -> None:
    assert contract_documents.look([folder], path, sha256).state == state


def test_document_larger_than_any_contract_is_not_read(folder: Path) -> None:
    seen = contract_documents.look([folder], "papers/k1.pdf", SHA256, most_bytes=len(SIGNED) - 1)
    assert (seen.state, seen.sha256, seen.byte_count) == ("too_large", None, len(SIGNED))


def test_documents_of_a_run_are_written_down_and_kept_by_a_run_without_exports(
    connection: DuckDBPyConnection, folder: Path
) -> None:
    support.empty_raw(connection)
    papers = [("K1", "papers/k1.pdf"), ("K2", "papers/k2.pdf"), ("K3", None)]
    support.insert(
        connection,
        "raw.contracts",
        (
            {"contract_id": number, "document_path": path, "document_sha256": SHA256}
            for number, path in papers
        ),
    )
    at = datetime(2026, 10, 31, tzinfo=UTC)
    assert examine_documents(connection, [folder / "contracts.csv", folder], at) == 2
    assert examine_documents(connection, [], at) == 0
    rows = connection.execute("select contract_id, state from ops.contract_documents order by 1").fetchall()
    assert rows == [("K1", "intact"), ("K2", "missing")]
