-- One row is one document that may explain why the ledger and the documents differ about a customer: every invoice, credit note
-- and payment line of the customers that differ on any day, and what is in quarantine. amount is its effect on what is owed
-- (payments and credit notes below zero). is_counted: part of the documents' balance; else `state` says why it is not (void,
-- draft, pending, failed, disputed, quarantined), and for those that are counted whether they are unapplied and why.
-- Rows in quarantine: the customer is the one whose number or name stands in a cell of the row (customer_id empty: none).
with
differing as (
    select distinct
        customer_id,
        currency
    from marts.ledger_comparisons
    where difference_amount <> 0
),

quarantined as (
    select distinct
        entries.file_no,
        entries.source_row,
        if(entries.kind = 'payments', 'payment', 'invoice') as document_type,
        entries.document_key,
        coalesce(entries.currency, $base_currency) as currency,
        if(entries.kind = 'payments', -entries.amount, entries.amount)::decimal(18, 4) as amount,
        entries.reason_code
    from ops.quarantine as entries
    where entries.status = 'open' and entries.kind in ('invoices', 'payments') and entries.amount <> 0
),

cells as (
    select distinct
        file_no,
        source_row,
        trim(unnest(cells)) as cell
    from ops.quarantined_rows
),

named as (
    select
        cells.file_no,
        cells.source_row,
        min(dim.customer_id) as customer_id
    from cells
    inner join marts.dim_customers as dim on cells.cell in (dim.customer_id, dim.customer_name)
    group by all
)

select
    customer_id,
    currency,
    if(is_credit_note, 'credit_note', 'invoice') as document_type,
    invoice_id as document_id,
    invoice_date as document_date,
    gross_amount as amount,
    is_effective as is_counted,
    if(is_effective, null, status) as state,
    null::varchar as other_customer_id,
    file_no,
    source_row
from marts.fct_invoices
where (customer_id, currency) in (select (customer_id, currency) from differing)

union all

select
    customer_id,
    currency,
    'payment',
    payment_id,
    payment_date,
    -amount,
    is_effective,
    case when not is_effective then status when unapplied_amount <> 0 then coalesce(issue, 'unapplied') end,
    nullif(payer_customer_id, customer_id),
    file_no,
    source_row
from marts.fct_payments
where (customer_id, currency) in (select (customer_id, currency) from differing)

union all

select
    named.customer_id,
    quarantined.currency,
    quarantined.document_type,
    quarantined.document_key,
    null,
    quarantined.amount,
    false,
    quarantined.reason_code,
    null,
    quarantined.file_no,
    quarantined.source_row
from quarantined
left join named
    on quarantined.file_no = named.file_no
    and quarantined.source_row = named.source_row
