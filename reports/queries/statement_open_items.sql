-- One row is one document of one customer and currency that is not settled at the end of the period: its amount and what is open of
-- it. Instalments stand by themselves, as each falls due on its own day; credit notes and unapplied payments are below zero.
select
    customer_id,
    currency,
    document_date,
    item_type as kind,
    document_id,
    line_no,
    due_date,
    sum(amount)::decimal(18, 4) as amount,
    sum(open_amount)::decimal(18, 4) as open_amount,
    date_diff('day', due_date, $end::date)::integer as days_late,
from receivable_items_aged($end, $aging_basis, $aging_bounds::integer[])
where customer_id in (select unnest($customers::varchar[]))
group by all
order by customer_id, currency, due_date, document_date, document_id, line_no
