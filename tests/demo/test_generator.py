"""Demo exports: the same arguments give the same bytes, and clean exports hold what clean exports must."""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from stdnum.cn import uscc

from pipelines import warehouse
from pipelines.demo import write_exports
from pipelines.errors import UsageError
from tests.demo.slow_sales import orders, read

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

KINDS = {
    *("collections", "contracts", "customers", "deliveries", "fx_rates", "instalments", "invoices", "leads"),
    *("ledger_balances", "orders", "payments", "returns", "reviews"),
}
CENT = Decimal("0.01")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    exports = tmp_path_factory.mktemp("demo") / "exports"
    write_exports(exports, orders=3000, seed=11)
    return exports


def digests(folder: Path) -> dict[str, str]:
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in folder.iterdir()}


def test_exports_written_twice_are_the_same_bytes_whatever_the_threads(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_exports(tmp_path / "one" / "exports", orders=3000, seed=3)
    opened = warehouse.connect

    def single_threaded(*arguments: Any, **options: Any) -> DuckDBPyConnection:
        connection = opened(*arguments, **options)
        connection.execute("set threads = 1")
        return connection

    monkeypatch.setattr(warehouse, "connect", single_threaded)
    write_exports(tmp_path / "two" / "exports", orders=3000, seed=3)
    assert digests(tmp_path / "one" / "exports") == digests(tmp_path / "two" / "exports")
    assert digests(tmp_path / "one" / "truth") == digests(tmp_path / "two" / "truth")


def test_exports_of_another_seed_differ(tmp_path: Path) -> None:
    write_exports(tmp_path / "one" / "exports", orders=200, seed=3)
    write_exports(tmp_path / "two" / "exports", orders=200, seed=4)
    one, two = digests(tmp_path / "one" / "exports"), digests(tmp_path / "two" / "exports")
    assert {name for name in one if one[name] == two[name]} == set()


def test_exports_count_exactly_the_orders_asked_for(folder: Path) -> None:
    assert len({row["order_id"] for row in read(folder, "orders")}) == 3000
    assert {path.stem for path in folder.iterdir()} == KINDS


def test_exports_as_parquet_hold_the_same_rows(folder: Path, tmp_path: Path) -> None:
    ledger = write_exports(tmp_path / "exports", orders=3000, seed=11, file_format="parquet")
    with warehouse.connect() as connection:
        for kind in KINDS:
            row = connection.execute(
                "select count(*) from read_parquet($path)",
                {"path": str(tmp_path / "exports" / f"{kind}.parquet")},
            ).fetchone()
            assert row == (ledger.rows[kind],) == (len(read(folder, kind)),)


def test_exports_written_again_replace_those_of_another_format(tmp_path: Path) -> None:
    (tmp_path / "exports").mkdir()
    (tmp_path / "exports" / "notes.txt").write_text("kept", encoding="utf-8")
    write_exports(tmp_path / "exports", orders=50, file_format="parquet")
    write_exports(tmp_path / "exports", orders=50)
    names = {path.name for path in (tmp_path / "exports").iterdir()}
    assert names == {"notes.txt", *(f"{kind}.csv" for kind in KINDS)}


def test_one_order_in_one_month_is_enough(tmp_path: Path) -> None:
    ledger = write_exports(tmp_path / "exports", orders=1, months=1, end=date(2026, 2, 28))
    assert (ledger.begin, ledger.end) == (date(2026, 2, 1), date(2026, 2, 28))
    assert len({row["order_id"] for row in read(tmp_path / "exports", "orders")}) == 1


@pytest.mark.parametrize(
    ("options", "what"),
    [
        ({"orders": 0}, "at least one of its orders"),
        ({"months": 0}, "at least one of its months"),
        ({"file_format": "xlsx"}, "csv or parquet"),
        ({"file_format": "parquet", "mess": True}, "CSV exports only"),
        ({"mess": ["order_date_untypeable"]}, "did you mean order_date_untypable"),
    ],
)
def test_write_exports_with_what_it_cannot_do_says_so(
    tmp_path: Path, options: dict[str, Any], what: str
) -> None:
    with pytest.raises(UsageError) as raised:
        write_exports(tmp_path / "exports", **options)
    assert what in str(raised.value)
    assert not (tmp_path / "exports").exists()


def test_clean_keys_are_unique(folder: Path) -> None:
    keys = {
        "customers": ["customer_id"],
        "leads": ["lead_id"],
        "orders": ["order_id", "line_no"],
        "deliveries": ["delivery_id"],
        "returns": ["return_id"],
        "reviews": ["order_id"],
        "contracts": ["contract_id"],
        "invoices": ["invoice_id"],
        "instalments": ["invoice_id", "instalment_no"],
        "payments": ["payment_id", "invoice_id"],
        "ledger_balances": ["customer_id", "balance_date"],
        "fx_rates": ["rate_date", "currency"],
    }
    for kind, columns in keys.items():
        counts = Counter(tuple(row[column] for column in columns) for row in read(folder, kind))
        assert [key for key, count in counts.items() if count > 1] == [], kind
    names = Counter(row["customer_name"] for row in read(folder, "customers"))
    assert names.most_common(1)[0][1] == 1


def test_clean_references_lead_somewhere(folder: Path) -> None:
    known = {
        name: {row[name] for row in read(folder, kind)}
        for name, kind in [
            ("customer_id", "customers"),
            ("order_id", "orders"),
            ("invoice_id", "invoices"),
            ("contract_id", "contracts"),
            ("lead_id", "leads"),
        ]
    }
    names = {
        **{name: name for name in known},
        "original_invoice_id": "invoice_id",
        "converted_order_id": "order_id",
    }
    for kind in KINDS:
        for row in read(folder, kind):
            for column, name in names.items():
                assert not row.get(column) or row[column] in known[name], (kind, row)


def test_clean_dates_are_in_order(folder: Path) -> None:
    def in_order(row: dict[str, str], *columns: str) -> bool:
        days = [row[column] for column in columns if row[column]]
        return days == sorted(days)

    for row in read(folder, "orders"):
        assert in_order(row, "order_date", "confirmed_date", "shipped_date", "delivered_date"), row
        assert in_order(row, "confirmed_date", "promised_date"), row
        assert bool(row["delivered_date"]) == (row["status"] in {"delivered", "completed"}), row
    assert all(in_order(row, "invoice_date", "due_date") for row in read(folder, "invoices"))
    assert all(in_order(row, "created_date", "quoted_date") for row in read(folder, "leads"))
    assert all(in_order(row, "signed_date", "start_date", "end_date") for row in read(folder, "contracts"))
    assert all(in_order(row, "contact_date", "promised_date") for row in read(folder, "collections"))
    delivered = {row["order_id"]: row["delivered_date"] for row in read(folder, "orders")}
    assert all(delivered[row["order_id"]] < row["return_date"] for row in read(folder, "returns"))
    assert all(delivered[row["order_id"]] <= row["review_date"] for row in read(folder, "reviews"))


def test_clean_exports_know_nothing_after_their_end_but_post_dated_cheques(folder: Path) -> None:
    own_dates = {
        "orders": "order_date",
        "invoices": "invoice_date",
        "returns": "return_date",
        "leads": "created_date",
    }
    for kind, column in own_dates.items():
        assert max(row[column] for row in read(folder, kind)) <= "2026-10-31"
    later = [row for row in read(folder, "payments") if row["payment_date"] > "2026-10-31"]
    assert {row["method"] for row in later} == {"post_dated_cheque"}
    assert {row["kind"] for row in later} == {"payment"}


def test_clean_invoices_add_up_with_tax_rounded_half_up(folder: Path) -> None:
    net_of = {order.order_id: order.net for order in orders(folder).values()}
    for row in read(folder, "invoices"):
        net, tax, gross = (Decimal(row[name]) for name in ("net_amount", "tax_amount", "gross_amount"))
        assert net + tax == gross
        assert tax == (net * Decimal(row["tax_rate"])).quantize(CENT, ROUND_HALF_UP)
        if row["is_credit_note"] == "false":
            assert net == net_of[row["order_id"]]
        else:
            assert net < 0


def test_clean_credit_notes_never_exceed_their_invoice(folder: Path) -> None:
    gross = {row["invoice_id"]: Decimal(row["gross_amount"]) for row in read(folder, "invoices")}
    notes = [row for row in read(folder, "invoices") if row["is_credit_note"] == "true"]
    assert notes
    for row in notes:
        assert 0 < -gross[row["invoice_id"]] <= gross[row["original_invoice_id"]]


def test_clean_invoice_numbers_fit_their_type(folder: Path) -> None:
    code_digits = {"special": 10, "general": 12}
    shapes = set()
    for row in read(folder, "invoices"):
        number, code, kind = row["invoice_id"], row["invoice_code"], row["invoice_type"]
        if kind == "export":
            assert (number[:2], row["currency"], code) == ("EX", "USD", "")
        else:
            assert (number + code).isdigit()
        shapes.add((kind, len(number), len(code) - code_digits.get(kind, 0)))
    assert shapes == {
        ("special", 8, 0),
        ("general", 8, 0),
        ("digital_special", 20, 0),
        ("digital_general", 20, 0),
        ("export", 14, 0),
    }


def test_clean_tax_numbers_have_the_right_check_character(folder: Path) -> None:
    numbers = [row["tax_id"] for row in read(folder, "customers") if row["tax_id"]]
    assert len(set(numbers)) == len(numbers) > 200
    assert [number for number in numbers if not uscc.is_valid(number)] == []
    invoices = read(folder, "invoices")
    assert all(uscc.is_valid(row["seller_tax_id"]) for row in invoices)
    assert {row["buyer_tax_id"] for row in invoices} - {""} <= set(numbers)


def test_clean_instalments_make_up_their_invoice(folder: Path) -> None:
    gross = {row["invoice_id"]: Decimal(row["gross_amount"]) for row in read(folder, "invoices")}
    sums: dict[str, Decimal] = defaultdict(Decimal)
    for row in read(folder, "instalments"):
        sums[row["invoice_id"]] += Decimal(row["amount"])
    assert sums
    assert sums == {invoice: gross[invoice] for invoice in sums}


def test_clean_payments_show_every_way_of_paying(folder: Path) -> None:
    payments = read(folder, "payments")
    invoices = {row["invoice_id"]: row for row in read(folder, "invoices")}
    lines = Counter(row["payment_id"] for row in payments)
    parts = Counter(
        row["invoice_id"] for row in payments if row["kind"] == "payment" and row["status"] == "succeeded"
    )
    named = [row for row in payments if row["invoice_id"]]
    assert {row["kind"] for row in payments} == {"payment", "refund", "write_off", "discount", "bank_fee"}
    assert {row["status"] for row in payments} == {"succeeded", "failed"}
    assert max(lines.values()) > 1, "bulk payments"
    assert any(count > 1 for invoice, count in parts.items() if invoice), "parts"
    assert parts[""] > 0, "money that names no invoice"
    assert any(row["payment_date"] < invoices[row["invoice_id"]]["invoice_date"] for row in named), "advances"
    assert any(Decimal(row["amount"]) > Decimal(invoices[row["invoice_id"]]["gross_amount"]) for row in named)
    assert all(row["currency"] == invoices[row["invoice_id"]]["currency"] for row in named)
    assert all((Decimal(row["amount"]) < 0) == (row["kind"] == "refund") for row in payments)


def test_clean_business_has_seasons_and_large_customers(folder: Path) -> None:
    found = orders(folder).values()
    months = Counter(order.order_date[:7] for order in found)
    # The Spring Festival of 2026 fell on 17 February.
    assert months["2026-02"] < min(months["2026-01"], months["2026-03"]) // 2
    assert sum(months[f"2026-{month:02}"] for month in range(5, 11)) > sum(
        months[f"2025-{month:02}"] for month in range(5, 11)
    )
    sizes = sorted(Counter(order.customer_id for order in found).values(), reverse=True)
    assert sum(sizes[: len(sizes) // 5]) > sum(sizes) // 2
    assert len({order.customer_id for order in found}) > 200


def test_hash_of_a_row_is_the_same_on_every_machine() -> None:
    """Pins DuckDB's hash, on which every demo rests: an upgrade that changes it changes every demo, and is noticed."""
    with warehouse.connect() as connection:
        assert connection.execute("select hash(7::bigint, 'pin', 7::bigint)").fetchone() == (
            12310399069370349178,
        )
