-- One row is one document of the period, of one customer and currency: invoices add, credit notes and payments take away.
-- Instalments stand together as their invoice, with the first date anything of it falls due. kind of a payment line: payment,
-- refund, write_off, discount, bank_fee or fx.
select
    items.customer_id,
    items.currency,
    items.document_date,
    case items.item_type
        when 'instalment' then 'invoice'
        when 'payment' then payments.kind
        else items.item_type
    end as kind,
    items.document_id,
    min(items.due_date) as due_date,
    sum(items.amount)::decimal(18, 4) as amount,
from marts.receivable_items as items
left join marts.fct_payments as payments
    on items.item_type = 'payment'
    and items.document_id = payments.payment_id
    and items.line_no = payments.payment_line_no
where list_contains($customers::varchar[], items.customer_id)
    and items.document_date between $start and $end
group by all
order by items.customer_id, items.currency, items.document_date, kind, items.document_id
