-- One row is one customer to whom no more goods should go for now, and why: those with most goods waiting first.
select
    customer_id,
    customer_name,
    reason,
    step,
    balance_amount,
    overdue_amount,
    oldest_days,
    credit_limit,
    credit_use,
    waiting_order_count,
    waiting_amount,
    sales_rep,
    phone,
from marts.delivery_holds
order by waiting_amount desc, overdue_amount desc, customer_id
