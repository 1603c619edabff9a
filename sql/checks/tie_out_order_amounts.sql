-- Amounts given on order lines: exported = staged + quarantined by a rule, to the last digit.
with
exported as (
    select
        file_no,
        source_row,
        amount as amount
    from raw.orders
    union all
    select
        file_no,
        source_row,
        amount
    from staging.order_lines_with_headers
),

totals as (
    select
        (select coalesce(sum(amount), 0) from exported) as exported_amount,
        (select coalesce(sum(amount), 0) from staging.stg_orders) as staged_amount,
        (
            select coalesce(sum(exported.amount), 0)
            from exported
            semi join ops.quarantine as quarantine
                on exported.file_no = quarantine.file_no
                and exported.source_row = quarantine.source_row
                and quarantine.rule_id like 'stg_orders.%'
                and quarantine.status = 'open'
        ) as quarantined_amount
)

select
    *,
    exported_amount - staged_amount - quarantined_amount as difference
from totals
where exported_amount <> staged_amount + quarantined_amount
