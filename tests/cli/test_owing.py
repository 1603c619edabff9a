"""`salesdesk aging --summary`, `receivables` and `statement`; figures by hand from the fixture's README."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from python_calamine import CalamineWorkbook

from tests.cli.conftest import Answer, Salesdesk


def _files(answer: Answer) -> list[Path]:
    assert answer.code == 0, answer.err
    return [Path(line) for line in answer.out.splitlines()]


def _page(path: Path) -> str:
    return " ".join(
        re.sub(r"<style>.*?</style>|<[^>]+>", " ", path.read_text("utf-8"), flags=re.DOTALL).split()
    )


def test_aging_summary_ties_to_the_documents(salesdesk: Salesdesk, two_months: Path) -> None:
    answer = salesdesk("aging", "--summary", "--home", two_months, "--format", "json")
    assert [(row["currency"], row["amount"]) for row in answer.rows] == [
        ("CNY", Decimal("339.00")),
        ("CNY", Decimal("41.25")),
    ]
    # 276.85 + 141.25 + 339.00 invoiced, 276.85 + 100.00 received
    assert (
        "380.25 open as of 2026-02-28; invoices less credits and receipts 380.25; difference 0.00"
        in answer.err
    )
    # P2 names nothing and went to I2, 8 days late; were that wrong, both would stand in the first bucket
    assert (
        "CNY: 100.00 applied by guess; were every guess wrong, 0.00 would stand in another bucket"
        in answer.err
    )
    assert [(row["named_amount"], row["moved_amount"]) for row in answer.rows] == [
        (Decimal("339.00"), Decimal("0.00")),
        (Decimal("41.25"), Decimal("0.00")),
    ]


def test_receivables_by_month_are_those_worked_by_hand(salesdesk: Salesdesk, two_months: Path) -> None:
    january, february = salesdesk("receivables", "--home", two_months, "--format", "json").rows
    assert [january[name] for name in ("opening", "sales", "collected", "closing", "overdue")] == [
        Decimal(text) for text in ("0.00", "418.10", "276.85", "141.25", "0.00")
    ]
    # 141.25 / 418.10 x 31 days; all of it not due; all that could be collected was
    assert [january[name] for name in ("dso", "dso_countback", "bpdso", "days_delinquent", "cei")] == [
        Decimal(text) for text in ("10.47", "10.47", "10.47", "0.00", "100.00")
    ]
    # 380.25 / 757.10 x 59; 28 + 41.25 / 418.10 x 31; 339 / 757.10 x 59; 41.25 / 757.10 x 59; 100 / 141.25
    assert [february[name] for name in ("dso", "dso_countback", "bpdso", "days_delinquent", "cei")] == [
        Decimal(text) for text in ("29.63", "31.06", "26.42", "3.21", "70.80")
    ]
    # I2 of 21 January, due 20 February: 100 on 25 February. Open: 41.25 of it, and I4
    assert (february["days_to_pay"], february["days_late"]) == (Decimal("35.00"), Decimal("5.00"))


def test_receivables_with_loss_rates_give_the_allowance_by_bucket(
    salesdesk: Salesdesk, two_months: Path
) -> None:
    rows = salesdesk(
        *("receivables", "--bounds", "30", "--loss-rates", "0.01,0.05,0.5"),
        *("--home", two_months, "--format", "json"),
    ).rows
    # 339.00 x 1 %; 41.25 x 5 % = 2.0625
    assert [(row["bucket"], row["allowance"]) for row in rows] == [
        ("not due", Decimal("3.39")),
        ("1-30", Decimal("2.06")),
    ]


def test_receivables_take_the_loss_rates_of_the_policy_table(
    salesdesk: Salesdesk, two_months: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SALESDESK_LOSS_RATES", "0.02,0.1,0.2,0.3,0.4,0.5,1")
    rows = salesdesk("receivables", "--loss-rates", "policy", "--home", two_months, "--format", "json").rows
    # 339.00 x 2 %; 41.25 x 10 % = 4.125, half up
    assert [(row["bucket"], row["allowance"], row["net"]) for row in rows] == [
        ("not due", Decimal("6.78"), Decimal("332.22")),
        ("1-30", Decimal("4.13"), Decimal("37.12")),
    ]


def test_receivables_tell_what_rolls_on_and_what_is_lost_at_those_rates(
    salesdesk: Salesdesk, two_months: Path
) -> None:
    rolls = salesdesk("receivables", "--rolls", "--home", two_months, "--format", "json").rows
    # 141.25 not due at the end of January, of which 41.25 are 8 days late at the end of February.
    assert [(row["bucket"], row["held"], row["rolled"], row["rate"]) for row in rolls[:2]] == [
        ("not due", Decimal("141.25"), Decimal("41.25"), Decimal("0.292035")),
        ("1-30", Decimal("0.00"), Decimal("0.00"), None),
    ]
    asked = ("receivables", "--loss-rates", "own", "--bounds", "30", "--home", two_months)
    losses = salesdesk(*asked, "--format", "json").rows
    # 339.00 x 41.25 / 141.25; of what is late nothing is known yet.
    assert [(row["bucket"], row["allowance"]) for row in losses] == [
        ("not due", Decimal("99.00")),
        ("1-30", Decimal("41.25")),
    ]


def test_statement_page_and_workbook_run_from_opening_to_closing(
    salesdesk: Salesdesk, two_months: Path
) -> None:
    answer = salesdesk(
        *("statement", "C2", "--from", "2026-01-01", "--to", "2026-02-28", "--lang", "en", "--xlsx"),
        *("--home", two_months),
    )
    page, book = _files(answer)
    assert page == two_months / "reports" / "statements" / "C2_2026-01-01_2026-02-28.html"
    assert "C2 CNY: opening 0.00, closing 41.25" in answer.err
    told = _page(page)
    assert "I2 2026-02-20 20 Feb 2026 141.25 141.25" in told
    assert "P2 100.00 41.25" in told
    documents, open_items, aging, _ = (
        CalamineWorkbook.from_path(book).get_sheet_by_index(number).to_python() for number in range(4)
    )
    assert documents[1:] == [
        [date(2026, 1, 1), "Opening balance", "", "", "", "", 0],
        [date(2026, 1, 21), "Invoice", "I2", date(2026, 2, 20), 141.25, "", 141.25],
        [date(2026, 2, 25), "Payment", "P2", "", "", 100, 41.25],
        [date(2026, 2, 28), "Closing balance", "", "", "", "", 41.25],
        ["Total", "", "", "", 141.25, 100, ""],
    ]
    assert open_items[1:] == [
        [date(2026, 1, 21), "Invoice", "I2", date(2026, 2, 20), 141.25, 41.25, 8],
        ["Total", "", "", "", "", 41.25, ""],
    ]
    assert [row for row in aging if row[1] == 41.25] == [["1–30 d", 41.25], ["Total", 41.25]]


def test_statement_of_february_opens_with_what_january_left(salesdesk: Salesdesk, two_months: Path) -> None:
    answer = salesdesk("statement", "Northern Tools Ltd", "--from", "2026-02-01", "--home", two_months)
    (page,) = _files(answer)
    assert page.name == "C2_2026-02-01_2026-02-28.html"
    assert "C2 CNY: opening 141.25, closing 41.25" in answer.err


def test_statement_of_everyone_holds_those_who_paid_all(salesdesk: Salesdesk, two_months: Path) -> None:
    answer = salesdesk(
        "statement", "--all", "--from", "2026-01-01", "--to", "2026-01-31", "--home", two_months
    )
    pages = _files(answer)
    assert [page.name for page in pages] == [
        "C1_2026-01-01_2026-01-31.html",
        "C2_2026-01-01_2026-01-31.html",
    ]
    # C1: I1 276.85 on 6 January, P1 276.85 on 31 January
    assert "期末余额 Closing balance 276.85 276.85 0.00" in _page(pages[0])


@pytest.mark.parametrize(
    ("asked", "named"), [("C9", "C2 (Northern Tools Ltd)"), ("Northern Tool", "C2"), ("华东", "C1")]
)
def test_statement_of_an_unknown_customer_names_the_nearest(
    salesdesk: Salesdesk, two_months: Path, asked: str, named: str
) -> None:
    answer = salesdesk("statement", asked, "--home", two_months)
    assert (answer.code, answer.out) == (2, "")
    assert named in answer.err


def test_reconcile_rolls_each_customer_from_opening_to_closing(
    salesdesk: Salesdesk, two_months: Path
) -> None:
    answer = salesdesk("reconcile", "--home", two_months, "--format", "json")
    names = ("opening", "invoiced", "credited", "collected", "closing", "open", "difference")
    # C2 owed 141.25 on 31 January and paid 100.00; C1 had paid all and was invoiced 339.00 in February
    assert [[row["customer_id"], *(row[f"{name}_amount"] for name in names)] for row in answer.rows] == [
        ["C1", *map(Decimal, ("0", "339", "0", "0", "339", "339", "0"))],
        ["C2", *map(Decimal, ("141.25", "0", "0", "100", "41.25", "41.25", "0"))],
    ]
    assert "CNY, 2026-02-01 to 2026-02-28: opening 141.25, invoiced 339.00, credited 0.00" in answer.err
    assert answer.err.rstrip().endswith("closing 380.25, open 380.25, difference 0.00")


def test_reconcile_with_a_ledger_that_nobody_gave_says_so(salesdesk: Salesdesk, two_months: Path) -> None:
    answer = salesdesk("reconcile", "C2", "--ledger", "--home", two_months, "--format", "json")
    assert answer.rows == []
    assert "no export gives ledger balances" in answer.err
