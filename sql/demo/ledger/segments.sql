-- One row is a month and a value of one dimension with its revenue (net of returns) in base currency and its orders.
with events as (
    select
        order_date as event_date,
        orders.region,
        orders.channel,
        orders.sales_rep,
        orders.currency,
        amounts.net_cents * orders.rate_hundredths as base_net,
        if(amounts.net_cents > 0, 1, 0) as order_count,
    from demo.orders
    inner join demo.order_amounts as amounts using (order_no)
    where orders.is_valid

    union all

    select
        returns.return_date as event_date,
        orders.region,
        orders.channel,
        orders.sales_rep,
        orders.currency,
        -returns.amount_cents * 100 as base_net,
        0 as order_count,
    from demo.returns
    inner join demo.orders using (order_no)
),

dimensions as (
    select unnest(['region', 'channel', 'sales_rep', 'currency']) as dimension
)

select
    dimension,
    case dimension
        when 'region' then region
        when 'channel' then channel
        when 'sales_rep' then sales_rep
        else currency
    end as segment,
    date_trunc('month', event_date)::date as month_start,
    base_money(sum(base_net)) as revenue,
    sum(order_count) as orders,
from events
cross join dimensions
group by all
order by dimension, segment, month_start
