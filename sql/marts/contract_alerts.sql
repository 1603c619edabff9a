-- One row is one contract and one thing to do about it, as of $as_of: it runs out within 30 days (running_out), has run out and
-- is still marked active (ended_but_active), more was ordered than it is for (beyond_amount) or nine tenths of it while it runs
-- (nearly_used), orders outside of its days name it (ordered_outside_its_days), it gives no terms and neither does its customer
-- (no_terms); its document is missing, changed since it was signed, or cannot be read (document_missing, document_changed,
-- document_unreadable), or none is named although other contracts name theirs (document_not_named).
-- amount is the money concerned: what is left, or by how much it was passed.
with
alerts as (
    select
        *,
        unnest(list_filter([
            if(is_running and days_left between 0 and 30, 'running_out', null),
            if(status = 'active' and days_left < 0, 'ended_but_active', null),
            if(status <> 'draft' and remaining_amount < 0, 'beyond_amount', null),
            if(is_running and amount > 0 and remaining_amount >= 0 and ordered_amount >= 0.9 * amount, 'nearly_used', null),
            if(status <> 'draft' and late_order_count > 0, 'ordered_outside_its_days', null),
            if(is_running and coalesce(payment_terms_days, customer_terms_days) is null, 'no_terms', null),
            if(document_state = 'missing', 'document_missing', null),
            if(document_state = 'changed', 'document_changed', null),
            if(document_state in ('outside', 'too_large', 'unreadable'), 'document_unreadable', null),
            if(is_running and document_state = 'not_named' and names_documents, 'document_not_named', null)
        ], lambda code: code is not null)) as alert
    from (
        select
            usage.*,
            dim.payment_terms_days as customer_terms_days,
            bool_or(usage.document_path is not null) over () as names_documents
        from marts.contract_usage as usage
        left join marts.dim_customers as dim on usage.customer_id = dim.customer_id
    )
)

select
    alert,
    contract_id,
    customer_id,
    customer_name,
    sales_rep,
    end_date,
    days_left,
    currency,
    case when alert in ('beyond_amount', 'nearly_used', 'running_out') then abs(remaining_amount) end::decimal(18, 4) as amount,
    late_order_count,
    document_path,
    document_state
from alerts
