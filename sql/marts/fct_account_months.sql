-- One row is one customer and currency in one month, up to $as_of, with a document in it: opening + invoiced - credited
-- - collected + refunded - adjusted = closing, all including tax, in the document's currency. Opening and closing are what is
-- open by item, after all applications; the movements are the documents by their own dates, whatever they were applied to:
-- that both agree is a reconciliation (sql/checks/account_months_close.sql). adjusted: write-offs, discounts, fees and exchange
-- differences. Months end at the closing day, the last one at $as_of. Between two rows of a customer nothing happened.
with
documents as (
    select
        customer_id,
        currency,
        invoice_date as document_date,
        if(is_credit_note, 0, gross_amount) as invoiced_amount,
        if(is_credit_note, -gross_amount, 0) as credited_amount,
        0 as collected_amount,
        0 as refunded_amount,
        0 as adjusted_amount,
        0 as change_amount
    from marts.fct_invoices
    where is_effective
    union all
    select
        customer_id,
        currency,
        payment_date,
        0,
        0,
        if(kind in ('payment', 'refund') and amount > 0, amount, 0),
        if(kind in ('payment', 'refund') and amount < 0, -amount, 0),
        if(kind not in ('payment', 'refund'), amount, 0),
        0
    from marts.fct_payments
    where is_effective
    union all
    select
        items.customer_id,
        items.currency,
        changes.change_date,
        0,
        0,
        0,
        0,
        0,
        changes.change_amount
    from marts.receivable_changes as changes
    inner join marts.receivable_items as items on changes.item_id = items.item_id
),

months as (
    select
        customer_id,
        currency,
        date_trunc('month', document_date)::date
        + if($month_close_day between 1 and day(document_date) - 1, interval 1 month, interval 0 month) as month_start,
        sum(invoiced_amount) as invoiced_amount,
        sum(credited_amount) as credited_amount,
        sum(collected_amount) as collected_amount,
        sum(refunded_amount) as refunded_amount,
        sum(adjusted_amount) as adjusted_amount,
        sum(change_amount) as change_amount,
        bool_or(change_amount = 0) as has_document
    from documents
    where document_date <= $as_of
    group by all
),

balanced as (
    select
        *,
        sum(change_amount) over (
            partition by customer_id, currency
            order by month_start
        )::decimal(18, 4) as closing_amount
    from months
)

select
    customer_id,
    currency,
    least(
        if(
            $month_close_day between 1 and day(last_day(month_start)),
            month_start::date + ($month_close_day::integer - 1),
            last_day(month_start)
        ),
        $as_of::date
    ) as period_end,
    (closing_amount - change_amount)::decimal(18, 4) as opening_amount,
    invoiced_amount::decimal(18, 4) as invoiced_amount,
    credited_amount::decimal(18, 4) as credited_amount,
    collected_amount::decimal(18, 4) as collected_amount,
    refunded_amount::decimal(18, 4) as refunded_amount,
    adjusted_amount::decimal(18, 4) as adjusted_amount,
    closing_amount
from balanced
-- Applications alone move a balance from item to item and change no total.
where has_document or change_amount <> 0
