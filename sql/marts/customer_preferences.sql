-- One row is one customer and one way to look at what was bought (kind: product_id, product_category, channel): the value
-- that most net money of valid order lines up to $as_of went to, in base currency, and its share of the customer's
-- total. Of equal amounts the first in name order counts. Customers without positive orders are left out.
with
bought as (
    select
        lines.customer_id,
        kinds.kind,
        case kinds.kind
            when 'product_id' then coalesce(lines.product_id, 'unknown')
            when 'product_category' then lines.product_category
            else lines.channel
        end as value,
        sum(lines.base_net_amount) as amount
    from marts.fct_order_lines as lines
    cross join (values ('product_id'), ('product_category'), ('channel')) as kinds (kind)
    where lines.is_valid and lines.customer_id is not null and lines.order_date <= $as_of
    group by all
),

ranked as (
    select
        *,
        sum(amount) over (partition by customer_id, kind) as total_amount,
        count(*) over (partition by customer_id, kind) as value_count,
        row_number() over (partition by customer_id, kind order by amount desc, value) as place
    from bought
)

select
    customer_id,
    kind,
    value,
    value_count,
    amount::decimal(18, 4) as amount,
    total_amount::decimal(18, 4) as total_amount,
    (
        (2000000 * (amount * 10000)::hugeint + (total_amount * 10000)::hugeint)
        // (2 * (total_amount * 10000)::hugeint) * 0.000001
    )::decimal(18, 6) as share
from ranked
where place = 1 and amount > 0 and total_amount > 0
