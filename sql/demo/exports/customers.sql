-- One row is a customer on file.
with touches as (
    select
        customer_no,
        min(touch_date) as first_touch_date,
    from (
        select
            customer_no,
            created_date as touch_date,
        from demo.leads
        where customer_no is not null

        union all

        select
            customer_no,
            order_date as touch_date,
        from demo.orders
    )
    group by all
)

select
    customers.customer_id,
    cards.customer_name,
    cards.tax_id,
    cards.address,
    -- Files have gaps.
    if(draw(customers.customer_no, 'no phone', 100) < 6, null, cards.phone) as phone,
    if(draw(customers.customer_no, 'no email', 100) < 14, null, cards.email) as email,
    if(draw(customers.customer_no, 'no contact', 100) < 5, null, cards.contact_name) as contact_name,
    if(customers.is_overseas, 'Purchasing Manager', '采购经理') as contact_title,
    customers.region,
    cards.industry,
    customers.channel,
    customers.sales_rep,
    if(customers.size > 20000, money(customers.size::bigint // 10000 * 5000000), null) as credit_limit,
    customers.payment_terms_days,
    touches.first_touch_date - draw(customers.customer_no, 'on file', 9) as created_date,
    if(draw(customers.customer_no, 'needs', 3) = 0, cards.industry || '配套', null) as needs,
    if(draw(customers.customer_no, 'notes', 10) = 0, '重点跟进', null) as notes,
from demo.customers
inner join demo.customer_cards as cards using (customer_no)
left join touches using (customer_no)
order by customers.customer_no
