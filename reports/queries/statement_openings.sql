-- One row is one customer and currency: what was open when the period began. Every document counts from its own date.
select
    customer_id,
    currency,
    sum(amount)::decimal(18, 4) as amount
from marts.receivable_items
where customer_id in (select unnest($customers::varchar[]))
    and document_date < $start
group by all
order by all
