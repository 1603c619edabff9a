-- One row is one customer, currency and bucket of what is open at the end of the period.
select
    customer_id,
    currency,
    bucket_no,
    sum(open_amount)::decimal(18, 4) as amount
from receivable_items_aged($end, $aging_basis, $aging_bounds::integer[])
where customer_id in (select unnest($customers::varchar[]))
group by all
order by all
