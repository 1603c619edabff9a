-- One row is one customer with a document in the period or a balance at its end, in the order of numbers.
with
wanted as (
    select customer_id
    from marts.receivable_items
    where customer_id is not null and document_date between $start and $end
    union
    select customer_id
    from receivable_items_aged($end, 'due', [30])
    where customer_id is not null
)

select
    wanted.customer_id,
    coalesce(dim.customer_name, '') as customer_name,
    coalesce(dim.address, '') as address,
    coalesce(dim.tax_id, '') as tax_id,
    coalesce(dim.contact_name, '') as contact_name,
    coalesce(dim.sales_rep, '') as sales_rep
from wanted
left join marts.dim_customers as dim on wanted.customer_id = dim.customer_id
order by wanted.customer_id
