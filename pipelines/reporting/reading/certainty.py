"""How sure the receivables are: what guesses decide, and what the general ledger says of the same balances."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from pipelines.reporting.reading.queries import ask
from pipelines.reporting.review import LedgerDifference, LedgerTotal

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

_NAMED = 3  # documents of one difference that the page names; the others are counted


def ledger_totals(connection: DuckDBPyConnection) -> tuple[LedgerTotal, ...]:
    """Return each day and currency of the ledger's balances, the last day first; nothing when none were given."""
    return tuple(LedgerTotal(**row) for row in ask(connection, "ledger_totals", {"customer": ""}))


def ledger_differences(connection: DuckDBPyConnection, day: date) -> tuple[LedgerDifference, ...]:
    """Return each difference of one day, the largest first, with its likeliest reason and that one's documents."""
    found: dict[tuple[str, str], list[dict[str, Any]]] = {}
    for row in ask(connection, "ledger_differences", {"customer": ""}):
        if row["balance_date"] == day:
            found.setdefault((row["customer_id"], row["currency"]), []).append(row)
    return tuple(_difference(rows) for rows in found.values())


def _difference(rows: list[dict[str, Any]]) -> LedgerDifference:
    first = rows[0]
    same = [row for row in rows if row["clue"] == first["clue"]]
    names = list(dict.fromkeys(row["document_id"] or row["other_customer_id"] or "" for row in same))
    documents = [name for name in names if name]
    return LedgerDifference(
        balance_date=first["balance_date"],
        customer_id=first["customer_id"],
        customer_name=first["customer_name"] or first["customer_id"],
        currency=first["currency"],
        open_amount=first["open_amount"],
        ledger_amount=first["ledger_amount"],
        difference_amount=first["difference_amount"],
        clue=first["clue"] or "",
        documents=tuple(documents[:_NAMED]),
        more=max(0, len(documents) - _NAMED),
    )
