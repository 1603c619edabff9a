-- One row is one field that a customer file should give (name, tax_id, address, phone, contact, and 'all' of them): how many
-- customers there are, how many files give it, and the share. Customers without any file count as not given.
with
counted as (
    select
        count(*) as customer_count,
        count(*) filter (where has_name) as name,
        count(*) filter (where has_tax_id) as tax_id,
        count(*) filter (where has_address) as address,
        count(*) filter (where has_phone) as phone,
        count(*) filter (where has_contact) as contact,
        count(*) filter (where has_name and has_tax_id and has_address and has_phone and has_contact) as all_of_them
    from marts.dim_customers
),

fields as (
    unpivot counted
    on name, tax_id, address, phone, contact, all_of_them as "all"
    into name field value given_count
)

select
    field,
    customer_count,
    given_count,
    ((2000000 * given_count + customer_count) // (2 * customer_count) * 0.000001)::decimal(9, 6) as share
from fields
where customer_count > 0
