-- One row is an order with its header: status as of the span's last day, terms, currency, and what only its maker knows.
-- A sample (goods for nothing) follows a paid order of the same customer in the same month, so it moves no count of buyers.
with drawn as (
    select
        *,
        draw(order_no, 'fate', 1000) as fate,
        draw(order_no, 'sample', 1000) < 5 as may_be_sample,
    from demo.order_dates
),

ended as (
    select
        *,
        case
            when fate < 34 then 'cancelled'
            -- A few drafts are forgotten; of the newest orders one in ten is still a draft.
            when fate < 38 or (fate < 130 and order_date > $end_date - 12) then 'draft'
        end as early_end,
    from drawn
),

followed as (
    select
        *,
        lag(if(early_end is null and not may_be_sample, date_trunc('month', order_date), null))
            over (partition by customer_no order by order_no) as paid_month_before,
    from ended
)

select
    followed.order_no,
    'SO' || strftime(followed.order_date, '%y%m') || lpad(followed.order_no::varchar, 8, '0') as order_id,
    followed.customer_no,
    followed.order_date,
    followed.is_service,
    coalesce(
        followed.may_be_sample and followed.early_end is null
        and followed.paid_month_before = date_trunc('month', followed.order_date),
        false
    ) as is_sample,
    followed.early_end is null as is_valid,
    case
        when followed.early_end is not null then followed.early_end
        when followed.delivered_date <= $end_date - 7 then 'completed'
        when followed.delivered_date <= $end_date then 'delivered'
        when followed.shipped_date <= $end_date then 'shipped'
        else 'confirmed'
    end as status,
    if(followed.early_end = 'draft', null, least(followed.confirmed_date, $end_date)) as confirmed_date,
    followed.promised_date,
    if(followed.early_end is null and followed.shipped_date <= $end_date, followed.shipped_date, null) as shipped_date,
    if(followed.early_end is null and followed.delivered_date <= $end_date, followed.delivered_date, null) as delivered_date,
    followed.delay_days,
    customers.currency,
    customers.region,
    customers.channel,
    customers.sales_rep,
    customers.payment_style,
    -- Exports are free of tax.
    case when customers.is_overseas then 0 when followed.is_service then 6 else 13 end as tax_percent,
    if(customers.is_overseas, fx_rates.rate_hundredths, 100) as rate_hundredths,
    1 + [0, 0, 0, 0, 1, 1, 1, 2, 2, 4][1 + draw(followed.order_no, 'lines', 10)] as line_count,
from followed
inner join demo.customers on customers.customer_no = followed.customer_no
inner join demo.fx_rates on fx_rates.month_start = date_trunc('month', followed.order_date)
