"""From a figure to the rows it is made of, and from there to file, sheet and row."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from pipelines import resources
from pipelines.errors import MetricError
from pipelines.metrics.facts import contributing_rows
from pipelines.metrics.query import ask

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

    from pipelines.metrics.definition import Term
    from pipelines.metrics.question import Question

_SUM = re.compile(r"^sum\((.*)\)$", re.DOTALL)
_DISTINCT = re.compile(r"^count\(distinct (.*)\)$", re.DOTALL)
# Marts whose row stands for several documents: `sql/run/rows_of_<mart>.sql` gives those, under the mart's own columns.
_OF_DOCUMENTS = ("fct_receivable_balances", "fct_customer_months", "fct_customer_flows")
# Documents by the staging table that holds their rows and the column that names them.
_DOCUMENTS = {
    "stg_orders": "order_id",
    "stg_returns": "return_id",
    "stg_invoices": "invoice_id",
    "stg_payments": "payment_id",
    "stg_leads": "lead_id",
    "stg_customers": "customer_id",
    "stg_deliveries": "delivery_id",
    "stg_contracts": "contract_id",
}


@dataclass(frozen=True)
class TracedRow:
    """One row behind a figure: which side it is on, what it adds, and where it was read.

    Of several rows that count once, such as a customer's orders, the first adds 1, the others 0. `amount` is None where
    rows do not add up: a middle value is taken of them. An order's row is its first line.
    """

    side: str
    table: str
    amount: Decimal | None
    file_name: str
    source_part: str
    source_row: int


def trace(
    connection: DuckDBPyConnection,
    name: str,
    *,
    at: date,
    grain: str = "month",
    where: Mapping[str, str | Iterable[str]] | None = None,
) -> list[TracedRow]:
    """Return the rows of a metric in the period that holds the day `at`, of the slices in `where`.

    The amounts of each side add up to the figure's numerator and denominator, but for middle values. A balance is
    made of the items open on its day, a customer's month of its orders. Raises MetricError as `query` does.
    """
    from pipelines.metrics.comparisons import period_of

    whole = period_of(connection, grain, at)
    question = ask(
        connection, name, grain=grain, by=(), start=whole.start, end=whole.end, where=where, as_of=None
    )
    if question is None:
        return []
    (metric,) = question.metrics
    found: list[TracedRow] = []
    for side, terms in (("numerator", metric.numerator), ("denominator", metric.denominator)):
        for term in terms:
            found += _rows(connection, question, term, side)
    return found


def _rows(connection: DuckDBPyConnection, question: Question, term: Term, side: str) -> list[TracedRow]:
    parameters: dict[str, Any] = {"start": question.start, "end": min(question.end, question.as_of)}
    if term.is_snapshot:
        parameters["snapshot"] = parameters["end"]
    sql = contributing_rows(_of_documents(term), question, parameters, _contribution(term))
    rows = connection.execute(
        "select amount, coalesce(files.file_name, ''), coalesce(files.source_part, ''), source_row "
        f"from ({sql}) as found left join ops.files as files on found.file_no = files.file_no "
        "order by 2, 3, source_row",
        parameters,
    ).fetchall()
    return [TracedRow(side, term.base, *row) for row in rows]


def _of_documents(term: Term) -> Term:
    """Return the term over single documents where a row of its mart stands for several; a row still counts once."""
    stem = term.base.removeprefix("marts.")
    if stem not in _OF_DOCUMENTS:
        return term
    once = "row_weight = 1" if term.value == "count(*)" else ""
    where = " and ".join(f"({part})" for part in (term.where, once) if part)
    return replace(term, base=f"(\n{resources.run_sql(f'rows_of_{stem}')})", where=where)


def _contribution(term: Term) -> str:
    """Return the SQL of what one row adds: the summed expression, 1 of a count, 1 of a distinct thing's first row."""
    summed, distinct = _SUM.match(term.value), _DISTINCT.match(term.value)
    if summed:
        return f"{term.times} * ({summed[1]})"
    if distinct:
        first = f"row_number() over (partition by {distinct[1]} order by file_no, source_row) = 1"
        return f"{term.times} * (({distinct[1]}) is not null and {first})::integer"
    return str(term.times) if term.value == "count(*)" else "null"


def document(connection: DuckDBPyConnection, number: str) -> list[TracedRow]:
    """Return the rows of every document of that number: order, return, invoice, payment, lead, customer, contract.

    Raises MetricError when no staged row has it; it may be in quarantine.
    """
    selects = " union all ".join(
        f"select '{stem}' as stem, file_no, source_row from staging.{stem} where {column} = $number"
        for stem, column in _DOCUMENTS.items()
    )
    rows = connection.execute(
        "select 'document', 'staging.' || found.stem, null, coalesce(files.file_name, ''), "
        "coalesce(files.source_part, ''), found.source_row "
        f"from ({selects}) as found left join ops.files as files on found.file_no = files.file_no "
        "order by 2, 4, 5, 6",
        {"number": number},
    ).fetchall()
    if not rows:
        raise MetricError(
            "No document has that number", found=number, next_step="look in quarantine: salesdesk quarantine"
        )
    return [TracedRow(*row) for row in rows]
