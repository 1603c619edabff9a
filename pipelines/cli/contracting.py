"""The command on contracts: what is left of them, what to do about them, and whether their papers are the same."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from pipelines.cli import published
from pipelines.cli.options import Form, Home, Lang, settings
from pipelines.cli.output import Format, write
from pipelines.errors import UsageError

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection


def register(app: typer.Typer) -> None:
    """Add the command to the app."""
    app.command()(contracts)


_ALERTS = (
    "alert what contract_id customer_id customer_name end_date days_left currency amount late_order_count "
    "document_path sales_rep"
).split()
_USAGE = (
    "contract_id customer_id customer_name status signed_date end_date days_left currency amount ordered_amount "
    "remaining_amount order_count payment_terms_days document_state"
).split()
_DOCUMENTS = "contract_id document_path state document_sha256 found_sha256 byte_count".split()


def contracts(
    *,
    everything: Annotated[
        bool,
        typer.Option("--all", help="Every contract with what is left of it, not what needs doing alone."),
    ] = False,
    documents: Annotated[
        Path | None,
        typer.Option("--documents", metavar="FOLDER", help="Look for the documents in this folder, now."),
    ] = None,
    lang: Lang = None,
    home: Home = None,
    form: Form = Format.table,
) -> None:
    """List contracts 合同 that run out, are used up, or whose document is missing or changed."""
    from pipelines.reporting import words
    from pipelines.reporting.reading import queries

    if documents is not None and not documents.is_dir():
        raise UsageError(
            "There is no such folder", found=str(documents), expected="the folder of the exports"
        )
    chosen = settings(lang=lang, home=home)
    with published.opened(chosen.home) as connection:
        if documents is not None:
            _look(connection, documents, form)
            return
        if everything:
            write(queries.ask(connection, "contract_usage", {}), _USAGE, form)
            return
        rows = queries.ask(connection, "contract_alerts", {})
    told = [row | {"what": words.text(f"contract_alert.{row['alert']}").of(chosen.lang)} for row in rows]
    write(told, _ALERTS, form)
    print(f"{len({row['contract_id'] for row in rows}):,} contracts need looking at", file=sys.stderr)


def _look(connection: DuckDBPyConnection, folder: Path, form: Format) -> None:
    from pipelines.exports import contract_documents

    named = connection.execute(
        "select contract_id, document_path, document_sha256 from staging.stg_contracts "
        "where document_path is not null order by contract_id"
    ).fetchall()
    rows: list[dict[str, Any]] = []
    for contract_id, path, sha256 in named:
        seen = contract_documents.look([folder.resolve()], path, sha256)
        rows.append(
            dict(
                zip(
                    _DOCUMENTS,
                    (contract_id, path, seen.state, sha256, seen.sha256, seen.byte_count),
                    strict=True,
                )
            )
        )
    write(rows, _DOCUMENTS, form)
    intact = sum(row["state"] in {"intact", "present"} for row in rows)
    print(f"{intact:,} of {len(rows):,} documents are there and unchanged", file=sys.stderr)
