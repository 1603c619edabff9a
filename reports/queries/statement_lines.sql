-- One row is one document of the period, of one customer and currency: invoices add, credit notes and payments take away.
-- Instalments stand together as their invoice, with the first date anything of it falls due.
select
    customer_id,
    currency,
    document_date,
    if(item_type = 'instalment', 'invoice', item_type) as kind,
    document_id,
    min(due_date) as due_date,
    sum(amount)::decimal(18, 4) as amount
from marts.receivable_items
where list_contains($customers::varchar[], customer_id)
    and document_date between $start and $end
group by all
order by customer_id, currency, document_date, kind, document_id
