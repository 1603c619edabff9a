"""Commands on getting paid: whom to ask next and how, who gets no more goods for now, what cash to expect."""

from __future__ import annotations

import sys
from decimal import Decimal
from typing import Annotated, Any

import typer

from pipelines.cli import published, words
from pipelines.cli.options import End, Form, Home, Lang, Start, settings
from pipelines.cli.output import Format, plain, write
from pipelines.errors import UsageError, did_you_mean

_STEPS = ("phone", "email", "visit", "legal", "wait")


def register(app: typer.Typer) -> None:
    """Add these commands to the app."""
    for command in (worklist, drafts, forecast):
        app.command()(command)


def worklist(
    *,
    owner: Annotated[str, typer.Option(help="Only what this person is to do.")] = "",
    step: Annotated[str, typer.Option(help="Only one step: phone, email, visit, legal or wait.")] = "",
    holds: Annotated[
        bool, typer.Option("--holds", help="Customers who get no more goods for now, and why.")
    ] = False,
    home: Home = None,
    form: Form = Format.table,
) -> None:
    """List who is overdue and what to do next 催收清单, urgent and important customers first.

    With --holds, whose deliveries to stop 停货: by rule, by credit limit, or because waiting orders would pass it.
    """
    from pipelines.reporting.reading import queries

    _require_step(step)
    chosen = settings(home=home)
    with published.opened(chosen.home) as connection:
        rows = queries.ask(
            connection,
            "delivery_holds" if holds else "worklist",
            {"owner": owner, "step": step, "customer": ""},
        )
    columns = _HOLD_COLUMNS if holds else _WORK_COLUMNS
    write([_flat(row) for row in rows], columns, form)
    print(f"{len(rows):,} customers", file=sys.stderr)


_WORK_COLUMNS = (
    "customer_id customer_name step quadrant overdue_amount amounts oldest_days bucket_amounts balance_amount "
    "credit_limit credit_use is_delivery_held last_contact_date last_contact_method last_promised_date "
    "last_promised_amount is_promise_broken promises_kept promises_broken promise_rate owner phone"
).split()
_HOLD_COLUMNS = (
    "customer_id customer_name reason step balance_amount overdue_amount oldest_days credit_limit credit_use "
    "waiting_order_count waiting_amount sales_rep phone"
).split()


def _flat(row: dict[str, Any]) -> dict[str, Any]:
    """Write a list of amounts as one text, so that it fits a cell of any format."""
    return {
        name: " / ".join("–" if each is None else plain(each) for each in value)
        if isinstance(value, list)
        else value
        for name, value in row.items()
    }


def drafts(
    customer: Annotated[
        str | None, typer.Argument(metavar="CUSTOMER", help="One overdue customer, by number or exact name.")
    ] = None,
    *,
    step: Annotated[str, typer.Option(help="Whose next step this is: phone, email, visit, legal.")] = "email",
    start: Start = None,
    end: End = None,
    xlsx: Annotated[bool, typer.Option("--xlsx", help="Attach a workbook beside the page.")] = False,
    lang: Lang = None,
    home: Home = None,
) -> None:
    """Write e-mail drafts 催款邮件草稿 with the statement attached, for you to read and send; nothing is sent here."""
    from pipelines.job import drafts as writing
    from pipelines.job import statements
    from pipelines.warehouse import Home as Place

    _require_step(step)
    chosen = settings(lang=lang, home=home)
    count = 0
    with published.opened(chosen.home) as connection:
        last = words.day(end, "--to") or published.as_of(connection)
        first = words.day(start, "--from") or statements.usual_start(last)
        span = statements.Span(first, last)
        for draft in writing.write(
            connection, Place(chosen.home), chosen, span, step=step, customer=customer or "", has_books=xlsx
        ):
            count += 1
            print(draft.path.absolute())
            if not draft.address:
                print(f"{draft.customer_id}: no usable e-mail address, fill it in", file=sys.stderr)
    print(f"{count:,} drafts; nothing was sent", file=sys.stderr)


def _require_step(step: str) -> None:
    if step and step not in _STEPS:
        raise UsageError(
            "Unknown step", found=step, expected=", ".join(_STEPS), hint=did_you_mean(step, _STEPS)
        )


def forecast(
    customer: Annotated[
        str | None,
        typer.Argument(metavar="CUSTOMER", help="A customer's number, or the exact name; all by default."),
    ] = None,
    *,
    errors: Annotated[
        bool, typer.Option("--errors", help="How wrong the forecast would have been at earlier month ends.")
    ] = False,
    home: Home = None,
    form: Form = Format.table,
) -> None:
    """Forecast cash 回款预测 by week from what is open and each customer's own habit of paying early or late."""
    from pipelines.job import statements
    from pipelines.reporting.reading import queries

    chosen = settings(home=home)
    with published.opened(chosen.home) as connection:
        number = statements.customer_number(connection, customer) if customer else ""
        past = queries.ask(connection, "cash_forecast_errors", {})
        asked = {"customer": number, "as_of": published.as_of(connection)}
        rows = [_worded_week(row) for row in queries.ask(connection, "cash_forecast", asked)]
    if errors:
        write(past, _ERROR_COLUMNS, form)
    else:
        write(rows, ["currency", "week_end", "forecast_amount", "own_habit_amount", "customers"], form)
    _tell_errors(past)


_ERROR_COLUMNS = (
    "currency origin_date forecast_amount collected_amount error_amount error_share all_collected_amount"
).split()
_BEYOND = {14: "later or never", 15: "no habit to go by"}


def _worded_week(row: dict[str, Any]) -> dict[str, Any]:
    return row | {"week_end": row["week_end"] or _BEYOND[row["week_no"]]}


def _tell_errors(past: list[dict[str, Any]]) -> None:
    """Say for each currency how far the four-week forecasts of earlier month ends were from what came in."""
    for currency in sorted({row["currency"] for row in past}):
        rows = [row for row in past if row["currency"] == currency]
        missed = sum((abs(row["error_amount"]) for row in rows), Decimal(0))
        collected = sum((row["collected_amount"] for row in rows), Decimal(0))
        share = f", {missed / collected:.1%} of it" if collected else ""
        print(
            f"{currency}: at {len(rows)} earlier month ends four weeks were forecast {plain(missed)} off in all, "
            f"of {plain(collected)} collected{share}",
            file=sys.stderr,
        )
