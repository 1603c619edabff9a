-- One row is one contract as of $as_of: what was ordered under it (valid orders that name it, including tax) and what is left of
-- its amount, how long it still runs, and what is known of its document. late_order_count: orders that name it and are dated
-- outside of its days. is_running: agreed, active and in force that day. document_state: that of the last look (see
-- ops.contract_documents); not_named where the contract names no document, not_looked_for where no run has looked.
-- A contract's amount includes tax, as contracts do. Its export tells no currency: it is that of its orders where all are in
-- one, else the base currency.
with
contracts as (
    select *
    from staging.stg_contracts
    where contract_id is not null
    qualify row_number() over (partition by contract_id order by file_no desc, source_row desc) = 1
),

ordered as (
    select
        orders.contract_id,
        count(*) as order_count,
        if(min(orders.currency) = max(orders.currency), min(orders.currency), $base_currency) as currency,
        if(
            min(orders.currency) = max(orders.currency),
            sum(orders.net_amount + orders.tax_amount),
            sum(orders.base_net_amount + orders.base_tax_amount)
        )::decimal(18, 4) as ordered_amount,
        max(orders.order_date) as last_order_date,
        count(*) filter (where orders.order_date not between contracts.in_force_from and contracts.in_force_to)
            as late_order_count
    from marts.fct_orders as orders
    inner join contracts on orders.contract_id = contracts.contract_id
    where orders.is_valid and orders.order_date <= $as_of
    group by all
)

select
    contracts.contract_id,
    contracts.customer_id,
    dim.customer_name,
    dim.sales_rep,
    contracts.signed_date,
    contracts.in_force_from,
    contracts.end_date,
    contracts.status,
    contracts.payment_terms_days,
    coalesce(ordered.currency, $base_currency) as currency,
    contracts.amount,
    coalesce(ordered.ordered_amount, 0)::decimal(18, 4) as ordered_amount,
    (contracts.amount - coalesce(ordered.ordered_amount, 0))::decimal(18, 4) as remaining_amount,
    coalesce(ordered.order_count, 0) as order_count,
    coalesce(ordered.late_order_count, 0) as late_order_count,
    ordered.last_order_date,
    contracts.is_agreed and contracts.status = 'active' and $as_of between contracts.in_force_from and contracts.in_force_to
        as is_running,
    date_diff('day', $as_of::date, contracts.end_date)::integer as days_left,
    contracts.document_path,
    case
        when contracts.document_path is null then 'not_named'
        else coalesce(documents.state, 'not_looked_for')
    end as document_state,
    documents.checked_at as document_checked_at
from contracts
left join ordered on contracts.contract_id = ordered.contract_id
left join marts.dim_customers as dim on contracts.customer_id = dim.customer_id
left join ops.contract_documents as documents
    on contracts.contract_id = documents.contract_id
    and contracts.document_path = documents.document_path
    and contracts.document_sha256 is not distinct from documents.document_sha256
