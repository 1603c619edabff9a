-- One row is one document of the period, of one customer and currency: invoices add, credit notes and payments take away.
-- Instalments stand together as their invoice, with the first date anything of it falls due. kind of a payment line: payment,
-- refund, write_off, discount, bank_fee or fx.
with
documents as (
    select
        customer_id,
        currency,
        document_date,
        document_id,
        due_date,
        amount,
        case item_type when 'instalment' then 'invoice' when 'payment' then null else item_type end as own_kind,
        -- a bare key to join by: with the type in the join's condition DuckDB compares every pair
        if(item_type = 'payment', document_id, null) as payment_id,
        line_no,
    from marts.receivable_items
    where customer_id in (select unnest($customers::varchar[]))
        and document_date between $start and $end
)

select
    documents.customer_id,
    documents.currency,
    documents.document_date,
    coalesce(documents.own_kind, payments.kind) as kind,
    documents.document_id,
    min(documents.due_date) as due_date,
    sum(documents.amount)::decimal(18, 4) as amount,
from documents
left join marts.fct_payments as payments
    on documents.payment_id = payments.payment_id
    and documents.line_no = payments.payment_line_no
group by all
order by documents.customer_id, documents.currency, documents.document_date, kind, documents.document_id
