-- One row is one of the customers asked for by number, whatever is open.
select
    customer_id,
    coalesce(customer_name, '') as customer_name,
    coalesce(address, '') as address,
    coalesce(tax_id, '') as tax_id,
    coalesce(contact_name, '') as contact_name,
    coalesce(sales_rep, '') as sales_rep
from marts.dim_customers
where customer_id in (select unnest($wanted::varchar[]))
order by customer_id
