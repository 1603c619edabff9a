"""Write one day's exports onto demo exports: a hundredth of the orders again under new numbers, with their papers."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

from pipelines import warehouse
from pipelines.exports.sql_text import literal

_ORDERS = """
select * replace ('N' || order_id as order_id, {day} as order_date, null as lead_id, null as confirmed_date,
    null as promised_date, null as shipped_date, null as delivered_date, null as quantity_delivered,
    case when status in ('completed', 'delivered', 'shipped') then 'confirmed' else status end as status)
from orders where hash(order_id) % 100 = 0
"""
_INVOICES = """
select * replace ('9' || substr(invoice_id, 2) as invoice_id, 'N' || order_id as order_id, {day} as invoice_date,
    {due} as due_date)
from invoices where hash(order_id) % 100 = 0 and original_invoice_id is null and invoice_id not like '9%'
"""
_PAYMENTS = """
select payments.* replace ('N' || payments.payment_id as payment_id, {day} as payment_date,
    '9' || substr(payments.invoice_id, 2) as invoice_id)
from payments inner join invoices using (invoice_id)
where hash(invoices.order_id) % 100 = 0 and original_invoice_id is null and invoice_id not like '9%'
    and payments.kind = 'payment' and payments.status = 'succeeded'
"""


def write(exports: Path, folder: Path, as_of: date) -> date:
    """Write orders, invoices and payments of the day after `as_of` to `folder`, and return that day."""
    day = as_of + timedelta(days=1)
    folder.mkdir()
    with warehouse.connect() as connection:
        for name in ("orders", "invoices", "payments"):
            path = literal(str(exports / f"{name}.csv"))
            connection.execute(
                f"create view {name} as select * from read_csv({path}, header = true, quote = '\"', all_varchar = true)"
            )
        for name, query in (("orders", _ORDERS), ("invoices", _INVOICES), ("payments", _PAYMENTS)):
            text = query.format(
                day=literal(day.isoformat()), due=literal((day + timedelta(days=30)).isoformat())
            )
            connection.execute(f"copy ({text}) to {literal(str(folder / f'{name}_{day}.csv'))} (header true)")
    return day
