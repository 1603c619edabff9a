-- Of every current reading, the rows loaded are the rows staged. Header files are left out: their rows stand on the lines.
with
staged as (
    select file_no from staging.stg_orders
    union all
    select file_no from staging.stg_invoices
    union all
    select file_no from staging.stg_payments
    union all
    select file_no from staging.stg_customers
    union all
    select file_no from staging.stg_leads
    union all
    select file_no from staging.stg_deliveries
    union all
    select file_no from staging.stg_returns
    union all
    select file_no from staging.stg_reviews
    union all
    select file_no from staging.stg_contracts
    union all
    select file_no from staging.stg_instalments
    union all
    select file_no from staging.stg_collections
    union all
    select file_no from staging.stg_ledger_balances
    union all
    select file_no from staging.stg_fx_rates
    union all
    select file_no from staging.stg_products
    union all
    select file_no from staging.stg_targets
    union all
    select file_no from staging.stg_collection_steps
),

counted as (
    select
        file_no,
        count(*) as rows_staged
    from staged
    group by file_no
)

select
    files.file_name,
    files.source_part,
    files.kind,
    files.rows_loaded,
    coalesce(counted.rows_staged, 0) as rows_staged
from ops.files as files
left join counted on files.file_no = counted.file_no
where
    files.is_current
    and files.kind not in ('order_headers', 'invoice_headers', 'customer_aliases')
    and files.rows_loaded <> coalesce(counted.rows_staged, 0)
