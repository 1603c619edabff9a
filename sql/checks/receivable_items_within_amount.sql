-- No item is open beyond its amount or on the other side of zero: an overpayment is unapplied cash, never a negative invoice.
select
    item_id,
    customer_id,
    currency,
    amount,
    open_amount
from marts.fct_receivables
where open_amount not between least(amount, 0) and greatest(amount, 0)
