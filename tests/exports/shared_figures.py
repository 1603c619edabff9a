"""The figures that are known of the shared folder's real exports from outside, and the way the product reaches them."""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipelines import exports, resources, warehouse
from pipelines.exports import Reading
from pipelines.settings import Settings
from tests.support import build

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

RETAIL_TOTAL = """
    select
        (select sum(quantity * unit_price) from raw.orders) - (select sum(amount) from raw.returns),
        (select count(*) from raw.returns),
        (select count(*) from raw.orders where starts_with(order_id, 'A')),
        (select count(*) from raw.orders where customer_id is null)
        + (select count(*) from raw.returns where customer_id is null)
"""
# Σ quantity × price, cancellation rows, bad-debt rows, rows without customer: the README of the folder.
RETAIL_KNOWN = (Decimal("9747747.934"), 9288, 3, 135_080)


@dataclass(frozen=True)
class Figure:
    """A figure known from outside: the folders it is about, the models to build, the query, and what it gives.

    One `is_slow` takes a minute; it is computed for the table, and in the tests of its own folder.
    """

    name: str
    folders: tuple[str, ...]
    stems: tuple[str, ...]
    query: str
    expected: tuple[Any, ...]
    is_slow: bool = False


_ORDERS = "select count(*), sum(net_amount) from marts.fct_orders"
_INVOICES = "select count(*), sum(gross_amount) from marts.fct_invoices"
FIGURES = (
    Figure("northwind", ("northwind",), ("fct_orders",), _ORDERS, (830, Decimal("1265793.0395"))),
    Figure(
        "northwind_lines", ("northwind",), ("fct_order_lines",), "select count(*) from marts.fct_order_lines", (2155,),
    ),
    Figure("adventureworks", ("adventureworks",), ("fct_orders",), _ORDERS, (25164, Decimal("24778207.2156"))),
    Figure(
        "adventureworks_order_value", ("adventureworks",), ("fct_orders",),
        "select round(sum(gross_amount) / count(*) filter (where gross_amount > 0), 6)::decimal(18, 6) "
        "from marts.fct_orders",
        (Decimal("984.668861"),),
    ),
    Figure(
        "adventureworks_returns", ("adventureworks",), ("stg_returns",),
        "select count(*), sum(quantity) from staging.stg_returns", (1809, Decimal(1828)),
    ),
    # Independent keys: order number + date + customer; Σ Sales and Σ 销售额 of the workbooks.
    Figure("superstore_en", ("superstore_en",), ("fct_orders",), _ORDERS, (5117, Decimal("2326534.3543"))),
    Figure("superstore_zh", ("zh_superstore",), ("fct_orders",), _ORDERS, (4963, Decimal("16068954.1250"))),
    Figure("superstore_gbk", ("zh_derived_gbk",), ("fct_orders",), _ORDERS, (4963, Decimal("16068954.1250"))),
    Figure(
        "superstore_twice", ("zh_superstore", "zh_derived_gbk"), ("fct_orders",), _ORDERS,
        (4963, Decimal("16068954.1250")),
    ),
    Figure("crm_value", ("crm_pipeline",), ("fct_orders",), _ORDERS, (4238, Decimal(10005534))),
    Figure(
        "crm_won", ("crm_pipeline",), ("fct_leads",),
        "select count(*) filter (where status = 'won'), count(*) from marts.fct_leads where status in ('won', 'lost')",
        (4238, 6711),
    ),
    Figure(
        "turing", ("turing_sales_engine",), ("fct_receivables",),
        "select count(*), sum(open_amount) from marts.fct_receivables where is_open", (195, Decimal("2523362.38")),
    ),
    Figure(
        "turing_attempts", ("turing_sales_engine",), ("fct_payments",),
        "select count(*), count(*) filter (where status = 'failed') from marts.fct_payments", (5595, 947),
    ),
    Figure(
        "ibm", ("ibm_ar/WA_Fn-UseC_-Accounts-Receivable.csv",), ("fct_invoices",), _INVOICES,
        (2466, Decimal("147703.18")),
    ),
    Figure(
        "ibm_settled", ("ibm_ar/WA_Fn-UseC_-Accounts-Receivable.csv",), ("fct_receivables",),
        "select count(*) from marts.fct_receivables where is_open", (0,),
    ),
    Figure("chinook", ("chinook",), ("fct_invoices",), _INVOICES, (412, Decimal("2328.60"))),
    Figure("chinook_lines", ("chinook",), ("fct_orders",), _ORDERS, (412, Decimal("2328.60"))),
    Figure(
        "olist", ("olist_sample_10k",), ("fct_payments",),
        "select sum(amount), round(sum(amount) / count(distinct invoice_id), 6)::decimal(18, 6) "
        "from marts.fct_payments",
        (Decimal("1620649.63"), Decimal("162.064963")),
    ),
    Figure(
        "olist_customers", ("olist_sample_10k",), ("fct_orders",),
        "select count(distinct customer_id) from marts.fct_orders", (10000 - 43,),
    ),
    Figure(
        "receivable_detail", ("format_samples/ar_detail_zh.csv",), ("fct_receivables",),
        "select sum(open_amount) from marts.fct_receivables", (Decimal(7430),),
    ),
    Figure(
        "digital_invoices", ("format_samples/数电发票_全量发票查询导出.xlsx",), ("fct_invoices",),
        "select count(*), sum(gross_amount), sum(tax_amount) from marts.fct_invoices",
        (4, Decimal(11700), Decimal(1300)),
    ),
    # By hand: 29.98 + (110 - 10 - 16.67 tax in the price) + 500; the voided order counts for nothing.
    Figure(
        "shopify", ("format_samples/shopify_orders_export.csv",), ("fct_orders",),
        "select count(*), sum(net_amount) from marts.fct_orders where is_valid", (3, Decimal("613.31")),
    ),
    # By hand: 15 + 5000 yen + (100 - 100); one failed, one dispute lost.
    Figure(
        "stripe", ("format_samples/stripe_unified_payments.csv",), ("fct_payments",),
        "select count(*), sum(amount) from marts.fct_payments where status = 'succeeded'", (3, Decimal(5015)),
    ),
    # Σ quantity × price, cancellation rows, bad-debt rows, rows without customer.
    Figure(
        "online_retail", ("online_retail_I_2010_2011/online_retail_I.parquet",), (), RETAIL_TOTAL, RETAIL_KNOWN,
        is_slow=True,
    ),
    Figure("xero", ("format_samples/xero_sales_invoices.csv",), ("fct_invoices",), _INVOICES, (2, Decimal(1270))),
)  # fmt: skip


def land_and_read(folder: Path, *paths: Path) -> list[Reading]:
    """Land the files in the HOME as one load, and return what was read of the landing."""
    exports.land(folder, paths, datetime(2026, 11, 1, tzinfo=UTC))
    return exports.read(folder, Settings(home=folder))


def loaded(folder: Path) -> DuckDBPyConnection:
    """Return a database that holds what the HOME's landing gives, before staging."""
    connection = warehouse.connect()
    connection.execute("create schema ops")
    for model in sorted((resources.path("sql") / "ops").glob("*.sql")):
        connection.execute(model.read_text(encoding="utf-8"))
    exports.load(connection, folder, Settings(home=folder))
    return connection


def reached(figure: Figure, data: Path, home: Path) -> tuple[Any, ...] | None:
    """Return what the product makes of the figure's folders, landed in an empty HOME."""
    land_and_read(home, *(data / folder for folder in figure.folders))
    with closing(loaded(home)) as connection:
        if figure.stems:
            build(connection, figure.stems)
        row: tuple[Any, ...] | None = connection.execute(figure.query).fetchone()
    return row
