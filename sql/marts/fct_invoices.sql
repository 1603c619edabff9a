-- One row is one invoice or credit note, its rows added up; credit notes are negative. Drafts and void ones stay, with
-- is_effective false. What the export leaves empty is filled and said so:
-- - due_date: the export's; else invoice date + terms of the order's contract, else of the one contract of the customer
--   in force that day; else the customer's terms; else the default terms; else the invoice date (due_date_source).
--   A due date before the invoice date is kept and flagged (is_due_before_invoice). A credit note is due on its own date.
-- - customer, sales_rep and region: 'unknown' where no export tells them.
-- - credits_invoice_id: the original invoice, when the link can be followed: an effective invoice of the same customer and
--   currency that is no credit note itself. Other links (also circular ones) are flagged has_broken_link.
with
documents as (
    select
        invoice_id,
        min(invoice_date) as invoice_date,
        coalesce(min(customer_id), 'unknown') as customer_id,
        min(currency) as currency,
        min(due_date) as exported_due_date,
        sum(net_amount)::decimal(18, 4) as net_amount,
        sum(tax_amount)::decimal(18, 4) as tax_amount,
        sum(gross_amount)::decimal(18, 4) as gross_amount,
        bool_or(is_credit_note) as is_credit_note,
        min(original_invoice_id) as original_invoice_id,
        min(order_id) as order_id,
        min(invoice_code) as invoice_code,
        min(invoice_type) as invoice_type,
        min(sales_rep) as sales_rep,
        min(status) as status,
        bool_or(has_gross_mismatch) as has_gross_mismatch,
        min(file_no) as file_no,
        min(source_row) as source_row
    from staging.stg_invoices
    where invoice_date is not null
    group by invoice_id
),

order_contracts as (
    select
        orders.order_id,
        min(orders.contract_id) as contract_id
    from staging.stg_orders as orders
    where orders.contract_id is not null
    group by orders.order_id
),

contract_terms as (
    select
        documents.invoice_id,
        max(contracts.payment_terms_days) as payment_terms_days
    from documents
    inner join staging.stg_contracts as contracts
        on documents.customer_id = contracts.customer_id
        and contracts.is_agreed
    left join order_contracts on documents.order_id = order_contracts.order_id
    where
        documents.exported_due_date is null
        and contracts.payment_terms_days is not null
        and case
            when order_contracts.contract_id is not null then order_contracts.contract_id = contracts.contract_id
            else documents.invoice_date between contracts.in_force_from and contracts.in_force_to
        end
    group by documents.invoice_id
    having count(*) = 1
),

customers as (
    select
        customer_id,
        payment_terms_days,
        sales_rep,
        region
    from staging.stg_customers
    where not is_repeated
),

dated as (
    select
        documents.* exclude (sales_rep),
        coalesce(documents.sales_rep, customers.sales_rep, 'unknown') as sales_rep,
        coalesce(customers.region, 'unknown') as region,
        case
            when documents.exported_due_date is not null then 'export'
            when documents.is_credit_note then 'invoice_date'
            when contract_terms.payment_terms_days is not null then 'contract'
            when customers.payment_terms_days is not null then 'customer'
            when $default_payment_terms_days is not null then 'default'
            else 'invoice_date'
        end as due_date_source,
        case due_date_source
            when 'export' then documents.exported_due_date
            when 'contract' then documents.invoice_date + contract_terms.payment_terms_days
            when 'customer' then documents.invoice_date + customers.payment_terms_days
            when 'default' then documents.invoice_date + $default_payment_terms_days::integer
            else documents.invoice_date
        end as due_date
    from documents
    left join contract_terms on documents.invoice_id = contract_terms.invoice_id
    left join customers on documents.customer_id = customers.customer_id
),

rated as (
    select
        dated.* exclude (exported_due_date),
        dated.status not in ('draft', 'void') as is_effective,
        dated.due_date < dated.invoice_date as is_due_before_invoice,
        if(dated.is_credit_note, dated.original_invoice_id, null) as linked_invoice_id,
        rates.fx_rate
    from dated
    left join marts.document_rates as rates
        on dated.currency = rates.currency
        and dated.invoice_date = rates.document_date
),

blue_invoices as (
    select
        invoice_id,
        customer_id,
        currency
    from documents
    where status not in ('draft', 'void') and not is_credit_note
)

select
    rated.* exclude (linked_invoice_id),
    originals.invoice_id as credits_invoice_id,
    rated.linked_invoice_id is not null and originals.invoice_id is null as has_broken_link,
    case
        when rated.currency = $base_currency then rated.net_amount
        else round(rated.net_amount::decimal(20, 4) * rated.fx_rate, 4)
    end::decimal(18, 4) as base_net_amount,
    case
        when rated.currency = $base_currency then rated.tax_amount
        else round(rated.tax_amount::decimal(20, 4) * rated.fx_rate, 4)
    end::decimal(18, 4) as base_tax_amount,
    case
        when rated.currency = $base_currency then rated.gross_amount
        else round(rated.gross_amount::decimal(20, 4) * rated.fx_rate, 4)
    end::decimal(18, 4) as base_gross_amount
from rated
left join blue_invoices as originals
    on rated.linked_invoice_id = originals.invoice_id
    and rated.customer_id = originals.customer_id
    and rated.currency = originals.currency
