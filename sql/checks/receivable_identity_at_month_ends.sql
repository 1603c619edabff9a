-- Per customer and currency, at every month end: open items = invoices and credit notes less payments up to that day.
-- The control total knows nothing of applications.
with
documents as (
    select
        customer_id,
        currency,
        invoice_date as document_date,
        gross_amount as amount
    from marts.fct_invoices
    where is_effective
    union all
    select
        customer_id,
        currency,
        payment_date,
        -amount
    from marts.fct_payments
    where is_effective
),

control as (
    select
        ends.month_end,
        documents.customer_id,
        documents.currency,
        sum(documents.amount) as amount
    from (
        select
            customer_id,
            currency,
            date_trunc('month', document_date)
            + if($month_close_day between 1 and day(document_date) - 1, interval 1 month, interval 0 month) as closing_month,
            sum(amount) as amount
        from documents
        group by all
    ) as documents
    inner join marts.receivable_month_ends as ends on date_trunc('month', ends.month_end) >= documents.closing_month
    group by all
    having sum(documents.amount) <> 0
),

open_items as (
    select
        month_end,
        customer_id,
        currency,
        sum(open_amount) as amount
    from marts.fct_receivable_months
    group by all
    having sum(open_amount) <> 0
)

select
    month_end,
    customer_id,
    currency,
    control.amount as control_amount,
    open_items.amount as open_amount
from control
full join open_items using (month_end, customer_id, currency)
where control.amount is distinct from open_items.amount
