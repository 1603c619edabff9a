"""The seven results as someone would write them by hand in Polars: typed CSV in, amounts as 64-bit floats."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl

from tests.bench.baselines import results

if TYPE_CHECKING:
    from tests.bench.baselines.results import Results

TEXT, DAY, MONEY = pl.String, pl.Date, pl.Float64
TYPES = {
    "orders": {
        "order_id": TEXT,
        "order_date": DAY,
        "customer_id": TEXT,
        "quantity": MONEY,
        "unit_price": MONEY,
        "discount_amount": MONEY,
        "order_discount_amount": MONEY,
        "status": TEXT,
        "currency": TEXT,
        "lead_id": TEXT,
    },
    "returns": {"order_id": TEXT, "return_date": DAY, "amount": MONEY},
    "leads": {"lead_id": TEXT, "created_date": DAY, "customer_id": TEXT, "converted_order_id": TEXT},
    "invoices": {"invoice_date": DAY, "currency": TEXT, "gross_amount": MONEY, "status": TEXT},
    "payments": {"payment_date": DAY, "amount": MONEY, "currency": TEXT, "status": TEXT, "kind": TEXT},
    "fx_rates": {"rate_date": DAY, "currency": TEXT, "rate": MONEY},
}


def compute(exports: Path, as_of: date) -> Results:
    """Read the exports into memory and compute."""
    tables = {name: _read(exports, name) for name in TYPES}
    rates = tables["fx_rates"].sort("rate_date")
    worth = _in_base(_orders(tables["orders"], as_of), "order_date", rates)
    payments = tables["payments"].filter(
        (pl.col("status") == "succeeded") & (pl.col("payment_date") <= as_of)
    )
    months = _months(worth, tables["returns"], rates, as_of)
    collected = _in_base(payments.filter(pl.col("kind").is_in(["payment", "refund"])), "payment_date", rates)
    issued = (pl.col("status") == "issued") & (pl.col("invoice_date") <= as_of)
    owed = pl.concat(
        [
            tables["invoices"].filter(issued).select("currency", amount=pl.col("gross_amount")),
            payments.select("currency", amount=-pl.col("amount")),
        ]
    )
    return {
        "revenue": {str(row["month"]): (row["net"], None) for row in months},
        "order_value": {str(row["month"]): (row["net"], row["orders"]) for row in months},
        "customer_spend": {str(row["month"]): (row["net"], row["customers"]) for row in months},
        "conversion": _conversion(tables["leads"], worth, as_of),
        "retention": _retention(worth, as_of),
        "collected": _summed(
            collected.with_columns(key=_month("payment_date")), pl.col("amount") * pl.col("rate")
        ),
        "receivable": _summed(owed.with_columns(key=pl.col("currency")), pl.col("amount")),
    }


def _read(exports: Path, name: str) -> pl.DataFrame:
    source = pl.scan_csv(exports / f"{name}.csv", schema_overrides=TYPES[name])
    return source.select(list(TYPES[name])).collect()


def _month(column: str) -> pl.Expr:
    return pl.col(column).dt.truncate("1mo")


def _in_base(table: pl.DataFrame, day: str, rates: pl.DataFrame) -> pl.DataFrame:
    """Add each row's rate: that of its currency on or before its day; the base currency's is 1."""
    joined = table.sort(day).join_asof(
        rates, left_on=day, right_on="rate_date", by="currency", check_sortedness=False
    )
    return joined.with_columns(rate=pl.when(pl.col("currency") == "CNY").then(1.0).otherwise(pl.col("rate")))


def _orders(lines: pl.DataFrame, as_of: date) -> pl.DataFrame:
    """Return one row per valid order with its net amount."""
    valid = ~pl.col("status").is_in(["draft", "cancelled"]) & (pl.col("order_date") <= as_of)
    line = pl.col("quantity") * pl.col("unit_price") - pl.col("discount_amount").fill_null(0)
    return (
        lines.filter(valid)
        .group_by("order_id")
        .agg(
            pl.col("order_date", "customer_id", "currency", "lead_id").first(),
            net=line.sum().round(4) - pl.col("order_discount_amount").fill_null(0).first(),
        )
    )


def _months(
    worth: pl.DataFrame, returns: pl.DataFrame, rates: pl.DataFrame, as_of: date
) -> list[dict[str, Any]]:
    sales = worth.group_by(month=_month("order_date")).agg(
        sold=(pl.col("net") * pl.col("rate")).sum(),
        orders=(pl.col("net") != 0).sum(),
        customers=pl.col("customer_id").filter(pl.col("net") != 0).n_unique(),
    )
    known = worth.select("order_id", "currency", "order_date")
    back = returns.filter(pl.col("return_date") <= as_of).join(known, on="order_id")
    lost = _in_base(back, "order_date", rates).group_by(month=_month("return_date"))
    backs = lost.agg(returned=(pl.col("amount") * pl.col("rate")).sum())
    joined = sales.join(backs, on="month", how="full", coalesce=True)
    told = joined.with_columns(net=pl.col("sold").fill_null(0) - pl.col("returned").fill_null(0))
    return list(told.iter_rows(named=True))


def _conversion(leads: pl.DataFrame, worth: pl.DataFrame, as_of: date) -> dict[str, tuple[int, int]]:
    owners = worth.select("order_id", owner="customer_id")
    owned = (
        leads.filter(pl.col("created_date") <= as_of)
        .join(owners, left_on="converted_order_id", right_on="order_id", how="left")
        .with_columns(customer_id=pl.coalesce("customer_id", "owner"))
    )
    firsts = (
        worth.filter(pl.col("net") != 0)
        .sort("order_date", "order_id")
        .unique("customer_id", keep="first", maintain_order=True)
        .select("order_id", "order_date", "customer_id", named_lead="lead_id")
    )
    by_lead = firsts.join(owned, left_on="named_lead", right_on="lead_id").with_columns(lead_id="named_lead")
    unnamed = firsts.filter(pl.col("named_lead").is_null())
    by_order = unnamed.join(owned, left_on="order_id", right_on="converted_order_id")
    columns = ["order_id", "order_date", "lead_id"]
    named = pl.concat([by_lead.select(columns), by_order.select(columns)])
    named = named.sort("lead_id").unique("order_id", keep="first")
    rest = firsts.join(named, on="order_id", how="anti").join(owned, on="customer_id")
    nearest = (
        rest.filter(pl.col("created_date") <= pl.col("order_date"))
        .sort("created_date")
        .unique("order_id", keep="last", maintain_order=True)
    )
    won = pl.concat([named.select(columns), nearest.select(columns)])
    window = (pl.col("order_date") - pl.col("created_date")).dt.total_days().is_between(0, 89)
    told = (
        owned.join(won.select("lead_id", "order_date"), on="lead_id", how="left")
        .group_by(month=_month("created_date"))
        .agg(converted=window.fill_null(value=False).sum(), created=pl.len())
    )
    return {str(month): (converted, created) for month, converted, created in told.iter_rows()}


def _retention(worth: pl.DataFrame, as_of: date) -> dict[str, tuple[int, int]]:
    active = worth.filter(pl.col("net") != 0).select("customer_id", month=_month("order_date")).unique()
    earlier = active.with_columns(month=pl.col("month").dt.offset_by("1mo")).filter(pl.col("month") <= as_of)
    both = earlier.join(active.with_columns(back=pl.lit(1)), on=["customer_id", "month"], how="left")
    told = both.group_by("month").agg(pl.col("back").sum(), size=pl.len())
    return {str(month): (back, size) for month, back, size in told.iter_rows()}


def _summed(table: pl.DataFrame, amount: pl.Expr) -> dict[str, tuple[float, None]]:
    return {str(key): (total, None) for key, total in table.group_by("key").agg(amount.sum()).iter_rows()}


if __name__ == "__main__":
    results.main(compute)
