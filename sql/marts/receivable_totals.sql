-- One row is one currency and month end up to $as_of: what was open and what happened in the month, all including tax.
-- sales_amount is invoices less credit notes by their own dates; not_due_amount is what is not past its due date (credits
-- and unapplied cash: their own date), whatever basis is set; overdue_amount is the rest. opening + sales - collected +
-- refunded - adjusted = closing. Every currency has every month end from its first document on.
with
documents as (
    select
        currency,
        invoice_date as document_date,
        gross_amount as sales_amount,
        0 as collected_amount,
        0 as refunded_amount,
        0 as adjusted_amount
    from marts.fct_invoices
    where is_effective
    union all
    select
        currency,
        payment_date,
        0,
        if(kind in ('payment', 'refund') and amount > 0, amount, 0),
        if(kind in ('payment', 'refund') and amount < 0, -amount, 0),
        if(kind not in ('payment', 'refund'), amount, 0)
    from marts.fct_payments
    where is_effective
),

activity as (
    select
        currency,
        (
            year(document_date) * 12 + month(document_date)
            + if($month_close_day between 1 and day(document_date) - 1, 1, 0)
        )::integer as month_no,
        sum(sales_amount) as sales_amount,
        sum(collected_amount) as collected_amount,
        sum(refunded_amount) as refunded_amount,
        sum(adjusted_amount) as adjusted_amount
    from documents
    group by all
),

spine as (
    select
        firsts.currency,
        ends.month_no,
        ends.month_end
    from (
        select
            currency,
            min(month_no) as first_month_no
        from activity
        group by currency
    ) as firsts
    inner join marts.receivable_month_ends as ends on firsts.first_month_no <= ends.month_no
),

open_items as (
    select
        currency,
        month_end,
        sum(open_amount) as closing_amount,
        sum(if(due_date >= month_end, open_amount, 0)) as not_due_amount
    from marts.fct_receivable_months
    group by all
)

select
    spine.currency,
    spine.month_end,
    -- The days of the month: from the former closing day, or the first of the natural month.
    date_diff(
        'day',
        if($month_close_day = 0, date_trunc('month', spine.month_end)::date - 1, (spine.month_end - interval 1 month)::date),
        spine.month_end
    )::integer as month_days,
    coalesce(lag(open_items.closing_amount) over months, 0)::decimal(18, 4) as opening_amount,
    coalesce(activity.sales_amount, 0)::decimal(18, 4) as sales_amount,
    coalesce(activity.collected_amount, 0)::decimal(18, 4) as collected_amount,
    coalesce(activity.refunded_amount, 0)::decimal(18, 4) as refunded_amount,
    coalesce(activity.adjusted_amount, 0)::decimal(18, 4) as adjusted_amount,
    coalesce(open_items.closing_amount, 0)::decimal(18, 4) as closing_amount,
    coalesce(open_items.not_due_amount, 0)::decimal(18, 4) as not_due_amount,
    (coalesce(open_items.closing_amount, 0) - coalesce(open_items.not_due_amount, 0))::decimal(18, 4) as overdue_amount
from spine
left join activity using (currency, month_no)
left join open_items using (currency, month_end)
window months as (partition by spine.currency order by spine.month_end)
