-- One row is one customer with receivable documents up to $end: those of most open money first.
with
balances as (
    select
        customer_id,
        sum(base_open_amount) as open_amount,
        count(*) as items
    from receivable_items_aged($end, 'due', [30])
    group by customer_id
)

select
    balances.customer_id,
    coalesce(dim.customer_name, '') as customer_name,
    coalesce(dim.address, '') as address,
    coalesce(dim.tax_id, '') as tax_id,
    coalesce(dim.contact_name, '') as contact_name,
    coalesce(dim.sales_rep, '') as sales_rep
from balances
left join marts.dim_customers as dim on balances.customer_id = dim.customer_id
order by balances.open_amount desc, balances.customer_id
limit $most
