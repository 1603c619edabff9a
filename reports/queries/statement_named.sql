-- One row is one of the customers asked for by number, whatever is open.
select
    customer_id,
    coalesce(customer_name, '') as customer_name,
    coalesce(address, '') as address,
    coalesce(tax_id, '') as tax_id,
    coalesce(contact_name, '') as contact_name,
    coalesce(sales_rep, '') as sales_rep
from marts.dim_customers
where list_contains($wanted::varchar[], customer_id)
order by customer_id
