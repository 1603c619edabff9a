"""The seven results as someone would write them by hand in pandas: CSV in, amounts as 64-bit floats."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from tests.bench.baselines import results

if TYPE_CHECKING:
    from tests.bench.baselines.results import Results

# By table: its columns of text, of days, of numbers.
COLUMNS = {
    "orders": (
        ["order_id", "customer_id", "status", "currency", "lead_id"],
        ["order_date"],
        ["quantity", "unit_price", "discount_amount", "order_discount_amount"],
    ),
    "returns": (["order_id"], ["return_date"], ["amount"]),
    "leads": (["lead_id", "customer_id", "converted_order_id"], ["created_date"], []),
    "invoices": (["currency", "status"], ["invoice_date"], ["gross_amount"]),
    "payments": (["currency", "status", "kind"], ["payment_date"], ["amount"]),
    "fx_rates": (["currency"], ["rate_date"], ["rate"]),
}


def compute(exports: Path, as_of: date) -> Results:
    """Read the exports into memory and compute."""
    until = pd.Timestamp(as_of)
    tables = {name: _read(exports, name) for name in COLUMNS}
    rates = tables["fx_rates"].sort_values("rate_date")
    worth = _in_base(_orders(tables["orders"], until), "order_date", rates)
    payments = tables["payments"]
    payments = payments[(payments["status"] == "succeeded") & (payments["payment_date"] <= until)]
    collected = _in_base(payments[payments["kind"].isin(["payment", "refund"])], "payment_date", rates)
    months = _months(worth, tables["returns"], rates, until)
    by_month = (collected["amount"] * collected["rate"]).groupby(_month(collected["payment_date"])).sum()
    invoices = tables["invoices"]
    issued = invoices[(invoices["status"] == "issued") & (invoices["invoice_date"] <= until)]
    invoiced = issued.groupby("currency")["gross_amount"].sum()
    owed = invoiced.sub(payments.groupby("currency")["amount"].sum(), fill_value=0)
    return {
        "revenue": _keyed(months, "net"),
        "order_value": _keyed(months, "net", "orders"),
        "customer_spend": _keyed(months, "net", "customers"),
        "conversion": _conversion(tables["leads"], worth, until),
        "retention": _retention(worth, until),
        "collected": _keyed(by_month.to_frame("amount"), "amount"),
        "receivable": {str(currency): (amount, None) for currency, amount in owed.items()},
    }


def _keyed(table: pd.DataFrame, numerator: str, denominator: str = "") -> dict[str, tuple[Any, Any]]:
    """Return a table by month as results are told."""
    months = pd.DatetimeIndex(table.index).strftime("%Y-%m-%d").tolist()
    below = table[denominator].tolist() if denominator else [None] * len(table)
    return dict(zip(months, zip(table[numerator].tolist(), below, strict=True), strict=True))


def _read(exports: Path, name: str) -> pd.DataFrame:
    text, days, numbers = COLUMNS[name]
    types = {**dict.fromkeys(text, "str"), **dict.fromkeys(numbers, "float64")}
    return pd.read_csv(
        exports / f"{name}.csv", usecols=[*text, *days, *numbers], dtype=types, parse_dates=days, engine="c"
    )


def _month(days: pd.Series) -> pd.Series:
    months: pd.Series = days.dt.to_period("M").dt.to_timestamp()
    return months


def _in_base(table: pd.DataFrame, day: str, rates: pd.DataFrame) -> pd.DataFrame:
    """Add each row's rate: that of its currency on or before its day; the base currency's is 1."""
    joined = pd.merge_asof(table.sort_values(day), rates, left_on=day, right_on="rate_date", by="currency")
    joined["rate"] = joined["rate"].where(joined["currency"] != "CNY", 1.0)
    return joined


def _orders(lines: pd.DataFrame, until: pd.Timestamp) -> pd.DataFrame:
    """Return one row per valid order with its net amount."""
    valid = lines[~lines["status"].isin(["draft", "cancelled"]) & (lines["order_date"] <= until)]
    valid = valid.assign(line=valid["quantity"] * valid["unit_price"] - valid["discount_amount"].fillna(0))
    orders = valid.groupby("order_id", sort=False).agg(
        order_date=("order_date", "first"),
        customer_id=("customer_id", "first"),
        currency=("currency", "first"),
        lead_id=("lead_id", "first"),
        line=("line", "sum"),
        order_discount=("order_discount_amount", "first"),
    )
    orders["net"] = orders["line"].round(4) - orders["order_discount"].fillna(0)
    return orders.reset_index()


def _months(
    worth: pd.DataFrame, returns: pd.DataFrame, rates: pd.DataFrame, until: pd.Timestamp
) -> pd.DataFrame:
    valued = worth[worth["net"] != 0]
    back = returns[returns["return_date"] <= until].merge(
        worth[["order_id", "currency", "order_date"]], on="order_id"
    )
    back = _in_base(back, "order_date", rates)
    sold = (worth["net"] * worth["rate"]).groupby(_month(worth["order_date"])).sum()
    returned = (back["amount"] * back["rate"]).groupby(_month(back["return_date"])).sum()
    by_month = valued.groupby(_month(valued["order_date"]))
    return pd.DataFrame(
        {
            "net": sold.sub(returned, fill_value=0),
            "orders": by_month.size(),
            "customers": by_month["customer_id"].nunique(),
        }
    ).fillna(0)


def _conversion(leads: pd.DataFrame, worth: pd.DataFrame, until: pd.Timestamp) -> dict[str, tuple[Any, Any]]:
    owners = worth[["order_id", "customer_id"]].rename(
        columns={"order_id": "converted_order_id", "customer_id": "owner"}
    )
    owned = leads[leads["created_date"] <= until].merge(owners, on="converted_order_id", how="left")
    owned["customer_id"] = owned["customer_id"].fillna(owned["owner"])
    firsts = worth[worth["net"] != 0].sort_values(["order_date", "order_id"]).drop_duplicates("customer_id")
    firsts = firsts[["order_id", "order_date", "customer_id", "lead_id"]]
    named = firsts[firsts["lead_id"].notna()].merge(owned[["lead_id"]], on="lead_id")
    unnamed = firsts[firsts["lead_id"].isna()].drop(columns="lead_id")
    converted = owned[owned["converted_order_id"].notna()][["converted_order_id", "lead_id"]]
    by_order = unnamed.merge(converted, left_on="order_id", right_on="converted_order_id")
    columns = ["order_id", "order_date", "lead_id"]
    named = pd.concat([named[columns], by_order[columns]]).sort_values("lead_id").drop_duplicates("order_id")
    rest = firsts[~firsts["order_id"].isin(named["order_id"])].drop(columns="lead_id")
    rest = rest.merge(owned[owned["customer_id"].notna()], on="customer_id")
    rest = rest[rest["created_date"] <= rest["order_date"]].sort_values("created_date", kind="stable")
    won = pd.concat([named, rest.drop_duplicates("order_id", keep="last")[columns]])
    told = owned.merge(won[["lead_id", "order_date"]], on="lead_id", how="left")
    told["is_won"] = (told["order_date"] - told["created_date"]).dt.days.between(0, 89)
    by_month = told.groupby(_month(told["created_date"]))["is_won"].agg(["sum", "size"])
    return _keyed(by_month, "sum", "size")


def _retention(worth: pd.DataFrame, until: pd.Timestamp) -> dict[str, tuple[Any, Any]]:
    active = worth[worth["net"] != 0].assign(month=lambda table: _month(table["order_date"]))
    active = active[["customer_id", "month"]].drop_duplicates()
    earlier = active.assign(month=active["month"] + pd.DateOffset(months=1))
    earlier = earlier[earlier["month"] <= until]
    both = earlier.merge(active.assign(back=1), on=["customer_id", "month"], how="left")
    told = both.groupby("month")["back"].agg(["count", "size"])
    return _keyed(told, "count", "size")


if __name__ == "__main__":
    results.main(compute)
