-- One row is one customer and currency with a balance or a document in the days from first_day to last_day: opening + invoiced
-- - credited - collected + refunded - adjusted = closing, as in marts.fct_account_months, for any days. open_amount is what is
-- open by item at the end of last_day, after all applications; difference_amount is closing less that, and must be 0.00.
create or replace macro receivables_roll_forward(first_day, last_day) as table
with
documents as (
    select
        customer_id,
        currency,
        invoice_date as document_date,
        gross_amount as amount,
        if(is_credit_note, 'credited', 'invoiced') as movement
    from marts.fct_invoices
    where is_effective and invoice_date <= last_day::date
    union all
    select
        customer_id,
        currency,
        payment_date,
        -amount,
        case when kind not in ('payment', 'refund') then 'adjusted' when amount > 0 then 'collected' else 'refunded' end
    from marts.fct_payments
    where is_effective and payment_date <= last_day::date
),

accounts as (
    select
        customer_id,
        currency,
        coalesce(sum(amount) filter (where document_date < first_day::date), 0) as opening_amount,
        coalesce(sum(amount) filter (where document_date >= first_day::date and movement = 'invoiced'), 0) as invoiced_amount,
        coalesce(-sum(amount) filter (where document_date >= first_day::date and movement = 'credited'), 0) as credited_amount,
        coalesce(-sum(amount) filter (where document_date >= first_day::date and movement = 'collected'), 0) as collected_amount,
        coalesce(sum(amount) filter (where document_date >= first_day::date and movement = 'refunded'), 0) as refunded_amount,
        coalesce(-sum(amount) filter (where document_date >= first_day::date and movement = 'adjusted'), 0) as adjusted_amount,
        sum(amount) as closing_amount,
        bool_or(document_date >= first_day::date) as has_document
    from documents
    group by all
),

open_items as (
    select
        customer_id,
        currency,
        sum(open_amount) as open_amount
    from open_receivable_items(last_day)
    group by all
)

select
    customer_id,
    currency,
    coalesce(accounts.opening_amount, 0)::decimal(18, 4) as opening_amount,
    coalesce(accounts.invoiced_amount, 0)::decimal(18, 4) as invoiced_amount,
    coalesce(accounts.credited_amount, 0)::decimal(18, 4) as credited_amount,
    coalesce(accounts.collected_amount, 0)::decimal(18, 4) as collected_amount,
    coalesce(accounts.refunded_amount, 0)::decimal(18, 4) as refunded_amount,
    coalesce(accounts.adjusted_amount, 0)::decimal(18, 4) as adjusted_amount,
    coalesce(accounts.closing_amount, 0)::decimal(18, 4) as closing_amount,
    coalesce(open_items.open_amount, 0)::decimal(18, 4) as open_amount,
    (coalesce(accounts.closing_amount, 0) - coalesce(open_items.open_amount, 0))::decimal(18, 4) as difference_amount
from accounts
full join open_items using (customer_id, currency)
where accounts.has_document
    or accounts.opening_amount <> 0
    or coalesce(accounts.closing_amount, 0) <> coalesce(open_items.open_amount, 0);
