"""The seven results as someone would write them by hand in DuckDB: typed CSV in, one query each, nothing else."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb

from tests.bench.baselines import results

if TYPE_CHECKING:
    from tests.bench.baselines.results import Results

MONEY = "decimal(18, 4)"
TYPES = {
    "orders": {
        "order_id": "varchar",
        "order_date": "date",
        "customer_id": "varchar",
        "quantity": MONEY,
        "unit_price": MONEY,
        "discount_amount": MONEY,
        "order_discount_amount": MONEY,
        "status": "varchar",
        "currency": "varchar",
        "lead_id": "varchar",
    },
    "returns": {"order_id": "varchar", "return_date": "date", "amount": MONEY},
    "leads": {
        "lead_id": "varchar",
        "created_date": "date",
        "customer_id": "varchar",
        "converted_order_id": "varchar",
    },
    "invoices": {"invoice_date": "date", "currency": "varchar", "gross_amount": MONEY, "status": "varchar"},
    "payments": {
        "payment_date": "date",
        "amount": MONEY,
        "currency": "varchar",
        "status": "varchar",
        "kind": "varchar",
    },
    "fx_rates": {"rate_date": "date", "currency": "varchar", "rate": MONEY},
}

# Rates hold from their day to the next one's; the base currency's is 1.
SPANS = """
create temp view spans as
select currency, rate_date as since, lead(rate_date, 1, date '9999-12-31')
    over (partition by currency order by rate_date) as until, rate
from fx_rates
union all select 'CNY', date '0001-01-01', date '9999-12-31', 1
"""
ORDERS = """
create temp table valid as
select
    order_id, any_value(order_date) as order_date, any_value(customer_id) as customer_id,
    any_value(currency) as currency, any_value(lead_id) as lead_id,
    sum(quantity * unit_price - coalesce(discount_amount, 0)) - coalesce(any_value(order_discount_amount), 0) as net
from orders
where status not in ('draft', 'cancelled') and order_date <= $as_of
group by order_id
"""
WORTH = """
create temp table worth as
select valid.*, net * rate as base_net
from valid inner join spans on valid.currency = spans.currency and order_date >= since and order_date < until
"""
MONTHS = """
with
sales as (
    select date_trunc('month', order_date)::date as month, sum(base_net) as amount,
        count(*) filter (where net <> 0) as orders,
        count(distinct customer_id) filter (where net <> 0) as customers
    from worth group by all
),
backs as (
    select date_trunc('month', return_date)::date as month, sum(returns.amount * rate) as amount
    from returns
    inner join worth using (order_id)
    inner join spans on worth.currency = spans.currency and order_date >= since and order_date < until
    where return_date <= $as_of
    group by all
)
select coalesce(sales.month, backs.month), coalesce(sales.amount, 0) - coalesce(backs.amount, 0), orders, customers
from sales full join backs using (month)
"""
CONVERSION = """
with
owned as (
    select leads.lead_id, created_date, coalesce(leads.customer_id, valid.customer_id) as customer_id,
        converted_order_id
    from leads left join valid on converted_order_id = order_id
    where created_date <= $as_of
),
firsts as (
    select customer_id, arg_min(order_id, (order_date, order_id)) as order_id, min(order_date) as order_date,
        arg_min(lead_id, (order_date, order_id)) as lead_id
    from valid where net <> 0 group by customer_id
),
named as (
    select order_id, order_date, min(lead_id) as lead_id from (
        select order_id, order_date, owned.lead_id from firsts inner join owned using (lead_id)
        union all
        select order_id, order_date, owned.lead_id
        from firsts inner join owned on converted_order_id = order_id where firsts.lead_id is null
    ) group by all
),
nearest as (
    select order_id, order_date, arg_max(owned.lead_id, created_date) as lead_id
    from firsts inner join owned on firsts.customer_id = owned.customer_id and created_date <= order_date
    where order_id not in (select order_id from named)
    group by all
),
won as (select * from named union all select * from nearest)
select date_trunc('month', created_date)::date, count(won.lead_id), count(*)
from owned
left join won on owned.lead_id = won.lead_id and order_date >= created_date and order_date < created_date + 90
group by 1
"""
RETENTION = """
with active as (select distinct customer_id, date_trunc('month', order_date)::date as month from worth where net <> 0)
select (earlier.month + interval 1 month)::date, count(later.customer_id), count(*)
from active as earlier
left join active as later on earlier.customer_id = later.customer_id
    and later.month = (earlier.month + interval 1 month)::date
where earlier.month + interval 1 month <= $as_of
group by 1
"""
COLLECTED = """
select date_trunc('month', payment_date)::date, sum(amount * rate)
from payments
inner join spans on payments.currency = spans.currency and payment_date >= since and payment_date < until
where status = 'succeeded' and kind in ('payment', 'refund') and payment_date <= $as_of
group by 1
"""
RECEIVABLE = """
select currency, sum(amount) from (
    select currency, sum(gross_amount) as amount from invoices
    where status = 'issued' and invoice_date <= $as_of group by all
    union all
    select currency, -sum(amount) from payments where status = 'succeeded' and payment_date <= $as_of group by all
) group by all
"""


def compute(exports: Path, as_of: date) -> Results:
    """Read the exports into memory and compute."""
    with duckdb.connect() as connection:
        for table in TYPES:
            read(connection, exports, table)
        return query(connection, as_of)


def read(connection: duckdb.DuckDBPyConnection, exports: Path, table: str) -> None:
    """Read the columns that the results need."""
    path = exports / f"{table}.csv"
    with path.open(encoding="utf-8") as stream:
        header = stream.readline().strip().split(",")
    types = ", ".join(f"'{name}': '{TYPES[table].get(name, 'varchar')}'" for name in header)
    connection.execute(
        f"create table {table} as select {', '.join(TYPES[table])} "
        f"from read_csv('{path}', header = true, quote = '\"', columns = {{{types}}})"
    )


def query(connection: duckdb.DuckDBPyConnection, as_of: date) -> Results:
    """Compute the seven results from the tables."""
    asked = {"as_of": as_of}
    connection.execute(SPANS)
    connection.execute(ORDERS, asked)
    connection.execute(WORTH)
    months = connection.execute(MONTHS, asked).fetchall()
    return {
        "revenue": {str(month): (amount, None) for month, amount, _, _ in months},
        "order_value": {str(month): (amount, orders) for month, amount, orders, _ in months},
        "customer_spend": {str(month): (amount, customers) for month, amount, _, customers in months},
        "conversion": _pairs(connection.execute(CONVERSION, asked).fetchall()),
        "retention": _pairs(connection.execute(RETENTION, asked).fetchall()),
        "collected": {
            str(m): (amount, None) for m, amount in connection.execute(COLLECTED, asked).fetchall()
        },
        "receivable": {c: (amount, None) for c, amount in connection.execute(RECEIVABLE, asked).fetchall()},
    }


def _pairs(rows: list[tuple[date, int, int]]) -> dict[str, tuple[int, int | None]]:
    return {str(month): (numerator, denominator) for month, numerator, denominator in rows}


if __name__ == "__main__":
    results.main(compute)
