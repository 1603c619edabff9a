-- One row is an order line, in cents. Quantities are kept in halves, as some goods are sold by half kilograms.
with listed as (
    select
        product_no,
        is_service,
        row_number() over (partition by is_service order by product_no) - 1 as place,
        count(*) over (partition by is_service) as places,
    from demo.products
),

places as (
    select
        is_service,
        max(places) as places,
    from listed
    group by all
),

chosen as (
    select
        orders.order_no,
        orders.order_no * 8 + line_no as line_key,
        line_no,
        orders.is_service,
        orders.is_sample,
        orders.currency,
        orders.customer_no,
        places.places,
    from demo.orders
    inner join places on places.is_service = orders.is_service
    cross join unnest(range(1, orders.line_count + 1)) as lines (line_no)
),

priced as (
    select
        chosen.order_no,
        chosen.line_key,
        chosen.line_no,
        chosen.is_sample,
        products.product_no,
        products.is_by_weight,
        -- Half the goods' price list in dollars would be odd cents; weight keeps even ones.
        case chosen.currency
            when 'USD' then products.price_cents * (88 + draw(chosen.customer_no, 'tier', 13)) // 1400 * 2
            else products.price_cents * (88 + draw(chosen.customer_no, 'tier', 13)) // 200 * 2
        end as price_cents,
        case
            when chosen.is_sample then 2 * (1 + draw(chosen.line_key, 'quantity', 3))
            when products.is_by_weight
                then (1 + draw(chosen.line_key, 'quantity', 4 * products.usual_quantity)) * customers.order_scale
            else 2 * (1 + draw(chosen.line_key, 'quantity', 2 * products.usual_quantity)) * customers.order_scale
        end as quantity_halves,
        case
            when chosen.is_sample then 100
            when draw(chosen.line_key, 'discounted', 100) < 24 then 2 + draw(chosen.line_key, 'discount', 10)
            else 0
        end as discount_percent,
    from chosen
    inner join listed
        on listed.is_service = chosen.is_service
        -- The lesser of two draws: the list's head sells best.
        and listed.place = least(
            draw(chosen.line_key, 'product', chosen.places), draw(chosen.line_key, 'or product', chosen.places)
        )
    inner join demo.products on products.product_no = listed.product_no
    inner join demo.customers on customers.customer_no = chosen.customer_no
)

select
    order_no,
    line_no,
    product_no,
    quantity_halves::bigint as quantity_halves,
    price_cents,
    quantity_halves * price_cents // 2 as gross_cents,
    (quantity_halves * price_cents // 2 * discount_percent + 50) // 100 as discount_cents,
from priced
