"""The applications that the models made, as the slow ledger writes them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.metrics.receivables.ledger import Application, merged

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection


def applications(connection: DuckDBPyConnection, customer: str) -> list[Application]:
    """Return the applications of a customer, whose documents are numbered with its name, added up and in order."""
    rows = connection.execute(
        """
        select
            effective_date,
            coalesce(payment_id, credit_note_id),
            coalesce(payment_line_no, 0),
            coalesce(invoice_id, refund_payment_id || '/' || refund_line_no),
            applied_amount::integer,
            rule
        from marts.fct_payment_applications
        where customer_id = ?
        """,
        [customer],
    ).fetchall()
    cut = len(customer)
    return merged(Application(row[0], row[1][cut:], row[2], row[3][cut:], row[4], row[5]) for row in rows)
