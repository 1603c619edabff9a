-- One row is one thing that is owed, whatever became of it: an invoice, or each of its instalments; below zero a credit
-- note or a payment line (what is not applied of it is owed to the customer). Credit notes and payments age from their
-- own date. Left out: drafts, void invoices, payments that did not succeed. The customer's sales rep and region stand
-- where the document has none.
with
customers as (
    select
        customer_id,
        sales_rep,
        region
    from staging.stg_customers
    where not is_repeated
)

select
    case when is_credit_note then 'credit_note:' else 'invoice:' end || invoice_id as item_id,
    case when is_credit_note then 'credit_note' else 'invoice' end as item_type,
    invoice_id as document_id,
    null::integer as line_no,
    customer_id,
    currency,
    fx_rate,
    sales_rep,
    region,
    invoice_date as document_date,
    case when is_credit_note then invoice_date else due_date end as due_date,
    gross_amount as amount
from marts.fct_invoices
where is_effective and invoice_id not in (select invoice_id from marts.invoice_instalments)

union all

select
    'instalment:' || invoices.invoice_id || ':' || instalments.instalment_no as item_id,
    'instalment' as item_type,
    invoices.invoice_id as document_id,
    instalments.instalment_no as line_no,
    invoices.customer_id,
    invoices.currency,
    invoices.fx_rate,
    invoices.sales_rep,
    invoices.region,
    invoices.invoice_date as document_date,
    instalments.due_date,
    (instalments.amount_after - instalments.amount_before)::decimal(18, 4) as amount
from marts.invoice_instalments as instalments
inner join marts.fct_invoices as invoices on instalments.invoice_id = invoices.invoice_id
where invoices.is_effective

union all

select
    'payment:' || payments.payment_id || ':' || payments.payment_line_no as item_id,
    'payment' as item_type,
    payments.payment_id as document_id,
    payments.payment_line_no as line_no,
    payments.customer_id,
    payments.currency,
    payments.fx_rate,
    coalesce(customers.sales_rep, 'unknown') as sales_rep,
    coalesce(customers.region, 'unknown') as region,
    payments.payment_date as document_date,
    payments.payment_date as due_date,
    -payments.amount as amount
from marts.fct_payments as payments
left join customers on payments.customer_id = customers.customer_id
where payments.is_effective
