"""E-mail drafts to overdue customers, with their statements attached: files for the user to send, or not."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipelines.job import statements

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

    from pipelines.settings import Settings
    from pipelines.warehouse import Home


@dataclass(frozen=True)
class Written:
    """One draft: its file, whom it is for, and the address it names (empty: the user has to fill it in)."""

    path: Path
    customer_id: str
    address: str


def write(
    connection: DuckDBPyConnection,
    home: Home,
    settings: Settings,
    span: statements.Span,
    *,
    step: str = "email",
    customer: str = "",
    has_books: bool = False,
) -> Iterator[Written]:
    """Write a draft for every customer of the worklist at `step`, or for one customer at whatever step; yield each.

    The drafts are in `reports/drafts`; one that is there already is replaced. Statements are written too, as
    `salesdesk statement` does. Raises UsageError for an unknown customer.
    """
    from pipelines.reporting import drafts
    from pipelines.reporting.reading import queries

    number = statements.customer_number(connection, customer) if customer else ""
    asked = {"step": "" if number else step, "customer": number, "owner": ""}
    rows = {row["customer_id"]: row for row in queries.ask(connection, "worklist", asked)}
    if not rows:
        return
    folder = home.reports / "drafts"
    home.prepare()
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    for statement, files in statements.write_several(
        connection, home, settings, span, list(rows), has_books=has_books
    ):
        row = rows[statement.customer_id]
        letter = _letter(row, settings)
        attachments = [drafts.Attachment(path.name, path.read_bytes()) for path in files]
        path = folder / f"{files[0].stem}.eml"
        draft = path.with_name(f".{path.name}.draft")
        draft.write_bytes(drafts.message(statement, letter, attachments, settings.lang))
        draft.replace(path)
        yield Written(path, statement.customer_id, drafts.one_address(letter.email))


def _letter(row: dict[str, Any], settings: Settings) -> Any:
    from pipelines.reporting.drafts import Letter

    owner = row["owner"] or ""
    return Letter(
        contact_name=row["contact_name"] or "",
        email=row["email"] or "",
        sender="" if owner == "unknown" else owner,
        company=settings.company,
        broken_promise=row["last_promised_date"] if row["is_promise_broken"] else None,
    )
