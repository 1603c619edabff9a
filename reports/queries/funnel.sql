-- One row is one stage that the leads of a month reached, in order: how many, and the median days from the lead to it.
-- Leads of customers that had bought before count as leads that never convert. Later stages are part of earlier ones,
-- so no step passes 100 %.
-- Quoted counts only where the export dates or states quotes.
with
leads as (
    select
        leads.lead_id,
        leads.created_date,
        leads.is_converted,
        leads.is_quoted or leads.is_converted as is_quoted,
        leads.quoted_date,
        leads.converted_date,
        leads.converted_order_id,
    from marts.fct_leads as leads
    where leads.created_date between $start and $end
),

paid_orders as (
    select
        invoices.order_id,
        min(applications.effective_date) as paid_date,
    from marts.fct_payment_applications as applications
    inner join marts.fct_invoices as invoices on applications.invoice_id = invoices.invoice_id
    where invoices.order_id is not null
        and applications.effective_date <= $as_of
        and applications.rule in ('named', 'exact_amount', 'oldest_first')
    group by invoices.order_id
),

reached as (
    select
        leads.*,
        paid_orders.paid_date,
    from leads
    left join paid_orders
        on leads.converted_order_id = paid_orders.order_id
        and leads.is_converted
)

select
    count(*) as leads,
    count(*) filter (where is_quoted) as quoted,
    count(*) filter (where is_converted) as ordered,
    count(*) filter (where paid_date is not null) as paid,
    median(date_diff('day', created_date, quoted_date)) filter (where is_quoted)::decimal(18, 1) as quoted_days,
    median(date_diff('day', created_date, converted_date)) filter (where is_converted)::decimal(18, 1) as ordered_days,
    median(date_diff('day', created_date, paid_date)) filter (where paid_date is not null)::decimal(18, 1) as paid_days,
    count(quoted_date) > 0 as has_quotes,
from reached
