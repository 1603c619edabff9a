-- One row is one day of one kind of document (orders, invoices, payments), from the kind's first day to its last: how many
-- there are, their money in base currency, and what the same weekday had in the eight weeks before. Orders that do not
-- count, credit notes, and money that did not arrive or went back are left out. is_recent marks the 28 days before the
-- last one, which may be unfinished itself; only these are judged, for an old gap was looked into when it was new.
with
documents as (
    select
        'orders' as kind,
        order_date as date,
        base_net_amount as base_amount
    from marts.fct_orders
    where is_valid
    union all
    select
        'invoices',
        invoice_date,
        base_gross_amount
    from marts.fct_invoices
    where is_effective and not is_credit_note
    union all
    select
        'payments',
        payment_date,
        base_amount
    from marts.fct_payments
    where is_effective and kind = 'payment'
),

days as (
    select
        kind,
        date,
        count(*) as document_count,
        sum(base_amount) as base_amount
    from documents
    where date <= $as_of
    group by all
),

spans as (
    select
        kind,
        min(date) as first_date,
        max(date) as last_date
    from days
    group by kind
),

filled as (
    select
        spans.kind,
        calendar.date,
        calendar.is_workday,
        calendar.date between spans.last_date - 28 and spans.last_date - 1 as is_recent,
        coalesce(days.document_count, 0) as document_count,
        coalesce(days.base_amount, 0)::decimal(18, 4) as base_amount
    from spans
    -- One row a day of the kind.
    inner join marts.dim_dates as calendar on calendar.date between spans.first_date and spans.last_date
    left join days
        on spans.kind = days.kind
        and calendar.date = days.date
)

select
    *,
    count(*) over before as week_count,
    median(document_count) over before as usual_count,
    max(document_count) over before as highest_count,
    max(base_amount) over before as highest_base_amount
from filled
window before as (
    partition by kind, isodow(date)
    order by date
    rows between 8 preceding and 1 preceding
)
